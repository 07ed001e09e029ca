//! Pixels to words, a line of eight words at a time.

use std::sync::atomic::{Ordering, compiler_fence};

use fearless_simd::{Level, Simd};
#[cfg(any(target_arch = "x86_64", test))]
use fearless_simd::{prelude::*, u64x8};

use super::kernel::PredicateKernel;
use super::word_rows::LINE;
use crate::simd::Lanes;
use crate::simd::{is_avx512, prefetch, with_kernels};

/// Pixels of a line, which are read at a time.
pub(crate) const LINE_PIXELS: usize = LINE * 64;

/// Places that rows are read from in turn, a line of each: a core reads several pages at once from
/// memory, but goes from one to the next late, whatever is prefetched. 64 masks of 1024 x 1024 take
/// .7 of the time so (AVX2, 11.9 ms to 7.8). Lines of pixels of more bytes gain nothing: of two .8
/// to 1.0 times as fast, of four .7 to .95.
pub(super) const PLACES: usize = 4;
/// Bytes of pixels from which on they are read so.
pub(super) const LEAST_IN_PLACES: usize = 1 << 14;

/// True of pixels that are read from several places in turn, if there are enough: without AVX-512,
/// if they have a byte each.
#[inline(always)]
pub(crate) fn are_read_in_turn(level: Level, bytes_a_pixel: usize) -> bool {
    bytes_a_pixel == 1 && !is_avx512(level)
}

/// The pixels of a line of words.
pub(super) type Line<B> = [[B; 64]; LINE];

/// True of so many pixels if they are enough to be read from several places in turn.
#[inline(always)]
pub(super) fn are_worth_turns<S: Simd, B>(simd: S, pixels: usize) -> bool {
    are_read_in_turn(simd.level(), size_of::<B>()) && pixels * size_of::<B>() >= LEAST_IN_PLACES
}

/// Reads lines that lie one after the other.
#[inline(always)]
pub(super) fn read_lines<S: Simd, B: Lanes, K: PredicateKernel<B>>(
    simd: S,
    kernel: K,
    [pixels, before]: [&[Line<B>]; 2],
    out: &mut [[u64; LINE]],
) {
    let a_place = match are_worth_turns::<S, B>(simd, LINE_PIXELS * pixels.len()) {
        true => pixels.len() / PLACES,
        false => 0,
    };
    let ([a, b, c, d], pixels) = in_places(pixels, a_place);
    let ([a_before, b_before, c_before, d_before], before) = in_places(before, a_place);
    let (places, out) = in_places_mut(out, a_place);
    let lines = [[a, a_before], [b, b_before], [c, c_before], [d, d_before]];
    read_in_turn(simd, kernel, lines, places);
    for ((pixels, before), words) in pixels.iter().zip(before).zip(out) {
        write_line(simd, kernel, [pixels, before], None, words);
    }
}

/// Reads lines from several places, one of each in turn; all have as many.
#[inline(always)]
pub(super) fn read_in_turn<S: Simd, B: Lanes, K: PredicateKernel<B>>(
    simd: S,
    kernel: K,
    [a, b, c, d]: [[&[Line<B>]; 2]; PLACES],
    [to_a, to_b, to_c, to_d]: [&mut [[u64; LINE]]; PLACES],
) {
    let count = to_a.len();
    // Slices of one length need no checks of bounds.
    let (a, b) = (of_length(a, count), of_length(b, count));
    let (c, d) = (of_length(c, count), of_length(d, count));
    let (to_b, to_c, to_d) = (&mut to_b[..count], &mut to_c[..count], &mut to_d[..count]);
    // Written out, as the compiler does not: a loop takes a fifth more instructions.
    for line in 0..count {
        write_line(simd, kernel, at(a, line), None, &mut to_a[line]);
        write_line(simd, kernel, at(b, line), None, &mut to_b[line]);
        write_line(simd, kernel, at(c, line), None, &mut to_c[line]);
        write_line(simd, kernel, at(d, line), None, &mut to_d[line]);
    }
}

#[inline(always)]
fn of_length<T>([own, before]: [&[T]; 2], length: usize) -> [&[T]; 2] {
    [&own[..length], &before[..length]]
}

/// An item, and that which it is compared with.
#[inline(always)]
pub(super) fn at<T>([own, before]: [&[T]; 2], index: usize) -> [&T; 2] {
    [&own[index], &before[index]]
}

/// Places of `length` items each, and the items that are left.
#[inline(always)]
fn in_places<T>(items: &[T], length: usize) -> ([&[T]; PLACES], &[T]) {
    let (first, items) = items.split_at(length);
    let (second, items) = items.split_at(length);
    let (third, items) = items.split_at(length);
    let (fourth, rest) = items.split_at(length);
    ([first, second, third, fourth], rest)
}

/// As [`in_places`].
#[inline(always)]
pub(super) fn in_places_mut<T>(items: &mut [T], length: usize) -> ([&mut [T]; PLACES], &mut [T]) {
    let (first, items) = items.split_at_mut(length);
    let (second, items) = items.split_at_mut(length);
    let (third, items) = items.split_at_mut(length);
    let (fourth, rest) = items.split_at_mut(length);
    ([first, second, third, fourth], rest)
}

/// Pixels in groups of a line of words; a rest that fills none is left out.
#[inline(always)]
pub(super) fn whole_lines<B>(pixels: &[B]) -> &[Line<B>] {
    pixels.as_chunks().0.as_chunks().0
}

/// Writes the words of a line, or of its first `COUNT`. `before` are pixels that each is compared
/// with. Where `valid` is there, all bits of the first half of these words are set in it, and of the
/// others those that are valid.
#[inline(always)]
pub(super) fn write_line<S: Simd, B: Lanes, K: PredicateKernel<B>, const COUNT: usize>(
    simd: S,
    kernel: K,
    [pixels, before]: [&[[B; 64]; COUNT]; 2],
    valid: Option<&[u64; LINE]>,
    out: &mut [u64; COUNT],
) {
    prefetch::page(pixels);
    if COUNT == LINE {
        // AVX-512's comparisons are bits already, which become a vector in registers.
        with_kernels!(simd, kernels => {
            let mut words = [0; LINE];
            for k in 0..LINE {
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
    }
    for k in 0..COUNT {
        prefetch_line::<B, K>(&pixels[k]);
        match valid {
            Some(valid) if k >= COUNT / 2 => {
                out[k] = kernel.word(simd, &pixels[k], &before[k]) & valid[k];
            }
            _ => kernel.write(simd, &pixels[k], &before[k], &mut out[k]),
        }
        keep_order::<B>();
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
