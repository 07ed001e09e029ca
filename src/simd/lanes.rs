//! Comparisons of 64 pixels at once.

use std::hint::black_box;

#[cfg(target_arch = "aarch64")]
use fearless_simd::Level;
use fearless_simd::prelude::*;
use fearless_simd::{
    Simd, i8x32, i8x64, i16x32, i32x16, i64x8, u8x32, u8x64, u16x32, u32x16, u64x8,
};

use super::is_avx512;
#[cfg(target_arch = "aarch64")]
use super::neon;
use crate::predicate::Threshold;

/// Pixels of one width, 64 of them as SIMD vectors. Bit i of each result is pixel i's.
pub trait Lanes: Copy + Default + Eq + Send + Sync + 'static {
    /// A bit for each pixel that is not 0.
    #[doc(hidden)]
    fn nonzero<S: Simd>(simd: S, hidden: Hidden, pixels: &[Self; 64]) -> u64;
    /// Writes the bits of [`Lanes::nonzero`].
    #[doc(hidden)]
    #[inline(always)]
    fn write_nonzero<S: Simd>(simd: S, hidden: Hidden, pixels: &[Self; 64], word: &mut u64) {
        *word = Self::nonzero(simd, hidden, pixels);
    }
    /// A bit for each pixel that differs from the one at its index on the right.
    #[doc(hidden)]
    fn differ<S: Simd>(simd: S, hidden: Hidden, left: &[Self; 64], right: &[Self; 64]) -> u64;
    /// A bit for each pixel that is a float above the threshold, which is `NOT_NEGATIVE` or any.
    #[doc(hidden)]
    fn above<S: Simd, const NOT_NEGATIVE: bool>(
        simd: S,
        hidden: Hidden,
        pixels: &[Self; 64],
        threshold: Threshold,
    ) -> u64;
}

/// Numbers of comparisons that the compiler does not know: with those it knows it would do
/// something slower.
#[derive(Clone, Copy)]
pub struct Hidden {
    /// The largest number of seven bits. The compiler would make a comparison with 0 of what it is
    /// added to, and invert that.
    seven_bits: u8,
    /// For each of 16 bytes, its bit in a byte of a word. The compiler would see that sums of them
    /// have no carries, and make each sum of neighbours two shuffles and an OR.
    #[cfg(target_arch = "aarch64")]
    bits: [u8; 16],
}

impl Hidden {
    pub(crate) fn new() -> Self {
        Hidden {
            seven_bits: black_box(0x7f),
            #[cfg(target_arch = "aarch64")]
            bits: black_box([1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128]),
        }
    }
}

/// Comparisons of one width. Their loops have no closures or iterators over slices: one that is
/// not inlined is compiled without the level's instructions, 30 times slower.
macro_rules! comparisons {
    (
        $name:ident: $bits:ident, $signed:ident,
        $vector:ident, $signed_vector:ident, $lanes:literal
    ) => {
        #[allow(dead_code, reason = "no float has 8 bits")]
        mod $name {
            use super::*;

            /// The word of a comparison, which makes a mask of each part of 64 pixels at a level.
            macro_rules! word_of {
                ($simd:ident, $hidden:ident, |$level:ident, $part:ident| $compared:expr) => {{
                    #[cfg(target_arch = "aarch64")]
                    if let Level::Neon($level) = $simd.level() {
                        // A closure may stay one here: every ARM of 64 bits has NEON.
                        let masks = std::array::from_fn(|$part| $compared);
                        return neon::$name($level, &$hidden.bits, masks);
                    }
                    let ($level, _) = ($simd, $hidden);
                    let mut bits = 0;
                    for $part in 0..64 / $lanes {
                        bits |= $compared.to_bitmask() << ($part * $lanes);
                    }
                    bits
                }};
            }

            #[inline(always)]
            fn part_of<S: Simd>(simd: S, pixels: &[$bits; 64], part: usize) -> $vector<S> {
                $vector::from_slice(simd, &pixels.as_chunks::<$lanes>().0[part])
            }

            #[inline(always)]
            pub(super) fn zero<S: Simd>(simd: S, hidden: Hidden, pixels: &[$bits; 64]) -> u64 {
                word_of!(simd, hidden, |simd, part| part_of(simd, pixels, part)
                    .simd_eq(0))
            }

            #[inline(always)]
            pub(super) fn equal<S: Simd>(
                simd: S,
                hidden: Hidden,
                left: &[$bits; 64],
                right: &[$bits; 64],
            ) -> u64 {
                word_of!(simd, hidden, |simd, part| {
                    part_of(simd, left, part).simd_eq(part_of(simd, right, part))
                })
            }

            #[inline(always)]
            pub(super) fn above<S: Simd, const NOT_NEGATIVE: bool>(
                simd: S,
                hidden: Hidden,
                pixels: &[$bits; 64],
                threshold: Threshold,
            ) -> u64 {
                const SHIFT: u32 = 64 - $signed::BITS;
                let key = (threshold.key() >> SHIFT) as $signed;
                let count = ((threshold.infinity() >> SHIFT) as $signed).wrapping_sub(key);
                // Floats above the threshold have the `count` keys after `key`. Moved so that the
                // first is MIN, wrapping, exactly these are below MIN + count: one comparison finds
                // them.
                let moved = $signed::MIN.wrapping_sub(key).wrapping_sub(1);
                let beyond = $signed::MIN.wrapping_add(count);
                word_of!(simd, hidden, |simd, part| {
                    let float: $signed_vector<_> = part_of(simd, pixels, part).bitcast();
                    // Without a sign floats are in order already, and those with one lie beyond
                    // infinity.
                    let ordered = if NOT_NEGATIVE {
                        float
                    } else {
                        float ^ ((float >> ($signed::BITS - 1)) & $signed::MAX)
                    };
                    (ordered + moved).simd_lt(beyond)
                })
            }
        }
    };
}

