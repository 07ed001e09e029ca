//! Some rows of a mask, read into words that become boundaries: these are kept as blocks, or taken
//! as tiles.

use std::ops::Range;

use fearless_simd::prelude::*;
use fearless_simd::{Simd, u64x8};

use super::blocks::{Block, Blocks, ROWS};
use crate::cpu::read::aligned::AlignedWords;
use crate::cpu::read::grid::{Below, Grid, LINE, moved};
use crate::cpu::read::source::Source;
use crate::simd::{eights, interleave};

/// The boundaries of rows that follow one another, as their pixels lie in memory.
#[derive(Default)]
pub(crate) struct Strip {
    /// `rows` rows, 0 where none was read, and a line more, so that a whole line can be read from
    /// any word on.
    words: AlignedWords,
    /// For each line of a row, what lies above the row that is read next, if words of it are
    /// answers, and where the rows that were read last hold boundaries.
    below: Vec<Below>,
    /// Words that a row has.
    row: usize,
    /// Words from row to row.
    stride: usize,
    /// Rows that there is room for, a multiple of [`ROWS`].
    rows: usize,
}

/// From so many words a row on, rows lie a line further apart: rows 2 KiB apart contend for a few
/// places in the nearest cache.
const WIDE: usize = 64;
/// Words whose memory is kept for the next call, some 4 MiB.
const MOST_KEPT: usize = 1 << 19;

impl Strip {
    /// Makes room for so many rows of `width` pixels. Above the first row no answer is 1.
    pub(crate) fn begin(&mut self, rows: usize, width: usize) {
        self.rows = rows;
        self.row = width.div_ceil(64);
        self.stride = if self.row < WIDE {
            self.row
        } else {
            self.row + LINE
        };
        self.words.resize(rows * self.stride + LINE);
        self.below.clear();
        self.below.resize(self.row.div_ceil(LINE), Below::default());
    }

    /// Gives back what only wide masks need.
    pub(crate) fn shrink(&mut self) {
        if self.words.capacity() > MOST_KEPT {
            *self = Strip::default();
        }
    }

    /// The answers above the row that is read next.
    pub(crate) fn put_above(&mut self, above: &[u64]) {
        for (below, above) in self.below.iter_mut().zip(above.chunks(LINE)) {
            below.above[..above.len()].copy_from_slice(above);
        }
    }

    /// Reads rows, which lie below those that were read last.
    pub(crate) fn read(&mut self, source: &dyn Source, rows: Range<usize>, columns: Range<usize>) {
        self.words[rows.len() * self.stride..self.rows * self.stride].fill(0);
        self.forget_found();
        self.read_rows(0, source, rows, columns);
    }

    /// Reads all rows of a mask, where what lies above the first one is the last one, moved.
    /// `before` is the answer before the first of all; there may be none. Gives the last answer.
    pub(crate) fn read_around(
        &mut self,
        source: &dyn Source,
        columns: Range<usize>,
        before: Option<u64>,
    ) -> u64 {
        let (height, width) = (source.height(), columns.len());
        self.words[height * self.stride..self.rows * self.stride].fill(0);
        self.read_rows(0, source, 0..1, columns.clone());
        // Its boundaries are found when the last row is known.
        self.forget_found();
        let before = before.unwrap_or(self.words[0] & 1);
        if height > 1 {
            self.read_rows(1, source, 1..height, columns);
        }
        let last = seam(
            self.below
                .iter_mut()
                .flat_map(|below| &mut below.above)
                .take(self.row),
            width,
            before,
        );
        let mut first = Grid {
            words: &mut self.words,
            row: self.stride,
            below: &mut self.below,
        };
        first.finish(1, self.row, true);
        last
    }

    fn forget_found(&mut self) {
        for below in &mut self.below {
            below.found = [0; LINE];
        }
    }

    /// Reads rows, the first to row `first` of the strip.
    fn read_rows(
        &mut self,
        first: usize,
        source: &dyn Source,
        rows: Range<usize>,
        columns: Range<usize>,
    ) {
        let words = &mut self.words[first * self.stride..];
        source.read(
            rows,
            columns,
            &mut Grid {
                words,
                row: self.stride,
                below: &mut self.below,
            },
        );
    }

