//! Down the columns of a mask whose blocks are known.

use std::ops::Range;

use fearless_simd::prelude::*;
use fearless_simd::{Simd, u64x8};

use super::blocks::{Blocks, ROWS};
use crate::cpu::emit::sink::{Sink, Telling};
use crate::cpu::read::grid::LINE;
use crate::simd::{eights, transpose};

/// Rows of a tile, and of a band, which is tiles side by side.
pub(crate) const BAND: usize = 64;

/// A line of tiles of 64 x 64 pixels at a time, from the top to the bottom of a mask.
#[derive(Default)]
pub(crate) struct Walk {
    line: [TileColumn; LINE],
}

/// Tiles below one another, of which only those that hold a boundary are there.
#[derive(Default)]
struct TileColumn {
    /// The first `count`, from the top; the others were those of other columns.
    tiles: Vec<Tile>,
    count: usize,
    /// For each 64 tiles, and each of their columns, in which of them there is a boundary.
    with_boundary: Vec<[u64; 64]>,
}

struct Tile {
    /// Its first row.
    top: u32,
    /// Which columns hold a boundary.
    nonzero: u64,
    columns: [u64; 64],
}

/// Rows without a boundary.
static NONE: [u64; ROWS] = [0; ROWS];

/// Of each tile of a band and a line its rows, eight after eight.
type TilesOfBand<'b> = [[&'b [u64; ROWS]; BAND / ROWS]; LINE];

impl Walk {
    /// Tells the boundaries of a mask column by column. Its blocks are those of stretches of rows
    /// one below the other, the first of which are multiples of [`BAND`].
    #[inline(always)]
    pub(crate) fn tell<'b, S: Simd>(
        &mut self,
        simd: S,
        stretches: impl Iterator<Item = &'b Blocks> + Clone,
        [height, width]: [usize; 2],
        sink: &mut Sink<'_>,
    ) {
        for (line, start) in (0..width).step_by(64 * LINE).enumerate() {
            self.turn(simd, stretches.clone(), line);
            for (column, left) in self.line.iter_mut().zip((start..width).step_by(64)) {
                if column.count > 0 {
                    column.index(simd);
                    column.tell(simd, left..width.min(left + 64), height, sink);
                }
            }
        }
    }

    /// Turns the blocks of a line to tiles.
    #[inline(always)]
    fn turn<'b, S: Simd>(
        &mut self,
        simd: S,
        stretches: impl Iterator<Item = &'b Blocks>,
        line: usize,
    ) {
        for column in &mut self.line {
            column.count = 0;
        }
        // The band that is put together, and which of its tiles hold a boundary.
        let mut tiles = [[&NONE; BAND / ROWS]; LINE];
        let (mut band, mut found) = (0, 0);
        for blocks in stretches {
            for group in blocks.groups(line) {
                let (band_of_group, eight) = (
                    group.eighth as usize / (BAND / ROWS),
                    group.eighth as usize % (BAND / ROWS),
                );
                if band_of_group != band {
                    self.turn_band(simd, band, found, &mut tiles);
                    (band, found) = (band_of_group, 0);
                }
                found |= group.found;
                let mut which = group.found;
                for block in blocks.of(group) {
                    // In bounds, as the compiler then knows.
                    tiles[which.trailing_zeros() as usize % LINE][eight] = &block.0;
                    which &= which - 1;
                }
            }
        }
        self.turn_band(simd, band, found, &mut tiles);
    }

    /// Turns the tiles of a band that hold a boundary, and leaves none in them.
    #[inline(always)]
    fn turn_band<S: Simd>(
        &mut self,
        simd: S,
        band: usize,
        mut found: u8,
        tiles: &mut TilesOfBand<'_>,
    ) {
        while found != 0 {
            let which = found.trailing_zeros() as usize % LINE;
            let (mut rows, mut any) = ([u64x8::splat(simd, 0); BAND / ROWS], u64x8::splat(simd, 0));
            for (eight, words) in rows.iter_mut().zip(&mut tiles[which]) {
                *eight = u64x8::from_slice(simd, *words);
                any |= *eight;
                *words = &NONE;
            }
            let tile = self.line[which].next();
            tile.top = (BAND * band) as u32;
            tile.nonzero = 0;
            for word in *any {
                tile.nonzero |= word;
            }
            transpose(rows, &mut tile.columns);
            found &= found - 1;
        }
    }

    /// Bytes of memory that the tiles take.
    pub(crate) fn bytes(&self) -> usize {
        self.line
            .iter()
            .map(|column| column.tiles.capacity() * size_of::<Tile>())
            .sum()
    }
}

impl TileColumn {
    /// The next tile, which was another column's or is new.
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

    /// Finds in which tiles each column holds a boundary: no column then looks into the others.
    #[inline(always)]
    fn index<S: Simd>(&mut self, simd: S) {
        self.with_boundary.clear();
        for chunk in self.tiles[..self.count].chunks(64) {
            let mut of_tiles = [0; 64];
            for (nonzero, tile) in of_tiles.iter_mut().zip(chunk) {
                *nonzero = tile.nonzero;
            }
            let mut of_columns = [0; 64];
            transpose(eights(simd, &of_tiles), &mut of_columns);
            self.with_boundary.push(of_columns);
        }
    }

    /// Tells the boundaries of the tiles' columns, up to 64, which are those of the mask's that are
    /// given.
    #[inline(always)]
    fn tell<S: Simd>(&self, simd: S, columns: Range<usize>, height: usize, sink: &mut Sink<'_>) {
        let tiles = &self.tiles[..self.count];
        let mut telling = sink.tell();
        let mut top = (columns.start * height) as u32;
        if let [with_boundary] = &self.with_boundary[..] {
            for (column, &which) in with_boundary[..columns.len()].iter().enumerate() {
                tell_column(simd, tiles, which, column, top, &mut telling);
                top = top.wrapping_add(height as u32);
            }
            return;
        }
        for column in 0..columns.len() {
            for (chunk, with_boundary) in tiles.chunks(64).zip(&self.with_boundary) {
                tell_column(
                    simd,
                    chunk,
                    with_boundary[column],
                    column,
                    top,
                    &mut telling,
                );
            }
            top = top.wrapping_add(height as u32);
        }
    }
}

/// Tells the boundaries of a column, in those of up to 64 tiles whose bits are set in `which`. Its
/// first pixel is at scan position `top`.
#[inline(always)]
fn tell_column<S: Simd>(
    simd: S,
    tiles: &[Tile],
    mut which: u64,
    column: usize,
    top: u32,
    telling: &mut Telling<'_, '_>,
) {
    while which != 0 {
        let tile = &tiles[which.trailing_zeros() as usize];
        // In bounds, as the compiler then knows.
        telling.word(simd, top + tile.top, tile.columns[column % 64]);
        which &= which - 1;
    }
}
