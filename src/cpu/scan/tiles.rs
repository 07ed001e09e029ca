//! The tiles of a mask that hold a boundary, and the walk down its columns.
//!
//! Invariant: the tiles of a column of words are added from the top to the bottom.

use fearless_simd::Simd;

use super::strip::Strip;
use super::tile::{BAND, KeptTile, TileRows, columns_of};
use super::tile_index::{MOST_TILES, TileIndex};
use crate::cpu::emit::{Emitter, WordEmitter};
use crate::cpu::read::LINE;

/// Tiles of some rows of a mask.
///
/// Where few columns of one hold a boundary, only these are kept: a large mask of noise of 0.1 %
/// takes .7 to .8 of the time.
#[derive(Default)]
pub(super) struct Tiles {
    /// In the order in which they were added. One vector for all: wide masks have thousands of
    /// columns of few tiles.
    tiles: Vec<LinkedTile>,
    /// Words of their columns, of which the first `used` are in use; the rest is memory kept from
    /// before.
    words: Vec<u64>,
    used: usize,
    /// For each word of a row, its tiles.
    columns: Vec<TileColumn>,
}

struct LinkedTile {
    /// Its first row in the mask.
    top: u32,
    /// Index of the tile below it.
    next: u32,
    /// A bit for each column that holds a boundary.
    nonzero: u64,
    /// A bit for each column whose word is kept.
    kept: u64,
    /// Index of the first of these words.
    first_word: usize,
}

/// Tiles below one another, each of which knows the next.
#[derive(Clone, Copy)]
struct TileColumn {
    first: u32,
    last: u32,
}

/// Columns up to which only those that hold a boundary are kept.
const FEW_COLUMNS: u32 = 12;
/// Columns with a boundary from which on a tile is dense. Going from tile to tile takes 13
/// instructions a column less than by an index: noise of 1 % and more is 1.02 to 1.2 times as fast.
pub(crate) const DENSE_COLUMNS: u32 = 32;
const _: () = assert!(DENSE_COLUMNS > FEW_COLUMNS, "dense tiles keep all columns");
/// Index of no tile.
const NONE: u32 = u32::MAX;

impl Tiles {
    /// Empties it for rows of so many words.
    pub(super) fn begin(&mut self, words: usize) {
        let none = TileColumn {
            first: NONE,
            last: NONE,
        };
        self.tiles.clear();
        self.used = 0;
        self.columns.clear();
        self.columns.resize(words, none);
    }

    /// Bytes of memory that they take.
    pub(super) fn bytes(&self) -> usize {
        self.tiles.capacity() * size_of::<LinkedTile>()
            + self.words.capacity() * size_of::<u64>()
            + self.columns.capacity() * size_of::<TileColumn>()
    }

    /// Adds the tiles of a strip that hold a boundary; its words have been marked. Its first row is
    /// the mask's row `first`, the first of a band; `before` words of each row lie left of it.
    #[inline(always)]
    pub(super) fn add<S: Simd>(&mut self, simd: S, strip: &Strip, first: usize, before: usize) {
        for (band, top) in (0..strip.count()).step_by(BAND).enumerate() {
            for line in 0..strip.lines() {
                let mut present = strip.present(simd, band, line);
                while present != 0 {
                    let across = LINE * line + present.trailing_zeros() as usize;
                    let rows = strip.tile_rows(top, across);
                    self.add_tile(simd, before + across, first + top, rows);
                    present &= present - 1;
                }
            }
        }
    }

