//! Values of runs.

use std::ops::Range;

use crate::pixel::Labels;

/// Values that the runs of a stack hold.
///
/// ```
/// use maskrle::{MaskRuns, Order, Runs, Values};
///
/// let mask = MaskRuns::from_counts([2, 3], Order::RowMajor, [0, 4, 2])?;
/// assert_eq!(*Runs::from(mask).values(), Values::Binary(vec![true]));
/// # Ok::<(), maskrle::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Values {
    /// Background and foreground alternate; for each mask, true if its first run is foreground.
    Binary(Vec<bool>),
    /// For each run, its value.
    Labels(Labels),
}

impl Values {
    /// Values of a range of masks, whose runs are those of another range.
    pub(crate) fn part(&self, masks: Range<usize>, runs: Range<usize>) -> Self {
        match self {
            Values::Binary(first) => Values::Binary(first[masks].to_vec()),
            Values::Labels(labels) => Values::Labels(labels.part(runs)),
        }
    }
}

/// No values, of binary masks.
impl Default for Values {
    fn default() -> Self {
        Values::Binary(Vec::new())
    }
}
