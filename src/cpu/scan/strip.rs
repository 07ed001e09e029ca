//! A strip: some rows of a mask, read into words of boundary bits across the rows. Its blocks that
//! hold a boundary are kept, or, of a mask of one band, its tiles are emitted at once.
//!
//! Invariant: words below the rows that were read are 0, and a line of words can be read from any
//! word of a row on, so that blocks and tiles need no check at the edges.

use std::ops::Range;

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, u64x8};

use super::blocks::{Block, Blocks, ROWS};
use crate::cpu::read::{
    AlignedWords, BoundaryRows, Carry, ForegroundSource, LINE, Source, WordRows, shift_in,
};
use crate::simd::{rows_by_eight, transpose_four_vectors};

/// The boundary bits of rows that follow one another, as their pixels lie in memory.
#[derive(Default)]
pub(super) struct Strip {
    /// `rows` rows, 0 below those that were read, and a line more, so that a whole line can be read
    /// from any word on.
    words: AlignedWords,
    /// For each line of a row, the foreground bits above the row that is read next, and the columns
    /// with boundaries in the rows that were read last.
    carries: Vec<Carry>,
    /// Words that a row has.
    words_a_row: usize,
    /// Words from row to row.
    stride: usize,
    /// Rows that there is room for, a multiple of [`ROWS`].
    rows: usize,
}

/// Words a row from which on rows are padded by a line: rows 2 KiB apart contend for few sets of
/// the L1 cache.
pub(crate) const WIDE: usize = 64;
/// Words whose memory is kept for the next call, some 4 MiB.
const MOST_KEPT: usize = 1 << 19;

impl Strip {
    /// Makes room for `rows` rows of `width` pixels. Above the first row all is background.
    pub(super) fn begin(&mut self, rows: usize, width: usize) {
        self.rows = rows;
        self.words_a_row = width.div_ceil(64);
        self.stride = if self.words_a_row < WIDE {
            self.words_a_row
        } else {
            self.words_a_row + LINE
        };
        self.words.resize(rows * self.stride + LINE);
        self.carries.clear();
        self.carries
            .resize(self.words_a_row.div_ceil(LINE), Carry::default());
    }

    /// Gives back memory that only wide masks need.
    pub(super) fn shrink(&mut self) {
        if self.words.capacity() > MOST_KEPT {
            *self = Strip::default();
        }
    }

    /// Sets the foreground bits above the row that is read next.
    pub(super) fn set_above(&mut self, above: &[u64]) {
        for (carry, above) in self.carries.iter_mut().zip(above.chunks(LINE)) {
            carry.above[..above.len()].copy_from_slice(above);
        }
    }

    /// Reads rows, which lie below those that were read last.
    pub(super) fn read(&mut self, source: Source<'_>, rows: Range<usize>, columns: Range<usize>) {
        self.words[rows.len() * self.stride..self.rows * self.stride].fill(0);
        for carry in &mut self.carries {
            carry.with_boundary = [0; LINE];
        }
        let mut out = self.rows_from(0);
        match source {
            Source::Foreground(source) => source.read_boundaries(rows, columns, &mut out),
            Source::Labels(source) => source.read_boundaries_across(rows, columns, &mut out),
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
        self.words[height * self.stride..self.rows * self.stride].fill(0);
        // The first row's boundaries are found when the last row is known.
        source.read_foreground_bits(0..1, columns.clone(), &mut self.rows_from(0).rows);
        let before = before.unwrap_or(self.words[0] & 1);
        let (first, carries) = (&self.words[..self.words_a_row], &mut self.carries);
        for (carry, words) in carries.iter_mut().zip(first.chunks(LINE)) {
            carry.above[..words.len()].copy_from_slice(words);
        }
        if height > 1 {
            source.read_boundaries(1..height, columns, &mut self.rows_from(1));
        }
        let last = shift_last_row(
            self.carries
                .iter_mut()
                .flat_map(|carry| &mut carry.above)
                .take(self.words_a_row),
            width,
            before,
        );
        let words = self.words_a_row;
        let mut first = self.rows_from(0);
        dispatch!(Level::baseline(), simd => first.compare_foreground(simd, 1, words));
        last
    }

    /// The strip's rows from `row` on.
    fn rows_from(&mut self, row: usize) -> BoundaryRows<'_> {
        let words = &mut self.words[row * self.stride..];
        BoundaryRows::new(WordRows::new(words, self.stride), &mut self.carries)
    }

    /// Keeps the blocks that hold a boundary. The strip's first row group is number `row_group` of
    /// the mask's.
    #[inline(always)]
    pub(super) fn keep_blocks<S: Simd>(&self, simd: S, row_group: usize, blocks: &mut Blocks) {
        let zero = u64x8::splat(simd, 0);
        for (line, carry) in self.carries.iter().enumerate() {
            // 0 beyond a row's last word, where `rows` below hold words of the next row.
            let with_boundary = nonzero(u64x8::from_slice(simd, &carry.with_boundary));
            if with_boundary == 0 {
                continue;
            }
            for group in 0..self.rows / ROWS {
                let words = &self.words[group * ROWS * self.stride + line * LINE..];
                let (mut rows, mut any) = ([zero; ROWS], zero);
                for (row, boundaries) in rows.iter_mut().enumerate() {
                    *boundaries = u64x8::from_slice(simd, &words[row * self.stride..][..LINE]);
                    any |= *boundaries;
                }
                let present = nonzero(any) & with_boundary;
                if present == 0 {
                    continue;
                }
                let room = blocks.push(row_group + group, line, present);
                if present.count_ones() <= FEW {
                    gather(words, self.stride, present, room);
                } else {
                    transpose_blocks(rows, present, room);
                }
            }
        }
    }

    /// For each tile of 64 rows, a bit for each column that holds a boundary; 0 beyond the last
    /// tile, up to a whole line.
    pub(super) fn columns_with_boundary(&self) -> impl Iterator<Item = u64> {
        self.carries.iter().flat_map(|carry| carry.with_boundary)
    }

    /// A tile of 64 rows and 64 columns, row group after row group.
    #[inline(always)]
    pub(super) fn tile<S: Simd>(&self, simd: S, across: usize) -> [u64x8<S>; 8] {
        let mut rows = [0; 64];
        for (row, word) in rows
            .iter_mut()
            .zip(self.words[across..].iter().step_by(self.stride))
        {
            *row = *word;
        }
        rows_by_eight(simd, &rows)
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
fn gather(words: &[u64], stride: usize, mut present: u8, blocks: &mut [Block; LINE]) {
    for block in blocks {
        let across = present.trailing_zeros() as usize;
        for (row, word) in block.0.iter_mut().enumerate() {
            *word = words[row * stride + across];
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
fn transpose_blocks<S: Simd>(rows: [u64x8<S>; ROWS], present: u8, blocks: &mut [Block; LINE]) {
    let mut quarters = [[rows[0].split().0; 4]; 4];
    for (row, words) in rows.into_iter().enumerate() {
        let (low, high) = words.split();
        quarters[row / 4][row % 4] = low;
        quarters[2 + row / 4][row % 4] = high;
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
    let mut transposed = rows;
    for block in 0..4 {
        transposed[block] = left[block].combine(left_below[block]);
        transposed[4 + block] = right[block].combine(right_below[block]);
    }
    let mut at = 0;
    for (block, rows) in transposed.into_iter().enumerate() {
        rows.store_slice(&mut blocks[at % LINE].0);
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
