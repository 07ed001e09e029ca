//! A tile: the boundaries of 64 x 64 pixels, down its columns.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, u8x16, u8x32, u16x16, u32x4, u64x2, u64x4, u64x8};

use crate::simd::{swap_bits, transpose, with_kernels};

/// Rows of a tile, and of a band, which is tiles side by side.
pub(crate) const BAND: usize = 64;

/// Words of the rows of a tile.
pub(super) struct TileRows<'w> {
    /// The first row's word comes first, and others after the last row's.
    pub(super) words: &'w [u64],
    /// Words from row to row.
    pub(super) stride: usize,
    /// Number of rows, at least 1.
    pub(super) count: usize,
    /// The word above the first row.
    pub(super) above: u64,
    /// Bits in which rows are compared with the one above: all, or none, where words hold
    /// boundaries already.
    pub(super) compared: u64,
}

/// A tile as it is emitted.
pub(super) struct KeptTile<'t> {
    /// Its first row in the mask.
    pub(super) top: u32,
    /// A bit for each column that holds a boundary.
    pub(super) nonzero: u64,
    /// A bit for each column whose word is kept.
    pub(super) kept: u64,
    /// These words, then others.
    pub(super) words: &'t [u64; 64],
}

impl KeptTile<'_> {
    /// The boundary bits of a column that holds one.
    #[inline(always)]
    pub(super) fn column(&self, column: usize) -> u64 {
        let before = self.kept & ((1 << column) - 1);
        // Before a kept column are fewer than 64, as the compiler then knows.
        self.words[before.count_ones() as usize % 64]
    }
}

/// Writes the boundary bits of each column of up to 64 rows, and gives a bit for each column that
/// has one. Where none has, words may be left as they are.
#[inline(always)]
pub(super) fn columns_of<S: Simd>(simd: S, rows: TileRows<'_>, columns: &mut [u64; 64]) -> u64 {
    if rows.count == BAND {
        return boundaries(simd, &rows, columns);
    }
    // Below the last row lies what makes no boundary.
    let last = rows.words[(rows.count - 1) * rows.stride];
    let mut all = [last & rows.compared; BAND];
    let words = rows.words.iter().step_by(rows.stride);
    all.iter_mut()
        .zip(words)
        .take(rows.count)
        .for_each(|(all, word)| *all = *word);
    let rows = TileRows {
        words: &all,
        stride: 1,
        ..rows
    };
    boundaries(simd, &rows, columns)
}

/// As [`columns_of`], of 64 rows.
#[inline(always)]
fn boundaries<S: Simd>(simd: S, rows: &TileRows<'_>, columns: &mut [u64; 64]) -> u64 {
    with_kernels!(simd, kernels => {
        let (bits, nonzero) = boundaries_in_order(kernels, rows);
        if nonzero != 0 {
            kernels.transpose(bits, columns);
        }
        nonzero
    });
    if cfg!(target_endian = "big") {
        // Bytes are words in another order there.
        let (bits, nonzero) = boundaries_in_order(simd, rows);
        transpose(bits, columns);
        return nonzero;
    }
    let upper = rows_eight_apart(simd, rows, 0);
    let lower = rows_eight_apart(simd, rows, 32);
    let above = u64x4::splat(simd, rows.above);
    let lower_bits = compare_rows(&lower, upper[7], rows.compared);
    let upper_bits = compare_rows(&upper, above, rows.compared);
    let mut any = upper_bits[0] | lower_bits[0];
    for row in 1..8 {
        any |= upper_bits[row] | lower_bits[row];
    }
    let [a, b, c, d] = *any;
    let nonzero = a | b | c | d;
    if nonzero != 0 {
        transpose_bytes(
            simd,
            &transpose_bits(upper_bits),
            &transpose_bits(lower_bits),
            columns,
        );
    }
    nonzero
}

/// Compares rows in vectors of eight apart with those above; `above` ends with the one above the
/// first.
#[inline(always)]
fn compare_rows<S: Simd>(rows: &[u64x4<S>; 8], above: u64x4<S>, compared: u64) -> [u64x4<S>; 8] {
    let mut bits = *rows;
    if compared != 0 {
        bits[0] = rows[0] ^ above.slide::<3>(rows[7]);
        for row in 1..8 {
            bits[row] = rows[row] ^ rows[row - 1];
        }
    }
    bits
}

/// Transposes squares of eight rows and columns. Swapped are bits of whole vectors, as rows that
/// are 4, 2 and 1 apart lie in different ones (Warren, Hacker's Delight, 7-3).
#[inline(always)]
fn transpose_bits<S: Simd>(mut bits: [u64x4<S>; 8]) -> [u64x4<S>; 8] {
    swap_bits::<S, 4>(&mut bits, 4, 0x0f0f_0f0f_0f0f_0f0f);
    swap_bits::<S, 2>(&mut bits, 2, 0x3333_3333_3333_3333);
    swap_bits::<S, 1>(&mut bits, 1, 0x5555_5555_5555_5555);
    bits
}

