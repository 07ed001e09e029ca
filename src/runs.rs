//! Encoded masks: where each run starts and what it holds.

use crate::element::Integer;
use crate::masks::Order;
use crate::{Error, Result};

/// The runs of a stack of masks, all scanned in one order.
///
/// Starts are relative to their mask: the first run of a mask that has pixels starts at 0, and neighbouring runs hold
/// different values. A mask without pixels has no runs.
///
/// ```
/// use maskrle::{Encoder, Masks, Order};
///
/// let pixels = ndarray::arr2(&[[0u8, 1, 1], [1, 1, 0]]);
/// let runs = Encoder::new().runs(&Masks::binary(&pixels)?, Order::RowMajor)?;
/// let mask = runs.get(0).expect("one mask went in");
/// assert_eq!(mask.starts(), [0, 1, 5]);
/// assert_eq!(mask.counts().collect::<Vec<_>>(), [1, 4, 1]);
/// assert_eq!(mask.values().collect::<Vec<_>>(), [0, 1, 0]);
/// assert_eq!(mask.area(), 4);
/// # Ok::<(), maskrle::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runs {
    order: Order,
    sizes: Vec<[u32; 2]>,
    /// Where each mask's runs begin in `starts`, and, last, where they end.
    offsets: Vec<u64>,
    starts: Vec<u32>,
    values: Values,
}

/// What the runs hold.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Values {
    /// Background and foreground alternate; for each mask, whether its first run is foreground.
    Binary(Vec<bool>),
    /// For each run, its value.
    Labels(Labels),
}

/// Values of runs, in the element type of the masks they come from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each variant is named after its type")]
pub enum Labels {
    Bool(Vec<bool>),
    U8(Vec<u8>),
    I8(Vec<i8>),
    U16(Vec<u16>),
    I16(Vec<i16>),
    U32(Vec<u32>),
    I32(Vec<i32>),
}

impl Labels {
    /// The values as a slice of `T`, if that is their type.
    pub fn as_slice<T: Integer>(&self) -> Option<&[T]> {
        T::slice(self)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Labels::Bool(values) => values.len(),
            Labels::U8(values) => values.len(),
            Labels::I8(values) => values.len(),
            Labels::U16(values) => values.len(),
            Labels::I16(values) => values.len(),
            Labels::U32(values) => values.len(),
            Labels::I32(values) => values.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Value `index`, whatever its type.
    ///
    /// # Panics
    /// If there is no such value.
    pub fn get(&self, index: usize) -> i64 {
        match self {
            Labels::Bool(values) => i64::from(values[index]),
            Labels::U8(values) => i64::from(values[index]),
            Labels::I8(values) => i64::from(values[index]),
            Labels::U16(values) => i64::from(values[index]),
            Labels::I16(values) => i64::from(values[index]),
            Labels::U32(values) => i64::from(values[index]),
            Labels::I32(values) => i64::from(values[index]),
        }
    }

    /// Values as the narrowest type that holds them all: u8, i8, u16, i16, u32 or i32.
    pub(crate) fn narrowest(values: &[i64]) -> Result<Self> {
        fn all<T: TryFrom<i64>>(values: &[i64]) -> Option<Vec<T>> {
            values.iter().map(|&value| T::try_from(value).ok()).collect()
        }
        None.or_else(|| all(values).map(Labels::U8))
            .or_else(|| all(values).map(Labels::I8))
            .or_else(|| all(values).map(Labels::U16))
            .or_else(|| all(values).map(Labels::I16))
            .or_else(|| all(values).map(Labels::U32))
            .or_else(|| all(values).map(Labels::I32))
            .ok_or_else(|| Error::format("values", "no 32-bit type, signed or unsigned, holds them all"))
    }
}

impl Runs {
    /// The parts must fit: `offsets` has one entry more than `sizes`, each mask with pixels has a start at 0.
    pub(crate) fn new(order: Order, sizes: Vec<[u32; 2]>, offsets: Vec<u64>, starts: Vec<u32>, values: Values) -> Self {
        debug_assert_eq!(offsets.len(), sizes.len() + 1);
        debug_assert_eq!(offsets.last().copied(), Some(starts.len() as u64));
        Runs { order, sizes, offsets, starts, values }
    }

    /// One binary mask from its counts: the first is background, then they alternate. A count of 0 joins its
    /// neighbours. Fails unless the counts sum to `size[0] * size[1]`.
    pub fn from_counts(size: [u32; 2], order: Order, counts: impl IntoIterator<Item = u32>) -> Result<Self> {
        Self::try_from_counts(size, order, counts.into_iter().map(Ok))
    }

    /// The same from counts that are still being read: fails at the first that is an error.
    pub(crate) fn try_from_counts(
        size: [u32; 2],
        order: Order,
        counts: impl Iterator<Item = Result<u32>>,
    ) -> Result<Self> {
        let mut first = None;
        let runs = counts.enumerate().map(|(i, count)| Ok((i % 2 == 1, count?)));
        let starts = join(size, runs, |value| {
            first.get_or_insert(value);
        })?;
        Ok(Self::single_binary(size, order, starts, first.unwrap_or(false)))
    }

