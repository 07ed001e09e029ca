//! Refuses runs that a format does not hold.

use crate::runs::MaskView;
use crate::{Error, Result};

/// Refuses label maps for a format that holds one binary mask.
pub(crate) fn require_binary(runs: &MaskView<'_>, format: &str) -> Result<()> {
    if runs.is_binary() {
        return Ok(());
    }
    Err(Error::Input(format!(
        "a label map is not one {format} mask: split_labels makes one for each label"
    )))
}
