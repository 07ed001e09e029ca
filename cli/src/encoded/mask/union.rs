//! The union of masks that come stack by stack.

use anyhow::{Context, Result};
use maskrle::{MaskRuns, Runs, SetOp};

/// Union of the masks so far. Of a few bytes each there may be millions: stacks of them are united,
/// and not kept.
#[derive(Debug, Default)]
pub struct Union(Option<MaskRuns>);

impl Union {
    /// Adds the masks of a stack.
    pub fn add(&mut self, stack: &Runs) -> Result<()> {
        let stack = stack.merge(SetOp::Union)?;
        self.0 = Some(match self.0.take() {
            Some(before) => before.view().merge(stack.view(), SetOp::Union)?,
            None => stack,
        });
        Ok(())
    }

    /// The union of all masks, of which there must be one.
    pub fn finish(self) -> Result<MaskRuns> {
        self.0.context("no masks to unite")
    }
}
