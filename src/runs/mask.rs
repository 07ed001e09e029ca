//! One mask of a stack.

use crate::pixel::{Labels, Order};

/// The runs of one mask.
///
/// Two of them are equal if they have one size and scan order and the same runs of the same values.
#[derive(Debug, Clone, Copy)]
pub struct MaskRuns<'a> {
    size: [u32; 2],
    order: Order,
    starts: &'a [u32],
    values: MaskValues<'a>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum MaskValues<'a> {
    Binary { first: bool },
    Labels { labels: &'a Labels, offset: usize },
}

impl<'a> MaskRuns<'a> {
    pub(crate) fn new(
        size: [u32; 2],
        order: Order,
        starts: &'a [u32],
        values: MaskValues<'a>,
    ) -> Self {
        MaskRuns {
            size,
            order,
            starts,
            values,
        }
    }

    pub(crate) fn kind(&self) -> MaskValues<'a> {
        self.values
    }

    /// How long a scan line is, and how many there are: columns in column-major order, rows in
    /// row-major order.
    pub(crate) fn lines(&self) -> [u32; 2] {
        let [h, w] = self.size;
        match self.order {
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

    /// How many pixels the mask has.
    pub fn pixels(&self) -> u32 {
        self.size[0] * self.size[1]
    }

    /// How many runs there are.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether the mask has no runs, having no pixels.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// Whether the runs alternate between background and foreground.
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
    pub fn values(&self) -> impl ExactSizeIterator<Item = i64> + use<'a> {
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

impl PartialEq for MaskRuns<'_> {
    fn eq(&self, other: &Self) -> bool {
        let alike = (self.size, self.order, self.starts) == (other.size, other.order, other.starts);
        alike
            && match (self.values, other.values) {
                (MaskValues::Binary { first }, MaskValues::Binary { first: other }) => {
                    first == other
                }
                _ => self.values().eq(other.values()),
            }
    }
}

impl Eq for MaskRuns<'_> {}

/// As [`Runs`](crate::Runs) of this mask alone.
#[cfg(feature = "serde")]
impl serde::Serialize for MaskRuns<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        crate::Runs::from(*self).serialize(serializer)
    }
}
