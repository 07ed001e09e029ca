//! A square of bits, rows to columns.

/// 64 rows of 64 bits: row `phase + 8 * step` is `[phase][step]`.
pub(super) type Tile = [[u64; 8]; 8];

/// The columns of a tile: bit r of word c is bit c of row r.
///
/// Halves, quarters, ... of ever smaller squares are swapped (Warren, Hacker's Delight, 7-3). Three rounds swap bits of
/// rows whose phases differ, then three of rows whose steps do; turning the words in between keeps the rows of each
/// round in separate groups of eight, so that a round is whole vectors: four times fewer instructions than row by row.
#[inline(always)]
pub(super) fn transpose(mut rows: Tile) -> [u64; 64] {
    round::<4>(&mut rows, 4, 0x0f0f_0f0f_0f0f_0f0f);
    round::<2>(&mut rows, 2, 0x3333_3333_3333_3333);
    round::<1>(&mut rows, 1, 0x5555_5555_5555_5555);
    let mut turned = [[0; 8]; 8];
    for phase in 0..8 {
        for step in 0..8 {
            turned[step][phase] = rows[phase][step];
        }
    }
    round::<4>(&mut turned, 32, 0x0000_0000_ffff_ffff);
    round::<2>(&mut turned, 16, 0x0000_ffff_0000_ffff);
    round::<1>(&mut turned, 8, 0x00ff_00ff_00ff_00ff);
    *turned.as_flattened().first_chunk().expect("eight times eight")
}

/// Swaps bits `shift` apart between groups that are `DISTANCE` apart.
#[inline(always)]
fn round<const DISTANCE: usize>(groups: &mut Tile, shift: u32, mask: u64) {
    for pair in groups.chunks_exact_mut(2 * DISTANCE) {
        let (lows, highs) = pair.split_at_mut(DISTANCE);
        for (low, high) in lows.as_flattened_mut().iter_mut().zip(highs.as_flattened_mut()) {
            let swap = (*low >> shift ^ *high) & mask;
            *low ^= swap << shift;
            *high ^= swap;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Tile, transpose};

    #[test]
    fn every_bit_goes_to_its_place() {
        for row in 0..64 {
            for column in 0..64 {
                let mut tile: Tile = [[0; 8]; 8];
                tile[row % 8][row / 8] = 1 << column;
                let mut expected = [0; 64];
                expected[column] = 1 << row;
                assert_eq!(transpose(tile), expected);
            }
        }
    }
}
