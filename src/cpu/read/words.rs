//! Rows of pixels to rows of words. This file and `lines.rs` are the only code that is compiled for
//! each SIMD level, pixel width and comparison.

use std::ops::Range;

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, u64x8};

use super::kernel::{Above, Differs, ForegroundTest, NonZero, PredicateKernel};
use super::lines::{
    LINE_PIXELS, PixelLines, are_read_in_turn, first_bits, last_line, one_word, read_one_by_one,
    store,
};
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
            dispatch!(level, simd => read_rows(simd, NonZero, pixels, size, words));
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
        if lines > 0 {
            // Each line is a row where they are read in turn. Else all are one, whose bounds are
            // checked once.
            let rows = match are_read_in_turn(simd.level(), size_of::<B>()) {
                true => lines,
                false => 1,
            };
            let width = lines / rows * LINE_PIXELS;
            let whole = PixelLines::new(kernel, pixels, [rows, width], width);
            let valid = u64x8::splat(simd, u64::MAX);
            whole.read(simd, valid, &mut WordRows::new(out.words, LINE));
        }
        if last > 0 {
            let words = &mut out.words[lines * LINE..];
            let valid = u64x8::from_slice(simd, &first_bits(last));
            read_last(simd, kernel, pixels, all - last..all, valid, words);
        }
    } else {
        read_each_row(simd, kernel, pixels, [count, width], out);
    }
}

/// Reads rows of 64 pixels or more, between whose words there is a gap.
#[inline(always)]
fn read_each_row<S: Simd, B: Lanes, K: PredicateKernel<B>>(
    simd: S,
    kernel: K,
    [pixels, before]: [&[B]; 2],
    [count, width]: [usize; 2],
    out: &mut WordRows<'_>,
) {
    let last = width % LINE_PIXELS;
    let valid = u64x8::from_slice(simd, &first_bits(last));
    // Most of a line would be read for nothing where few columns are left.
    let read = if last > LINE_PIXELS / 2 {
        let rows = PixelLines::new(kernel, [pixels, before], [count, width], width);
        rows.read(simd, valid, out)
    } else {
        0
    };
    let in_lines = width - last;
    let lines = PixelLines::new(kernel, [pixels, before], [count, width], in_lines);
    for row in read..count {
        lines.read_row(simd, row, u64x8::splat(simd, u64::MAX), out);
        if last > 0 {
            let pixels = [&pixels[row * width..], &before[row * width..]];
            let words = &mut out.words[row * out.stride + in_lines / 64..];
            read_last(simd, kernel, pixels, in_lines..width, valid, words);
        }
    }
}

/// Reads a row's last columns, fewer than [`LINE_PIXELS`], whose bits are set in `valid`.
#[inline(always)]
fn read_last<S: Simd, B: Lanes, K: PredicateKernel<B>>(
    simd: S,
    kernel: K,
    pixels: [&[B]; 2],
    columns: Range<usize>,
    valid: u64x8<S>,
    words: &mut [u64],
) {
    match last_line(simd, kernel, pixels, columns.clone()) {
        Some(line) => store(line & valid, words, columns.len().div_ceil(64)),
        None => read_one_by_one(simd, kernel, pixels, columns, words),
    }
}
