//! Runs of one mask, borrowed.

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::pixel::{Labels, Order};

/// The runs of one mask, borrowed from a stack or from [`MaskRuns`](crate::MaskRuns).
///
/// Two of them are equal if they have one size and scan order and the same runs of the same values.
///
/// ```
/// use maskrle::{Encoder, Masks, Order};
///
/// let pixels = ndarray::arr2(&[[0u8, 1, 1], [1, 1, 0]]);
/// let runs = Encoder::new().runs(&Masks::binary(&pixels)?, Order::RowMajor)?;
/// let mask = runs.mask(0);
/// assert_eq!((mask.size(), mask.pixels(), mask.order()), ([2, 3], 6, Order::RowMajor));
/// assert_eq!((mask.len(), mask.is_empty(), mask.is_binary()), (3, false, true));
/// assert_eq!(mask.starts(), [0, 1, 5]);
/// assert!(mask.counts().eq([1, 4, 1]));
/// assert!(mask.values().eq([0, 1, 0]));
/// assert!(mask.foreground().eq([(1, 4)]));
/// assert_eq!(mask.to_string(), "3 runs of 2 x 3, row-major");
/// # Ok::<(), maskrle::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct MaskView<'a> {
    size: [u32; 2],
    order: Order,
    starts: &'a [u32],
    values: MaskValues<'a>,
}

/// Values of one mask's runs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum MaskValues<'a> {
    Binary { first: bool },
    Labels { labels: &'a Labels, offset: usize },
}

impl<'a> MaskView<'a> {
    pub(crate) fn new(
        size: [u32; 2],
        order: Order,
        starts: &'a [u32],
        values: MaskValues<'a>,
    ) -> Self {
        MaskView {
            size,
            order,
            starts,
            values,
        }
    }

    pub(crate) fn kind(&self) -> MaskValues<'a> {
        self.values
    }

    /// Length of a scan line, and number of scan lines: columns in column-major order, rows in
    /// row-major order.
    pub(crate) fn lines(&self) -> [u32; 2] {
        Self::lines_of(self.size, self.order)
    }

    /// [`MaskView::lines`] of a mask of another size and order.
    pub(crate) fn lines_of([h, w]: [u32; 2], order: Order) -> [u32; 2] {
        match order {
            Order::RowMajor => [w, h],
            Order::ColumnMajor => [h, w],
        }
    }

    /// Height and width.
    pub fn size(&self) -> [u32; 2] {
        self.size
    }

    /// The scan order.
    pub fn order(&self) -> Order {
        self.order
    }

    /// Number of pixels.
    pub fn pixels(&self) -> u32 {
        self.size[0] * self.size[1]
    }

    /// Number of runs.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// True if the mask has no runs, having no pixels.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// True if the runs alternate between background and foreground.
    pub fn is_binary(&self) -> bool {
        matches!(self.values, MaskValues::Binary { .. })
    }

    /// The scan position at which each run starts; the first is 0.
    pub fn starts(&self) -> &'a [u32] {
        self.starts
    }

    /// The length of each run.
    pub fn counts(&self) -> impl ExactSizeIterator<Item = u32> + use<'a> {
        let (starts, pixels) = (self.starts, self.pixels());
        (0..starts.len()).map(move |i| starts.get(i + 1).copied().unwrap_or(pixels) - starts[i])
    }

    /// The value of each run: 0 or 1 for binary masks, the label for label maps.
    pub fn values(&self) -> impl ExactSizeIterator<Item = i64> + DoubleEndedIterator + use<'a> {
        let values = self.values;
        (0..self.starts.len()).map(move |i| match values {
            MaskValues::Binary { first } => i64::from(first ^ (i % 2 == 1)),
            MaskValues::Labels { labels, offset } => labels.get(offset + i),
        })
    }

    /// Start and length of each run whose value is not 0.
    pub fn foreground(&self) -> impl Iterator<Item = (u32, u32)> + use<'a> {
        let runs = self.starts.iter().copied().zip(self.counts());
        runs.zip(self.values())
            .filter(|&(_, value)| value != 0)
            .map(|(run, _)| run)
    }
}

impl PartialEq for MaskView<'_> {
    fn eq(&self, other: &Self) -> bool {
        let alike = (self.size, self.order, self.starts) == (other.size, other.order, other.starts);
        alike
            && match (self.values, other.values) {
                (MaskValues::Binary { first }, MaskValues::Binary { first: other }) => {
                    first == other || self.starts.is_empty()
                }
                _ => self.values().eq(other.values()),
            }
    }
}

impl Eq for MaskView<'_> {}

impl Hash for MaskView<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.size, self.order, self.starts).hash(state);
        // As numbers: a label map of 0 and 1 equals the binary mask of these.
        self.values().for_each(|value| state.write_i64(value));
    }
}

impl<'a> From<&MaskView<'a>> for MaskView<'a> {
    fn from(view: &MaskView<'a>) -> Self {
        *view
    }
}

/// Number of runs, size and scan order.
impl fmt::Display for MaskView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (runs, [h, w], order) = (self.len(), self.size, self.order);
        write!(f, "{runs} runs of {h} x {w}, {order}")
    }
}
