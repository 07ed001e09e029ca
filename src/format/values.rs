//! Values, each with its count.

use crate::Result;
use crate::pixel::Order;
use crate::runs::{MaskRuns, MaskView};

/// Runs of any values: `values[i]` stands `counts[i]` times, along `order`.
///
/// There is no standard for it. `{values, counts, size}` is what hand-written encoders of
/// multiclass masks return, and `rle.encode` of the Python package python-rle, which omits the
/// size. They go along the rows or down the columns and do not say which; this type does.
///
/// ```
/// use maskrle::{Encoder, Masks, Order, ValueCounts};
///
/// let classes = ndarray::arr2(&[[0u8, 7, 7], [7, 2, 2]]);
/// let runs = Encoder::new().runs(&Masks::labels(&classes)?, Order::RowMajor)?;
/// let encoded = ValueCounts::from(runs.mask(0));
/// assert_eq!(encoded.values, [0, 7, 2]);
/// assert_eq!(encoded.counts, [1, 3, 2]);
/// assert_eq!(encoded.to_runs()?, runs.mask(0));
/// # Ok::<(), maskrle::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ValueCounts {
    /// Height and width, in pixels.
    pub size: [u32; 2],
    /// The scan order.
    pub order: Order,
    /// The value of each run; 0 and 1 for a binary mask.
    pub values: Vec<i64>,
    /// The length of each run, in pixels.
    pub counts: Vec<u32>,
}

impl ValueCounts {
    /// The mask's runs, as those of a label map, in the narrowest of u8, i8, u16, i16, u32, i32
    /// and i64 that holds all values. Neighbours of one value, and runs of no pixels, are joined.
    ///
    /// # Errors
    /// [`Error::Format`](crate::Error::Format) unless there is a count for each value, and the
    /// counts sum to the pixels of `size`; [`Error::Limit`](crate::Error::Limit) where `size` has
    /// more than `u32::MAX` pixels.
    pub fn to_runs(&self) -> Result<MaskRuns> {
        MaskRuns::from_values(self.size, self.order, &self.values, &self.counts)
    }
}

impl From<MaskView<'_>> for ValueCounts {
    fn from(runs: MaskView<'_>) -> Self {
        ValueCounts {
            size: runs.size(),
            order: runs.order(),
            values: runs.values().collect(),
            counts: runs.counts().collect(),
        }
    }
}
