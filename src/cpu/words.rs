//! Rows of pixels to words of 64 bits: the only code that is compiled for each SIMD level, pixel width and question.

use fearless_simd::{Level, Simd, dispatch};

use super::prefetch;
use super::rule::{Above, Lanes, NonZero, Rule, Value};
use crate::plane::Rows;
use crate::question::Question;

/// Where words go: word k of row r to place `k + r * row`. Bits beyond a row's last pixel are 0.
pub(super) struct Grid<'w> {
    pub(super) words: &'w mut [u64],
    pub(super) row: usize,
}

impl Grid<'_> {
    pub(super) fn at_row(&mut self, row: usize) -> Grid<'_> {
        Grid { words: &mut self.words[row * self.row..], row: self.row }
    }
}

/// The bits of the pixels one before those of a word. `before` is that of the pixel before the word's first, and becomes that of
/// its last.
#[inline(always)]
pub(super) fn moved(word: u64, before: &mut u64) -> u64 {
    word << 1 | std::mem::replace(before, word >> 63)
}

/// Up to 64 bits of two words, from bit `shift` of the first one on.
#[inline(always)]
pub(super) fn bits_of([low, high]: [u64; 2], shift: usize, count: usize) -> u64 {
    (low >> shift | high << 1 << (63 - shift)) & (u64::MAX >> (64 - count))
}

/// Up to 64 bits from bit `at` on. None lie in the last word, nor beyond.
#[inline(always)]
pub(super) fn cut(words: &[u64], at: usize, count: usize) -> u64 {
    match words.get(at / 64..at / 64 + 2) {
        Some(&[low, high]) => bits_of([low, high], at % 64, count),
        _ => 0,
    }
}

/// Bit i of word k of a row is the answer of its pixel 64 * k + i; for labels, whether that pixel differs from the one at the same
/// place in `before`, which has as many rows.
pub(super) fn read<B: Lanes>(
    level: Level,
    question: Question,
    rows: &Rows<'_, B>,
    before: &Rows<'_, B>,
    grid: &mut Grid<'_>,
) {
    if let (&Rows::Whole { pixels, count, width }, &Rows::Whole { pixels: before, .. }) = (rows, before) {
        return read_whole(level, question, [pixels, before], [count, width], grid);
    }
    for row in 0..rows.count() {
        let pixels = [rows.row(row), before.row(row)];
        read_whole(level, question, pixels, [1, rows.width()], &mut grid.at_row(row));
    }
}

/// The same for rows that follow one another, and those before them.
fn read_whole<B: Lanes>(level: Level, question: Question, pixels: [&[B]; 2], size: [usize; 2], grid: &mut Grid<'_>) {
    match question {
        Question::Binary => dispatch!(level, simd => read_rows(simd, NonZero, pixels, size, grid)),
        Question::Above(threshold) if threshold.key() >= 0 => {
            dispatch!(level, simd => read_rows(simd, Above::<true>(threshold), pixels, size, grid));
        }
        Question::Above(threshold) => {
            dispatch!(level, simd => read_rows(simd, Above::<false>(threshold), pixels, size, grid));
        }
        Question::Labels => dispatch!(level, simd => read_rows(simd, Value, pixels, size, grid)),
    }
}

#[inline(always)]
fn read_rows<S: Simd, B: Lanes, R: Rule<B>>(
    simd: S,
    rule: R,
    [pixels, before]: [&[B]; 2],
    [count, width]: [usize; 2],
    grid: &mut Grid<'_>,
) {
    // One check of bounds then does for both.
    let length = pixels.len().min(before.len());
    let (pixels, before) = if R::ANSWERS { (pixels, pixels) } else { (&pixels[..length], &before[..length]) };
    // Rows of whole words leave no gap in the grid: all are read as one.
    let (count, width) = if width == 64 * grid.row { (1, count * width) } else { (count, width) };
    if width < 64 {
        let words = grid.words.iter_mut().step_by(grid.row);
        for (row, word) in words.take(count).enumerate() {
            *word = short_word(simd, rule, pixels, before, row * width, width);
        }
        return;
    }
    for row in 0..count {
        let words = &mut grid.words[row * grid.row..];
        read_row(simd, rule, &pixels[row * width..], &before[row * width..], width, words);
    }
}

/// The words of the first `width` pixels. The pixels may go on after them.
#[inline(always)]
fn read_row<S: Simd, B: Lanes, R: Rule<B>>(
    simd: S,
    rule: R,
    pixels: &[B],
    before: &[B],
    width: usize,
    words: &mut [u64],
) {
    let whole = width / 64;
    let chunks = &pixels.as_chunks().0[..whole];
    let before_chunks = &before.as_chunks().0[..whole];
    let page = prefetch::PAGE / (64 * size_of::<B>());
    let pages = chunks.chunks(page).zip(before_chunks.chunks(page));
    for ((pixels, before), words) in pages.zip(words.chunks_mut(page)) {
        prefetch::page(pixels);
        for ((pixels, before), word) in pixels.iter().zip(before).zip(words) {
            prefetch::line(pixels);
            *word = rule.word(simd, pixels, before);
        }
    }
    if !width.is_multiple_of(64) {
        words[whole] = short_word(simd, rule, pixels, before, 64 * whole, width % 64);
    }
}

/// The word of `count` pixels, fewer than 64, from `start` on. What else is read with them is cut off.
#[inline(always)]
fn short_word<S: Simd, B: Lanes, R: Rule<B>>(
    simd: S,
    rule: R,
    pixels: &[B],
    before: &[B],
    start: usize,
    count: usize,
) -> u64 {
    let mask = (1 << count) - 1;
    if let (Some(pixels), Some(before)) = (pixels[start..].first_chunk(), before[start..].first_chunk()) {
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
