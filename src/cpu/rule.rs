//! The question, asked of 64 pixels at once.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, i8x64, i16x32, i32x16, u8x64, u16x32, u32x16};

use crate::question::Threshold;

/// Pixels of one width, 64 of them as SIMD vectors. Bit i of each result is pixel i's.
pub trait Lanes: Copy + Default + Eq + Send + Sync + 'static {
    /// Which pixels are not 0.
    #[doc(hidden)]
    fn nonzero<S: Simd>(simd: S, pixels: &[Self; 64]) -> u64;
    /// Which pixels differ.
    #[doc(hidden)]
    fn differ<S: Simd>(simd: S, left: &[Self; 64], right: &[Self; 64]) -> u64;
    /// Which pixels are floats above the threshold.
    #[doc(hidden)]
    fn above<S: Simd>(simd: S, pixels: &[Self; 64], threshold: Threshold) -> u64;
}

/// Loops without closures: one that is not inlined is compiled without the level's instructions, 30 times slower.
macro_rules! lanes {
    ($bits:ident, $signed:ident, $vector:ident, $signed_vector:ident, $lanes:literal) => {
        impl Lanes for $bits {
            #[inline(always)]
            fn nonzero<S: Simd>(simd: S, pixels: &[Self; 64]) -> u64 {
                let zero = $vector::splat(simd, 0);
                let mut bits = 0;
                for (part, pixels) in pixels.chunks_exact($lanes).enumerate() {
                    bits |= $vector::from_slice(simd, pixels).simd_ne(zero).to_bitmask() << (part * $lanes);
                }
                bits
            }

            #[inline(always)]
            fn differ<S: Simd>(simd: S, left: &[Self; 64], right: &[Self; 64]) -> u64 {
                let mut bits = 0;
                for (part, (left, right)) in left.chunks_exact($lanes).zip(right.chunks_exact($lanes)).enumerate() {
                    let right = $vector::from_slice(simd, right);
                    bits |= $vector::from_slice(simd, left).simd_ne(right).to_bitmask() << (part * $lanes);
                }
                bits
            }

            #[inline(always)]
            fn above<S: Simd>(simd: S, pixels: &[Self; 64], threshold: Threshold) -> u64 {
                const SHIFT: u32 = 32 - $signed::BITS;
                let key = $signed_vector::splat(simd, (threshold.key() >> SHIFT) as $signed);
                let infinity = $signed_vector::splat(simd, (threshold.infinity() >> SHIFT) as $signed);
                let magnitude = $signed_vector::splat(simd, $signed::MAX);
                let mut bits = 0;
                for (part, pixels) in pixels.chunks_exact($lanes).enumerate() {
                    let float: $signed_vector<S> = $vector::from_slice(simd, pixels).bitcast();
                    let ordered = float ^ ((float >> ($signed::BITS - 1)) & magnitude);
                    let above = ordered.simd_gt(key) & ordered.simd_le(infinity);
                    bits |= above.to_bitmask() << (part * $lanes);
                }
                bits
            }
        }
    };
}

lanes!(u8, i8, u8x64, i8x64, 64);
lanes!(u16, i16, u16x32, i16x32, 32);
lanes!(u32, i32, u32x16, i32x16, 16);

/// The question in the form that the inner loops ask it.
pub(super) trait Rule<B>: Copy {
    /// Whether a word holds the pixels' answers, so that the boundaries are where neighbouring bits differ. If not, it
    /// holds the boundaries.
    const ANSWERS: bool;

    /// A word of 64 pixels. Answers need one load a pixel; only boundaries look at the pixels before.
    fn word<S: Simd>(self, simd: S, pixels: &[B; 64], before: &[B; 64]) -> u64;
}

/// Is it non-zero?
#[derive(Clone, Copy)]
pub(super) struct NonZero;

impl<B: Lanes> Rule<B> for NonZero {
    const ANSWERS: bool = true;

    #[inline(always)]
    fn word<S: Simd>(self, simd: S, pixels: &[B; 64], _before: &[B; 64]) -> u64 {
        B::nonzero(simd, pixels)
    }
}

/// Is it above the threshold?
#[derive(Clone, Copy)]
pub(super) struct Above(pub(super) Threshold);

impl<B: Lanes> Rule<B> for Above {
    const ANSWERS: bool = true;

    #[inline(always)]
    fn word<S: Simd>(self, simd: S, pixels: &[B; 64], _before: &[B; 64]) -> u64 {
        B::above(simd, pixels, self.0)
    }
}

/// Which value is it?
#[derive(Clone, Copy)]
pub(super) struct Value;

impl<B: Lanes> Rule<B> for Value {
    const ANSWERS: bool = false;

    #[inline(always)]
    fn word<S: Simd>(self, simd: S, pixels: &[B; 64], before: &[B; 64]) -> u64 {
        B::differ(simd, pixels, before)
    }
}
