//! Set bits of a word to their positions.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, u32x8};

use super::kernels::with_kernels;

/// Entries that a list of starts has room for after its last: whole vectors are written, which may
/// overwrite them, and readers of whole masks may read and ignore them.
pub(crate) const BEYOND: usize = 64;

/// Writes the positions of the set bits, lowest first, each with `position` added; all of the first
/// [`BEYOND`] of `out` may be overwritten. Gives the number of set bits.
#[inline(always)]
pub(crate) fn write_positions<S: Simd>(
    simd: S,
    position: u32,
    bits: u64,
    out: &mut [u32],
) -> usize {
    let out: &mut [u32; BEYOND] = out.first_chunk_mut().expect("there is room for a word's");
    with_kernels!(simd, kernels => kernels.positions(position, bits, out));
    let found = bits.count_ones() as usize;
    if found <= SPARSE {
        write_sparse(position, bits, out)
    } else {
        write_dense(simd, position, bits, out)
    }
    found
}

/// Writes up to [`SPARSE`] positions, always four: a branch for each would be mispredicted once a
/// word.
#[inline(always)]
fn write_sparse(position: u32, mut bits: u64, out: &mut [u32; BEYOND]) {
    for four in out[..SPARSE].as_chunks_mut::<4>().0 {
        for out in four {
            *out = position.wrapping_add(bits.trailing_zeros());
            bits &= bits.wrapping_sub(1);
        }
        if bits == 0 {
            break;
        }
    }
}

/// Writes a byte's positions at a time, always eight: no branch that noise would mispredict.
#[inline(always)]
fn write_dense<S: Simd>(simd: S, position: u32, bits: u64, out: &mut [u32; BEYOND]) {
    let mut at = 0;
    let mut base = u32x8::splat(simd, position);
    for byte in bits.to_le_bytes() {
        let Some(out) = out[at..].first_chunk_mut::<8>() else {
            break;
        };
        (u32x8::from_slice(simd, &POSITIONS[usize::from(byte)]) + base).store_slice(out);
        at += byte.count_ones() as usize;
        base += 8;
    }
}

/// Boundaries a word up to which going from bit to bit is faster than going from byte to byte.
const SPARSE: usize = 8;

/// For each byte, the positions of its set bits, lowest first.
static POSITIONS: [[u32; 8]; 256] = {
    let mut positions = [[0; 8]; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut bit, mut count) = (0, 0);
        while bit < 8 {
            if byte >> bit & 1 == 1 {
                positions[byte][count] = bit;
                count += 1;
            }
            bit += 1;
        }
        byte += 1;
    }
    positions
};

#[cfg(test)]
mod tests {
    use fearless_simd::dispatch;

    use super::*;

    fn check(position: u32, bits: u64) {
        let mut expected = Vec::new();
        for bit in 0..64 {
            if bits >> bit & 1 == 1 {
                expected.push(position.wrapping_add(bit));
            }
        }
        for level in crate::simd::levels::all() {
            // No more room than is asked for.
            let mut out = [0; BEYOND];
            let found =
                dispatch!(level, simd => write_positions(simd, position, bits, &mut out[..]));
            assert_eq!(out[..found], expected, "{level:?}, {position}, {bits:x}");
        }
    }

    /// Every number of set bits, of which few and many are written in ways of their own, in the
    /// lowest bits, the highest, and spread; positions up to the last that there are.
    #[test]
    fn every_number_of_bits_in_few_and_many_ways() {
        for count in 0..=64 {
            let low = u64::MAX.checked_shr(64 - count).unwrap_or(0);
            let high = u64::MAX.checked_shl(64 - count).unwrap_or(0);
            // Bit 37 * i comes i-th: 37 is odd, so that every bit comes once.
            let spread = (0..count).fold(0, |bits, i| bits | 1u64 << (37 * i % 64));
            for bits in [low, high, spread] {
                assert_eq!(bits.count_ones(), count);
                for position in [0, 1, 1 << 31, u32::MAX - 63] {
                    check(position, bits);
                }
            }
        }
        assert!((1..64).contains(&SPARSE), "both ways are taken");
    }
}
