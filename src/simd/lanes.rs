//! Comparisons of 64 pixels at once.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, i8x64, i16x32, i32x16, u8x64, u16x32, u32x16};

use crate::predicate::Threshold;

/// Pixels of one width, 64 of them as SIMD vectors. Bit i of each result is pixel i's.
pub trait Lanes: Copy + Default + Eq + Send + Sync + 'static {
    /// A bit for each pixel that is not 0.
    #[doc(hidden)]
    fn nonzero<S: Simd>(simd: S, pixels: &[Self; 64]) -> u64;
    /// A bit for each pixel that differs from the one at its index on the right.
    #[doc(hidden)]
    fn differ<S: Simd>(simd: S, left: &[Self; 64], right: &[Self; 64]) -> u64;
    /// A bit for each pixel that is a float above the threshold, which is `NOT_NEGATIVE` or any.
    #[doc(hidden)]
    fn above<S: Simd, const NOT_NEGATIVE: bool>(
        simd: S,
        pixels: &[Self; 64],
        threshold: Threshold,
    ) -> u64;
}

/// Loops without closures: one that is not inlined is compiled without the level's instructions, 30
/// times slower.
macro_rules! lanes {
    ($bits:ident, $signed:ident, $vector:ident, $signed_vector:ident, $lanes:literal) => {
        impl Lanes for $bits {
            #[inline(always)]
            fn nonzero<S: Simd>(simd: S, pixels: &[Self; 64]) -> u64 {
                let zero = $vector::splat(simd, 0);
                let mut bits = 0;
                for (part, pixels) in pixels.chunks_exact($lanes).enumerate() {
                    bits |= $vector::from_slice(simd, pixels).simd_ne(zero).to_bitmask()
                        << (part * $lanes);
                }
                bits
            }

            #[inline(always)]
            fn differ<S: Simd>(simd: S, left: &[Self; 64], right: &[Self; 64]) -> u64 {
                let mut bits = 0;
                for (part, (left, right)) in left
                    .chunks_exact($lanes)
                    .zip(right.chunks_exact($lanes))
                    .enumerate()
                {
                    let right = $vector::from_slice(simd, right);
                    bits |= $vector::from_slice(simd, left).simd_ne(right).to_bitmask()
                        << (part * $lanes);
                }
                bits
            }

            #[inline(always)]
            fn above<S: Simd, const NOT_NEGATIVE: bool>(
                simd: S,
                pixels: &[Self; 64],
                threshold: Threshold,
            ) -> u64 {
                const SHIFT: u32 = 32 - $signed::BITS;
                let key = (threshold.key() >> SHIFT) as $signed;
                let count = ((threshold.infinity() >> SHIFT) as $signed).wrapping_sub(key);
                // The floats above are so many integers from `key + 1` on: where these are moved to
                // begin at the least one, all others lie beyond them.
                let moved =
                    $signed_vector::splat(simd, $signed::MIN.wrapping_sub(key).wrapping_sub(1));
                let beyond = $signed_vector::splat(simd, $signed::MIN.wrapping_add(count));
                let magnitude = $signed_vector::splat(simd, $signed::MAX);
                let mut bits = 0;
                for (part, pixels) in pixels.chunks_exact($lanes).enumerate() {
                    let float: $signed_vector<S> = $vector::from_slice(simd, pixels).bitcast();
                    // Without a sign floats are in order already, and those with one lie beyond
                    // infinity.
                    let ordered = if NOT_NEGATIVE {
                        float
                    } else {
                        float ^ ((float >> ($signed::BITS - 1)) & magnitude)
                    };
                    bits |= (ordered + moved).simd_lt(beyond).to_bitmask() << (part * $lanes);
                }
                bits
            }
        }
    };
}

lanes!(u8, i8, u8x64, i8x64, 64);
lanes!(u16, i16, u16x32, i16x32, 32);
lanes!(u32, i32, u32x16, i32x16, 16);

#[cfg(test)]
mod tests {
    use fearless_simd::dispatch;
    use half::f16;

    use super::Lanes;
    use crate::pixel::Float;

    /// Of f16 all there are, of f32 the same and their neighbours, on every level.
    #[test]
    fn floats_are_above_thresholds_as_one_by_one() {
        let halves: Vec<u16> = (0..=u16::MAX).collect();
        let words: Vec<u32> = halves
            .iter()
            .map(|&half| (u32::from(half) << 16) | (u32::from(half) % 3))
            .collect();
        for value in [
            f64::NEG_INFINITY,
            -65504.0,
            -1.0,
            -6e-8,
            -0.0,
            0.0,
            6e-8,
            0.1,
            65504.0,
            1e9,
            f64::INFINITY,
        ] {
            let (half, single) = (f16::threshold(value), f32::threshold(value));
            for level in crate::simd::levels::all() {
                for pixels in halves.as_chunks::<64>().0 {
                    let one_by_one = |bits, (i, &pixel): (usize, &u16)| {
                        bits | u64::from(half.is_below(u32::from(pixel) << 16)) << i
                    };
                    let expected = pixels.iter().enumerate().fold(0, one_by_one);
                    assert_eq!(
                        dispatch!(level, simd => u16::above::<_, false>(simd, pixels, half)),
                        expected
                    );
                    if value >= 0.0 {
                        assert_eq!(
                            dispatch!(level, simd => u16::above::<_, true>(simd, pixels, half)),
                            expected
                        );
                    }
                }
                for pixels in words.as_chunks::<64>().0 {
                    let one_by_one = |bits, (i, &pixel): (usize, &u32)| {
                        bits | u64::from(single.is_below(pixel)) << i
                    };
                    let expected = pixels.iter().enumerate().fold(0, one_by_one);
                    assert_eq!(
                        dispatch!(level, simd => u32::above::<_, false>(simd, pixels, single)),
                        expected
                    );
                    if value >= 0.0 {
                        assert_eq!(
                            dispatch!(level, simd => u32::above::<_, true>(simd, pixels, single)),
                            expected
                        );
                    }
                }
            }
        }
    }
}
