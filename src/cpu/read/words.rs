//! Rows of pixels to rows of words. This file and `lines.rs` are the only code that is compiled for
//! each SIMD level, pixel width and comparison.

use std::ops::Range;

use fearless_simd::{Level, Simd, dispatch};

use super::kernel::{Above, Differs, ForegroundTest, NonZero, PredicateKernel};
use super::lines::{
    HALF_A_LINE, LINE_PIXELS, PixelLines, first_bits, one_word, read_lines, read_one_by_one,
    whole_lines, write_line,
};
use super::word_rows::{LINE, WordRows};
use crate::pixel::{RowShape, Rows};
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
    differs: Differs,
    [rows, before]: [&Rows<'_, B>; 2],
    words: &mut WordRows<'_>,
) {
    read(level, Comparison::Differs(differs), [rows, before], words);
}

#[derive(Clone, Copy)]
enum Comparison {
    Foreground(ForegroundTest),
    Differs(Differs),
}

/// Reads rows, and those that they are compared with.
fn read<B: Lanes>(
    level: Level,
    comparison: Comparison,
    [rows, before]: [&Rows<'_, B>; 2],
    words: &mut WordRows<'_>,
) {
    if let (
        &Rows::Spaced { pixels, shape },
        &Rows::Spaced {
            pixels: before,
            shape: of_before,
        },
    ) = (rows, before)
        && shape.step == of_before.step
    {
        return read_spaced(level, comparison, [pixels, before], shape, words);
    }
    for row in 0..rows.count() {
        let pixels = [rows.row(row), before.row(row)];
        let shape = RowShape::one(rows.width());
        read_spaced(level, comparison, pixels, shape, &mut words.at_row(row));
    }
}

/// Reads rows that lie at equal distances, and those that they are compared with.
fn read_spaced<B: Lanes>(
    level: Level,
    comparison: Comparison,
    pixels: [&[B]; 2],
    shape: RowShape,
    words: &mut WordRows<'_>,
) {
    match comparison {
        Comparison::Foreground(ForegroundTest::NonZero) => {
            let kernel = NonZero::new();
            dispatch!(level, simd => read_rows(simd, kernel, pixels, shape, words));
        }
        Comparison::Foreground(ForegroundTest::Above(threshold)) if threshold.key() >= 0 => {
            let kernel = Above::<true>::new(threshold);
            dispatch!(level, simd => read_rows(simd, kernel, pixels, shape, words));
        }
        Comparison::Foreground(ForegroundTest::Above(threshold)) => {
            let kernel = Above::<false>::new(threshold);
            dispatch!(level, simd => read_rows(simd, kernel, pixels, shape, words));
        }
        Comparison::Differs(kernel) => {
            dispatch!(level, simd => read_rows(simd, kernel, pixels, shape, words));
        }
    }
}

#[inline(always)]
fn read_rows<S: Simd, B: Lanes, K: PredicateKernel<B>>(
    simd: S,
    kernel: K,
    [pixels, before]: [&[B]; 2],
    shape @ RowShape { count, width, step }: RowShape,
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
            *word = one_word(simd, kernel, pixels, row * step, width);
        }
    } else if width == 64 * out.stride && width == step {
        // Neither pixels nor words leave a gap between rows: all are read as one.
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
            let rows = RowsInParts::new(kernel, pixels, RowShape::one(last));
            rows.read(simd, 0..1, &mut WordRows::new(words, 0));
        }
    } else {
        read_each_row(simd, kernel, pixels, shape, out);
    }
}

/// Reads rows of 64 pixels or more, between which there is a gap.
#[inline(always)]
fn read_each_row<S: Simd, B: Lanes, K: PredicateKernel<B>>(
    simd: S,
    kernel: K,
    pixels: [&[B]; 2],
    shape: RowShape,
    out: &mut WordRows<'_>,
) {
    let rows = RowsInParts::new(kernel, pixels, shape);
    let read = match shape.width % LINE_PIXELS {
        1..=HALF_A_LINE => 0,
        last => {
            let lines = PixelLines::new(kernel, pixels, shape);
            lines.read(simd, (last > 0).then_some(&rows.valid), out)
        }
    };
    rows.read(simd, read..shape.count, out);
}