/// Rows in vectors of eight, and their boundaries, as `Kernels::transpose` takes them.
#[inline(always)]
fn boundaries_in_order<S: Simd>(simd: S, rows: &TileRows<'_>) -> ([u64x8<S>; 8], u64) {
    let (step, length) = (8 * rows.stride, 7 * rows.stride + 1);
    let mut bits = [u64x8::splat(simd, 0); 8];
    let mut above = u64x8::splat(simd, rows.above);
    let mut any = u64x8::splat(simd, 0);
    for (eighth, bits) in bits.iter_mut().enumerate() {
        let words = &rows.words[eighth * step..][..length];
        let own = u64x8::from_fn(simd, |row| words[row * rows.stride]);
        *bits = own ^ (above.slide::<7>(own) & rows.compared);
        any |= *bits;
        above = own;
    }
    (bits, (*any).into_iter().fold(0, |all, word| all | word))
}

/// 32 rows from `first` on in vectors of eight apart: vector k holds rows k, 8 + k, 16 + k and
/// 24 + k of these.
#[inline(always)]
fn rows_eight_apart<S: Simd>(simd: S, rows: &TileRows<'_>, first: usize) -> [u64x4<S>; 8] {
    // Parts of one length, so that one check of bounds does for four rows.
    let length = 7 * rows.stride + 1;
    let part = |row: usize| &rows.words[(first + row) * rows.stride..][..length];
    let [a, b, c, d] = [part(0), part(8), part(16), part(24)];
    let mut vectors = [u64x4::splat(simd, 0); 8];
    for (row, vector) in vectors.iter_mut().enumerate() {
        let at = row * rows.stride;
        *vector = u64x4::simd_from(simd, [a[at], b[at], c[at], d[at]]);
    }
    vectors
}

/// Puts the bytes of each column together. Byte b of word w of vector k is of column `8 * b + k`,
/// and of the rows from `8 * w` on, of the upper half of the tile or the lower.
#[inline(always)]
fn transpose_bytes<S: Simd>(
    simd: S,
    upper: &[u64x4<S>; 8],
    lower: &[u64x4<S>; 8],
    columns: &mut [u64; 64],
) {
    let order = u8x32::block_splat(u8x16::from_slice(simd, &PAIRS));
    for (number, (upper, lower)) in upper.iter().zip(lower).enumerate() {
        let (first, second) = pairs_of_bytes(*upper, order).split();
        let (third, fourth) = pairs_of_bytes(*lower, order).split();
        let upper: [u32x4<S>; 2] = [
            first.zip_low(second).bitcast(),
            first.zip_high(second).bitcast(),
        ];
        let lower: [u32x4<S>; 2] = [
            third.zip_low(fourth).bitcast(),
            third.zip_high(fourth).bitcast(),
        ];
        for half in 0..2 {
            let first: u64x2<S> = upper[half].zip_low(lower[half]).bitcast();
            let last: u64x2<S> = upper[half].zip_high(lower[half]).bitcast();
            let [[a, b], [c, d]] = [*first, *last];
            let at = 32 * half + number;
            (columns[at], columns[at + 8]) = (a, b);
            (columns[at + 16], columns[at + 24]) = (c, d);
        }
    }
}

/// Pairs of the bytes of the first two words at the same place, and of the last two.
#[inline(always)]
fn pairs_of_bytes<S: Simd>(words: u64x4<S>, order: u8x32<S>) -> u16x16<S> {
    let bytes: u8x32<S> = words.bitcast();
    bytes.swizzle_dyn_within_blocks(order).bitcast()
}

/// Order of bytes that makes two words pairs of their bytes.
static PAIRS: [u8; 16] = [0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15];

#[cfg(test)]
mod tests {
    use fearless_simd::dispatch;

    use super::*;

    /// Foreground and boundary words, of any number of rows, any distance from each other.
    #[test]
    fn boundaries_are_those_of_a_plain_loop() {
        let mut random = 1u64;
        let mut words = [0u64; 64 * 19];
        for word in &mut words {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            *word = random ^ random >> 29;
        }
        for count in 1..=BAND {
            for stride in [1, 2, 3, 8, 18] {
                for compared in [0, u64::MAX] {
                    let rows = || TileRows {
                        words: &words[..(count - 1) * stride + 1],
                        stride,
                        count,
                        above: words[100],
                        compared,
                    };
                    let mut above = rows().above;
                    let mut expected = [0; 64];
                    for row in 0..count {
                        let own = rows().words[row * stride];
                        for (column, bits) in expected.iter_mut().enumerate() {
                            *bits |= ((own ^ (above & compared)) >> column & 1) << row;
                        }
                        above = own;
                    }
                    let nonzero = (0..64).filter(|&column| expected[column] != 0);
                    let nonzero = nonzero.fold(0, |bits, column| bits | 1u64 << column);
                    for level in crate::simd::levels::all() {
                        let mut found = [0; 64];
                        let any = dispatch!(level, simd => columns_of(simd, rows(), &mut found));
                        let case = format!("{count} rows, {stride}, {compared}, {level:?}");
                        assert_eq!(any, nonzero, "{case}");
                        assert_eq!(found, expected, "{case}");
                    }
                }
            }
        }
    }
}