    /// Adds a tile if it holds a boundary.
    #[inline(always)]
    fn add_tile<S: Simd>(&mut self, simd: S, across: usize, top: usize, rows: TileRows<'_>) {
        if self.words.len() < self.used + 64 {
            self.grow();
        }
        let words = self.words[self.used..].first_chunk_mut();
        let words = words.expect("`grow` has made room");
        let nonzero = columns_of(simd, rows, words);
        if nonzero == 0 {
            return;
        }
        let kept = if nonzero.count_ones() <= FEW_COLUMNS {
            move_together(words, nonzero);
            nonzero
        } else {
            u64::MAX
        };
        // In bounds, as a mask of up to 2^32 pixels has fewer tiles.
        let index = self.tiles.len() as u32;
        self.tiles.push(LinkedTile {
            top: top as u32,
            next: NONE,
            nonzero,
            kept,
            first_word: self.used,
        });
        self.used += kept.count_ones() as usize;
        let column = &mut self.columns[across];
        match column.first {
            NONE => column.first = index,
            _ => self.tiles[column.last as usize].next = index,
        }
        column.last = index;
    }

    #[cold]
    fn grow(&mut self) {
        self.words.resize((2 * self.words.len()).max(256), 0);
    }

    /// Appends the tiles of a column of words to `tiles`.
    fn list<'t>(&'t self, across: usize, tiles: &mut Vec<KeptTile<'t>>) {
        let mut next = self.columns[across].first;
        while next != NONE {
            let tile = &self.tiles[next as usize];
            tiles.push(KeptTile {
                top: tile.top,
                nonzero: tile.nonzero,
                kept: tile.kept,
                words: self.words[tile.first_word..]
                    .first_chunk()
                    .expect("`grow` has made room"),
            });
            next = tile.next;
        }
    }
}

/// Moves the words whose bits are set to the front.
#[inline(always)]
fn move_together(words: &mut [u64; 64], mut left: u64) {
    for index in 0..64 {
        words[index] = words[left.trailing_zeros() as usize % 64];
        left &= left.wrapping_sub(1);
        if left == 0 {
            break;
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
        if tiles.is_empty() {
            continue;
        }
        let positions = [(left * height) as u32, height as u32];
        if tiles.iter().all(is_dense) {
            emit_dense(simd, &tiles, positions, &mut emitter);
        } else if tiles.len() > MOST_TILES {
            emit_high(simd, &tiles, &mut indices, positions, &mut emitter);
        } else {
            let index = TileIndex::new(simd, &tiles);
            for word in 0..index.words().len() {
                emit_word(simd, &tiles, &index, word, positions, &mut emitter);
            }
        }
    }
}

/// True of a tile in which so many columns hold a boundary.
#[inline(always)]
fn is_dense(tile: &KeptTile<'_>) -> bool {
    tile.nonzero.count_ones() >= DENSE_COLUMNS
}

/// Emits 64 columns of dense tiles, which keep the words of all.
#[inline(always)]
fn emit_dense<S: Simd>(
    simd: S,
    tiles: &[KeptTile<'_>],
    [begin, height]: [u32; 2],
    emitter: &mut WordEmitter<'_>,
) {
    for column in 0..64 {
        // Any position will do for columns beyond the mask's last, which have no bits.
        let begin = begin.wrapping_add((column as u32).wrapping_mul(height));
        for tile in tiles {
            emitter.emit(simd, begin.wrapping_add(tile.top), tile.words[column]);
        }
    }
}

/// Emits 64 columns of more tiles than an index has.
#[inline(always)]
fn emit_high<S: Simd>(
    simd: S,
    tiles: &[KeptTile<'_>],
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
    tiles: &[KeptTile<'_>],
    index: &TileIndex,
    word: usize,
    [begin, height]: [u32; 2],
    emitter: &mut WordEmitter<'_>,
) {
    let first = index.first_column(word);
    // Any position will do for columns beyond the mask's last, which have no bits.
    let begin = begin.wrapping_add((first as u32).wrapping_mul(height));
    let mut bits = index.words()[word];
    while bits != 0 {
        let [next, tile] = index.column_and_tile(bits.trailing_zeros());
        let tile = &tiles[tile];
        let top = begin + next as u32 * height + tile.top;
        emitter.emit(simd, top, tile.column(first + next));
        bits &= bits - 1;
    }
}
