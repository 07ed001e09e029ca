//! An index of tiles below one another: those in which each of their columns holds a boundary, so
//! that no column looks into the others.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, u8x32, u64x4};

use super::tile::KeptTile;
use crate::simd::{rows_by_eight, transpose};

/// Tiles of an index at most.
pub(super) const MOST_TILES: usize = 64;

/// For each column, a bit for each tile that holds a boundary in it. The bits of several columns
/// lie in one word where tiles are few: a loop over a word's bits ends once for all of them, and
/// each end is mispredicted.
pub(super) struct TileIndex {
    words: [u64; 64],
    /// A column has 2 to the power of this bits.
    shift: u32,
}

impl TileIndex {
    #[inline(always)]
    pub(super) fn new<S: Simd>(simd: S, tiles: &[KeptTile<'_>]) -> Self {
        debug_assert!(tiles.len() <= MOST_TILES);
        let mut words = [0; 64];
        let shift = match tiles.len() {
            // Bytes are words in another order there.
            _ if cfg!(target_endian = "big") => return Self::of_many(simd, tiles),
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
        TileIndex { words, shift }
    }

    /// An index with a word for each column.
    #[inline(always)]
    pub(super) fn of_many<S: Simd>(simd: S, tiles: &[KeptTile<'_>]) -> Self {
        let (mut rows, mut words) = ([0; 64], [0; 64]);
        for (row, tile) in rows.iter_mut().zip(tiles) {
            *row = tile.nonzero;
        }
        transpose(rows_by_eight(simd, &rows), &mut words);
        TileIndex { words, shift: 6 }
    }

    /// Words, of one column or several.
    #[inline(always)]
    pub(super) fn words(&self) -> &[u64] {
        &self.words[..1 << self.shift]
    }

    /// The first of the columns of a word.
    #[inline(always)]
    pub(super) fn first_column(&self, word: usize) -> usize {
        word << (6 - self.shift)
    }

    /// The column of a bit of a word, less the first, and its tile.
    #[inline(always)]
    pub(super) fn column_and_tile(&self, bit: u32) -> [usize; 2] {
        let bit = bit as usize;
        [bit >> self.shift, bit & ((1 << self.shift) - 1)]
    }
}

/// A byte for each column, the left ones and the right ones, with a bit for each of up to eight
/// tiles.
#[inline(always)]
fn bytes_of_columns<S: Simd>(simd: S, tiles: &[KeptTile<'_>]) -> [u8x32<S>; 2] {
    let bit_of_column = u64x4::splat(simd, 0x8040_2010_0804_0201).bitcast::<u8x32<S>>();
    let halves = [
        u8x32::from_slice(simd, &BYTES_OF_LEFT),
        u8x32::from_slice(simd, &BYTES_OF_RIGHT),
    ];
    let mut bytes = [u8x32::splat(simd, 0); 2];
    let mut bit = u8x32::splat(simd, 1);
    for tile in tiles {
        let nonzero = u64x4::splat(simd, tile.nonzero).bitcast::<u8x32<S>>();
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

#[cfg(test)]
mod tests {
    use fearless_simd::dispatch;

    use super::*;

    /// A pseudo-random word, with about a bit of eight set.
    fn word(random: &mut u64) -> u64 {
        let mut next = || {
            *random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            *random ^ *random >> 32
        };
        next() & next() & next()
    }

    /// Any number of tiles: few share words by columns, more have a word for each.
    #[test]
    fn every_column_has_its_tiles_in_order() {
        let mut random = 1;
        for count in 0..=MOST_TILES {
            let tiles: Vec<_> = (0..count)
                .map(|_| KeptTile {
                    top: 0,
                    nonzero: word(&mut random),
                    kept: 0,
                    words: &[0; 64],
                })
                .collect();
            let mut expected = Vec::new();
            for column in 0..64 {
                let tiles = tiles.iter().enumerate();
                expected.extend(
                    tiles
                        .filter(|(_, tile)| tile.nonzero >> column & 1 == 1)
                        .map(|(tile, _)| [column, tile]),
                );
            }
            for level in crate::simd::levels::all() {
                let index = dispatch!(level, simd => TileIndex::new(simd, &tiles));
                let many = dispatch!(level, simd => TileIndex::of_many(simd, &tiles));
                for index in [index, many] {
                    let mut found = Vec::new();
                    for (word, &bits) in index.words().iter().enumerate() {
                        for bit in (0..64).filter(|bit| bits >> bit & 1 == 1) {
                            let [column, tile] = index.column_and_tile(bit);
                            found.push([index.first_column(word) + column, tile]);
                        }
                    }
                    assert_eq!(found, expected, "{count} tiles, {level:?}");
                }
            }
        }
    }
}
