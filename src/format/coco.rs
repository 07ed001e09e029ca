//! COCO's run lengths.

use crate::runs::MaskRuns;
use crate::{Error, Result};

/// COCO's compressed run lengths.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CocoRle {
    /// Height and width.
    pub size: [u32; 2],
    /// The counts, as a string.
    pub counts: String,
}

impl TryFrom<MaskRuns<'_>> for CocoRle {
    type Error = Error;

    fn try_from(_runs: MaskRuns<'_>) -> Result<Self> {
        Err(Error::Input("not yet".into()))
    }
}
