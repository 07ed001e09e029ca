//! Rows of pixels to words of 64 bits: the only code that is compiled for each SIMD level, pixel
//! width and predicate.

use std::ops::Range;
use std::sync::atomic::{Ordering, compiler_fence};

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, u64x8};

use super::grid::{Below, Grid, LINE};
use crate::pixel::Rows;
use crate::predicate::Predicate;
use crate::simd::prefetch;
use crate::simd::{Above, Lanes, NonZero, Rule, Value};

/// Bit i of word k of a row is the answer of its pixel 64 * k + i; for labels, whether that pixel
/// differs from the one at the same place in `before`, which has as many rows.
pub(crate) fn read<B: Lanes>(
    level: Level,
    predicate: Predicate,
    rows: &Rows<'_, B>,
    before: &Rows<'_, B>,
    grid: &mut Grid<'_>,
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
        return read_whole(level, predicate, [pixels, before], [count, width], grid);
    }
    for row in 0..rows.count() {
        let pixels = [rows.row(row), before.row(row)];
        read_whole(
            level,
            predicate,
            pixels,
            [1, rows.width()],
            &mut grid.at_row(row),
        );
    }
}

/// The same for rows that follow one another, and those before them.
fn read_whole<B: Lanes>(
    level: Level,
    predicate: Predicate,
    pixels: [&[B]; 2],
    size: [usize; 2],
    grid: &mut Grid<'_>,
) {
    match predicate {
        Predicate::Binary => dispatch!(level, simd => read_rows(simd, NonZero, pixels, size, grid)),
        Predicate::Above(threshold) if threshold.key() >= 0 => {
            dispatch!(level, simd => read_rows(simd, Above::<true>(threshold), pixels, size, grid));
        }
        Predicate::Above(threshold) => {
            dispatch!(level, simd => read_rows(simd, Above::<false>(threshold), pixels, size, grid));
        }
        Predicate::Labels => dispatch!(level, simd => read_rows(simd, Value, pixels, size, grid)),
    }
}

#[inline(always)]
fn read_rows<S: Simd, B: Lanes, R: Rule<B>>(
    simd: S,
    rule: R,
    [pixels, before]: [&[B]; 2],
    size: [usize; 2],
    grid: &mut Grid<'_>,
) {
    // One check of bounds then does for both.
    let length = pixels.len().min(before.len());
    let pixels = if R::ANSWERS {
        [pixels, pixels]
    } else {
        [&pixels[..length], &before[..length]]
    };
    let [count, width] = size;
    if width >= EIGHT && !grid.below.is_empty() {
        return read_each_row::<S, B, R, true>(simd, rule, pixels, size, grid);
    }
    if width < 64 {
        for (row, word) in grid
            .words
            .iter_mut()
            .step_by(grid.row)
            .take(count)
            .enumerate()
        {
            *word = one_word(simd, rule, pixels, row * width, width);
        }
    } else {
        // Rows of few words are compared later, so that those that end with a word can be read as
        // one.
        read_each_row::<S, B, R, false>(simd, rule, pixels, size, grid);
    }
    grid.finish(count, width.div_ceil(64), R::ANSWERS);
}

/// Reads rows of 64 pixels or more; where boundaries are wanted, finds them at once if `BELOW`.
#[inline(always)]
fn read_each_row<S: Simd, B: Lanes, R: Rule<B>, const BELOW: bool>(
    simd: S,
    rule: R,
    [pixels, before]: [&[B]; 2],
    [count, width]: [usize; 2],
    grid: &mut Grid<'_>,
) {
    // Rows that end with a word, or an eight, leave no gap in the grid: all are read as one.
    let as_one = width == 64 * grid.row && (!BELOW || width.is_multiple_of(EIGHT));
    let (count, width) = if as_one {
        (1, count * width)
    } else {
        (count, width)
    };
    let in_eights = width / EIGHT * EIGHT;
    if as_one && in_eights == width {
        let pixels = [&pixels[..width], &before[..width]];
        return read_eights::<S, B, R, BELOW>(simd, rule, pixels, grid.words, grid.below);
    }
    let last = width - in_eights;
    let valid = u64x8::from_slice(simd, &first_bits(last));
    // With a short rest most of its eight would be read for nothing.
    let read = if BELOW && last > EIGHT / 2 {
        read_lines::<S, B, R>(simd, rule, [pixels, before], [count, width], valid, grid)
    } else {
        0
    };
    for row in read..count {
        let (pixels, before) = (&pixels[row * width..], &before[row * width..]);
        let words = &mut grid.words[row * grid.row..];
        let eights = [&pixels[..in_eights], &before[..in_eights]];
        read_eights::<S, B, R, BELOW>(simd, rule, eights, words, grid.below);
        if last > 0 {
            let (columns, words) = (in_eights..width, &mut words[in_eights / 64..]);
            let below = if BELOW {
                Some(&mut grid.below[in_eights / EIGHT])
            } else {
                None
            };
            match last_eight(simd, rule, [pixels, before], columns.clone()) {
                Some(eight) => {
                    let mut eight = eight & valid;
                    if let Some(below) = below {
                        eight = boundaries::<S, B, R>(eight, below);
                    }
                    store(eight, words, last.div_ceil(64));
                }
                None => read_one_by_one(simd, rule, [pixels, before], columns, words, below),
            }
        }
    }
}

