//! Rows of pixels to rows of words. This file and `lines.rs` are the only code that is compiled for
//! each SIMD level, pixel width and comparison.
//!
//! Invariant: where boundaries across the rows are wanted, words are compared with those above
//! while they are in registers. Rows of fewer pixels than [`LINE_PIXELS`], and rows of whole words
//! that are no multiple of these, are read first, and compared when all are there.

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, u64x8};

use super::kernel::{Above, Differs, ForegroundTest, NonZero, PredicateKernel};
use super::lines::{
    LINE_PIXELS, boundaries, first_bits, last_line, line_of_words, one_word, read_one_by_one,
    read_whole_lines, store, whole_lines,
};
use super::word_rows::{BoundaryRows, Carry, LINE, WordRows};
use crate::pixel::Rows;
use crate::simd::Lanes;

/// Reads foreground bits: bit i of word k of a row is pixel 64 * k + i.
pub(super) fn read_foreground_bits<B: Lanes>(
    level: Level,
    test: ForegroundTest,
    rows: &Rows<'_, B>,
    words: &mut WordRows<'_>,
) {
    read(
        level,
        Comparison::Foreground(test),
        [rows, rows],
        words,
        None,
    );
}

/// Reads boundary bits: set where a pixel is foreground and the one above is not, or the other way
/// round.
pub(super) fn read_foreground_boundaries<B: Lanes>(
    level: Level,
    test: ForegroundTest,
    rows: &Rows<'_, B>,
    BoundaryRows {
        rows: words,
        carries,
    }: &mut BoundaryRows<'_>,
) {
    read(
        level,
        Comparison::Foreground(test),
        [rows, rows],
        words,
        Some(carries),
    );
}

/// Reads boundary bits: set where a pixel differs from the one at the same position in `before`,
/// which has as many rows.
pub(super) fn read_differences<B: Lanes>(
    level: Level,
    rows: &Rows<'_, B>,
    before: &Rows<'_, B>,
    words: &mut WordRows<'_>,
) {
    read(level, Comparison::Differs, [rows, before], words, None);
}

/// Reads boundary bits: set where a pixel differs from the one at the same position in `above`,
/// which are the rows one higher.
pub(super) fn read_label_boundaries<B: Lanes>(
    level: Level,
    rows: &Rows<'_, B>,
    above: &Rows<'_, B>,
    BoundaryRows {
        rows: words,
        carries,
    }: &mut BoundaryRows<'_>,
) {
    read(
        level,
        Comparison::Differs,
        [rows, above],
        words,
        Some(carries),
    );
}

#[derive(Clone, Copy)]
enum Comparison {
    Foreground(ForegroundTest),
    Differs,
}

/// Reads rows, and those that they are compared with. With `carries`, the words are boundary bits
/// across the rows.
fn read<B: Lanes>(
    level: Level,
    comparison: Comparison,
    [rows, before]: [&Rows<'_, B>; 2],
    words: &mut WordRows<'_>,
    mut carries: Option<&mut [Carry]>,
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
        let size = [count, width];
        return read_whole(level, comparison, [pixels, before], size, words, carries);
    }
    for row in 0..rows.count() {
        read_whole(
            level,
            comparison,
            [rows.row(row), before.row(row)],
            [1, rows.width()],
            &mut words.at_row(row),
            carries.as_deref_mut(),
        );
    }
}

/// Reads rows that follow one another in memory, and those that they are compared with.
fn read_whole<B: Lanes>(
    level: Level,
    comparison: Comparison,
    pixels: [&[B]; 2],
    size: [usize; 2],
    words: &mut WordRows<'_>,
    carries: Option<&mut [Carry]>,
) {
    match comparison {
        Comparison::Foreground(ForegroundTest::NonZero) => {
            dispatch!(level, simd => read_rows(simd, NonZero, pixels, size, words, carries));
        }
        Comparison::Foreground(ForegroundTest::Above(threshold)) if threshold.key() >= 0 => {
            let kernel = Above::<true>(threshold);
            dispatch!(level, simd => read_rows(simd, kernel, pixels, size, words, carries));
        }
        Comparison::Foreground(ForegroundTest::Above(threshold)) => {
            let kernel = Above::<false>(threshold);
            dispatch!(level, simd => read_rows(simd, kernel, pixels, size, words, carries));
        }
        Comparison::Differs => {
            dispatch!(level, simd => read_rows(simd, Differs, pixels, size, words, carries));
        }
    }
}

