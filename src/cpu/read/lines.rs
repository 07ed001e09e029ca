//! Pixels to words, a line of eight words at a time.

use std::ops::Range;
use std::sync::atomic::{Ordering, compiler_fence};

use fearless_simd::{Level, Simd};
#[cfg(any(target_arch = "x86_64", test))]
use fearless_simd::{prelude::*, u64x8};

use super::kernel::PredicateKernel;
use super::word_rows::{LINE, WordRows};
use crate::pixel::RowShape;
use crate::simd::{Lanes, is_avx512, prefetch, with_kernels};

/// Pixels of a line, which are read at a time.
pub(crate) const LINE_PIXELS: usize = LINE * 64;
/// Columns up to which a line is not read whole at the end of a row: most of it would be read for
/// nothing.
pub(super) const HALF_A_LINE: usize = LINE_PIXELS / 2;

/// Places that rows are read from in turn, a line of each: a core reads several pages at once from
/// memory, but goes from one to the next late, whatever is prefetched. 64 masks of 1024 x 1024 take
/// .7 of the time so (AVX2, 11.9 ms to 7.8). Lines of pixels of more bytes gain nothing: of two .8
/// to 1.0 times as fast, of four .7 to .95.
const PLACES: usize = 4;
/// Bytes of pixels, from the first row to the last, from which on they are read so.
const LEAST_IN_PLACES: usize = 1 << 14;

/// True of pixels that are read from several places in turn, if there are enough: without AVX-512,
/// if they have a byte each.
#[inline(always)]
pub(crate) fn are_read_in_turn(level: Level, bytes_a_pixel: usize) -> bool {
    bytes_a_pixel == 1 && !is_avx512(level)
}

/// The pixels of a line of words.
pub(super) type Line<B> = [[B; 64]; LINE];

/// Reads lines that lie one after the other.
#[inline(always)]
pub(super) fn read_lines<S: Simd, B: Lanes, K: PredicateKernel<B>>(
    simd: S,
    kernel: K,
    [pixels, before]: [&[Line<B>]; 2],
    out: &mut [[u64; LINE]],
) {
    let is_enough = size_of_val(pixels) >= LEAST_IN_PLACES;
    let a_place = match are_read_in_turn(simd.level(), size_of::<B>()) && is_enough {
        true => pixels.len() / PLACES,
        false => 0,
    };
    let (places, rest) = out.split_at_mut(PLACES * a_place);
    // Slices of one length need no checks of bounds.
    let (first, places) = places.split_at_mut(a_place);
    let (second, places) = places.split_at_mut(a_place);
    let (third, fourth) = places.split_at_mut(a_place);
    let (own, own_rest) = in_places(pixels, a_place);
    let (others, others_rest) = in_places(before, a_place);
    let ([a, b, c, d], [a_before, b_before, c_before, d_before]) = (own, others);
    for line in 0..a_place {
        // Written out, as the compiler does not: a loop takes a fifth more instructions.
        write_line(
            simd,
            kernel,
            &a[line],
            &a_before[line],
            None,
            &mut first[line],
        );
        write_line(
            simd,
            kernel,
            &b[line],
            &b_before[line],
            None,
            &mut second[line],
        );
        write_line(
            simd,
            kernel,
            &c[line],
            &c_before[line],
            None,
            &mut third[line],
        );
        write_line(
            simd,
            kernel,
            &d[line],
            &d_before[line],
            None,
            &mut fourth[line],
        );
    }
    for ((pixels, before), words) in own_rest.iter().zip(others_rest).zip(rest) {
        write_line(simd, kernel, pixels, before, None, words);
    }
}

/// Lines in places of `length` each, and those that are left.
#[inline(always)]
fn in_places<B>(lines: &[Line<B>], length: usize) -> ([&[Line<B>]; PLACES], &[Line<B>]) {
    let (first, lines) = lines.split_at(length);
    let (second, lines) = lines.split_at(length);
    let (third, lines) = lines.split_at(length);
    let (fourth, rest) = lines.split_at(length);
    ([first, second, third, fourth], rest)
}