/// Pixels that are read at a time: eight words, which are stored, and compared with those above, as
/// a vector. One by one they take up to a third more time.
const EIGHT: usize = LINE * 64;

/// Pixels by eights of words, without what is left of them.
#[inline(always)]
fn whole_eights<B>(pixels: &[B]) -> &[[[B; 64]; LINE]] {
    pixels.as_chunks().0.as_chunks().0
}

/// The words of pixels that are a multiple of [`EIGHT`].
#[inline(always)]
fn read_eights<S: Simd, B: Lanes, R: Rule<B>, const BELOW: bool>(
    simd: S,
    rule: R,
    [pixels, before]: [&[B]; 2],
    words: &mut [u64],
    below: &mut [Below],
) {
    let (pixels, before) = (whole_eights(pixels), whole_eights(before));
    let eights_a_row = below.len();
    let mut column = 0;
    for (index, (pixels, words)) in pixels.iter().zip(words.as_chunks_mut::<8>().0).enumerate() {
        let mut eight = eight_words(
            simd,
            rule,
            pixels,
            if R::ANSWERS { pixels } else { &before[index] },
        );
        if BELOW {
            eight = boundaries::<S, B, R>(eight, &mut below[column]);
            column = if column + 1 == eights_a_row {
                0
            } else {
                column + 1
            };
        }
        eight.store_slice(words);
    }
}

/// Reads rows of eights, the last of which is cut off, as long as whole ones can be read. Gives how
/// many rows were.
#[inline(always)]
fn read_lines<S: Simd, B: Lanes, R: Rule<B>>(
    simd: S,
    rule: R,
    [pixels, before]: [&[B]; 2],
    [count, width]: [usize; 2],
    valid: u64x8<S>,
    grid: &mut Grid<'_>,
) -> usize {
    let lines = width.div_ceil(EIGHT);
    for row in 0..count {
        let line = row * width..row * width + lines * EIGHT;
        let (Some(pixels), Some(before)) = (pixels.get(line.clone()), before.get(line)) else {
            return row;
        };
        let (pixels, before) = (whole_eights(pixels), whole_eights(before));
        let words = grid.words[row * grid.row..][..lines * LINE]
            .as_chunks_mut::<LINE>()
            .0;
        for column in 0..lines {
            let mut eight = eight_words(simd, rule, &pixels[column], &before[column]);
            if column + 1 == lines {
                eight &= valid;
            }
            boundaries::<S, B, R>(eight, &mut grid.below[column]).store_slice(&mut words[column]);
        }
    }
    count
}

/// The words of a row's last columns, fewer than [`EIGHT`], and of what lies after them, if it is
/// there and worth it.
#[inline(always)]
fn last_eight<S: Simd, B: Lanes, R: Rule<B>>(
    simd: S,
    rule: R,
    [pixels, before]: [&[B]; 2],
    columns: Range<usize>,
) -> Option<u64x8<S>> {
    let (pixels, before) = (&pixels[columns.start..], &before[columns.start..]);
    let (pixels, before) = (pixels.as_chunks::<64>().0, before.as_chunks::<64>().0);
    match columns.len().div_ceil(64) {
        2 => Some(eight_words::<S, B, R, 2>(
            simd,
            rule,
            pixels.first_chunk()?,
            before.first_chunk()?,
        )),
        3..=4 => Some(eight_words::<S, B, R, 4>(
            simd,
            rule,
            pixels.first_chunk()?,
            before.first_chunk()?,
        )),
        5.. => Some(eight_words::<S, B, R, 8>(
            simd,
            rule,
            pixels.first_chunk()?,
            before.first_chunk()?,
        )),
        _ => None,
    }
}