comparisons!(one_byte: u8, i8, u8x64, i8x64, 64);
comparisons!(two_bytes: u16, i16, u16x32, i16x32, 32);
comparisons!(four_bytes: u32, i32, u32x16, i32x16, 16);
comparisons!(eight_bytes: u64, i64, u64x8, i64x8, 8);

/// Inlines the comparisons into the loops that read pixels.
macro_rules! inlined {
    ($bits:ident, $comparisons:ident) => {
        impl Lanes for $bits {
            #[inline(always)]
            fn nonzero<S: Simd>(simd: S, hidden: Hidden, pixels: &[Self; 64]) -> u64 {
                !$comparisons::zero(simd, hidden, pixels)
            }

            #[inline(always)]
            fn differ<S: Simd>(
                simd: S,
                hidden: Hidden,
                left: &[Self; 64],
                right: &[Self; 64],
            ) -> u64 {
                !$comparisons::equal(simd, hidden, left, right)
            }

            #[inline(always)]
            fn above<S: Simd, const NOT_NEGATIVE: bool>(
                simd: S,
                hidden: Hidden,
                pixels: &[Self; 64],
                threshold: Threshold,
            ) -> u64 {
                $comparisons::above::<S, NOT_NEGATIVE>(simd, hidden, pixels, threshold)
            }
        }
    };
}

inlined!(u16, two_bytes);
inlined!(u32, four_bytes);

impl Lanes for u8 {
    #[inline(always)]
    fn nonzero<S: Simd>(simd: S, hidden: Hidden, pixels: &[Self; 64]) -> u64 {
        let mut word = 0;
        Self::write_nonzero(simd, hidden, pixels, &mut word);
        word
    }

    /// With seven bits added all but 0 reach the sign, and signs are what AVX2 and SSE gather:
    /// nothing is to be inverted. Halves are stored as they are gathered. A line of eight words
    /// takes 54 instructions, not 88.
    #[inline(always)]
    fn write_nonzero<S: Simd>(simd: S, hidden: Hidden, pixels: &[Self; 64], word: &mut u64) {
        if !cfg!(target_arch = "x86_64") || is_avx512(simd.level()) {
            *word = !one_byte::zero(simd, hidden, pixels);
            return;
        }
        let [low, high]: &mut [u32; 2] = bytemuck::cast_mut(word);
        let halves = pixels.as_chunks().0;
        *low = signs_of_sums(simd, hidden, &halves[0]);
        *high = signs_of_sums(simd, hidden, &halves[1]);
    }

    #[inline(always)]
    fn differ<S: Simd>(simd: S, hidden: Hidden, left: &[Self; 64], right: &[Self; 64]) -> u64 {
        !one_byte::equal(simd, hidden, left, right)
    }

    /// Never called: no float has 8 bits, so nothing is compiled for them.
    #[inline(always)]
    fn above<S: Simd, const NOT_NEGATIVE: bool>(
        _: S,
        _: Hidden,
        _: &[Self; 64],
        _: Threshold,
    ) -> u64 {
        unreachable!("no float has 8 bits")
    }
}

#[inline(always)]
fn signs_of_sums<S: Simd>(simd: S, hidden: Hidden, pixels: &[u8; 32]) -> u32 {
    let sums = u8x32::from_slice(simd, pixels).saturating_add(hidden.seven_bits);
    sums.bitcast::<i8x32<S>>().simd_lt(0).to_bitmask() as u32
}

