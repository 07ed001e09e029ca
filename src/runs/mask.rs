//! Runs of one mask, owned.

use std::fmt;
use std::hash::{Hash, Hasher};

use super::check::{beyond, check_sum};
use super::values::Values;
use super::view::{MaskValues, MaskView};
use crate::error::Position;
use crate::pixel::{Labels, Order, checked_pixels};
use crate::{Error, Result};

/// The runs of one mask: as a [`MaskView`], and owned.
///
/// Two of them are equal if they have one size and scan order and the same runs of the same values.
/// [`Runs::from_masks`](crate::Runs::from_masks) makes a stack of many.
///
/// ```
/// use maskrle::{CocoRle, KaggleRle, SetOp};
///
/// let mask = CocoRle { size: [2, 3], counts: "231".into() }.to_runs()?;
/// assert_eq!(mask.starts(), [0, 2, 5]);
/// assert_eq!((mask.area(), mask.bbox()), (3, [1, 0, 2, 2]));
/// assert_eq!(mask.to_kaggle()?, KaggleRle::by_columns([2, 3], "3 3"));
///
/// let whole = mask.merge(&mask.complement()?, SetOp::Union)?;
/// assert_eq!(whole.to_mask()?, ndarray::arr2(&[[1, 1, 1], [1, 1, 1]]));
/// # Ok::<(), maskrle::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct MaskRuns {
    size: [u32; 2],
    order: Order,
    starts: Vec<u32>,
    values: OwnedValues,
}

/// [`MaskValues`], owned.
#[derive(Debug, Clone)]
enum OwnedValues {
    Binary { first: bool },
    Labels(Labels),
}

impl MaskRuns {
    /// One binary mask from its counts: the first is background, then they alternate. A count of 0
    /// joins its neighbours.
    ///
    /// # Errors
    /// [`Error::Format`] unless the counts sum to `size[0] * size[1]`; [`Error::Limit`] where that
    /// is more than `u32::MAX`.
    ///
    /// ```
    /// use maskrle::{MaskRuns, Order};
    ///
    /// let mask = MaskRuns::from_counts([2, 3], Order::RowMajor, [1, 3, 2])?;
    /// assert_eq!(mask.to_mask()?, ndarray::arr2(&[[0, 1, 1], [1, 0, 0]]));
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn from_counts(
        size: [u32; 2],
        order: Order,
        counts: impl IntoIterator<Item = u32>,
    ) -> Result<Self> {
        let mut first = None;
        let runs = counts
            .into_iter()
            .enumerate()
            .map(|(i, count)| (i % 2 == 1, count));
        let starts = join(size, runs, |value| {
            first.get_or_insert(value);
        })?;
        Ok(Self::binary(size, order, starts, first.unwrap_or(false)))
    }

    /// One mask of several values: `values[i]` stands `counts[i]` times. Neighbours of one value,
    /// and counts of 0, are joined.
    ///
    /// # Errors
    /// As of [`MaskRuns::from_counts`]; and [`Error::Format`] unless there is a count for each
    /// value.
    ///
    /// ```
    /// use maskrle::{MaskRuns, Order};
    ///
    /// let map = MaskRuns::from_values([2, 3], Order::RowMajor, &[0, 7], &[1, 5])?;
    /// assert_eq!(map.decode::<u8>(Order::RowMajor)?, ndarray::arr2(&[[0, 7, 7], [7, 7, 7]]));
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn from_values(
        size: [u32; 2],
        order: Order,
        values: &[i64],
        counts: &[u32],
    ) -> Result<Self> {
        if values.len() != counts.len() {
            let (v, c) = (values.len(), counts.len());
            return Err(Error::format(
                Position::Counts,
                format!("{c} counts for {v} values, there must be one for each"),
            ));
        }
        let mut kept = Vec::new();
        let starts = join(
            size,
            values.iter().copied().zip(counts.iter().copied()),
            |value| kept.push(value),
        )?;
        let labels = Labels::narrowest(&kept);
        Ok(Self::labelled(size, order, starts, labels))
    }

    /// A binary mask whose starts are known to fit its size.
    pub(crate) fn binary(size: [u32; 2], order: Order, starts: Vec<u32>, first: bool) -> Self {
        MaskRuns {
            size,
            order,
            starts,
            values: OwnedValues::Binary { first },
        }
    }

    /// A label map whose starts are known to fit its size, with the label of each run.
    pub(crate) fn labelled(size: [u32; 2], order: Order, starts: Vec<u32>, labels: Labels) -> Self {
        debug_assert_eq!(starts.len(), labels.len());
        MaskRuns {
            size,
            order,
            starts,
            values: OwnedValues::Labels(labels),
        }
    }

    /// These runs, borrowed.
    pub fn view(&self) -> MaskView<'_> {
        let values = match &self.values {
            &OwnedValues::Binary { first } => MaskValues::Binary { first },
            OwnedValues::Labels(labels) => MaskValues::Labels { labels, offset: 0 },
        };
        MaskView::new(self.size, self.order, &self.starts, values)
    }

    /// Size, scan order, starts and values of a stack of this mask alone.
    pub(crate) fn into_parts(self) -> ([u32; 2], Order, Vec<u32>, Values) {
        let values = match self.values {
            OwnedValues::Binary { first } => Values::Binary(vec![first]),
            OwnedValues::Labels(labels) => Values::Labels(labels),
        };
        (self.size, self.order, self.starts, values)
    }

    /// These runs, as those of a mask with height for width in the other scan order.
    pub(crate) fn transposed(mut self) -> Self {
        self.size.reverse();
        MaskRuns {
            order: self.order.other(),
            ..self
        }
    }

    /// These runs with background for foreground; none if they are a label map's.
    pub(crate) fn inverted(mut self) -> Option<Self> {
        let is_empty = self.starts.is_empty();
        match &mut self.values {
            // A mask without pixels stays as it is.
            OwnedValues::Binary { first } => *first = !*first && !is_empty,
            OwnedValues::Labels(_) => return None,
        }
        Some(self)
    }
}

