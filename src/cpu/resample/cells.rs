//! Cells that may hold foreground and background. A cell is what lies between two samples of a row
//! and the two below them.
//!
//! Pixels of any other cell are all foreground, or all background: see `bounds.rs`.

use fearless_simd::Simd;

use super::bounds::Bounds;
use crate::simd::{rows_by_eight, transpose};

/// A bit for each cell that may hold both, in rows of words; after [`MixedCells::transpose`], in
/// columns of words.
#[derive(Default)]
pub(super) struct MixedCells {
    words: Vec<u64>,
    words_a_line: usize,
    /// Memory that is used again.
    other: Vec<u64>,
    above: Classes,
    row: Classes,
}

/// Samples of a row that are surely foreground or background, and so are those to the right.
#[derive(Default)]
struct Classes {
    foreground: Vec<u64>,
    background: Vec<u64>,
}

impl MixedCells {
    /// Finds the cells of rows of `width` samples.
    #[inline(always)]
    pub(super) fn find<S: Simd>(&mut self, simd: S, bounds: Bounds, samples: &[f32], width: usize) {
        self.words.clear();
        self.words_a_line = width.div_ceil(64);
        for (index, row) in samples.chunks_exact(width).enumerate() {
            self.row.read(simd, bounds, row);
            if index > 0 {
                let row = [&self.row.foreground, &self.row.background];
                self.above.push_mixed(row, width, &mut self.words);
            }
            std::mem::swap(&mut self.row, &mut self.above);
        }
        // Below the last row it is repeated.
        let row = [&self.above.foreground, &self.above.background];
        self.above.push_mixed(row, width, &mut self.words);
    }

    /// Number of cells.
    pub(super) fn count(&self) -> u64 {
        let ones = self.words.iter().map(|word| u64::from(word.count_ones()));
        ones.sum()
    }

    /// Makes rows of words to columns of words.
    #[inline(always)]
    pub(super) fn transpose<S: Simd>(&mut self, simd: S) {
        let height = self.words.len() / self.words_a_line;
        let bands = height.div_ceil(64);
        self.other.clear();
        self.other.resize(self.words_a_line * 64 * bands, 0);
        for across in 0..self.words_a_line {
            for band in 0..bands {
                let mut rows = [0; 64];
                let words = self.words[across..].iter().step_by(self.words_a_line);
                for (row, word) in rows.iter_mut().zip(words.skip(band * 64)) {
                    *row = *word;
                }
                let mut columns = [0; 64];
                transpose(rows_by_eight(simd, &rows), &mut columns);
                let words = self.other[across * 64 * bands + band..].iter_mut();
                for (word, column) in words.step_by(bands).zip(columns) {
                    *word = column;
                }
            }
        }
        std::mem::swap(&mut self.words, &mut self.other);
        self.words_a_line = bands;
    }

    /// Lists the cells of a row, or column.
    #[inline(always)]
    pub(super) fn list(&self, line: usize, cells: &mut Vec<u32>) {
        cells.clear();
        let words = &self.words[line * self.words_a_line..][..self.words_a_line];
        for (index, &word) in words.iter().enumerate() {
            let mut word = word;
            while word != 0 {
                cells.push(index as u32 * 64 + word.trailing_zeros());
                word &= word - 1;
            }
        }
    }

    /// Bytes of memory that they take.
    pub(super) fn bytes(&self) -> usize {
        (self.words.capacity() + self.other.capacity()) * size_of::<u64>()
    }
}

impl Classes {
    #[inline(always)]
    fn read<S: Simd>(&mut self, simd: S, bounds: Bounds, row: &[f32]) {
        self.foreground.clear();
        self.background.clear();
        let (chunks, rest) = row.as_chunks::<64>();
        for samples in chunks {
            self.push(bounds.classify(simd, samples));
        }
        if let Some(&last) = rest.last() {
            // The last one is repeated to its right.
            let mut samples = [last; 64];
            samples[..rest.len()].copy_from_slice(rest);
            self.push(bounds.classify(simd, &samples));
        }
        and_right(&mut self.foreground);
        and_right(&mut self.background);
    }

    #[inline(always)]
    fn push(&mut self, [foreground, background]: [u64; 2]) {
        self.foreground.push(foreground);
        self.background.push(background);
    }

    /// Appends the words of mixed cells between these samples and those of the row below.
    #[inline(always)]
    fn push_mixed(&self, below: [&Vec<u64>; 2], width: usize, words: &mut Vec<u64>) {
        let first = words.len();
        let rows = self.foreground.iter().zip(below[0]);
        let background = self.background.iter().zip(below[1]);
        words.extend(
            rows.zip(background)
                .map(|((fore, fore_below), (back, back_below))| {
                    !(fore & fore_below | back & back_below)
                }),
        );
        let rest = width % 64;
        if rest > 0
            && let Some(last) = words[first..].last_mut()
        {
            *last &= (1 << rest) - 1;
        }
    }
}

/// Clears the bits whose neighbour to the right is not set. The last has itself.
#[inline(always)]
fn and_right(words: &mut [u64]) {
    for index in 0..words.len() {
        let word = words[index];
        let next = words.get(index + 1).map_or(word >> 63, |next| next & 1);
        words[index] = word & (word >> 1 | next << 63);
    }
}
