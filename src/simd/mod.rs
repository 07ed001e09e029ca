//! SIMD on every level: 64 pixels to a word, words transposed, set bits to positions.

#[cfg(target_arch = "x86_64")]
mod avx512;
mod kernels;
mod lanes;
#[cfg(test)]
pub(crate) mod levels;
#[cfg(target_arch = "aarch64")]
mod neon;
mod positions;
pub(crate) mod prefetch;
mod transpose;
#[cfg(test)]
pub(crate) mod twins;

use fearless_simd::prelude::*;
use fearless_simd::{Simd, u64x8};

pub(crate) use kernels::with_kernels;
#[cfg(any(target_arch = "x86_64", test))]
pub(crate) use kernels::{Kernels, TinyRows, has_kernels};
pub use lanes::{Hidden, Lanes};
pub(crate) use positions::{BEYOND, write_positions};
pub(crate) use transpose::{rows_by_eight, rows_by_four, swap_bits, transpose, transpose_pair};

/// True of AVX-512, for what is measured to be another way there.
#[inline(always)]
pub(crate) fn is_avx512(level: fearless_simd::Level) -> bool {
    #[cfg(target_arch = "x86_64")]
    return matches!(level, fearless_simd::Level::Avx512(_));
    #[cfg(not(target_arch = "x86_64"))]
    {
        let _ = level;
        false
    }
}

/// A bit for each word that is not 0.
#[inline(always)]
pub(crate) fn nonzero_words<S: Simd>(words: u64x8<S>) -> u8 {
    !words.simd_eq(0).to_bitmask() as u8
}
