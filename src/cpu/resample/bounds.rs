//! Samples between which all pixels are surely foreground, or surely background.
//!
//! # Proof
//!
//! Let all four samples around some pixels be at least m, which is no less than [`Bounds::least`].
//! A pixel is made of them by products with weights, which are not negative, and sums. Each of
//! these operations, rounded, does not decrease where a sample grows: so no pixel is less than what
//! four samples of m would give. That differs from m by rounding alone. The two weights of an axis
//! add up to 1 but for 2^-25, and each product and sum errs by 2^-24 of its value at most, as all
//! values have one sign; for both axes that is less than 2^-21 of m. Where values are so small that
//! they are not normal, each operation errs by 2^-150 at most, whatever the value. `MARGIN` and
//! `SMALLEST` are more than both. From 0 on nothing is lost at all: sums of products that are not
//! negative are not negative, and so above any threshold below 0.
//!
//! For samples of at most [`Bounds::most`] the same holds with all signs changed.
//!
//! **Clear samples** are those whose difference from the threshold, rounded, is twice the margin at
//! least and `LARGEST` at most. Rounding takes no half of it, so they differ by the margin, and by
//! little more than `LARGEST` at most: the sign of the difference is their class. Nearly all are
//! clear, and one comparison shows that those of a row are: of bits, as floats without a sign are
//! in the order of their bits, and what is no number is above all. Rows that hold others are
//! compared with both bounds.
//!
//! **Not numbers, infinity and overflow.** Samples above `LARGEST` are not called foreground, so
//! that no sum overflows, and no infinity is multiplied by a weight of 0. A sample that is not a
//! number makes all pixels around it not numbers, which are background; minus infinity makes them
//! minus infinity or, by a weight of 0, not a number. So these are surely background, beside
//! samples that are.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, f32x16, i32x16, u32x16};

/// Share of the threshold by which samples differ from it at least.
const MARGIN: f64 = 1.0 / (1u64 << 19) as f64;
/// Difference from the threshold that is never too small.
const SMALLEST: f64 = 1e-30;
/// Largest sample that is surely foreground.
const LARGEST: f32 = 1e37;
/// Largest threshold that has clear samples: none of these is over 1.1 times `LARGEST`, so that no
/// sum overflows.
const LARGEST_THRESHOLD: f64 = 1e36;

/// Samples that are surely foreground or background, where their neighbours are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    threshold: f32,
    least: f32,
    most: f32,
    /// Least difference of clear samples, and how much larger the largest is: bits of floats, twice
    /// each, so that the sign is none of them.
    clear: u32,
    range: u32,
}

/// The largest of some samples' differences, as their bits above those of the least clear one.
pub(super) type Largest<S> = u32x16<S>;

impl Bounds {
    /// The bounds of masks whose foreground is above `threshold`; none if that is no finite number.
    pub(super) fn new(threshold: f32) -> Option<Self> {
        if !threshold.is_finite() {
            return None;
        }
        let exact = f64::from(threshold);
        let margin = exact.abs() * MARGIN + SMALLEST;
        let (least, most) = (exact + margin, exact - margin);
        let (least, most) = if threshold < 0.0 {
            (least.min(0.0), most)
        } else {
            (least, most.max(0.0))
        };
        let clear = 2 * ((2.0 * margin) as f32).to_bits();
        // Twice a number is never an odd one: of the largest thresholds no sample is clear.
        let (clear, range) = if exact.abs() > LARGEST_THRESHOLD {
            (u32::MAX, 0)
        } else {
            (clear, 2 * LARGEST.to_bits() - clear)
        };
        Some(Bounds {
            threshold,
            least: least as f32,
            most: most as f32,
            clear,
            range,
        })
    }

    /// A bit for each sample that is above the threshold, if all are clear.
    #[inline(always)]
    pub(super) fn compare<S: Simd>(
        self,
        simd: S,
        samples: &[f32; 64],
        largest: &mut Largest<S>,
    ) -> u64 {
        let threshold = f32x16::splat(simd, self.threshold);
        let clear = u32x16::splat(simd, self.clear);
        let zero = i32x16::splat(simd, 0);
        let mut foreground = 0;
        for (part, samples) in samples.as_chunks::<16>().0.iter().enumerate() {
            let difference = threshold - f32x16::from_slice(simd, samples);
            let magnitude = difference.bitcast::<u32x16<S>>() << 1;
            *largest = largest.max(magnitude - clear);
            let is_negative = difference.bitcast::<i32x16<S>>().simd_lt(zero);
            foreground |= is_negative.to_bitmask() << (part * 16);
        }
        foreground
    }

    /// True if all samples are clear whose largest difference this is.
    #[inline(always)]
    pub(super) fn are_clear<S: Simd>(self, simd: S, largest: Largest<S>) -> bool {
        let range = u32x16::splat(simd, self.range);
        largest.simd_le(range).all_true()
    }

    /// A bit for each sample that is surely foreground, and for each that is surely background.
    #[inline(always)]
    pub(super) fn classify<S: Simd>(self, simd: S, samples: &[f32; 64]) -> [u64; 2] {
        let lanes = S::f32s::LEN;
        let least = S::f32s::splat(simd, self.least);
        let largest = S::f32s::splat(simd, LARGEST);
        let most = S::f32s::splat(simd, self.most);
        let (mut foreground, mut not_background) = (0, 0);
        for (part, samples) in samples.chunks_exact(lanes).enumerate() {
            let samples = S::f32s::from_slice(simd, samples);
            let is_foreground = samples.simd_ge(least) & samples.simd_le(largest);
            foreground |= is_foreground.to_bitmask() << (part * lanes);
            not_background |= samples.simd_gt(most).to_bitmask() << (part * lanes);
        }
        [foreground, !not_background]
    }
}
