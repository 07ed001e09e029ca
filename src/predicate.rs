//! The predicate of a stack: runs end where its value for the pixels changes.

use std::fmt;

/// The predicate that a stack of masks is encoded by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Predicate {
    /// Foreground where the pixel is not 0.
    Binary,
    /// Foreground where the pixel is above a threshold.
    Above(Threshold),
    /// The value itself.
    Labels,
}

/// A float threshold as bits, so that both backends compare integers: whatever the type, its bits
/// are left-aligned in 64, bfloat16's being those of the upper half of a float32.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    key: i64,
    infinity: i64,
}

impl Threshold {
    /// From the left-aligned bits of the threshold, which is not NaN, and of its type's infinity.
    pub(crate) fn new(bits: u64, infinity: u64) -> Self {
        const MINUS_ZERO: u64 = 1 << 63;
        let bits = if bits == MINUS_ZERO { 0 } else { bits };
        Threshold {
            key: ordered(bits),
            infinity: ordered(infinity),
        }
    }

    /// The threshold that is below exactly the floats that are no less than the one with these
    /// bits, left-aligned as those of [`Threshold::new`]: the next float below it. `unit` is the
    /// lowest bit of the type.
    pub(crate) fn below(bits: u64, unit: u64, infinity: u64) -> Self {
        const SIGN: u64 = 1 << 63;
        // Below minus infinity, a NaN's bits: they order below every number's.
        let next = match bits {
            0 | SIGN => SIGN | unit,
            _ if bits & SIGN == 0 => bits - unit,
            _ => bits + unit,
        };
        Self::new(next, infinity)
    }

    /// The threshold's place among the keys of [`ordered`].
    pub(crate) fn key(self) -> i64 {
        self.key
    }

    /// The key of infinity: the keys of positive NaNs lie above it, those of negative NaNs below
    /// every number's.
    pub(crate) fn infinity(self) -> i64 {
        self.infinity
    }

    /// The threshold's bits, left-aligned in 32; of floats of 64 bits, the upper half.
    pub(crate) fn bits(self) -> u32 {
        (bits_of(self.key) >> 32) as u32
    }

    /// The bits of its type's infinity, left-aligned in 32.
    #[cfg(feature = "gpu")]
    pub(crate) fn infinity_bits(self) -> u32 {
        (bits_of(self.infinity) >> 32) as u32
    }

    /// True if the float with these left-aligned bits is above the threshold.
    pub(crate) fn is_below(self, bits: u64) -> bool {
        let key = ordered(bits);
        key > self.key && key <= self.infinity
    }
}

/// A float's bits as an integer that orders as the floats do. -0 is one below +0, so a threshold of
/// 0 must be +0.
fn ordered(bits: u64) -> i64 {
    let bits = bits as i64;
    bits ^ ((bits >> 63) & i64::MAX)
}

/// The left-aligned bits of a key: [`ordered`] undone.
fn bits_of(key: i64) -> u64 {
    ordered(key as u64) as u64
}

impl fmt::Display for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Predicate::Binary => "binary masks",
            Predicate::Above(_) => "thresholded masks",
            Predicate::Labels => "labels",
        })
    }
}

#[cfg(test)]
mod tests {
    use half::{bf16, f16};

    use super::Threshold;
    use crate::pixel::Float;

    const CASES: [f64; 18] = [
        f64::NEG_INFINITY,
        -1e300,
        -65504.0,
        -1.0,
        -6e-8,
        -1e-40,
        -5e-324,
        -0.0,
        0.0,
        5e-324,
        1e-40,
        6e-8,
        0.1,
        1.0,
        65504.0,
        1e9,
        1e300,
        f64::INFINITY,
    ];

    fn threshold<T: Float>(value: f64) -> Threshold {
        T::threshold(value)
    }

    #[test]
    fn f64_bits_compare_as_floats() {
        for limit in CASES {
            let test = threshold::<f64>(limit);
            for value in CASES.into_iter().chain([f64::NAN, -f64::NAN]) {
                let is_below = test.is_below(value.to_bits());
                assert_eq!(is_below, value > limit, "{value} > {limit}");
            }
        }
    }

    #[test]
    fn f32_bits_compare_as_floats() {
        for limit in CASES {
            let test = threshold::<f32>(limit);
            for value in CASES
                .map(|value| value as f32)
                .into_iter()
                .chain([f32::NAN, -f32::NAN])
            {
                let is_below = test.is_below(u64::from(value.to_bits()) << 32);
                assert_eq!(is_below, value > limit as f32, "{value} > {limit}");
            }
        }
    }

    #[test]
    fn halves_compare_as_floats() {
        for limit in CASES {
            let (of_f16, of_bf16) = (threshold::<f16>(limit), threshold::<bf16>(limit));
            for bits in 0..=u16::MAX {
                let aligned = u64::from(bits) << 48;
                let (value, rounded) = (f16::from_bits(bits), f16::nearest(limit));
                assert_eq!(
                    of_f16.is_below(aligned),
                    value > rounded,
                    "{value} > {limit}"
                );
                let (value, rounded) = (bf16::from_bits(bits), bf16::nearest(limit));
                assert_eq!(
                    of_bf16.is_below(aligned),
                    value > rounded,
                    "{value} > {limit}"
                );
            }
        }
    }

    #[test]
    #[cfg(feature = "gpu")]
    fn the_device_gets_the_upper_bits() {
        for limit in CASES {
            let without_sign_of_zero = |value: f32| if value == 0.0 { 0.0 } else { value };
            let test = threshold::<f32>(limit);
            let expected = without_sign_of_zero(limit as f32).to_bits();
            assert_eq!((test.bits(), test.infinity_bits()), (expected, 0x7f80_0000));
            let of_bf16 = threshold::<bf16>(limit);
            let expected = without_sign_of_zero(bf16::nearest(limit).to_f32()).to_bits();
            assert_eq!(
                (of_bf16.bits(), of_bf16.infinity_bits()),
                (expected, 0x7f80_0000)
            );
        }
    }
}
