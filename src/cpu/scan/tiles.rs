//! The tiles of a mask that hold a boundary, and the walk down its columns.
//!
//! Invariant: the tiles of a column of words lie from the top to the bottom.

use std::borrow::Borrow;

use fearless_simd::Simd;

use super::strip::Strip;
use super::tile::{BAND, Tile, TileRows};
use super::tile_index::{MOST_TILES, TileIndex};
use crate::cpu::emit::{Emitter, WordEmitter};
use crate::cpu::read::LINE;

/// Tiles of some rows of a mask.
#[derive(Default)]
pub(super) struct Tiles {
    /// One for each word of a row; beyond, memory kept from before.
    columns: Vec<TileColumn>,
}

/// Tiles below one another.
#[derive(Default)]
struct TileColumn {
    /// The first `count` are in use; the rest is memory kept from before.
    tiles: Vec<Tile>,
    count: usize,
}

impl Tiles {
    /// Empties it for rows of so many words.
    pub(super) fn begin(&mut self, words: usize) {
        if self.columns.len() < words {
            self.columns.resize_with(words, TileColumn::default);
        }
        for column in &mut self.columns[..words] {
            column.count = 0;
        }
    }

    /// Bytes of memory that they take.
    pub(super) fn bytes(&self) -> usize {
        let tiles: usize = self
            .columns
            .iter()
            .map(|column| column.tiles.capacity())
            .sum();
        tiles * size_of::<Tile>()
    }

    /// Adds the tiles of a strip that hold a boundary; its rows have been compared. Its first row is the mask's row `first`, the
    /// first of a band.
    #[inline(always)]
    pub(super) fn add<S: Simd>(&mut self, simd: S, strip: &Strip, first: usize) {
        for (band, top) in (0..strip.count()).step_by(BAND).enumerate() {
            for line in 0..strip.words_a_row().div_ceil(LINE) {
                let mut present = strip.present(simd, band, line);
                while present != 0 {
                    let across = LINE * line + present.trailing_zeros() as usize;
                    let rows = strip.tile_rows(top, across);
                    self.columns[across].add(simd, first + top, rows);
                    present &= present - 1;
                }
            }
        }
    }

    /// Tiles of a column of words.
    fn column(&self, across: usize) -> &[Tile] {
        let column = &self.columns[across];
        &column.tiles[..column.count]
    }
}

impl TileColumn {
    /// Adds a tile below the others if it holds a boundary.
    #[inline(always)]
    fn add<S: Simd>(&mut self, simd: S, top: usize, rows: TileRows<'_>) {
        if self.count == self.tiles.len() {
            self.tiles.push(Tile::EMPTY);
        }
        let tile = &mut self.tiles[self.count];
        tile.fill(simd, top, rows);
        self.count += usize::from(tile.nonzero != 0);
    }
}

/// Emits the boundaries of a mask column by column. `chunks` are the tiles of its rows, from the
/// top.
#[inline(always)]
pub(super) fn emit_tiles<S: Simd>(
    simd: S,
    chunks: &[Tiles],
    [height, width]: [usize; 2],
    emitter: &mut Emitter<'_>,
) {
    let mut emitter = emitter.word_emitter();
    let mut tiles = Vec::new();
    for (across, left) in (0..width).step_by(64).enumerate() {
        let columns = [(left * height) as u32, height as u32];
        if let [chunk] = chunks {
            emit_columns(simd, chunk.column(across), columns, &mut emitter);
        } else {
            tiles.clear();
            tiles.extend(chunks.iter().flat_map(|chunk| chunk.column(across)));
            emit_columns(simd, &tiles, columns, &mut emitter);
        }
    }
}

/// Emits 64 columns, given their tiles. `first` is the scan position of the first pixel of the
/// first.
#[inline(always)]
fn emit_columns<S: Simd>(
    simd: S,
    tiles: &[impl Borrow<Tile>],
    [first, height]: [u32; 2],
    emitter: &mut WordEmitter<'_>,
) {
    if tiles.len() <= MOST_TILES {
        let index = TileIndex::new(simd, tiles);
        for word in 0..index.words().len() {
            emit_word(simd, tiles, &index, word, [first, height], emitter);
        }
        return;
    }
    let groups = tiles.chunks(MOST_TILES);
    let mut index = Vec::with_capacity(groups.len());
    for tiles in groups.clone() {
        index.push(TileIndex::of_many(simd, tiles));
    }
    for column in 0..64 {
        for (tiles, index) in groups.clone().zip(&index) {
            emit_word(simd, tiles, index, column, [first, height], emitter);
        }
    }
}

/// Emits the boundaries of one or more columns, those of a word of the index. `first` is the scan
/// position of the first pixel of all columns.
#[inline(always)]
fn emit_word<S: Simd>(
    simd: S,
    tiles: &[impl Borrow<Tile>],
    index: &TileIndex,
    word: usize,
    [first, height]: [u32; 2],
    emitter: &mut WordEmitter<'_>,
) {
    let left = index.first_column(word);
    let first = first.wrapping_add(left as u32 * height);
    let mut bits = index.words()[word];
    while bits != 0 {
        let [column, tile] = index.column_and_tile(bits.trailing_zeros());
        let tile = tiles[tile].borrow();
        let top = first.wrapping_add(column as u32 * height) + tile.top;
        emitter.emit(simd, top, tile.column(simd, left, column));
        bits &= bits - 1;
    }
}
