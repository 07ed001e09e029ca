//! Rows of pixels to rows of words. This file, `lines.rs` and `rows.rs` are the only code that is compiled for
//! each SIMD level, pixel width and comparison.

use fearless_simd::{Level, Simd, dispatch};

use super::kernel::{Above, Differs, ForegroundTest, NonZero, PredicateKernel};
use super::lines::{LINE_PIXELS, one_word, read_lines, whole_lines};
use super::rows::RowsInParts;
use super::word_rows::{LINE, WordRows};
use crate::pixel::Rows;
use crate::simd::Lanes;

/// Reads foreground bits: bit i of word k of a row is pixel 64 * k + i.
pub(super) fn read_foreground_bits<B: Lanes>(
    level: Level,
    test: ForegroundTest,
    rows: &Rows<'_, B>,
    words: &mut WordRows<'_>,
) {
    read(level, Comparison::Foreground(test), [rows, rows], words);
}

/// Reads boundary bits: set where a pixel differs from the one at the same position in `before`,
/// which has as many rows.
pub(super) fn read_differences<B: Lanes>(
    level: Level,
    rows: &Rows<'_, B>,
    before: &Rows<'_, B>,
    words: &mut WordRows<'_>,
) {
    read(level, Comparison::Differs, [rows, before], words);
}

#[derive(Clone, Copy)]
enum Comparison {
    Foreground(ForegroundTest),
    Differs,
}

/// Reads rows, and those that they are compared with.
fn read<B: Lanes>(
    level: Level,
    comparison: Comparison,
    [rows, before]: [&Rows<'_, B>; 2],
    words: &mut WordRows<'_>,
) {
    if let (
        &Rows::Whole {
            pixels,
            count,
            width,
        },
        &Rows::Whole { pixels: before, .. },
    ) = (rows, before)
    {
        return read_whole(level, comparison, [pixels, before], [count, width], words);
    }
    for row in 0..rows.count() {
        let (pixels, size) = ([rows.row(row), before.row(row)], [1, rows.width()]);
        read_whole(level, comparison, pixels, size, &mut words.at_row(row));
    }
}

/// Reads rows that follow one another in memory, and those that they are compared with.
fn read_whole<B: Lanes>(
    level: Level,
    comparison: Comparison,
    pixels: [&[B]; 2],
    size: [usize; 2],
    words: &mut WordRows<'_>,
) {
    match comparison {
        Comparison::Foreground(ForegroundTest::NonZero) => {
            let kernel = NonZero::new();
            dispatch!(level, simd => read_rows(simd, kernel, pixels, size, words));
        }
        Comparison::Foreground(ForegroundTest::Above(threshold)) if threshold.key() >= 0 => {
            let kernel = Above::<true>(threshold);
            dispatch!(level, simd => read_rows(simd, kernel, pixels, size, words));
        }
        Comparison::Foreground(ForegroundTest::Above(threshold)) => {
            let kernel = Above::<false>(threshold);
            dispatch!(level, simd => read_rows(simd, kernel, pixels, size, words));
        }
        Comparison::Differs => {
            dispatch!(level, simd => read_rows(simd, Differs, pixels, size, words));
        }
    }
}

#[inline(always)]
fn read_rows<S: Simd, B: Lanes, K: PredicateKernel<B>>(
    simd: S,
    kernel: K,
    [pixels, before]: [&[B]; 2],
    [count, width]: [usize; 2],
    out: &mut WordRows<'_>,
) {
    // One check of bounds then does for both.
    let length = pixels.len().min(before.len());
    let pixels = if K::FOREGROUND {
        [pixels, pixels]
    } else {
        [&pixels[..length], &before[..length]]
    };
    if width < 64 {
        let words = out.words.iter_mut().step_by(out.stride).take(count);
        for (row, word) in words.enumerate() {
            *word = one_word(simd, kernel, pixels, row * width, width);
        }
    } else if width == 64 * out.stride {
        // Rows that end with a word leave no gap between them: all are read as one.
        let all = count * width;
        let (lines, last) = (all / LINE_PIXELS, all % LINE_PIXELS);
        let [own, others] = pixels;
        let whole = [whole_lines(&own[..all]), whole_lines(&others[..all])];
        read_lines(
            simd,
            kernel,
            whole,
            &mut out.words.as_chunks_mut().0[..lines],
        );
        if last > 0 {
            let pixels = pixels.map(|pixels| &pixels[all - last..]);
            let words = &mut out.words[lines * LINE..];
            RowsInParts::new(kernel, pixels, [1, last]).read(simd, &mut WordRows::new(words, 0));
        }
    } else {
        RowsInParts::new(kernel, pixels, [count, width]).read(simd, out);
    }
}