/// Rows of pixels that are read in whole lines of words. The last line of a row may reach beyond
/// it, and is masked then.
pub(super) struct PixelLines<'p, B, K> {
    kernel: K,
    pixels: [&'p [B]; 2],
    shape: RowShape,
    /// Lines of a row.
    lines: usize,
}

impl<'p, B: Lanes, K: PredicateKernel<B>> PixelLines<'p, B, K> {
    /// Rows of as many lines as their width needs.
    #[inline(always)]
    pub(super) fn new(kernel: K, pixels: [&'p [B]; 2], shape: RowShape) -> Self {
        PixelLines {
            kernel,
            pixels,
            shape,
            lines: shape.width.div_ceil(LINE_PIXELS),
        }
    }

    /// Reads the rows all of whose lines are in memory, and have room in `out`, the last line of
    /// each masked by `valid`, if it is there. Gives their number.
    #[inline(always)]
    pub(super) fn read<S: Simd>(
        &self,
        simd: S,
        valid: Option<&[u64; LINE]>,
        out: &mut WordRows<'_>,
    ) -> usize {
        let rows = self.rows_within(self.pixels[0].len(), LINE_PIXELS, self.shape.step);
        let rows = rows.min(self.rows_within(out.words.len(), LINE, out.stride));
        let is_enough =
            rows * self.shape.step >= LEAST_IN_PLACES && out.stride.is_multiple_of(LINE);
        let a_place = if are_read_in_turn(simd.level(), size_of::<B>()) && is_enough {
            rows / PLACES
        } else {
            0
        };
        for row in 0..a_place {
            for line in 0..self.lines {
                for place in 0..PLACES {
                    self.read_line(simd, [place * a_place + row, line], valid, out);
                }
            }
        }
        for row in PLACES * a_place..rows {
            self.read_row(simd, row, valid, out);
        }
        rows
    }

    /// Rows whose lines, of `line` each, end within `length`, if rows are `step` from each other.
    #[inline(always)]
    fn rows_within(&self, length: usize, line: usize, step: usize) -> usize {
        match length.checked_sub(self.lines * line) {
            Some(room) if room >= self.shape.count.saturating_sub(1) * step => self.shape.count,
            Some(room) => room / step + 1,
            None => 0,
        }
    }

    #[inline(always)]
    fn read_line<S: Simd>(
        &self,
        simd: S,
        [row, line]: [usize; 2],
        valid: Option<&[u64; LINE]>,
        out: &mut WordRows<'_>,
    ) {
        let at = row * self.shape.step + line * LINE_PIXELS;
        let [pixels, before] = self.pixels;
        let (pixels, before) = (
            &whole_lines(&pixels[at..][..LINE_PIXELS])[0],
            &whole_lines(&before[at..][..LINE_PIXELS])[0],
        );
        let out = &mut out.words[row * out.stride + line * LINE..]
            .as_chunks_mut()
            .0[0];
        let valid = valid.filter(|_| line + 1 == self.lines);
        write_line(simd, self.kernel, pixels, before, valid, out);
    }

    /// Reads the lines of a row, the last one masked by `valid`, if it is there.
    #[inline(always)]
    pub(super) fn read_row<S: Simd>(
        &self,
        simd: S,
        row: usize,
        valid: Option<&[u64; LINE]>,
        out: &mut WordRows<'_>,
    ) {
        let [pixels, before] = self.pixels;
        let row_of = row * self.shape.step..row * self.shape.step + self.lines * LINE_PIXELS;
        let (pixels, before) = (
            whole_lines(&pixels[row_of.clone()]),
            whole_lines(&before[row_of]),
        );
        let words = out.words[row * out.stride..].as_chunks_mut::<LINE>().0;
        for (index, (pixels, out)) in pixels.iter().zip(words).enumerate() {
            let before = if K::FOREGROUND {
                pixels
            } else {
                &before[index]
            };
            let valid = valid.filter(|_| index + 1 == self.lines);
            write_line(simd, self.kernel, pixels, before, valid, out);
        }
    }
}

/// Pixels in groups of a line of words; a rest that fills none is left out.
#[inline(always)]
pub(super) fn whole_lines<B>(pixels: &[B]) -> &[Line<B>] {
    pixels.as_chunks().0.as_chunks().0
}

/// Reads a row's last columns alone, word by word.
#[inline(always)]
pub(super) fn read_one_by_one<S: Simd, B: Lanes, K: PredicateKernel<B>>(
    simd: S,
    kernel: K,
    pixels: [&[B]; 2],
    columns: Range<usize>,
    words: &mut [u64],
) {
    for (k, start) in columns.clone().step_by(64).enumerate() {
        words[k] = one_word(simd, kernel, pixels, start, 64.min(columns.end - start));
    }
}

/// Eight words whose first `count` bits are set.
pub(super) fn first_bits(count: usize) -> [u64; 8] {
    let mut words = [0; 8];
    words[..count / 64].fill(u64::MAX);
    if !count.is_multiple_of(64) {
        words[count / 64] = (1 << (count % 64)) - 1;
    }
    words
}

/// Writes the words of a line, or its first `COUNT`. Where `valid` is there, all bits of the first
/// half of these are set in it, and of the others those that are valid.
#[inline(always)]
pub(super) fn write_line<S: Simd, B: Lanes, K: PredicateKernel<B>, const COUNT: usize>(
    simd: S,
    kernel: K,
    pixels: &[[B; 64]; COUNT],
    before: &[[B; 64]; COUNT],
    valid: Option<&[u64; LINE]>,
    out: &mut [u64; LINE],
) {
    prefetch::page(pixels);
    // AVX-512's comparisons are bits already, which become a vector in registers.
    with_kernels!(simd, kernels => {
        let mut words = [0; LINE];
        for k in 0..COUNT {
            prefetch_line::<B, K>(&pixels[k]);
            words[k] = kernel.word(simd, &pixels[k], &before[k]);
            keep_order::<B>();
        }
        let mut line = kernels.vector_of_words(words);
        if let Some(valid) = valid {
            line &= u64x8::from_slice(kernels, valid);
        }
        line.store_slice(out)
    });
    if let Some(valid) = valid {
        for k in 0..COUNT {
            prefetch_line::<B, K>(&pixels[k]);
            if k < COUNT / 2 {
                kernel.write(simd, &pixels[k], &before[k], &mut out[k]);
            } else {
                out[k] = kernel.word(simd, &pixels[k], &before[k]) & valid[k];
            }
            keep_order::<B>();
        }
    } else {
        for k in 0..COUNT {
            prefetch_line::<B, K>(&pixels[k]);
            kernel.write(simd, &pixels[k], &before[k], &mut out[k]);
            keep_order::<B>();
        }
    }
}

/// Prefetches lines of pixels that gain by it.
#[inline(always)]
fn prefetch_line<B: Lanes, K: PredicateKernel<B>>(pixels: &[B; 64]) {
    if size_of::<B>() > 1 || !K::FOREGROUND {
        prefetch::line(pixels);
    }
}

/// Keeps wide pixels in order: else the compiler reads a quarter of each word's, then the next
/// quarter of each, and labels take a tenth more time.
#[inline(always)]
fn keep_order<B: Lanes>() {
    if size_of::<B>() >= 4 {
        compiler_fence(Ordering::SeqCst);
    }
}

/// Word of `count` pixels, 1 to 64, from `start` on. Bits of pixels that are read with them are
/// cleared.
#[inline(always)]
pub(super) fn one_word<S: Simd, B: Lanes, K: PredicateKernel<B>>(
    simd: S,
    kernel: K,
    [pixels, before]: [&[B]; 2],
    start: usize,
    count: usize,
) -> u64 {
    let mask = u64::MAX >> (64 - count);
    if let (Some(pixels), Some(before)) =
        (pixels[start..].first_chunk(), before[start..].first_chunk())
    {
        return kernel.word(simd, pixels, before) & mask;
    }
    if let (Some(last), Some(before)) = (pixels.last_chunk(), before.last_chunk()) {
        return kernel.word(simd, last, before) >> (start + 64 - pixels.len()) & mask;
    }
    let (mut own, mut others) = ([B::default(); 64], [B::default(); 64]);
    own[..count].copy_from_slice(&pixels[start..start + count]);
    if !K::FOREGROUND {
        others[..count].copy_from_slice(&before[start..start + count]);
    }
    kernel.word(simd, &own, &others) & mask
}
