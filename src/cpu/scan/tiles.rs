//! Tiles: 64 x 64 pixels, made of blocks, transposed, and emitted down the columns of a mask.
//!
//! Tiles of one line of words, up to eight side by side, are transposed from the top to the bottom
//! of the mask; their columns are then emitted from left to right. Tiles without a boundary are
//! left out, and an index of those that have one in a column saves looking into the others.

use std::ops::Range;

use fearless_simd::prelude::*;
use fearless_simd::{Simd, u64x8};

use super::blocks::{Blocks, ROWS};
use crate::cpu::emit::{Emitter, WordEmitter};
use crate::cpu::read::LINE;
use crate::simd::{rows_by_eight, transpose};

/// Rows of a tile, and of a band, which is tiles side by side.
pub(crate) const BAND: usize = 64;

/// The tiles of a line of words, as columns of tiles side by side: scratch kept from line to line.
#[derive(Default)]
pub(super) struct TileLine {
    columns: [TileColumn; LINE],
}

/// Tiles below one another, of which only those that hold a boundary are there.
#[derive(Default)]
struct TileColumn {
    /// The first `count` are in use, from the top; the rest is memory kept from before.
    tiles: Vec<Tile>,
    count: usize,
    /// For each 64 tiles, and each of their columns, a bit for each tile that holds a boundary in
    /// that column.
    with_boundary: Vec<[u64; 64]>,
}

struct Tile {
    /// Its first row.
    top: u32,
    /// A bit for each column that holds a boundary.
    nonzero: u64,
    columns: [u64; 64],
}

/// Rows without a boundary.
static NO_ROWS: [u64; ROWS] = [0; ROWS];

/// The row groups of each tile of a line in one band.
type TilesOfBand<'b> = [[&'b [u64; ROWS]; BAND / ROWS]; LINE];

impl TileLine {
    /// Emits the boundaries of a mask column by column. `chunks` are the blocks of its rows, from
    /// the top, each from a multiple of [`BAND`] on.
    #[inline(always)]
    pub(super) fn emit<'b, S: Simd>(
        &mut self,
        simd: S,
        chunks: impl Iterator<Item = &'b Blocks> + Clone,
        [height, width]: [usize; 2],
        emitter: &mut Emitter<'_>,
    ) {
        for (line, start) in (0..width).step_by(64 * LINE).enumerate() {
            self.transpose_line(simd, chunks.clone(), line);
            for (column, left) in self.columns.iter_mut().zip((start..width).step_by(64)) {
                if column.count > 0 {
                    column.index_boundaries(simd);
                    column.emit(simd, left..width.min(left + 64), height, emitter);
                }
            }
        }
    }

    /// Makes tiles of the blocks of a line.
    #[inline(always)]
    fn transpose_line<'b, S: Simd>(
        &mut self,
        simd: S,
        chunks: impl Iterator<Item = &'b Blocks>,
        line: usize,
    ) {
        for column in &mut self.columns {
            column.count = 0;
        }
        // The band that is collected, and a bit for each of its tiles that holds a boundary.
        let mut tiles = [[&NO_ROWS; BAND / ROWS]; LINE];
        let (mut band, mut present) = (0, 0);
        for blocks in chunks {
            for group in blocks.groups(line) {
                let (band_of_group, group_of_band) = (
                    group.row_group as usize / (BAND / ROWS),
                    group.row_group as usize % (BAND / ROWS),
                );
                if band_of_group != band {
                    self.transpose_band(simd, band, present, &mut tiles);
                    (band, present) = (band_of_group, 0);
                }
                present |= group.present;
                let mut left = group.present;
                for block in blocks.of(group) {
                    // In bounds, as the compiler then knows.
                    tiles[left.trailing_zeros() as usize % LINE][group_of_band] = &block.0;
                    left &= left - 1;
                }
            }
        }
        self.transpose_band(simd, band, present, &mut tiles);
    }

    /// Transposes the tiles of a band that hold a boundary, and empties them for the next band.
    #[inline(always)]
    fn transpose_band<S: Simd>(
        &mut self,
        simd: S,
        band: usize,
        mut present: u8,
        tiles: &mut TilesOfBand<'_>,
    ) {
        while present != 0 {
            let index = present.trailing_zeros() as usize % LINE;
            let (mut rows, mut any) = ([u64x8::splat(simd, 0); BAND / ROWS], u64x8::splat(simd, 0));
            for (group, words) in rows.iter_mut().zip(&mut tiles[index]) {
                *group = u64x8::from_slice(simd, *words);
                any |= *group;
                *words = &NO_ROWS;
            }
            let tile = self.columns[index].next();
            tile.top = (BAND * band) as u32;
            tile.nonzero = 0;
            for word in *any {
                tile.nonzero |= word;
            }
            transpose(rows, &mut tile.columns);
            present &= present - 1;
        }
    }

    /// Bytes of memory that the tiles take.
    pub(super) fn bytes(&self) -> usize {
        self.columns
            .iter()
            .map(|column| column.tiles.capacity() * size_of::<Tile>())
            .sum()
    }
}

impl TileColumn {
    /// Adds a tile below the others.
    fn next(&mut self) -> &mut Tile {
        if self.count == self.tiles.len() {
            self.tiles.push(Tile {
                top: 0,
                nonzero: 0,
                columns: [0; 64],
            });
        }
        self.count += 1;
        &mut self.tiles[self.count - 1]
    }

    /// Finds the tiles in which each column holds a boundary: no column then looks into the others.
    #[inline(always)]
    fn index_boundaries<S: Simd>(&mut self, simd: S) {
        self.with_boundary.clear();
        for chunk in self.tiles[..self.count].chunks(64) {
            let mut of_tiles = [0; 64];
            for (nonzero, tile) in of_tiles.iter_mut().zip(chunk) {
                *nonzero = tile.nonzero;
            }
            let mut of_columns = [0; 64];
            transpose(rows_by_eight(simd, &of_tiles), &mut of_columns);
            self.with_boundary.push(of_columns);
        }
    }

    /// Emits the boundaries of the tiles, whose columns are the mask's `columns`, up to 64.
    #[inline(always)]
    fn emit<S: Simd>(
        &self,
        simd: S,
        columns: Range<usize>,
        height: usize,
        emitter: &mut Emitter<'_>,
    ) {
        let tiles = &self.tiles[..self.count];
        let mut emitter = emitter.word_emitter();
        let mut top = (columns.start * height) as u32;
        if let [with_boundary] = &self.with_boundary[..] {
            for (column, &present) in with_boundary[..columns.len()].iter().enumerate() {
                emit_column(simd, tiles, present, column, top, &mut emitter);
                top = top.wrapping_add(height as u32);
            }
            return;
        }
        for column in 0..columns.len() {
            for (chunk, with_boundary) in tiles.chunks(64).zip(&self.with_boundary) {
                let present = with_boundary[column];
                emit_column(simd, chunk, present, column, top, &mut emitter);
            }
            top = top.wrapping_add(height as u32);
        }
    }
}

/// Emits the boundaries of a column, in those of up to 64 tiles whose bits are set in `present`.
/// Its first pixel is at scan position `top`.
#[inline(always)]
fn emit_column<S: Simd>(
    simd: S,
    tiles: &[Tile],
    mut present: u64,
    column: usize,
    top: u32,
    emitter: &mut WordEmitter<'_, '_>,
) {
    while present != 0 {
        let tile = &tiles[present.trailing_zeros() as usize];
        // In bounds, as the compiler then knows.
        emitter.emit(simd, top + tile.top, tile.columns[column % 64]);
        present &= present - 1;
    }
}
