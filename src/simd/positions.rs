//! Set bits of a word to their positions.

#[cfg(target_arch = "x86_64")]
use fearless_simd::Level;
use fearless_simd::prelude::*;
use fearless_simd::{Simd, u32x8};

/// After the last start, so many more may be overwritten by who writes starts, and are read, and
/// not used, by who takes whole masks.
pub(crate) const BEYOND: usize = 64;

/// Adds `position` to the places of the set bits, lowest first; all of the first [`BEYOND`] of
/// `out` may be overwritten. Gives how many bits are set.
#[inline(always)]
pub(crate) fn write_places<S: Simd>(simd: S, position: u32, bits: u64, out: &mut [u32]) -> usize {
    #[cfg(target_arch = "x86_64")]
    if let Level::Avx512(avx512) = simd.level() {
        return crate::simd::avx512::places(avx512, position, bits, &mut out[..64]);
    }
    let found = bits.count_ones() as usize;
    if found <= SPARSE {
        sparse_places(position, bits, out)
    } else {
        dense_places(simd, position, bits, out)
    }
    found
}

/// Bit by bit, always four: a branch for each would be mispredicted once a word.
#[inline(always)]
fn sparse_places(position: u32, mut bits: u64, out: &mut [u32]) {
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

/// A byte at a time, all eight places of each written: no branch that noise would mispredict.
#[inline(always)]
fn dense_places<S: Simd>(simd: S, position: u32, bits: u64, out: &mut [u32]) {
    let mut at = 0;
    let mut base = u32x8::splat(simd, position);
    for byte in bits.to_le_bytes() {
        let Some(out) = out[at..].first_chunk_mut::<8>() else {
            break;
        };
        (u32x8::from_slice(simd, &PLACES[usize::from(byte)]) + base).store_slice(out);
        at += byte.count_ones() as usize;
        base += 8;
    }
}

/// Boundaries a word up to which going from bit to bit is faster than going from byte to byte.
const SPARSE: usize = 8;

/// For each byte, the places of its set bits, lowest first.
static PLACES: [[u32; 8]; 256] = {
    let mut places = [[0; 8]; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut bit, mut count) = (0, 0);
        while bit < 8 {
            if byte >> bit & 1 == 1 {
                places[byte][count] = bit;
                count += 1;
            }
            bit += 1;
        }
        byte += 1;
    }
    places
};
