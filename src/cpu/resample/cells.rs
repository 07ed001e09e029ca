//! Cells that may hold foreground and background. A cell is what lies between two samples of a row
//! and the two below them.
//!
//! Pixels of any other cell are all foreground, or all background: see `bounds.rs`.

use std::ops::Range;

use fearless_simd::prelude::*;
use fearless_simd::{Simd, u64x8};

use super::bounds::{Bounds, Largest};
use crate::simd::{rows_by_eight, transpose};

/// A bit for each cell that may hold both, in rows of words; after [`MixedCells::transpose`], in
/// columns of words. The first words of all lines lie side by side, then the second ones.
#[derive(Default)]
pub(super) struct MixedCells {
    words: Vec<u64>,
    /// Lines, in whole squares of 64 x 64 cells.
    lines: usize,
    /// Memory that is used again.
    other: Vec<u64>,
    classes: Classes,
    /// Numbers of the cells of a line, and room for more.
    numbers: Vec<u32>,
}

/// A bit for each sample that is surely foreground, and for each that is surely background. They
/// lie as cells do, [`ROWS`] more in each column of words, and one more word in each row: its first
/// bit is the last sample's, again.
#[derive(Default)]
struct Classes {
    foreground: Vec<u64>,
    background: Vec<u64>,
    /// From one word of a row to the next.
    stride: usize,
}

/// Rows that are marked together.
const ROWS: usize = 8;
/// Cells of a word that are numbered without a branch.
const FEW: usize = 3;

impl MixedCells {
    /// Finds the cells of rows of `width` samples, and gives their number.
    #[inline(always)]
    pub(super) fn find<S: Simd>(
        &mut self,
        simd: S,
        bounds: Bounds,
        samples: &[f32],
        width: usize,
    ) -> u64 {
        let (words_a_row, rows) = (width.div_ceil(64), samples.len() / width);
        self.lines = rows.next_multiple_of(64);
        self.words.resize(words_a_row * self.lines, 0);
        self.classes.resize(words_a_row + 1, self.lines + ROWS);
        for (index, row) in samples.chunks_exact(width).enumerate() {
            self.classes.set_row(simd, bounds, index, row);
        }
        self.classes.repeat_last(rows);
        for (index, words) in self.words.chunks_exact_mut(self.lines).enumerate() {
            // Of the last word, cells beyond the last sample are none.
            let beyond = (64 * (index + 1)).saturating_sub(width);
            self.classes.mark(
                simd,
                index,
                u64::MAX >> beyond,
                &mut words[..rows.next_multiple_of(ROWS)],
            );
            words[rows..].fill(0);
        }
        let ones = self.words.iter().map(|word| u64::from(word.count_ones()));
        ones.sum()
    }

    /// Makes rows of words to columns of words.
    #[inline(always)]
    pub(super) fn transpose<S: Simd>(&mut self, simd: S) {
        let squares_a_column = self.lines / 64;
        let columns = self.words.len() / squares_a_column;
        self.other.resize(self.words.len(), 0);
        let (squares, _) = self.words.as_chunks::<64>();
        let (transposed, _) = self.other.as_chunks_mut::<64>();
        for (index, square) in squares.iter().enumerate() {
            let (across, down) = (index / squares_a_column, index % squares_a_column);
            let place = down * (columns / 64) + across;
            transpose(rows_by_eight(simd, square), &mut transposed[place]);
        }
        std::mem::swap(&mut self.words, &mut self.other);
        self.lines = columns;
    }

    /// Numbers of the cells of some rows, or columns: those of which one is mixed.
    #[inline(always)]
    pub(super) fn of(&mut self, lines: Range<usize>) -> &[u32] {
        let words_a_line = self.words.len() / self.lines;
        // One word more has room.
        self.numbers.resize((words_a_line + 1) * 64, 0);
        let (numbers, mut count) = (&mut self.numbers[..], 0);
        for index in 0..words_a_line {
            let words = &self.words[index * self.lines..][lines.clone()];
            let mut word = words.iter().fold(0, |all, word| all | word);
            let first = 64 * index as u32;
            let out = &mut numbers[count..][..64];
            count += word.count_ones() as usize;
            // Without a branch for each: few words have more.
            let (few, more) = out.split_at_mut(FEW);
            for number in few {
                *number = first + word.trailing_zeros();
                word &= word.wrapping_sub(1);
            }
            let mut more = more.iter_mut();
            while word != 0
                && let Some(number) = more.next()
            {
                *number = first + word.trailing_zeros();
                word &= word - 1;
            }
        }
        &numbers[..count]
    }