/// The words of a row's last columns alone. They are stored, and compared with those above, one by
/// one: a vector of them would wait for its parts.
#[inline(always)]
fn read_one_by_one<S: Simd, B: Lanes, R: Rule<B>>(
    simd: S,
    rule: R,
    pixels: [&[B]; 2],
    columns: Range<usize>,
    words: &mut [u64],
    mut below: Option<&mut Below>,
) {
    for (k, start) in columns.clone().step_by(64).enumerate() {
        let mut word = one_word(simd, rule, pixels, start, 64.min(columns.end - start));
        if let Some(below) = &mut below {
            if R::ANSWERS {
                word ^= std::mem::replace(&mut below.above[k], word);
            }
            below.found[k] |= word;
        }
        words[k] = word;
    }
}

/// The first `count` bits of eight words.
fn first_bits(count: usize) -> [u64; 8] {
    let mut words = [0; 8];
    words[..count / 64].fill(u64::MAX);
    if !count.is_multiple_of(64) {
        words[count / 64] = (1 << (count % 64)) - 1;
    }
    words
}

/// Words as a vector; beyond `COUNT` they are 0.
#[inline(always)]
fn eight_words<S: Simd, B: Lanes, R: Rule<B>, const COUNT: usize>(
    simd: S,
    rule: R,
    pixels: &[[B; 64]; COUNT],
    before: &[[B; 64]; COUNT],
) -> u64x8<S> {
    prefetch::page(pixels);
    let mut words = [0; 8];
    for k in 0..COUNT {
        if size_of::<B>() > 1 || !R::ANSWERS {
            prefetch::line(&pixels[k]);
        }
        words[k] = rule.word(simd, &pixels[k], &before[k]);
        if size_of::<B>() >= 4 {
            // Else the compiler reads a quarter of each word's pixels, then the next quarter of
            // each: labels take a tenth more time.
            compiler_fence(Ordering::SeqCst);
        }
    }
    together(simd, words)
}

/// The boundaries of words and of those above, which they become themselves.
#[inline(always)]
fn boundaries<S: Simd, B: Lanes, R: Rule<B>>(words: u64x8<S>, below: &mut Below) -> u64x8<S> {
    let simd = words.token();
    let mut boundaries = words;
    if R::ANSWERS {
        boundaries ^= u64x8::from_slice(simd, &below.above);
        words.store_slice(&mut below.above);
    }
    (boundaries | u64x8::from_slice(simd, &below.found)).store_slice(&mut below.found);
    boundaries
}

/// Stores `count` words. More may be overwritten.
#[inline(always)]
fn store<S: Simd>(words: u64x8<S>, out: &mut [u64], count: usize) {
    match out.first_chunk_mut::<8>() {
        Some(out) => words.store_slice(out),
        None => {
            let mut all = [0; 8];
            words.store_slice(&mut all);
            out[..count].copy_from_slice(&all[..count]);
        }
    }
}

/// Words as a vector.
#[inline(always)]
fn together<S: Simd>(simd: S, words: [u64; 8]) -> u64x8<S> {
    #[cfg(target_arch = "x86_64")]
    if let Level::Avx512(avx512) = simd.level() {
        let mut lanes = [0; 8];
        crate::simd::avx512::together(avx512, words).store_slice(&mut lanes);
        return u64x8::from_slice(simd, &lanes);
    }
    u64x8::from_slice(simd, &words)
}

/// The word of up to 64 pixels from `start` on. What else is read with them is cut off.
#[inline(always)]
fn one_word<S: Simd, B: Lanes, R: Rule<B>>(
    simd: S,
    rule: R,
    [pixels, before]: [&[B]; 2],
    start: usize,
    count: usize,
) -> u64 {
    let mask = u64::MAX >> (64 - count);
    if let (Some(pixels), Some(before)) =
        (pixels[start..].first_chunk(), before[start..].first_chunk())
    {
        return rule.word(simd, pixels, before) & mask;
    }
    if let (Some(last), Some(before)) = (pixels.last_chunk(), before.last_chunk()) {
        return rule.word(simd, last, before) >> (start + 64 - pixels.len()) & mask;
    }
    let (mut own, mut others) = ([B::default(); 64], [B::default(); 64]);
    own[..count].copy_from_slice(&pixels[start..start + count]);
    if !R::ANSWERS {
        others[..count].copy_from_slice(&before[start..start + count]);
    }
    rule.word(simd, &own, &others) & mask
}
