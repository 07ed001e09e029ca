//! A strip: some rows of a mask, read into words. The blocks of these that hold a boundary are
//! kept, or, of a mask of one band, its tiles are emitted at once.
//!
//! Words hold foreground bits, and become boundary bits when they are looked at: each row is
//! compared with the one above. Of labels they hold boundary bits.

use std::ops::Range;

use fearless_simd::prelude::*;
use fearless_simd::{Simd, u64x4, u64x8};

use super::blocks::{Block, Blocks, ROWS};
use crate::cpu::read::{
    AlignedWords, ForegroundSource, LINE, LINE_PIXELS, Source, WordRows, shift_in,
};
use crate::simd::{rows_by_eight, transpose_four_vectors};

/// Words of rows that follow one another, as their pixels lie in memory.
#[derive(Default)]
pub(super) struct Strip {
    /// The rows, and a line more, so that a whole line can be read from any word on.
    words: AlignedWords,
    /// Words above the first row, in whole lines.
    above: Vec<u64>,
    /// Words that a row has.
    words_a_row: usize,
    /// Words from row to row.
    stride: usize,
    /// Rows that were read last.
    count: usize,
    /// Bits of the row above that a row is compared with: all, or none of labels.
    compared: u64,
}

/// Words a row from which on rows are padded by a line: rows 2 KiB apart contend for few sets of
/// the L1 cache.
pub(crate) const WIDE: usize = 64;
/// Words whose memory is kept for the next call, some 4 MiB.
const MOST_KEPT: usize = 1 << 19;

impl Strip {
    /// Makes room for `rows` rows, a multiple of [`ROWS`], of `width` pixels. Above the first row
    /// all is background.
    pub(super) fn begin(&mut self, rows: usize, width: usize) {
        self.count = 0;
        self.words_a_row = width.div_ceil(64);
        let in_lines = self.words_a_row.next_multiple_of(LINE);
        // Rows that end with a word are read as one if they leave no gap; others line by line.
        self.stride = if self.words_a_row >= WIDE {
            in_lines + LINE
        } else if width < LINE_PIXELS || width.is_multiple_of(64) {
            self.words_a_row
        } else {
            in_lines
        };
        self.words.resize(rows * self.stride + LINE);
        self.above.clear();
        self.above.resize(in_lines, 0);
    }

    /// Gives back memory that only wide masks need.
    pub(super) fn shrink(&mut self) {
        if self.words.capacity() > MOST_KEPT {
            *self = Strip::default();
        }
    }

    /// Sets the foreground bits above the row that is read next.
    pub(super) fn set_above(&mut self, above: &[u64]) {
        self.above[..above.len()].copy_from_slice(above);
    }

    /// Reads rows, which lie below those that were read last.
    pub(super) fn read(&mut self, source: Source<'_>, rows: Range<usize>, columns: Range<usize>) {
        if let Some(last) = self.count.checked_sub(1) {
            let last = &self.words[last * self.stride..][..self.words_a_row];
            self.above[..self.words_a_row].copy_from_slice(last);
        }
        self.count = rows.len();
        let mut words = WordRows::new(&mut self.words, self.stride);
        match source {
            Source::Foreground(source) => {
                self.compared = u64::MAX;
                source.read_foreground_bits(rows, columns, &mut words);
            }
            Source::Labels(source) => {
                self.compared = 0;
                source.read_boundaries_across(rows, columns, &mut words);
            }
        }
    }

    /// Reads some columns of all rows of a mask. In the scan, the pixel before the first of a
    /// column is the last of the column before: above the first row lies the last one, shifted by a
    /// pixel. `before` is the foreground bit of the pixel before all of these columns; None at the
    /// mask's first pixel, which is then no boundary. Gives the last foreground bit.
    pub(super) fn read_all_rows(
        &mut self,
        source: &dyn ForegroundSource,
        columns: Range<usize>,
        before: Option<u64>,
    ) -> u64 {
        let (height, width) = (source.height(), columns.len());
        self.read(Source::Foreground(source), 0..height, columns);
        let before = before.unwrap_or(self.words[0] & 1);
        let last = &self.words[(height - 1) * self.stride..][..self.words_a_row];
        let above = &mut self.above[..self.words_a_row];
        above.copy_from_slice(last);
        shift_last_row(above.iter_mut(), width, before)
    }

