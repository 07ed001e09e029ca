//! A line of words at a time: eight words, which are compared and stored as one vector.

use std::ops::Range;
use std::sync::atomic::{Ordering, compiler_fence};

use fearless_simd::prelude::*;
use fearless_simd::{Simd, u64x8};

use super::kernel::PredicateKernel;
use super::word_rows::{Carry, LINE};
use crate::simd::Lanes;
use crate::simd::{prefetch, with_kernels};

/// Pixels that are read at a time: eight words, which are stored, and compared with those above, as
/// a vector. One by one they take up to a third more time.
pub(crate) const LINE_PIXELS: usize = LINE * 64;

/// Pixels in groups of a line of words; a rest that fills none is left out.
#[inline(always)]
pub(super) fn whole_lines<B>(pixels: &[B]) -> &[[[B; 64]; LINE]] {
    pixels.as_chunks().0.as_chunks().0
}

/// Reads pixels that are a multiple of [`LINE_PIXELS`].
#[inline(always)]
pub(super) fn read_whole_lines<S: Simd, B: Lanes, K: PredicateKernel<B>, const CARRY: bool>(
    simd: S,
    kernel: K,
    [pixels, before]: [&[B]; 2],
    words: &mut [u64],
    carries: &mut [Carry],
) {
    let (pixels, before) = (whole_lines(pixels), whole_lines(before));
    let lines_a_row = carries.len();
    let mut column = 0;
    for (index, (pixels, words)) in pixels.iter().zip(words.as_chunks_mut::<8>().0).enumerate() {
        let mut line = line_of_words(
            simd,
            kernel,
            pixels,
            if K::FOREGROUND {
                pixels
            } else {
                &before[index]
            },
        );
        if CARRY {
            line = boundaries::<S, B, K>(line, &mut carries[column]);
            column = if column + 1 == lines_a_row {
                0
            } else {
                column + 1
            };
        }
        line.store_slice(words);
    }
}

/// Words of a row's last columns, fewer than [`LINE_PIXELS`], as a vector, and of pixels after
/// them. None where so many pixels are not there, or where a single word is read faster by itself.
#[inline(always)]
pub(super) fn last_line<S: Simd, B: Lanes, K: PredicateKernel<B>>(
    simd: S,
    kernel: K,
    [pixels, before]: [&[B]; 2],
    columns: Range<usize>,
) -> Option<u64x8<S>> {
    let (pixels, before) = (&pixels[columns.start..], &before[columns.start..]);
    let (pixels, before) = (pixels.as_chunks::<64>().0, before.as_chunks::<64>().0);
    match columns.len().div_ceil(64) {
        2 => Some(line_of_words::<S, B, K, 2>(
            simd,
            kernel,
            pixels.first_chunk()?,
            before.first_chunk()?,
        )),
        3..=4 => Some(line_of_words::<S, B, K, 4>(
            simd,
            kernel,
            pixels.first_chunk()?,
            before.first_chunk()?,
        )),
        5.. => Some(line_of_words::<S, B, K, 8>(
            simd,
            kernel,
            pixels.first_chunk()?,
            before.first_chunk()?,
        )),
        _ => None,
    }
}

/// Reads a row's last columns alone. Their words are stored, and compared with those above, one by
/// one: a vector load would wait for the stores of its words.
#[inline(always)]
pub(super) fn read_one_by_one<S: Simd, B: Lanes, K: PredicateKernel<B>>(
    simd: S,
    kernel: K,
    pixels: [&[B]; 2],
    columns: Range<usize>,
    words: &mut [u64],
    mut carry: Option<&mut Carry>,
) {
    for (k, start) in columns.clone().step_by(64).enumerate() {
        let mut word = one_word(simd, kernel, pixels, start, 64.min(columns.end - start));
        if let Some(carry) = &mut carry {
            if K::FOREGROUND {
                word ^= std::mem::replace(&mut carry.above[k], word);
            }
            carry.with_boundary[k] |= word;
        }
        words[k] = word;
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

/// True of AVX-512, whose comparisons are bits already: inverted word by word they cost nothing,
/// and need not become a vector. Rows that are scanned along take 4 to 15 % more with one.
#[inline(always)]
fn inverts_words<S: Simd>(simd: S) -> bool {
    #[cfg(target_arch = "x86_64")]
    return matches!(simd.level(), fearless_simd::Level::Avx512(_));
    #[cfg(not(target_arch = "x86_64"))]
    {
        let _ = simd;
        false
    }
}

/// Words as a vector; beyond `COUNT` they are of no pixels.
#[inline(always)]
pub(super) fn line_of_words<S: Simd, B: Lanes, K: PredicateKernel<B>, const COUNT: usize>(
    simd: S,
    kernel: K,
    pixels: &[[B; 64]; COUNT],
    before: &[[B; 64]; COUNT],
) -> u64x8<S> {
    prefetch::page(pixels);
    let mut words = [0; 8];
    for k in 0..COUNT {
        if size_of::<B>() > 1 || !K::FOREGROUND {
            prefetch::line(&pixels[k]);
        }
        words[k] = match inverts_words(simd) {
            true => kernel.word(simd, &pixels[k], &before[k]),
            false => kernel.compare(simd, &pixels[k], &before[k]),
        };
        if size_of::<B>() >= 4 {
            // Else the compiler reads a quarter of each word's pixels, then the next quarter of
            // each: labels take a tenth more time.
            compiler_fence(Ordering::SeqCst);
        }
    }
    let words = vector_of_words(simd, words);
    match K::INVERTED && !inverts_words(simd) {
        true => !words,
        false => words,
    }
}

/// Boundary bits of words and those above, which they replace in `carry`.
#[inline(always)]
pub(super) fn boundaries<S: Simd, B: Lanes, K: PredicateKernel<B>>(
    words: u64x8<S>,
    carry: &mut Carry,
) -> u64x8<S> {
    let simd = words.token();
    let mut boundaries = words;
    if K::FOREGROUND {
        boundaries ^= u64x8::from_slice(simd, &carry.above);
        words.store_slice(&mut carry.above);
    }
    (boundaries | u64x8::from_slice(simd, &carry.with_boundary))
        .store_slice(&mut carry.with_boundary);
    boundaries
}

/// Stores `count` words. More may be overwritten.
#[inline(always)]
pub(super) fn store<S: Simd>(words: u64x8<S>, out: &mut [u64], count: usize) {
    match out.first_chunk_mut::<8>() {
        Some(out) => words.store_slice(out),
        None => {
            let mut all = [0; 8];
            words.store_slice(&mut all);
            out[..count].copy_from_slice(&all[..count]);
        }
    }
}

#[inline(always)]
fn vector_of_words<S: Simd>(simd: S, words: [u64; 8]) -> u64x8<S> {
    with_kernels!(simd, kernels => {
        let mut lanes = [0; 8];
        kernels.vector_of_words(words).store_slice(&mut lanes);
        u64x8::from_slice(simd, &lanes)
    });
    u64x8::from_slice(simd, &words)
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
