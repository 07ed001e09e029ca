//! What SIMD does: 64 pixels to a word, words transposed, set bits to positions.

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512;
mod lanes;
#[cfg(test)]
pub(crate) mod levels;
mod positions;
pub(crate) mod prefetch;
mod transpose;

pub use lanes::Lanes;
pub(crate) use lanes::{Above, NonZero, Rule, Value};
pub(crate) use positions::{BEYOND, write_places};
pub(crate) use transpose::{eights, fours, interleave, transpose, transpose_pair};