super::delegate::delegate_to_view! {
    size() -> [u32; 2];
    order() -> Order;
    pixels() -> u32;
    len() -> usize;
    is_empty() -> bool;
    is_binary() -> bool;
    starts() -> &[u32];
    counts() -> impl ExactSizeIterator<Item = u32>;
    values() -> impl ExactSizeIterator<Item = i64>;
    foreground() -> impl Iterator<Item = (u32, u32)>;
}

impl MaskView<'_> {
    /// These runs, owned.
    ///
    /// ```
    /// use maskrle::{CocoRle, MaskRuns, Runs};
    ///
    /// let runs = Runs::read(&["15", "015"].map(|counts| CocoRle::new([2, 3], counts)))?;
    /// let last: MaskRuns = runs.mask(1).to_owned();
    /// assert_eq!(last, runs.mask(1));
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn to_owned(&self) -> MaskRuns {
        let starts = self.starts().to_vec();
        match self.kind() {
            MaskValues::Binary { first } => {
                MaskRuns::binary(self.size(), self.order(), starts, first)
            }
            MaskValues::Labels { labels, offset } => {
                let labels = labels.part(offset..offset + self.len());
                MaskRuns::labelled(self.size(), self.order(), starts, labels)
            }
        }
    }
}

impl From<MaskView<'_>> for MaskRuns {
    fn from(view: MaskView<'_>) -> Self {
        view.to_owned()
    }
}

impl<'a> From<&'a MaskRuns> for MaskView<'a> {
    fn from(mask: &'a MaskRuns) -> Self {
        mask.view()
    }
}

/// A mask without pixels, binary and column-major.
impl Default for MaskRuns {
    fn default() -> Self {
        Self::binary([0, 0], Order::ColumnMajor, Vec::new(), false)
    }
}

impl fmt::Display for MaskRuns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(f)
    }
}

impl PartialEq for MaskRuns {
    fn eq(&self, other: &Self) -> bool {
        self.view() == other.view()
    }
}

impl Eq for MaskRuns {}

impl PartialEq<MaskView<'_>> for MaskRuns {
    fn eq(&self, other: &MaskView<'_>) -> bool {
        self.view() == *other
    }
}

impl PartialEq<MaskRuns> for MaskView<'_> {
    fn eq(&self, other: &MaskRuns) -> bool {
        *self == other.view()
    }
}

impl Hash for MaskRuns {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.view().hash(state);
    }
}

/// Starts of runs given as value and length: a run of no pixels is dropped, neighbours of one value
/// become one. `each` is given the value of every run that is kept.
fn join<V: PartialEq + Copy>(
    size: [u32; 2],
    runs: impl Iterator<Item = (V, u32)>,
    mut each: impl FnMut(V),
) -> Result<Vec<u32>> {
    /// Starts for which room is made before any count was seen: an iterator may promise any number.
    const MOST_AT_FIRST: usize = 1 << 16;
    let pixels = checked_pixels(size)?;
    let most = MOST_AT_FIRST.min(pixels as usize);
    let mut starts = Vec::with_capacity(runs.size_hint().0.min(most));
    let mut last = None;
    let mut position = 0u32;
    for (index, (value, count)) in runs.enumerate() {
        if count > 0 && last != Some(value) {
            starts.push(position);
            each(value);
            last = Some(value);
        }
        match position.checked_add(count).filter(|&end| end <= pixels) {
            Some(end) => position = end,
            None => return Err(beyond(index, size)),
        }
    }
    check_sum(position, size)?;
    Ok(starts)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Promises more items than it has.
    struct Liar<I>(I);

    impl<I: Iterator> Iterator for Liar<I> {
        type Item = I::Item;

        fn next(&mut self) -> Option<Self::Item> {
            self.0.next()
        }

        fn size_hint(&self) -> (usize, Option<usize>) {
            (usize::MAX, None)
        }
    }

    /// Fails where room is made for all the runs that are promised.
    #[test]
    fn promised_counts_take_no_memory() {
        let runs = Liar([(false, 1), (true, (1 << 24) - 1)].into_iter());
        let starts = join([1 << 12, 1 << 12], runs, |_| ()).expect("counts that fit");
        assert_eq!(starts, [0, 1]);
        assert!(starts.capacity() <= 1 << 16, "{}", starts.capacity());
        let counts = Liar([1, 5].into_iter());
        let mask = MaskRuns::from_counts([2, 3], Order::RowMajor, counts).expect("they fit");
        assert_eq!(mask.starts(), [0, 1]);
    }

    /// Sums of counts that wrap to the number of pixels.
    #[test]
    fn counts_do_not_wrap() {
        for counts in [[u32::MAX, 7, 0], [1, u32::MAX, 6], [6, u32::MAX, 1]] {
            let error = MaskRuns::from_counts([2, 3], Order::RowMajor, counts);
            assert!(error.is_err(), "{counts:?}");
        }
        let largest = [65_535, 65_537];
        for (counts, fits) in [
            ([u32::MAX - 1, 0], false),
            ([u32::MAX - 1, 1], true),
            ([u32::MAX - 1, 2], false),
            ([u32::MAX, u32::MAX], false),
        ] {
            let mask = MaskRuns::from_counts(largest, Order::RowMajor, counts);
            assert_eq!(mask.is_ok(), fits, "{counts:?}");
        }
    }
}
