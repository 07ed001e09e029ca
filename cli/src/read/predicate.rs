//! Predicates of pixels.

use maskrle::{Masks, PixelArray};

/// Predicate that makes masks of pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Predicate {
    /// Foreground where the pixel is not 0.
    Binary,
    /// The pixel's value itself: a label map, whose runs are of equal values.
    Labels,
    /// Foreground where the pixel is above the threshold; bools are what they are.
    Above(f64),
}

impl Predicate {
    /// Masks that it makes of pixels.
    pub fn masks(self, pixels: &PixelArray) -> maskrle::Result<Masks<'_>> {
        match self {
            Predicate::Binary => pixels.binary(),
            Predicate::Labels => pixels.labels(),
            Predicate::Above(threshold) if pixels.element_type().is_float() => {
                pixels.threshold(threshold)
            }
            // Doubles and integers, which were compared as they were read, and bools.
            Predicate::Above(_) => pixels.binary(),
        }
    }
}

/// The foreground of integers, 1 for each that is above the threshold.
pub fn above<T: Copy + PartialOrd + TryFrom<i128>>(pixels: Vec<T>, threshold: f64) -> Vec<u8> {
    // Of integers, those above it are those above its whole part; infinity becomes the largest.
    let floor = threshold.floor() as i128;
    match T::try_from(floor) {
        Ok(limit) => pixels
            .into_iter()
            .map(|pixel| u8::from(pixel > limit))
            .collect(),
        Err(_) => vec![u8::from(floor < 0); pixels.len()],
    }
}

#[cfg(test)]
mod tests {
    use super::above;

    #[test]
    fn integers_above_a_threshold() {
        let bytes = |threshold| above(vec![0u8, 127, 128, 255], threshold);
        assert_eq!(bytes(127.0), [0, 0, 1, 1]);
        assert_eq!(bytes(126.5), [0, 1, 1, 1]);
        assert_eq!(bytes(0.5), [0, 1, 1, 1]);
        assert_eq!(bytes(-0.5), [1; 4]);
        assert_eq!(bytes(255.0), [0; 4]);
        assert_eq!(bytes(1e300), [0; 4]);
        assert_eq!(bytes(f64::INFINITY), [0; 4]);
        assert_eq!(bytes(f64::NEG_INFINITY), [1; 4]);
        assert_eq!(above(vec![-2i8, -1, 0], -1.5), [0, 1, 1]);
        // Not every number of 64 bits is a float.
        let wide = vec![(1u64 << 53) + 1, 1 << 53];
        assert_eq!(above(wide, (1u64 << 53) as f64), [1, 0]);
        assert_eq!(above(vec![u64::MAX], u64::MAX as f64), [0]);
    }
}
