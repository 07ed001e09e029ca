//! One mask, however it is held.

use maskrle::{MaskRuns, MaskView, Runs};

/// One mask, or a stack of one.
pub trait Single {
    fn single(&self) -> MaskView<'_>;
}

impl Single for Runs {
    fn single(&self) -> MaskView<'_> {
        assert_eq!(self.len(), 1);
        self.mask(0)
    }
}

impl Single for MaskRuns {
    fn single(&self) -> MaskView<'_> {
        self.view()
    }
}

pub fn only(mask: &impl Single) -> MaskView<'_> {
    mask.single()
}
