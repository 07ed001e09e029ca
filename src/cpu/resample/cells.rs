//! Cells that may hold foreground and background. A cell is what lies between two samples of a row
//! and the two below them.
//!
//! Pixels of any other cell are all foreground, or all background: see `bounds.rs`.

use fearless_simd::Simd;

use super::bounds::Bounds;
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
    above: Vec<Classes>,
    row: Vec<Classes>,
}

/// 64 samples of a row: a bit for each that is surely foreground, and for each that is surely
/// background.
type Classes = [u64; 2];

impl MixedCells {
    /// Finds the cells of rows of `width` samples.
    #[inline(always)]
    pub(super) fn find<S: Simd>(&mut self, simd: S, bounds: Bounds, samples: &[f32], width: usize) {
        let words_a_row = width.div_ceil(64);
        self.lines = (samples.len() / width).next_multiple_of(64);
        self.words.clear();
        self.words.resize(words_a_row * self.lines, 0);
        self.above.resize(words_a_row, [0; 2]);
        self.row.resize(words_a_row, [0; 2]);
        let mut rows = samples.chunks_exact(width);
        let Some(first) = rows.next() else { return };
        classify_row(simd, bounds, first, &mut self.above);
        let mut last = 0;
        for (index, row) in rows.enumerate() {
            classify_row(simd, bounds, row, &mut self.row);
            self.mark_row(index, width);
            std::mem::swap(&mut self.row, &mut self.above);
            last = index + 1;
        }
        // Below the last row it is repeated.
        self.row.copy_from_slice(&self.above);
        self.mark_row(last, width);
    }

    /// Marks the cells between two rows of samples that are not all of one class.
    #[inline(always)]
    fn mark_row(&mut self, row: usize, width: usize) {
        let mut next = None;
        let mut is_cell = u64::MAX >> (width.wrapping_neg() % 64);
        for index in (0..self.row.len()).rev() {
            let (above, below) = (self.above[index], self.row[index]);
            let own = [above[0] & below[0], above[1] & below[1]];
            // The last sample is repeated to its right.
            let next_bits: Classes = next.unwrap_or(own.map(|class| class >> 63));
            let around =
                [0, 1].map(|class| own[class] & (own[class] >> 1 | next_bits[class] << 63));
            self.words[row + index * self.lines] = !(around[0] | around[1]) & is_cell;
            (next, is_cell) = (Some(own), u64::MAX);
        }
    }

    /// Number of cells.
    pub(super) fn count(&self) -> u64 {
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

    /// The words of a row, or column.
    #[inline(always)]
    pub(super) fn of(&self, line: usize) -> impl Iterator<Item = u64> {
        self.words[line..].iter().step_by(self.lines).copied()
    }

    /// Bytes of memory that they take.
    pub(super) fn bytes(&self) -> usize {
        (self.words.capacity() + self.other.capacity()) * size_of::<u64>()
    }
}

/// Classes of the samples of a row. Up to a whole word the last one is repeated.
#[inline(always)]
fn classify_row<S: Simd>(simd: S, bounds: Bounds, row: &[f32], classes: &mut [Classes]) {
    let (chunks, rest) = row.as_chunks::<64>();
    for (samples, out) in chunks.iter().zip(&mut *classes) {
        *out = bounds.classify(simd, samples);
    }
    if let (Some(&last), Some(out)) = (rest.last(), classes.last_mut()) {
        let mut samples = [last; 64];
        samples[..rest.len()].copy_from_slice(rest);
        *out = bounds.classify(simd, &samples);
    }
}
