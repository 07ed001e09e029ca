//! A square of bits, rows to columns.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, u64x4};

/// The columns of 64 rows of 64 bits, in the order that [`transpose`] leaves them in.
pub(super) struct Columns([u64; 64]);

impl Columns {
    /// Column `column`: bit r is that of row r.
    #[inline(always)]
    pub(super) fn of(&self, column: usize) -> u64 {
        self.0[column & 0b11_0000 | (column & 0b11) << 2 | column >> 2 & 0b11]
    }
}

/// Turns rows, bit c of which is column c, to columns. Vector k holds the rows from 4 * k on.
///
/// Halves, quarters, ... of ever smaller squares are swapped (Warren, Hacker's Delight, 7-3). Rows that are 32 to 4 apart are
/// in vectors of their own; turning squares of four rows brings there those that are 2 and 1 apart too, so that each round is
/// whole vectors.
#[inline(always)]
pub(super) fn transpose<S: Simd>(mut rows: [u64x4<S>; 16]) -> Columns {
    round::<S, 8>(&mut rows, 32, 0x0000_0000_ffff_ffff);
    round::<S, 4>(&mut rows, 16, 0x0000_ffff_0000_ffff);
    round::<S, 2>(&mut rows, 8, 0x00ff_00ff_00ff_00ff);
    round::<S, 1>(&mut rows, 4, 0x0f0f_0f0f_0f0f_0f0f);
    let mut columns = Columns([0; 64]);
    for (rows, columns) in rows.chunks_exact(4).zip(columns.0.chunks_exact_mut(16)) {
        let (evens, more_evens) = rows[0].interleave(rows[2]);
        let (odds, more_odds) = rows[1].interleave(rows[3]);
        let (first, second) = evens.interleave(odds);
        let (third, fourth) = more_evens.interleave(more_odds);
        let mut turned = [first, second, third, fourth];
        round::<S, 2>(&mut turned, 2, 0x3333_3333_3333_3333);
        round::<S, 1>(&mut turned, 1, 0x5555_5555_5555_5555);
        for (vector, columns) in turned.into_iter().zip(columns.chunks_exact_mut(4)) {
            vector.store_slice(columns);
        }
    }
    columns
}

/// Swaps bits `shift` apart between vectors that are `DISTANCE` apart.
#[inline(always)]
fn round<S: Simd, const DISTANCE: usize>(rows: &mut [u64x4<S>], shift: u32, mask: u64) {
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
    use fearless_simd::prelude::*;
    use fearless_simd::{Level, dispatch, u64x4};

    use super::transpose;

    #[test]
    fn every_bit_goes_to_its_place() {
        for row in 0..64 {
            for column in 0..64 {
                let mut rows = [0; 64];
                rows[row] = 1 << column;
                let columns = dispatch!(Level::new(), simd => transpose(
                    std::array::from_fn(|vector| u64x4::from_slice(simd, &rows[4 * vector..][..4])),
                ));
                for other in 0..64 {
                    assert_eq!(columns.of(other), if other == column { 1 << row } else { 0 });
                }
            }
        }
    }
}
