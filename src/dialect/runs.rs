//! Runs of a binary mask, joined as they come.

use crate::pixel::Order;
use crate::runs::MaskRuns;

/// Runs so far. A run of no pixels, or of the same value as the one before it, is joined with that.
#[derive(Debug, Default)]
pub(super) struct JoinedRuns {
    starts: Vec<u32>,
    first: bool,
    position: u32,
}

impl JoinedRuns {
    /// Adds a run. All together must not be longer than the mask.
    pub(super) fn push(&mut self, is_foreground: bool, count: u32) {
        if count == 0 {
            return;
        }
        // Values alternate from the first one on.
        let last = self.first ^ self.starts.len().is_multiple_of(2);
        if self.starts.is_empty() {
            self.first = is_foreground;
            self.starts.push(0);
        } else if last != is_foreground {
            self.starts.push(self.position);
        }
        self.position += count;
    }

    /// Number of pixels so far.
    pub(super) fn position(&self) -> u32 {
        self.position
    }

    /// The mask, whose remaining pixels are background.
    pub(super) fn finish(mut self, size: [u32; 2], order: Order) -> MaskRuns {
        let pixels = size[0] * size[1];
        self.push(false, pixels - self.position);
        MaskRuns::binary(size, order, self.starts, self.first)
    }
}