    /// One mask of several values: `values[i]` stands `counts[i]` times. Neighbours of one value, and counts of 0, are
    /// joined. Fails unless the counts sum to `size[0] * size[1]`.
    pub fn from_values(size: [u32; 2], order: Order, values: &[i64], counts: &[u32]) -> Result<Self> {
        if values.len() != counts.len() {
            let (v, c) = (values.len(), counts.len());
            return Err(Error::format("counts", format!("{c} counts for {v} values, there must be one for each")));
        }
        let mut kept = Vec::new();
        let runs = values.iter().copied().zip(counts.iter().copied()).map(Ok);
        let starts = join(size, runs, |value| kept.push(value))?;
        Ok(Self::single(size, order, starts, Values::Labels(Labels::narrowest(&kept)?)))
    }

    pub(crate) fn single_binary(size: [u32; 2], order: Order, starts: Vec<u32>, first: bool) -> Self {
        Self::single(size, order, starts, Values::Binary(vec![first]))
    }

    fn single(size: [u32; 2], order: Order, starts: Vec<u32>, values: Values) -> Self {
        Self::new(order, vec![size], vec![0, starts.len() as u64], starts, values)
    }

    /// How many masks there are.
    pub fn len(&self) -> usize {
        self.sizes.len()
    }

    /// Whether there is no mask.
    pub fn is_empty(&self) -> bool {
        self.sizes.is_empty()
    }

    /// The scan order of all runs.
    pub fn order(&self) -> Order {
        self.order
    }

    /// Every run's start, mask after mask.
    pub fn starts(&self) -> &[u32] {
        &self.starts
    }

    /// Where each mask's runs begin in [`Runs::starts`]; one entry more than there are masks.
    pub fn offsets(&self) -> &[u64] {
        &self.offsets
    }

    /// What the runs hold.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// Mask `index`, or None if there are not so many.
    pub fn get(&self, index: usize) -> Option<MaskRuns<'_>> {
        let size = *self.sizes.get(index)?;
        let range = self.offsets[index] as usize..self.offsets[index + 1] as usize;
        let values = match &self.values {
            Values::Binary(first) => MaskValues::Binary { first: first[index] },
            Values::Labels(labels) => MaskValues::Labels { labels, offset: range.start },
        };
        Some(MaskRuns { size, order: self.order, starts: &self.starts[range], values })
    }

    /// The masks, one after the other.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = MaskRuns<'_>> {
        (0..self.len()).map(|index| self.get(index).expect("index is below len"))
    }
}

impl<'a> IntoIterator for &'a Runs {
    type Item = MaskRuns<'a>;
    type IntoIter = Box<dyn ExactSizeIterator<Item = MaskRuns<'a>> + 'a>;

    fn into_iter(self) -> Self::IntoIter {
        Box::new(self.iter())
    }
}

/// The runs of one mask.
#[derive(Debug, Clone, Copy)]
pub struct MaskRuns<'a> {
    size: [u32; 2],
    order: Order,
    starts: &'a [u32],
    values: MaskValues<'a>,
}

#[derive(Debug, Clone, Copy)]
enum MaskValues<'a> {
    Binary { first: bool },
    Labels { labels: &'a Labels, offset: usize },
}

impl<'a> MaskRuns<'a> {
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

    /// How many pixels are not 0.
    pub fn area(&self) -> u64 {
        self.counts().zip(self.values()).filter(|&(_, value)| value != 0).map(|(count, _)| u64::from(count)).sum()
    }

    /// Start and length of each run whose value is not 0.
    pub fn foreground(&self) -> impl Iterator<Item = (u32, u32)> + use<'a> {
        let runs = self.starts.iter().copied().zip(self.counts());
        runs.zip(self.values()).filter(|&(_, value)| value != 0).map(|(run, _)| run)
    }
}

/// How many pixels a mask of this size has. Fails where it may not have so many.
pub(crate) fn checked_pixels(size: [u32; 2]) -> Result<u32> {
    let [h, w] = size;
    h.checked_mul(w).ok_or_else(|| {
        let pixels = u64::from(h) * u64::from(w);
        Error::Limit(format!("a mask of {h} x {w} has {pixels} pixels, the limit is {}", u32::MAX))
    })
}

/// The starts of runs given as value and length: a run of no pixels is dropped, neighbours of one value become one.
/// `each` is told the value of every run that is kept.
fn join<V: PartialEq + Copy>(
    size: [u32; 2],
    runs: impl Iterator<Item = Result<(V, u32)>>,
    mut each: impl FnMut(V),
) -> Result<Vec<u32>> {
    let [h, w] = size;
    let pixels = checked_pixels(size)?;
    let mut starts = Vec::new();
    let mut last = None;
    let mut position = 0u32;
    for (index, run) in runs.enumerate() {
        let (value, count) = run?;
        if count > 0 && last != Some(value) {
            starts.push(position);
            each(value);
            last = Some(value);
        }
        position = position.checked_add(count).filter(|&end| end <= pixels).ok_or_else(|| {
            let what = format!("the counts sum to more than the {pixels} pixels of {h} x {w}");
            Error::format(format!("count {index}"), what)
        })?;
    }
    if position != pixels {
        let what = format!("they sum to {position}, a mask of {h} x {w} has {pixels} pixels");
        return Err(Error::format("counts", what));
    }
    Ok(starts)
}