/// Rows, each read as whole lines and the columns after these.
struct RowsInParts<'p, B, K> {
    kernel: K,
    pixels: [&'p [B]; 2],
    shape: RowShape,
    /// Columns in whole lines.
    in_lines: usize,
    /// Bits of the columns after these.
    valid: [u64; LINE],
}

impl<'p, B: Lanes, K: PredicateKernel<B>> RowsInParts<'p, B, K> {
    #[inline(always)]
    fn new(kernel: K, pixels: [&'p [B]; 2], shape: RowShape) -> Self {
        let last = shape.width % LINE_PIXELS;
        RowsInParts {
            kernel,
            pixels,
            shape,
            in_lines: shape.width - last,
            valid: first_bits(last),
        }
    }

    #[inline(always)]
    fn read<S: Simd>(&self, simd: S, rows: Range<usize>, out: &mut WordRows<'_>) {
        let RowShape { width, step, .. } = self.shape;
        // Loops of their own take a third less instructions.
        match width.div_ceil(64) {
            2 => return self.read_narrow::<S, 2>(simd, rows, out),
            3..=4 => return self.read_narrow::<S, 4>(simd, rows, out),
            _ => {}
        }
        let of_lines = RowShape {
            width: self.in_lines,
            ..self.shape
        };
        let lines = PixelLines::new(self.kernel, self.pixels, of_lines);
        let mut end = rows.start * step + self.in_lines;
        let mut word = rows.start * out.stride + self.in_lines / 64;
        for row in rows {
            if self.in_lines > 0 {
                lines.read_row(simd, row, None, out);
            }
            let words = &mut out.words[word..];
            // Of half as many words or fewer, a line would mask too few: see `write_line`.
            let is_read = match (width - self.in_lines).div_ceil(64) {
                0 => true,
                1 => false,
                2 => self.read_end::<S, 2>(simd, end, words),
                3..=4 => self.read_end::<S, 4>(simd, end, words),
                _ => self.read_end::<S, 8>(simd, end, words),
            };
            if !is_read {
                let columns = end..end + width - self.in_lines;
                read_one_by_one(simd, self.kernel, self.pixels, columns, words);
            }
            end += step;
            word += out.stride;
        }
    }

    /// Reads rows of up to `COUNT` words.
    #[inline(always)]
    fn read_narrow<S: Simd, const COUNT: usize>(
        &self,
        simd: S,
        rows: Range<usize>,
        out: &mut WordRows<'_>,
    ) {
        for row in rows {
            let first = row * self.shape.step;
            let words = &mut out.words[row * out.stride..];
            if !self.read_end::<S, COUNT>(simd, first, words) {
                let columns = first..first + self.shape.width;
                read_one_by_one(simd, self.kernel, self.pixels, columns, words);
            }
        }
    }

    /// Reads the columns after the whole lines of a row, from pixel `first` on, as `COUNT` words.
    /// False where so many pixels are not there, or have no room.
    #[inline(always)]
    fn read_end<S: Simd, const COUNT: usize>(
        &self,
        simd: S,
        first: usize,
        words: &mut [u64],
    ) -> bool {
        let [pixels, before] = self.pixels.map(|pixels| pixels[first..].as_chunks().0);
        let (Some(pixels), Some(before), Some(words)) = (
            pixels.first_chunk(),
            before.first_chunk(),
            words.first_chunk_mut(),
        ) else {
            return false;
        };
        let valid = Some(&self.valid);
        write_line::<S, B, K, COUNT>(simd, self.kernel, pixels, before, valid, words);
        true
    }
}
