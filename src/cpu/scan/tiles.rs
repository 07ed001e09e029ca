//! The tiles of a mask that hold a boundary, and the walk down its columns.
//!
//! Invariant: the tiles of a column of words are added from the top to the bottom.

use fearless_simd::Simd;

use super::strip::Strip;
use super::tile::{BAND, Tile, TileRows};
use super::tile_index::{MOST_TILES, TileIndex};
use crate::cpu::emit::{Emitter, WordEmitter};
use crate::cpu::read::LINE;

/// Tiles of some rows of a mask.
#[derive(Default)]
pub(super) struct Tiles {
    /// The first `count` are in use, in the order in which they were added; the rest is memory kept
    /// from before. One vector for all: wide masks have thousands of columns of few tiles.
    tiles: Vec<Tile>,
    count: usize,
    /// For each word of a row, its tiles.
    columns: Vec<TileColumn>,
}

/// Tiles below one another, each of which knows the next.
#[derive(Clone, Copy)]
struct TileColumn {
    first: u32,
    last: u32,
}

/// Index of no tile.
const NONE: u32 = u32::MAX;

impl Tiles {
    /// Empties it for rows of so many words.
    pub(super) fn begin(&mut self, words: usize) {
        let none = TileColumn {
            first: NONE,
            last: NONE,
        };
        self.count = 0;
        self.columns.clear();
        self.columns.resize(words, none);
    }

    /// Bytes of memory that they take.
    pub(super) fn bytes(&self) -> usize {
        self.tiles.capacity() * size_of::<Tile>()
            + self.columns.capacity() * size_of::<TileColumn>()
    }

    /// Adds the tiles of a strip that hold a boundary; its words have been marked. Its first row is
    /// the mask's row `first`, the first of a band.
    #[inline(always)]
    pub(super) fn add<S: Simd>(&mut self, simd: S, strip: &Strip, first: usize) {
        for (band, top) in (0..strip.count()).step_by(BAND).enumerate() {
            for line in 0..strip.words_a_row().div_ceil(LINE) {
                let mut present = strip.present(simd, band, line);
                while present != 0 {
                    let across = LINE * line + present.trailing_zeros() as usize;
                    let rows = strip.tile_rows(top, across);
                    self.add_tile(simd, across, first + top, rows);
                    present &= present - 1;
                }
            }
        }
    }

    /// Adds a tile if it holds a boundary.
    #[inline(always)]
    fn add_tile<S: Simd>(&mut self, simd: S, across: usize, top: usize, rows: TileRows<'_>) {
        if self.count == self.tiles.len() {
            self.grow();
        }
        let tile = &mut self.tiles[self.count];
        tile.fill(simd, top, rows);
        if tile.nonzero == 0 {
            return;
        }
        tile.next = NONE;
        // In bounds, as a mask of up to 2^32 pixels has fewer tiles.
        let index = self.count as u32;
        let column = &mut self.columns[across];
        match column.first {
            NONE => column.first = index,
            _ => self.tiles[column.last as usize].next = index,
        }
        column.last = index;
        self.count += 1;
    }

    #[cold]
    fn grow(&mut self) {
        let length = (2 * self.tiles.len()).max(4);
        self.tiles.resize_with(length, || Tile::EMPTY);
    }

    /// Appends the tiles of a column of words to `tiles`.
    fn list<'t>(&'t self, across: usize, tiles: &mut Vec<&'t Tile>) {
        let mut next = self.columns[across].first;
        while next != NONE {
            let tile = &self.tiles[next as usize];
            tiles.push(tile);
            next = tile.next;
        }
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
    let (mut tiles, mut indices) = (Vec::new(), Vec::new());
    for (across, left) in (0..width).step_by(64).enumerate() {
        tiles.clear();
        for chunk in chunks {
            chunk.list(across, &mut tiles);
        }
        let positions = [(left * height) as u32, height as u32];
        if tiles.len() > MOST_TILES {
            emit_high(simd, &tiles, &mut indices, positions, &mut emitter);
        } else if !tiles.is_empty() {
            let index = TileIndex::new(simd, &tiles);
            for word in 0..index.words().len() {
                emit_word(simd, &tiles, &index, word, positions, &mut emitter);
            }
        }
    }
}

/// Emits 64 columns of more tiles than an index has.
#[inline(always)]
fn emit_high<S: Simd>(
    simd: S,
    tiles: &[&Tile],
    indices: &mut Vec<TileIndex>,
    positions: [u32; 2],
    emitter: &mut WordEmitter<'_>,
) {
    indices.clear();
    for tiles in tiles.chunks(MOST_TILES) {
        indices.push(TileIndex::of_many(simd, tiles));
    }
    for column in 0..64 {
        for (tiles, index) in tiles.chunks(MOST_TILES).zip(&*indices) {
            emit_word(simd, tiles, index, column, positions, emitter);
        }
    }
}

/// Emits the boundaries of one or more columns, those of a word of the index. The first of the 64
/// columns begins at scan position `begin`, and each has `height` rows.
#[inline(always)]
fn emit_word<S: Simd>(
    simd: S,
    tiles: &[&Tile],
    index: &TileIndex,
    word: usize,
    [begin, height]: [u32; 2],
    emitter: &mut WordEmitter<'_>,
) {
    let first = index.first_column(word);
    // Of columns beyond the mask's last, which have no bits, it may be anything.
    let begin = begin.wrapping_add((first as u32).wrapping_mul(height));
    let mut bits = index.words()[word];
    while bits != 0 {
        let [next, tile] = index.column_and_tile(bits.trailing_zeros());
        let tile = tiles[tile];
        let top = begin + next as u32 * height + tile.top;
        emitter.emit(simd, top, tile.column(simd, first, next));
        bits &= bits - 1;
    }
}
