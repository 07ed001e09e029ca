//! Transposes of squares of bits.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, u64x4, u64x8};

use super::kernels::with_kernels;

/// Rows of a pair of squares as vectors of four.
#[inline(always)]
pub(crate) fn rows_by_four<S: Simd>(simd: S, rows: &[u64; 32]) -> [u64x4<S>; 8] {
    let mut vectors = [u64x4::splat(simd, 0); 8];
    for (vector, rows) in vectors.iter_mut().zip(rows.chunks_exact(4)) {
        *vector = u64x4::from_slice(simd, rows);
    }
    vectors
}

/// Rows of a square as vectors of eight.
#[inline(always)]
pub(crate) fn rows_by_eight<S: Simd>(simd: S, rows: &[u64; 64]) -> [u64x8<S>; 8] {
    let mut vectors = [u64x8::splat(simd, 0); 8];
    for (vector, rows) in vectors.iter_mut().zip(rows.chunks_exact(8)) {
        *vector = u64x8::from_slice(simd, rows);
    }
    vectors
}

/// Transposes a square of 64 rows: bit c of row r becomes bit r of column c. Vector k holds the
/// rows from 8 * k on.
#[inline(always)]
pub(crate) fn transpose<S: Simd>(rows: [u64x8<S>; 8], columns: &mut [u64; 64]) {
    with_kernels!(rows[0].token(), kernels => {
        let mut same = [u64x8::splat(kernels, 0); 8];
        for (same, rows) in same.iter_mut().zip(rows) {
            *same = u64x8::from_slice(kernels, &*rows);
        }
        kernels.transpose(same, columns)
    });
    let mut halves = [rows[0].split().0; 16];
    for (halves, rows) in halves.chunks_exact_mut(2).zip(rows) {
        (halves[0], halves[1]) = rows.split();
    }
    // Halves, quarters, ... of ever smaller squares are swapped (Warren, Hacker's Delight, 7-3).
    swap_bits::<S, 8>(&mut halves, 32, 0x0000_0000_ffff_ffff);
    transpose_halves(&mut halves, columns);
}

/// Transposes two squares of 32 x 32 side by side, each by itself: column c of the left one becomes
/// the low half of word c, that of the right one the high half.
#[inline(always)]
pub(crate) fn transpose_pair<S: Simd>(mut rows: [u64x4<S>; 8]) -> [u64; 32] {
    let mut columns = [0; 32];
    transpose_halves(&mut rows, &mut columns);
    columns
}

/// Transposes squares of 32 x 32, side by side in each vector's words. Rows that are 16, 8 and 4
/// apart lie in different vectors; transposing the words of four vectors puts those that are 2 and
/// 1 apart there too, so that each round swaps bits of whole vectors.
#[inline(always)]
fn transpose_halves<S: Simd>(rows: &mut [u64x4<S>], columns: &mut [u64]) {
    swap_bits::<S, 4>(rows, 16, 0x0000_ffff_0000_ffff);
    swap_bits::<S, 2>(rows, 8, 0x00ff_00ff_00ff_00ff);
    swap_bits::<S, 1>(rows, 4, 0x0f0f_0f0f_0f0f_0f0f);
    for (rows, columns) in rows.chunks_exact(4).zip(columns.chunks_exact_mut(16)) {
        let mut transposed = transpose_four_vectors([rows[0], rows[1], rows[2], rows[3]]);
        swap_bits::<S, 2>(&mut transposed, 2, 0x3333_3333_3333_3333);
        swap_bits::<S, 1>(&mut transposed, 1, 0x5555_5555_5555_5555);
        for (vector, columns) in transpose_four_vectors(transposed)
            .into_iter()
            .zip(columns.chunks_exact_mut(4))
        {
            vector.store_slice(columns);
        }
    }
}

/// Transposes a square of four vectors of four words.
#[inline(always)]
fn transpose_four_vectors<S: Simd>([first, second, third, fourth]: [u64x4<S>; 4]) -> [u64x4<S>; 4] {
    let (evens, more_evens) = first.interleave(third);
    let (odds, more_odds) = second.interleave(fourth);
    let (first, second) = evens.interleave(odds);
    let (third, fourth) = more_evens.interleave(more_odds);
    [first, second, third, fourth]
}

/// Swaps bits `shift` apart between vectors that are `DISTANCE` apart.
#[inline(always)]
pub(crate) fn swap_bits<S: Simd, const DISTANCE: usize>(
    rows: &mut [u64x4<S>],
    shift: u32,
    mask: u64,
) {
    for pair in rows.chunks_exact_mut(2 * DISTANCE) {
        let (lows, highs) = pair.split_at_mut(DISTANCE);
        for (low, high) in lows.iter_mut().zip(highs) {
            let swap = ((*low >> shift) ^ *high) & mask;
            *low ^= swap << shift;
            *high ^= swap;
        }
    }
}

#[cfg(test)]
mod tests {
    use fearless_simd::dispatch;

    use super::{rows_by_eight, rows_by_four, transpose, transpose_pair};

    #[test]
    fn every_bit_goes_to_its_position() {
        for row in 0..64 {
            for column in 0..64 {
                let mut rows = [0; 64];
                rows[row] = 1 << column;
                for level in crate::simd::levels::all() {
                    let mut columns = [0; 64];
                    dispatch!(level, simd => transpose(rows_by_eight(simd, &rows), &mut columns));
                    for (other, bits) in columns.into_iter().enumerate() {
                        assert_eq!(
                            bits,
                            if other == column { 1 << row } else { 0 },
                            "{level:?}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn every_bit_of_a_pair_goes_to_its_position() {
        for row in 0..32 {
            for column in 0..64 {
                let mut rows = [0; 32];
                rows[row] = 1 << column;
                for level in crate::simd::levels::all() {
                    let columns =
                        dispatch!(level, simd => transpose_pair(rows_by_four(simd, &rows)));
                    for (other, bits) in columns.into_iter().enumerate() {
                        let expected = if other == column % 32 {
                            1 << (column / 32 * 32 + row)
                        } else {
                            0
                        };
                        assert_eq!(bits, expected, "{level:?}");
                    }
                }
            }
        }
    }
}