#[inline(always)]
fn read_rows<S: Simd, B: Lanes, K: PredicateKernel<B>>(
    simd: S,
    kernel: K,
    [pixels, before]: [&[B]; 2],
    size: [usize; 2],
    words: &mut WordRows<'_>,
    carries: Option<&mut [Carry]>,
) {
    // One check of bounds then does for both.
    let length = pixels.len().min(before.len());
    let pixels = if K::FOREGROUND {
        [pixels, pixels]
    } else {
        [&pixels[..length], &before[..length]]
    };
    let [count, width] = size;
    // Line by line, the last one of each row goes a way of its own: rows of 640 pixels take a sixth
    // more instructions so.
    let ends_apart = width == 64 * words.stride && !width.is_multiple_of(LINE_PIXELS);
    let carries = match carries {
        Some(carries) if width >= LINE_PIXELS && !ends_apart => {
            let out = (words, carries);
            return read_each_row::<S, B, K, true>(simd, kernel, pixels, size, out);
        }
        carries => carries,
    };
    if width < 64 {
        for (row, word) in words
            .words
            .iter_mut()
            .step_by(words.stride)
            .take(count)
            .enumerate()
        {
            *word = one_word(simd, kernel, pixels, row * width, width);
        }
    } else {
        // Rows of few words are compared later, so that those that end with a word can be read as
        // one.
        let out = (&mut *words, &mut [][..]);
        read_each_row::<S, B, K, false>(simd, kernel, pixels, size, out);
    }
    if let Some(carries) = carries {
        let mut out = BoundaryRows::new(words.at_row(0), carries);
        if K::FOREGROUND {
            out.compare_foreground(simd, count, width.div_ceil(64));
        } else {
            out.note_boundaries(simd, count, width.div_ceil(64));
        }
    }
}

/// Reads rows of 64 pixels or more; makes boundary bits of them at once if `CARRY`.
#[inline(always)]
fn read_each_row<S: Simd, B: Lanes, K: PredicateKernel<B>, const CARRY: bool>(
    simd: S,
    kernel: K,
    [pixels, before]: [&[B]; 2],
    [count, width]: [usize; 2],
    (out, carries): (&mut WordRows<'_>, &mut [Carry]),
) {
    // Rows that end with a word, or a line, leave no gap between them: all are read as one.
    let as_one = width == 64 * out.stride && (!CARRY || width.is_multiple_of(LINE_PIXELS));
    let (count, width) = if as_one {
        (1, count * width)
    } else {
        (count, width)
    };
    let in_lines = width / LINE_PIXELS * LINE_PIXELS;
    if as_one && in_lines == width {
        let pixels = [&pixels[..width], &before[..width]];
        return read_whole_lines::<S, B, K, CARRY>(simd, kernel, pixels, out.words, carries);
    }
    let last = width - in_lines;
    let valid = u64x8::from_slice(simd, &first_bits(last));
    // Most of a line would be read for nothing where few columns are left.
    let read = if CARRY && last > LINE_PIXELS / 2 {
        let size = [count, width];
        read_cut_lines(
            simd,
            kernel,
            [pixels, before],
            size,
            valid,
            (&mut *out, &mut *carries),
        )
    } else {
        0
    };
    for row in read..count {
        let (pixels, before) = (&pixels[row * width..], &before[row * width..]);
        let words = &mut out.words[row * out.stride..];
        let lines = [&pixels[..in_lines], &before[..in_lines]];
        read_whole_lines::<S, B, K, CARRY>(simd, kernel, lines, words, carries);
        if last > 0 {
            let (columns, words) = (in_lines..width, &mut words[in_lines / 64..]);
            let carry = if CARRY {
                Some(&mut carries[in_lines / LINE_PIXELS])
            } else {
                None
            };
            match last_line(simd, kernel, [pixels, before], columns.clone()) {
                Some(line) => {
                    let mut line = line & valid;
                    if let Some(carry) = carry {
                        line = boundaries::<S, B, K>(line, carry);
                    }
                    store(line, words, last.div_ceil(64));
                }
                None => read_one_by_one(simd, kernel, [pixels, before], columns, words, carry),
            }
        }
    }
}

/// Reads rows as whole lines, whose last one reaches into the next row and is masked, as long as
/// all of that is there. Gives the number of rows read.
#[inline(always)]
fn read_cut_lines<S: Simd, B: Lanes, K: PredicateKernel<B>>(
    simd: S,
    kernel: K,
    [pixels, before]: [&[B]; 2],
    [count, width]: [usize; 2],
    valid: u64x8<S>,
    (out, carries): (&mut WordRows<'_>, &mut [Carry]),
) -> usize {
    let lines = width.div_ceil(LINE_PIXELS);
    for row in 0..count {
        let line = row * width..row * width + lines * LINE_PIXELS;
        let (Some(pixels), Some(before)) = (pixels.get(line.clone()), before.get(line)) else {
            return row;
        };
        let (pixels, before) = (whole_lines(pixels), whole_lines(before));
        let words = out.words[row * out.stride..][..lines * LINE]
            .as_chunks_mut::<LINE>()
            .0;
        for column in 0..lines {
            let mut line = line_of_words(simd, kernel, &pixels[column], &before[column]);
            if column + 1 == lines {
                line &= valid;
            }
            boundaries::<S, B, K>(line, &mut carries[column]).store_slice(&mut words[column]);
        }
    }
    count
}