    /// Keeps the blocks that hold a boundary. The strip's first eight rows are number `eighth` of
    /// the mask's.
    #[inline(always)]
    pub(crate) fn keep<S: Simd>(&self, simd: S, eighth: usize, blocks: &mut Blocks) {
        let zero = u64x8::splat(simd, 0);
        for (line, below) in self.below.iter().enumerate() {
            // None is found beyond a short row's words, where the next row's are read.
            let there = nonzero(u64x8::from_slice(simd, &below.found));
            if there == 0 {
                continue;
            }
            for eight in 0..self.rows / ROWS {
                let words = &self.words[eight * ROWS * self.stride + line * LINE..];
                let (mut rows, mut any) = ([zero; ROWS], zero);
                for (row, boundaries) in rows.iter_mut().enumerate() {
                    *boundaries = u64x8::from_slice(simd, &words[row * self.stride..][..LINE]);
                    any |= *boundaries;
                }
                let found = nonzero(any) & there;
                if found == 0 {
                    continue;
                }
                let room = blocks.push(eighth + eight, line, found);
                if found.count_ones() <= FEW {
                    gather(words, self.stride, found, room);
                } else {
                    turn(rows, found, room);
                }
            }
        }
    }

    /// Of each tile of 64 rows, in which columns there is a boundary; there may be fewer tiles.
    pub(crate) fn found(&self) -> impl Iterator<Item = u64> {
        self.below.iter().flat_map(|below| below.found)
    }

    /// A tile of 64 rows and 64 columns, eight rows after eight.
    #[inline(always)]
    pub(crate) fn tile<S: Simd>(&self, simd: S, across: usize) -> [u64x8<S>; 8] {
        let mut rows = [0; 64];
        for (row, word) in rows
            .iter_mut()
            .zip(self.words[across..].iter().step_by(self.stride))
        {
            *row = *word;
        }
        eights(simd, &rows)
    }
}

/// A bit for each word that is not 0.
#[inline(always)]
fn nonzero<S: Simd>(words: u64x8<S>) -> u8 {
    !words.simd_eq(u64x8::splat(words.token(), 0)).to_bitmask() as u8
}

/// Blocks of a line that are sooner gathered word by word than turned: a mask of blobs in cache
/// 24.3 us to 23.7.
const FEW: u32 = 2;

/// Word k of row r to word r of block k, of those blocks of eight whose bits are set in `found`,
/// one after the other.
#[inline(always)]
fn gather(words: &[u64], stride: usize, mut found: u8, blocks: &mut [Block; LINE]) {
    for block in blocks {
        let across = found.trailing_zeros() as usize;
        for (row, word) in block.0.iter_mut().enumerate() {
            *word = words[row * stride + across];
        }
        found &= found - 1;
        if found == 0 {
            break;
        }
    }
}

/// The same by vectors. All eight are written, each over the one before if that one is not wanted:
/// the end of a loop over those that are would be mispredicted.
#[inline(always)]
fn turn<S: Simd>(rows: [u64x8<S>; ROWS], found: u8, blocks: &mut [Block; LINE]) {
    let mut quarters = [[rows[0].split().0; 4]; 4];
    for (row, words) in rows.into_iter().enumerate() {
        let (low, high) = words.split();
        quarters[row / 4][row % 4] = low;
        quarters[2 + row / 4][row % 4] = high;
    }
    let [left, left_below, right, right_below] = quarters;
    let (left, left_below) = (interleave(left), interleave(left_below));
    let (right, right_below) = (interleave(right), interleave(right_below));
    let mut turned = rows;
    for block in 0..4 {
        turned[block] = left[block].combine(left_below[block]);
        turned[4 + block] = right[block].combine(right_below[block]);
    }
    let mut at = 0;
    for (block, rows) in turned.into_iter().enumerate() {
        rows.store_slice(&mut blocks[at % LINE].0);
        at += usize::from(found >> block & 1);
    }
}

/// Turns the last row, of `width` answers, to what lies above the first one in the scan: it is
/// moved by a pixel, and begins with the answer `before`. Gives the last answer.
pub(crate) fn seam<'w>(
    last: impl Iterator<Item = &'w mut u64>,
    width: usize,
    mut before: u64,
) -> u64 {
    for (index, word) in last.enumerate() {
        *word = moved(*word, &mut before);
        // Of the rest of a row, if there is one, the answer after the last pixel is the last
        // pixel's, moved.
        if index == width / 64 {
            before = *word >> (width % 64) & 1;
            *word &= (1 << (width % 64)) - 1;
        }
    }
    before
}
