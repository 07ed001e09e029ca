//! The masks of a file.

use maskrle::{MaskRuns, MaskView};

/// Runs of the masks of a file.
#[derive(Debug, Default)]
pub struct Masks(Vec<MaskRuns>);

impl Masks {
    /// Adds the next mask.
    pub fn push(&mut self, mask: MaskRuns) {
        self.0.push(mask);
    }

    /// Masks, in the order of the rows.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = MaskView<'_>> {
        self.0.iter().map(MaskRuns::view)
    }
}
