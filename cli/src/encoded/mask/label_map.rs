//! Label maps as binary masks.

use anyhow::Result;
use maskrle::{MaskRuns, MaskView, Runs};

use crate::encoded::limits::limits;

/// Binary masks of a mask: itself, or one for each label of a label map, with the label. A map of
/// 0 and 1 is a mask.
pub fn masks_of(mask: MaskView<'_>) -> Result<(Vec<Option<i64>>, Runs)> {
    if mask.is_binary() {
        return Ok((vec![None], Runs::from(mask)));
    }
    let is_mask = mask.values().all(|value| matches!(value, 0 | 1));
    let (instances, masks) = mask.split_labels_within(&limits())?;
    match (is_mask, instances.is_empty()) {
        (true, true) => Ok((
            vec![None],
            MaskRuns::from_counts(mask.size(), mask.order(), [mask.pixels()])?.into(),
        )),
        (true, false) => Ok((vec![None], masks)),
        (false, _) => Ok((
            instances
                .iter()
                .map(|instance| Some(instance.label))
                .collect(),
            masks,
        )),
    }
}
