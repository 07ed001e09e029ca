//! What is asked of each pixel: a run ends where the answer changes.

use std::fmt;

/// The predicate that a stack of masks is encoded by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Predicate {
    /// Is it non-zero?
    Binary,
    /// Is it above a threshold?
    Above(Threshold),
    /// Which value is it?
    Labels,
}

/// A float threshold as bits, so that both backends compare integers: f16 in the high half of the
/// word, f32 whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    key: i32,
    infinity: i32,
}

impl Threshold {
    /// From the left-aligned bits of the threshold, which is not NaN, and of its type's infinity.
    pub(crate) fn new(bits: u32, infinity: u32) -> Self {
        const MINUS_ZERO: u32 = 1 << 31;
        let bits = if bits == MINUS_ZERO { 0 } else { bits };
        Threshold {
            key: ordered(bits),
            infinity: ordered(infinity),
        }
    }

    /// The threshold's place among the keys of [`ordered`].
    pub(crate) fn key(self) -> i32 {
        self.key
    }

    /// The key of infinity: the keys of positive NaNs lie above it, those of negative NaNs below
    /// every number's.
    pub(crate) fn infinity(self) -> i32 {
        self.infinity
    }

    /// The threshold's left-aligned bits.
    #[cfg(feature = "gpu")]
    pub(crate) fn bits(self) -> u32 {
        bits_of(self.key)
    }

    /// The left-aligned bits of its type's infinity.
    #[cfg(feature = "gpu")]
    pub(crate) fn infinity_bits(self) -> u32 {
        bits_of(self.infinity)
    }

    /// Whether the float with these left-aligned bits is above the threshold.
    pub(crate) fn is_below(self, bits: u32) -> bool {
        let key = ordered(bits);
        key > self.key && key <= self.infinity
    }
}

/// A float's bits as an integer that orders as the floats do. -0 is one below +0, so a threshold of
/// 0 must be +0.
fn ordered(bits: u32) -> i32 {
    let bits = bits as i32;
    bits ^ ((bits >> 31) & i32::MAX)
}

/// The way back from [`ordered`].
#[cfg(feature = "gpu")]
fn bits_of(key: i32) -> u32 {
    ordered(key as u32) as u32
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
    use half::f16;

    use crate::pixel::Float;

    const CASES: [f64; 14] = [
        f64::NEG_INFINITY,
        -65504.0,
        -1.0,
        -6e-8,
        -1e-40,
        -0.0,
        0.0,
        1e-40,
        6e-8,
        0.1,
        1.0,
        65504.0,
        1e9,
        f64::INFINITY,
    ];

    #[test]
    fn f32_bits_compare_as_floats() {
        for threshold in CASES {
            let test = f32::threshold(threshold);
            for value in CASES
                .map(|value| value as f32)
                .into_iter()
                .chain([f32::NAN, -f32::NAN])
            {
                assert_eq!(
                    test.is_below(value.to_bits()),
                    value > threshold as f32,
                    "{value} > {threshold}"
                );
            }
        }
    }

    #[test]
    fn f16_bits_compare_as_floats() {
        for threshold in CASES {
            let test = f16::threshold(threshold);
            for bits in 0..=u16::MAX {
                let value = f16::from_bits(bits);
                assert_eq!(
                    test.is_below(u32::from(bits) << 16),
                    value > f16::from_f64(threshold),
                    "{value} > {threshold}"
                );
            }
        }
    }
}
