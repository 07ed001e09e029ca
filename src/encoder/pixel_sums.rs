//! Pixels of ranges of a call's masks.

use std::ops::Range;

use crate::pixel::Masks;
use crate::runs::offsets;

/// Exclusive prefix sums of the masks' pixels, and the pixels of all.
pub(super) struct PixelSums(Vec<u64>);

impl PixelSums {
    pub(super) fn new(masks: &Masks<'_>) -> Self {
        PixelSums(offsets((0..masks.len()).map(|index| masks.cost(index))))
    }

    #[cfg(test)]
    pub(super) fn of_equal(masks: u64, pixels: u64) -> Self {
        PixelSums((0..=masks).map(|index| index * pixels).collect())
    }

    pub(super) fn of(&self, range: &Range<usize>) -> u64 {
        self.0[range.end] - self.0[range.start]
    }

    pub(super) fn masks(&self) -> usize {
        self.0.len() - 1
    }

    pub(super) fn all(&self) -> u64 {
        self.of(&(0..self.masks()))
    }

    /// Masks from the first of a range on: one at least, and as many more as have `most` pixels.
    pub(super) fn first_of(&self, range: &Range<usize>, most: u64) -> Range<usize> {
        let before = self.0[range.start];
        let fitting = self.0[range.start + 1..=range.end]
            .partition_point(|&pixels| pixels - before <= most)
            .max(1);
        range.start..range.start + fitting
    }
}
