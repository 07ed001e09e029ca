//! The predicate in the form that the inner loops evaluate: one type for each comparison, so that
//! each loop is compiled for it.

use fearless_simd::Simd;

use crate::predicate::{Predicate, Threshold};
use crate::simd::Lanes;

/// A predicate that says of each pixel alone if it is foreground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ForegroundTest {
    NonZero,
    Above(Threshold),
}

impl ForegroundTest {
    /// The test of a predicate; none of labels, whose pixels have no foreground.
    pub(crate) fn of(predicate: Predicate) -> Option<Self> {
        match predicate {
            Predicate::Binary => Some(ForegroundTest::NonZero),
            Predicate::Above(threshold) => Some(ForegroundTest::Above(threshold)),
            Predicate::Labels => None,
        }
    }
}

/// A comparison of 64 pixels at once.
pub(super) trait PredicateKernel<B>: Copy {
    /// True if a word holds foreground bits, so that the boundaries are where neighbouring bits
    /// differ. If not, it holds boundary bits.
    const FOREGROUND: bool;

    /// A word of 64 pixels. Foreground bits need one load a pixel; only boundary bits look at the
    /// pixels before.
    fn word<S: Simd>(self, simd: S, pixels: &[B; 64], before: &[B; 64]) -> u64;
}

/// Foreground is what is not 0.
#[derive(Clone, Copy)]
pub(super) struct NonZero;

impl<B: Lanes> PredicateKernel<B> for NonZero {
    const FOREGROUND: bool = true;

    #[inline(always)]
    fn word<S: Simd>(self, simd: S, pixels: &[B; 64], _before: &[B; 64]) -> u64 {
        B::nonzero(simd, pixels)
    }
}

/// Foreground is what is above the threshold, which is `NOT_NEGATIVE` or any.
#[derive(Clone, Copy)]
pub(super) struct Above<const NOT_NEGATIVE: bool>(pub(super) Threshold);

impl<B: Lanes, const NOT_NEGATIVE: bool> PredicateKernel<B> for Above<NOT_NEGATIVE> {
    const FOREGROUND: bool = true;

    #[inline(always)]
    fn word<S: Simd>(self, simd: S, pixels: &[B; 64], _before: &[B; 64]) -> u64 {
        B::above::<S, NOT_NEGATIVE>(simd, pixels, self.0)
    }
}

/// A boundary is where a pixel differs from the one before it.
#[derive(Clone, Copy)]
pub(crate) struct Differs;

impl<B: Lanes> PredicateKernel<B> for Differs {
    const FOREGROUND: bool = false;

    #[inline(always)]
    fn word<S: Simd>(self, simd: S, pixels: &[B; 64], before: &[B; 64]) -> u64 {
        B::differ(simd, pixels, before)
    }
}
