//! One mask's runs, joined as they come.

use super::mask::MaskRuns;
use super::view::{MaskValues, MaskView};
use crate::pixel::{Order, checked_pixels};

/// Takes one mask's runs as value and length, in scan order, and joins neighbours of one value.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    starts: Vec<u32>,
    values: Vec<i64>,
    position: u32,
}

impl Builder {
    /// The next `count` pixels hold `value`. All counts together must not exceed `u32::MAX`.
    pub(crate) fn push(&mut self, value: i64, count: u32) {
        if count > 0 && self.values.last() != Some(&value) {
            self.starts.push(self.position);
            self.values.push(value);
        }
        self.position += count;
    }

    /// The next pixels, up to position `end`, hold `value`.
    pub(crate) fn push_to(&mut self, value: i64, end: u32) {
        self.push(value, end - self.position);
    }

    /// Number of pixels so far.
    pub(crate) fn position(&self) -> u32 {
        self.position
    }

    /// The mask, binary or of labels as `model` is.
    pub(crate) fn finish(self, size: [u32; 2], model: &MaskView<'_>) -> MaskRuns {
        match model.kind() {
            MaskValues::Binary { .. } => self.finish_binary(size, model.order()),
            MaskValues::Labels { labels, .. } => {
                debug_assert_eq!(Ok(self.position), checked_pixels(size));
                let labels = labels.of_same_type(&self.values);
                MaskRuns::labelled(size, model.order(), self.starts, labels)
            }
        }
    }

    /// The mask of runs whose values are 0 and 1.
    pub(crate) fn finish_binary(self, size: [u32; 2], order: Order) -> MaskRuns {
        debug_assert_eq!(Ok(self.position), checked_pixels(size));
        let first = self.values.first().is_some_and(|&value| value != 0);
        MaskRuns::binary(size, order, self.starts, first)
    }
}
