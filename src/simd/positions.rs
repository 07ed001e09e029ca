//! Set bits of a word to their positions.

#[cfg(target_arch = "x86_64")]
use fearless_simd::Level;
use fearless_simd::prelude::*;
use fearless_simd::{Simd, u32x8};

/// Starts after the last one that may be overwritten where starts are written, and are read, and
/// not used, where whole masks are taken.
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
    #[cfg(target_arch = "x86_64")]
    if let Level::Avx512(avx512) = simd.level() {
        return crate::simd::avx512::positions(avx512, position, bits, &mut out[..64]);
    }
    let found = bits.count_ones() as usize;
    if found <= SPARSE {
        write_sparse(position, bits, out)
    } else {
        write_dense(simd, position, bits, out)
    }
    found
}

/// Writes position by position, always four: a branch for each would be mispredicted once a word.
#[inline(always)]
fn write_sparse(position: u32, mut bits: u64, out: &mut [u32]) {
    for out in out.as_chunks_mut::<4>().0 {
        for out in out {
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
fn write_dense<S: Simd>(simd: S, position: u32, bits: u64, out: &mut [u32]) {
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
