//! The boundaries of bands of 64 rows, and the tiles of 64 x 64 that these are made of.

use std::ops::Range;

use fearless_simd::prelude::*;
use fearless_simd::{Simd, u64x4};

use super::aligned::AlignedWords;
use super::grid::{Below, Grid, LINE, moved};
use super::source::Source;
use super::transpose::interleave;

/// The boundaries of some bands of 64 rows, row after row as their pixels lie in memory. 64 words below one another make a tile.
#[derive(Default)]
pub(super) struct Bands {
    /// After the words of all bands four more, so that as many can be read from any word on.
    words: AlignedWords,
    /// What lies above the next row that is read, if words of it are answers, and the boundaries of the band that was read last.
    below: Vec<Below>,
    /// Of each tile of each band, in which columns there is a boundary; a multiple of [`LINE`] a band.
    found: Vec<u64>,
    /// Words that a row has, and from row to row.
    row: usize,
    stride: usize,
}

/// Words of a row from which on a line of the cache lies between rows: 64 words below one another would else contend for a few places
/// in the nearest cache.
const WIDE: usize = 64;
/// Words of bands that are read before their tiles are turned, 128 KiB: each time that reading begins anew it takes as long as 9 KiB of
/// pixels more.
const AT_ONCE: usize = 1 << 14;
/// Words whose memory is kept for the next call, some 4 MiB.
const MOST_KEPT: usize = 1 << 19;

impl Bands {
    /// Makes room for bands of rows of `width` pixels, up to `count` and as many as are read at once; gives how many. Above the first row
    /// no answer is 1.
    pub(super) fn begin(&mut self, width: usize, count: usize) -> usize {
        self.row = width.div_ceil(64);
        self.stride = if self.row < WIDE { self.row } else { self.row + LINE };
        let count = count.min(AT_ONCE / (64 * self.stride)).max(1);
        self.words.resize(count * 64 * self.stride + 4);
        self.below.clear();
        self.below.resize(self.row.div_ceil(LINE), Below::default());
        self.found.resize(count * LINE * self.below.len(), 0);
        count
    }

    /// Gives back what only wide masks need.
    pub(super) fn shrink(&mut self) {
        if self.words.capacity() > MOST_KEPT {
            *self = Bands::default();
        }
    }

    /// The answers above the row that is read next.
    pub(super) fn put_above(&mut self, above: &[u64]) {
        for (below, above) in self.below.iter_mut().zip(above.chunks(LINE)) {
            below.above[..above.len()].copy_from_slice(above);
        }
    }

    /// Reads up to 64 rows to band `band`. They lie below those that were read last.
    pub(super) fn read(&mut self, band: usize, source: &dyn Source, rows: Range<usize>, columns: Range<usize>) {
        let band_of_words = &mut self.words[band * 64 * self.stride..][..64 * self.stride];
        band_of_words[rows.len() * self.stride..].fill(0);
        self.forget_found();
        self.read_rows(64 * band, source, rows, columns);
        self.keep_found(band);
    }

    /// Reads all rows of a mask of one band, where what lies above the first one is the last one, moved. `before` is the answer before the
    /// first of all; there may be none. Gives the last answer.
    pub(super) fn read_around(&mut self, source: &dyn Source, columns: Range<usize>, before: Option<u64>) -> u64 {
        let width = columns.len();
        self.words[source.height() * self.stride..].fill(0);
        self.read_rows(0, source, 0..1, columns.clone());
        // Its boundaries are found when the last row is known.
        self.forget_found();
        let before = before.unwrap_or(self.words[0] & 1);
        if source.height() > 1 {
            self.read_rows(1, source, 1..source.height(), columns);
        }
        let last = seam(self.below.iter_mut().flat_map(|below| &mut below.above).take(self.row), width, before);
        let mut first = Grid { words: &mut self.words, row: self.stride, below: &mut self.below };
        first.finish(1, self.row, true);
        self.keep_found(0);
        last
    }

    fn forget_found(&mut self) {
        for below in &mut self.below {
            below.found = [0; LINE];
        }
    }

    fn keep_found(&mut self, band: usize) {
        let found = &mut self.found.as_chunks_mut().0[band * self.below.len()..];
        for (found, below) in found.iter_mut().zip(&self.below) {
            *found = below.found;
        }
    }

    /// Reads rows, the first to row `first` of all bands.
    fn read_rows(&mut self, first: usize, source: &dyn Source, rows: Range<usize>, columns: Range<usize>) {
        let words = &mut self.words[first * self.stride..];
        source.read(rows, columns, &mut Grid { words, row: self.stride, below: &mut self.below });
    }

    /// Of each tile of a band, in which columns there is a boundary; the band may have fewer tiles.
    pub(super) fn found(&self, band: usize) -> &[u64] {
        let a_band = LINE * self.below.len();
        &self.found[band * a_band..][..a_band]
    }

    /// Four tiles side by side, by rows. Two of them alone take twice as long.
    #[inline(always)]
    pub(super) fn four_tiles<S: Simd>(&self, simd: S, band: usize, first: usize) -> [[u64x4<S>; 16]; 4] {
        let mut tiles = [[u64x4::splat(simd, 0); 16]; 4];
        for four in 0..16 {
            let mut rows = [u64x4::splat(simd, 0); 4];
            for (row, words) in rows.iter_mut().enumerate() {
                let row = 64 * band + 4 * four + row;
                *words = u64x4::from_slice(simd, &self.words[row * self.stride + first..][..4]);
            }
            let turned = interleave(rows);
            for (tile, turned) in tiles.iter_mut().zip(turned) {
                tile[four] = turned;
            }
        }
        tiles
    }

    /// A tile, by rows.
    #[inline(always)]
    pub(super) fn tile<S: Simd>(&self, simd: S, band: usize, across: usize) -> [u64x4<S>; 16] {
        let mut tile = [u64x4::splat(simd, 0); 16];
        let mut rows = self.words[64 * band * self.stride + across..].iter().step_by(self.stride);
        for four in &mut tile {
            let mut words = [0; 4];
            for (word, row) in words.iter_mut().zip(&mut rows) {
                *word = *row;
            }
            *four = u64x4::from_slice(simd, &words);
        }
        tile
    }
}

/// Turns the last row, of `width` answers, to what lies above the first one in the scan: it is moved by a pixel, and begins with the
/// answer `before`. Gives the last answer.
pub(super) fn seam<'w>(last: impl Iterator<Item = &'w mut u64>, width: usize, mut before: u64) -> u64 {
    for (index, word) in last.enumerate() {
        *word = moved(*word, &mut before);
        // Of the rest of a row, if there is one, the answer after the last pixel is the last pixel's, moved.
        if index == width / 64 {
            before = *word >> (width % 64) & 1;
            *word &= (1 << (width % 64)) - 1;
        }
    }
    before
}