    /// Keeps the blocks that hold a boundary. The strip's first row group is number `row_group` of
    /// the mask's.
    #[inline(always)]
    pub(super) fn keep_blocks<S: Simd>(&mut self, simd: S, row_group: usize, blocks: &mut Blocks) {
        self.fill_last_group();
        let compared = u64x8::splat(simd, self.compared);
        let mut boundaries = [[0; LINE]; ROWS];
        for (line, above) in self.above.as_chunks::<LINE>().0.iter().enumerate() {
            // Beyond a row's last word lie words of the next row.
            let beyond = (LINE * (line + 1)).saturating_sub(self.words_a_row);
            let are_words = u8::MAX >> beyond;
            let mut above = u64x8::from_slice(simd, above);
            for group in 0..self.count.div_ceil(ROWS) {
                let words = &self.words[group * ROWS * self.stride + line * LINE..];
                let mut any = u64x8::splat(simd, 0);
                for (row, out) in boundaries.iter_mut().enumerate() {
                    let own = u64x8::from_slice(simd, &words[row * self.stride..][..LINE]);
                    let differ = own ^ (above & compared);
                    differ.store_slice(out);
                    any |= differ;
                    above = own;
                }
                let present = nonzero(any) & are_words;
                if present == 0 {
                    continue;
                }
                let room = blocks.push(row_group + group, line, present);
                if present.count_ones() <= FEW {
                    gather(&boundaries, present, room);
                } else {
                    transpose_blocks(simd, &boundaries, present, room);
                }
            }
        }
    }

    /// Fills the rows below those that were read, up to a whole group, so that they hold no
    /// boundary.
    fn fill_last_group(&mut self) {
        let below = self.count * self.stride..self.count.next_multiple_of(ROWS) * self.stride;
        if self.compared == 0 {
            self.words[below].fill(0);
        } else if !below.is_empty() {
            let last = below.start - self.stride;
            for row in below.step_by(self.stride) {
                self.words.copy_within(last..last + self.stride, row);
            }
        }
    }

    /// The boundary bits of a tile of up to 64 rows and 64 columns, row group after row group, and
    /// a bit for each column that holds one.
    #[inline(always)]
    pub(super) fn tile<S: Simd>(&self, simd: S, across: usize) -> ([u64x8<S>; 8], u64) {
        let (mut rows, mut nonzero) = ([0; 64], 0);
        let mut above = self.above[across];
        let words = self.words[across..].iter().step_by(self.stride);
        for (row, &word) in rows.iter_mut().zip(words).take(self.count) {
            *row = word ^ (above & self.compared);
            nonzero |= *row;
            above = word;
        }
        (rows_by_eight(simd, &rows), nonzero)
    }
}

/// A bit for each word that is not 0.
#[inline(always)]
fn nonzero<S: Simd>(words: u64x8<S>) -> u8 {
    !words.simd_eq(u64x8::splat(words.token(), 0)).to_bitmask() as u8
}

/// Most blocks of a line that are gathered word by word; more are transposed as vectors. It takes a
/// mask of blobs in cache from 24.3 us to 23.7.
const FEW: u32 = 2;

/// Copies word k of row r to word r of block k, of those blocks of eight whose bits are set in
/// `present`, one block after the other.
#[inline(always)]
fn gather(rows: &[[u64; LINE]; ROWS], mut present: u8, blocks: &mut [Block; LINE]) {
    for block in blocks {
        // In bounds, as the compiler then knows.
        let across = present.trailing_zeros() as usize % LINE;
        for (word, row) in block.0.iter_mut().zip(rows) {
            *word = row[across];
        }
        present &= present - 1;
        if present == 0 {
            break;
        }
    }
}

/// Does as [`gather`], by vectors. All eight are written, each over the one before where that one
/// is not present: the end of a loop over those present would be mispredicted.
#[inline(always)]
fn transpose_blocks<S: Simd>(
    simd: S,
    rows: &[[u64; LINE]; ROWS],
    present: u8,
    blocks: &mut [Block; LINE],
) {
    let mut quarters = [[u64x4::splat(simd, 0); 4]; 4];
    for (row, words) in rows.iter().enumerate() {
        quarters[row / 4][row % 4] = u64x4::from_slice(simd, &words[..4]);
        quarters[2 + row / 4][row % 4] = u64x4::from_slice(simd, &words[4..]);
    }
    let [left, left_below, right, right_below] = quarters;
    let (left, left_below) = (
        transpose_four_vectors(left),
        transpose_four_vectors(left_below),
    );
    let (right, right_below) = (
        transpose_four_vectors(right),
        transpose_four_vectors(right_below),
    );
    let mut at = 0;
    for block in 0..LINE {
        let (above, below) = match block {
            0..4 => (left[block], left_below[block]),
            _ => (right[block - 4], right_below[block - 4]),
        };
        above.combine(below).store_slice(&mut blocks[at % LINE].0);
        at += usize::from(present >> block & 1);
    }
}

/// Shifts the foreground bits of the last row, of `width` pixels, by a pixel, so that they are
/// those above the first row in the scan. The bit `before` is shifted in. Gives the last foreground
/// bit, which is shifted out.
pub(super) fn shift_last_row<'w>(
    last: impl Iterator<Item = &'w mut u64>,
    width: usize,
    mut before: u64,
) -> u64 {
    for (index, word) in last.enumerate() {
        *word = shift_in(*word, &mut before);
        // A last word that is not full: the bit after the last pixel is the one shifted out.
        if index == width / 64 {
            before = *word >> (width % 64) & 1;
            *word &= (1 << (width % 64)) - 1;
        }
    }
    before
}
