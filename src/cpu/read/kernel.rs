//! The predicate in the form that the inner loops evaluate: one type for each comparison, so that
//! each loop is compiled for it.

use fearless_simd::Simd;

use crate::predicate::{Predicate, Threshold};
use crate::simd::{Hidden, Lanes};

/// A predicate that says of each pixel alone if it is foreground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ForegroundTest {
    NonZero,
    Above(Threshold),
}

impl ForegroundTest {
    /// Test of a predicate; None for labels, whose pixels are neither foreground nor background.
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
    /// True if words hold foreground bits: boundaries are where neighbouring bits differ. If not,
    /// words hold boundary bits.
    const FOREGROUND: bool;

    /// Word of 64 pixels. `before` are the pixels that each is compared with for boundary bits;
    /// comparisons for foreground bits do not load them.
    fn word<S: Simd>(self, simd: S, pixels: &[B; 64], before: &[B; 64]) -> u64;

    /// Writes a word.
    #[inline(always)]
    fn write<S: Simd>(self, simd: S, pixels: &[B; 64], before: &[B; 64], word: &mut u64) {
        *word = self.word(simd, pixels, before);
    }
}

/// Foreground bits: set where a pixel is not 0.
#[derive(Clone, Copy)]
pub(super) struct NonZero(Hidden);

impl NonZero {
    pub(super) fn new() -> Self {
        NonZero(Hidden::new())
    }
}

impl<B: Lanes> PredicateKernel<B> for NonZero {
    const FOREGROUND: bool = true;

    #[inline(always)]
    fn word<S: Simd>(self, simd: S, pixels: &[B; 64], _before: &[B; 64]) -> u64 {
        B::nonzero(simd, self.0, pixels)
    }

    #[inline(always)]
    fn write<S: Simd>(self, simd: S, pixels: &[B; 64], _before: &[B; 64], word: &mut u64) {
        B::write_nonzero(simd, self.0, pixels, word);
    }
}

/// Foreground bits: set where a pixel is above the threshold. One that is `NOT_NEGATIVE`, 0 or
/// more, takes fewer instructions.
#[derive(Clone, Copy)]
pub(super) struct Above<const NOT_NEGATIVE: bool>(Hidden, Threshold);

impl<const NOT_NEGATIVE: bool> Above<NOT_NEGATIVE> {
    pub(super) fn new(threshold: Threshold) -> Self {
        Above(Hidden::new(), threshold)
    }
}

impl<B: Lanes, const NOT_NEGATIVE: bool> PredicateKernel<B> for Above<NOT_NEGATIVE> {
    const FOREGROUND: bool = true;

    #[inline(always)]
    fn word<S: Simd>(self, simd: S, pixels: &[B; 64], _before: &[B; 64]) -> u64 {
        B::above::<S, NOT_NEGATIVE>(simd, self.0, pixels, self.1)
    }
}

/// Boundary bits: set where a pixel differs from the one before it.
#[derive(Clone, Copy)]
pub(crate) struct Differs(Hidden);

impl Differs {
    pub(crate) fn new() -> Self {
        Differs(Hidden::new())
    }
}

impl<B: Lanes> PredicateKernel<B> for Differs {
    const FOREGROUND: bool = false;

    #[inline(always)]
    fn word<S: Simd>(self, simd: S, pixels: &[B; 64], before: &[B; 64]) -> u64 {
        B::differ(simd, self.0, pixels, before)
    }
}