/// Compiles the comparisons once for each level, not into each loop that reads pixels: of these
/// widths they are long, and would double what the library takes to build. A call for each 64
/// pixels, which are 512 bytes, costs next to nothing.
impl Lanes for u64 {
    #[inline(never)]
    fn nonzero<S: Simd>(simd: S, hidden: Hidden, pixels: &[Self; 64]) -> u64 {
        simd.vectorize(
            #[inline(always)]
            || !eight_bytes::zero(simd, hidden, pixels),
        )
    }

    #[inline(never)]
    fn differ<S: Simd>(simd: S, hidden: Hidden, left: &[Self; 64], right: &[Self; 64]) -> u64 {
        simd.vectorize(
            #[inline(always)]
            || !eight_bytes::equal(simd, hidden, left, right),
        )
    }

    #[inline(never)]
    fn above<S: Simd, const NOT_NEGATIVE: bool>(
        simd: S,
        hidden: Hidden,
        pixels: &[Self; 64],
        threshold: Threshold,
    ) -> u64 {
        simd.vectorize(
            #[inline(always)]
            || eight_bytes::above::<S, NOT_NEGATIVE>(simd, hidden, pixels, threshold),
        )
    }
}

#[cfg(test)]
mod tests {
    use std::ops::{Not, Shl};

    use fearless_simd::{Level, dispatch};
    use half::{bf16, f16};

    use super::{Hidden, Lanes};
    use crate::pixel::Float;
    use crate::predicate::Threshold;

    const THRESHOLDS: [f64; 13] = [
        f64::NEG_INFINITY,
        -1e300,
        -65504.0,
        -1.0,
        -6e-8,
        -0.0,
        0.0,
        6e-8,
        0.1,
        65504.0,
        1e9,
        1e300,
        f64::INFINITY,
    ];

    /// A word for each 64 pixels, on one level, against the comparison of floats.
    fn check<T: Float>(level: Level, value: f64, pixels: &[T::Bits], float: impl Fn(T::Bits) -> T) {
        fn threshold<T: Float>(value: f64) -> Threshold {
            T::threshold(value)
        }
        let (test, rounded) = (threshold::<T>(value), T::nearest(value));
        let hidden = Hidden::new();
        for pixels in pixels.as_chunks::<64>().0 {
            let expected = pixels.iter().enumerate().fold(0, |bits, (i, &pixel)| {
                bits | u64::from(float(pixel) > rounded) << i
            });
            let mut found = vec![dispatch!(level, simd => {
                T::Bits::above::<_, false>(simd, hidden, pixels, test)
            })];
            if value >= 0.0 {
                found.push(dispatch!(level, simd => {
                    T::Bits::above::<_, true>(simd, hidden, pixels, test)
                }));
            }
            for found in found {
                assert_eq!(found, expected, "{level:?}, {value}");
            }
        }
    }

    /// Of f16 and bf16 all there are, of f32 and f64 the same and their neighbours, on every level.
    #[test]
    fn floats_are_above_thresholds_as_one_by_one() {
        let halves: Vec<u16> = (0..=u16::MAX).collect();
        let singles: Vec<u32> = halves
            .iter()
            .map(|&half| (u32::from(half) << 16) | (u32::from(half) % 3))
            .collect();
        let doubles: Vec<u64> = singles
            .iter()
            .map(|&single| (u64::from(single) << 32) | (u64::from(single) % 5))
            .collect();
        for value in THRESHOLDS {
            for level in crate::simd::levels::all() {
                check::<f16>(level, value, &halves, f16::from_bits);
                check::<bf16>(level, value, &halves, bf16::from_bits);
                check::<f32>(level, value, &singles, f32::from_bits);
                check::<f64>(level, value, &doubles, f64::from_bits);
            }
        }
    }

    /// Each bit alone, in each of 64 pixels.
    fn check_bits<B: Lanes + From<u8> + Shl<usize, Output = B> + Not<Output = B>>(level: Level) {
        let hidden = Hidden::new();
        for place in 0..64 {
            for bit in 0..8 * size_of::<B>() {
                let mut pixels = [B::from(0); 64];
                pixels[place] = B::from(1) << bit;
                let nonzero = dispatch!(level, simd => B::nonzero(simd, hidden, &pixels));
                assert_eq!(nonzero, 1 << place, "{level:?}, bit {bit}");
                let (left, right) = (pixels.map(|pixel| !pixel), [!B::from(0); 64]);
                let differ = dispatch!(level, simd => B::differ(simd, hidden, &left, &right));
                assert_eq!(differ, 1 << place, "{level:?}, bit {bit}");
            }
        }
    }

    #[test]
    fn pixels_are_compared_by_all_bits() {
        for level in crate::simd::levels::all() {
            check_bits::<u8>(level);
            check_bits::<u16>(level);
            check_bits::<u32>(level);
            check_bits::<u64>(level);
        }
    }
}
