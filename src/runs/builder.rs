//! One mask's runs, joined as they come.

use super::mask::MaskRuns;
use super::view::{MaskValues, MaskView};
use crate::pixel::checked_pixels;

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

    /// Number of pixels so far.
    pub(crate) fn position(&self) -> u32 {
        self.position
    }

    /// The mask, binary or of labels as `model` is.
    pub(crate) fn finish(self, size: [u32; 2], model: &MaskView<'_>) -> MaskRuns {
        debug_assert_eq!(Ok(self.position), checked_pixels(size));
        let (order, starts) = (model.order(), self.starts);
        match model.kind() {
            MaskValues::Binary { .. } => {
                let first = self.values.first().is_some_and(|&value| value != 0);
                MaskRuns::binary(size, order, starts, first)
            }
            MaskValues::Labels { labels, .. } => {
                MaskRuns::labelled(size, order, starts, labels.of_same_type(&self.values))
            }
        }
    }
}
