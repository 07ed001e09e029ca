//! The masks of a file.

use maskrle::{MaskRuns, Runs};

/// Runs of the masks of a file.
#[derive(Debug, Default)]
pub struct Masks(Vec<Runs>);

impl Masks {
    /// Adds the next mask.
    pub fn push(&mut self, mask: Runs) {
        self.0.push(mask);
    }

    /// Masks, in the order of the rows.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = MaskRuns<'_>> {
        self.0
            .iter()
            .map(|runs| runs.get(0).expect("a row is one mask"))
    }
}