    /// Bytes of memory that they take.
    pub(super) fn bytes(&self) -> usize {
        let classes = self.classes.foreground.capacity() + self.classes.background.capacity();
        (self.words.capacity() + self.other.capacity() + classes) * size_of::<u64>()
            + self.numbers.capacity() * size_of::<u32>()
    }
}

impl Classes {
    fn resize(&mut self, words_a_row: usize, stride: usize) {
        self.stride = stride;
        self.foreground.resize(words_a_row * stride, 0);
        self.background.resize(words_a_row * stride, 0);
    }

    /// Sets those of a row of samples.
    #[inline(always)]
    fn set_row<S: Simd>(&mut self, simd: S, bounds: Bounds, index: usize, row: &[f32]) {
        let (chunks, rest) = row.as_chunks::<64>();
        let padded = rest.last().map(|&last| {
            let mut samples = [last; 64];
            samples[..rest.len()].copy_from_slice(rest);
            samples
        });
        let mut largest = Largest::splat(simd, 0);
        let mut at = index;
        for samples in chunks.iter().chain(&padded) {
            let foreground = bounds.compare(simd, samples, &mut largest);
            self.set(at, [foreground, !foreground]);
            at += self.stride;
        }
        if !bounds.are_clear(simd, largest) {
            at = index;
            for samples in chunks.iter().chain(&padded) {
                let classes = bounds.classify(simd, samples);
                self.set(at, classes);
                at += self.stride;
            }
        }
    }

    #[inline(always)]
    fn set(&mut self, at: usize, [foreground, background]: [u64; 2]) {
        (self.foreground[at], self.background[at]) = (foreground, background);
    }

    /// Repeats the last row below it, and the last sample of each row after it.
    #[inline(always)]
    fn repeat_last(&mut self, rows: usize) {
        for class in [&mut self.foreground, &mut self.background] {
            for words in class.chunks_exact_mut(self.stride) {
                words[rows] = words[rows - 1];
            }
            let beyond = class.len() - self.stride;
            let (words, beyond) = class.split_at_mut(beyond);
            let last = &words[words.len() - self.stride..];
            for (word, beyond) in last.iter().zip(beyond) {
                *beyond = word >> 63;
            }
        }
    }

    /// Marks the cells of a column of words that do not lie between samples of one class.
    #[inline(always)]
    fn mark<S: Simd>(&self, simd: S, index: usize, are_cells: u64, words: &mut [u64]) {
        let are_cells = u64x8::splat(simd, are_cells);
        for (row, words) in (0..).step_by(ROWS).zip(words.as_chunks_mut::<ROWS>().0) {
            let at = index * self.stride + row;
            let foreground = around(simd, &self.foreground, at, self.stride);
            let background = around(simd, &self.background, at, self.stride);
            (!(foreground | background) & are_cells).store_slice(words);
        }
    }
}

/// Cells between samples of one class, in [`ROWS`] rows.
#[inline(always)]
fn around<S: Simd>(simd: S, class: &[u64], at: usize, stride: usize) -> u64x8<S> {
    let own = pairs(simd, class, at);
    own & (own >> 1 | pairs(simd, class, at + stride) << 63)
}

/// Samples of one class that have one of the same below them, in [`ROWS`] rows.
#[inline(always)]
fn pairs<S: Simd>(simd: S, class: &[u64], at: usize) -> u64x8<S> {
    let rows = &class[at..at + ROWS + 1];
    u64x8::from_slice(simd, &rows[..ROWS]) & u64x8::from_slice(simd, &rows[1..])
}
