//! An index of tiles below one another: those in which each of their columns holds a boundary, so
//! that no column looks into the others.

use std::borrow::Borrow;

use fearless_simd::prelude::*;
use fearless_simd::{Simd, u8x32, u64x4};

use super::tile::Tile;
use crate::simd::{rows_by_eight, transpose};

/// Tiles of an index at most.
pub(super) const MOST_TILES: usize = 64;

/// For each column, a bit for each tile that holds a boundary in it. The bits of several columns
/// lie in one word where tiles are few: a loop over a word's bits ends once for all of them, and
/// each end is mispredicted.
pub(super) struct TileIndex {
    words: [u64; 64],
    /// Bits of a column are 2 to the power of this.
    bits: u32,
}

impl TileIndex {
    #[inline(always)]
    pub(super) fn new<S: Simd>(simd: S, tiles: &[impl Borrow<Tile>]) -> Self {
        debug_assert!(tiles.len() <= MOST_TILES);
        let mut words = [0; 64];
        let bits = match tiles.len() {
            0..=8 => {
                let [left, right] = bytes_of_columns(simd, tiles);
                store(left, &mut words[..4]);
                store(right, &mut words[4..8]);
                3
            }
            9..=16 => {
                let [left, right] = bytes_of_columns(simd, &tiles[..8]);
                let [more_left, more_right] = bytes_of_columns(simd, &tiles[8..]);
                store(left.zip_low(more_left), &mut words[..4]);
                store(left.zip_high(more_left), &mut words[4..8]);
                store(right.zip_low(more_right), &mut words[8..12]);
                store(right.zip_high(more_right), &mut words[12..16]);
                4
            }
            _ => return Self::of_many(simd, tiles),
        };
        TileIndex { words, bits }
    }

    /// An index with a word for each column.
    #[inline(always)]
    pub(super) fn of_many<S: Simd>(simd: S, tiles: &[impl Borrow<Tile>]) -> Self {
        let (mut rows, mut words) = ([0; 64], [0; 64]);
        for (row, tile) in rows.iter_mut().zip(tiles) {
            *row = tile.borrow().nonzero;
        }
        transpose(rows_by_eight(simd, &rows), &mut words);
        TileIndex { words, bits: 6 }
    }

    /// Words, of one column or several.
    #[inline(always)]
    pub(super) fn words(&self) -> &[u64] {
        &self.words[..1 << self.bits]
    }

    /// The first of the columns of a word.
    #[inline(always)]
    pub(super) fn first_column(&self, word: usize) -> usize {
        word << (6 - self.bits)
    }

    /// The column of a bit of a word, less the first, and its tile.
    #[inline(always)]
    pub(super) fn column_and_tile(&self, bit: u32) -> [usize; 2] {
        let bit = bit as usize;
        [bit >> self.bits, bit & ((1 << self.bits) - 1)]
    }
}

/// A byte for each column, the left ones and the right ones, with a bit for each of up to eight
/// tiles.
#[inline(always)]
fn bytes_of_columns<S: Simd>(simd: S, tiles: &[impl Borrow<Tile>]) -> [u8x32<S>; 2] {
    let bit_of_column = u64x4::splat(simd, 0x8040_2010_0804_0201).bitcast::<u8x32<S>>();
    let halves = [
        u8x32::from_slice(simd, &BYTES_OF_LEFT),
        u8x32::from_slice(simd, &BYTES_OF_RIGHT),
    ];
    let mut bytes = [u8x32::splat(simd, 0); 2];
    let mut bit = u8x32::splat(simd, 1);
    for tile in tiles {
        let nonzero = u64x4::splat(simd, tile.borrow().nonzero).bitcast::<u8x32<S>>();
        for (bytes, half) in bytes.iter_mut().zip(halves) {
            let of_columns = nonzero.swizzle_dyn_within_blocks(half) & bit_of_column;
            *bytes |= of_columns
                .simd_eq(bit_of_column)
                .select(bit, u8x32::splat(simd, 0));
        }
        bit += bit;
    }
    bytes
}

/// For each column, the byte of a word of bits that its bit lies in.
static BYTES_OF_LEFT: [u8; 32] = bytes_from(0);
static BYTES_OF_RIGHT: [u8; 32] = bytes_from(4);

const fn bytes_from(first: u8) -> [u8; 32] {
    let mut bytes = [0; 32];
    let mut column = 0;
    while column < 32 {
        bytes[column] = first + column as u8 / 8;
        column += 1;
    }
    bytes
}

/// Stores bytes as words, the first byte in the lowest bits.
#[inline(always)]
fn store<S: Simd>(bytes: u8x32<S>, words: &mut [u64]) {
    bytes.bitcast::<u64x4<S>>().store_slice(words);
}
