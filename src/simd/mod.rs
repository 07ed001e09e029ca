//! SIMD on every level: 64 pixels to a word, words transposed, set bits to positions.

#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(any(target_arch = "x86_64", test))]
mod kernels;
mod lanes;
#[cfg(test)]
pub(crate) mod levels;
mod positions;
pub(crate) mod prefetch;
mod transpose;
#[cfg(test)]
pub(crate) mod twins;

#[cfg(any(target_arch = "x86_64", test))]
pub(crate) use kernels::{Kernels, TinyRows, with_kernels};
pub use lanes::Lanes;
pub(crate) use positions::{BEYOND, write_positions};
pub(crate) use transpose::{
    rows_by_eight, rows_by_four, transpose, transpose_four_vectors, transpose_pair,
};
