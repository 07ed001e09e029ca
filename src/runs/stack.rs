//! Runs of a stack of masks.

use std::fmt;

use super::mask::MaskRuns;
use super::values::Values;
use super::view::{MaskValues, MaskView};
use crate::parallel;
use crate::pixel::Order;

/// The runs of a stack of masks, all scanned in one order.
///
/// Starts are relative to their mask: the first run of a mask that has pixels starts at 0, and
/// neighbouring runs hold different values. A mask without pixels has no runs.
///
/// ```
/// use maskrle::{Encoder, Masks, Order};
///
/// let pixels = ndarray::arr2(&[[0u8, 1, 1], [1, 1, 0]]);
/// let runs = Encoder::new().runs(&Masks::binary(&pixels)?, Order::RowMajor)?;
/// assert_eq!((runs.len(), runs.is_empty(), runs.order()), (1, false, Order::RowMajor));
/// assert_eq!((runs.sizes(), runs.offsets()), (&[[2, 3]][..], &[0, 3][..]));
/// assert_eq!(runs.starts(), [0, 1, 5]);
/// assert_eq!(runs.to_string(), "1 masks, 3 runs, row-major");
/// for mask in &runs {
///     assert_eq!(mask.area(), 4);
/// }
/// let masks: Vec<maskrle::MaskRuns> = runs.into_iter().collect();
/// assert_eq!(masks[0].starts(), [0, 1, 5]);
/// # Ok::<(), maskrle::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Runs {
    order: Order,
    sizes: Vec<[u32; 2]>,
    /// Offset of each mask's runs in `starts`, and, last, the number of runs.
    offsets: Vec<u64>,
    starts: Vec<u32>,
    values: Values,
}

impl Runs {
    /// The parts must fit: `offsets` has one entry more than `sizes`, each mask with pixels has a
    /// start at 0.
    pub(crate) fn new(
        order: Order,
        sizes: Vec<[u32; 2]>,
        offsets: Vec<u64>,
        starts: Vec<u32>,
        values: Values,
    ) -> Self {
        debug_assert_eq!(offsets.len(), sizes.len() + 1);
        debug_assert_eq!(offsets.last().copied(), Some(starts.len() as u64));
        Runs {
            order,
            sizes,
            offsets,
            starts,
            values,
        }
    }

    /// These runs with other values, as many as there are.
    pub(crate) fn with_values(&self, values: Values) -> Self {
        let (sizes, offsets, starts) = (
            self.sizes.clone(),
            self.offsets.clone(),
            self.starts.clone(),
        );
        Runs::new(self.order, sizes, offsets, starts, values)
    }

    /// These numbers, taken for those of another scan order.
    pub(crate) fn with_order(self, order: Order) -> Self {
        Runs { order, ..self }
    }

    /// These numbers, taken for those of masks with height for width.
    pub(crate) fn swap_sides(&mut self) {
        self.sizes.iter_mut().for_each(|size| size.reverse());
    }

    /// Results of `work` for each mask, on all cores.
    pub(crate) fn each<'a, R: Send>(
        &'a self,
        work: impl Fn(MaskView<'a>) -> R + Sync + Send,
    ) -> Vec<R> {
        parallel::map(self.len(), self.starts().len() as u64, |index| {
            work(self.mask(index))
        })
    }

    /// Number of masks.
    pub fn len(&self) -> usize {
        self.sizes.len()
    }

    /// True if there is no mask.
    pub fn is_empty(&self) -> bool {
        self.sizes.is_empty()
    }

    /// The scan order of all runs.
    pub fn order(&self) -> Order {
        self.order
    }

    /// Height and width of each mask.
    pub fn sizes(&self) -> &[[u32; 2]] {
        &self.sizes
    }

    /// Every run's start, mask after mask.
    pub fn starts(&self) -> &[u32] {
        &self.starts
    }

    /// Offset of each mask's runs in [`Runs::starts`], and, last, the number of all runs: one entry
    /// more than there are masks.
    pub fn offsets(&self) -> &[u64] {
        &self.offsets
    }

    /// Values that the runs hold.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// Mask `index`, or None if there are fewer masks.
    pub fn get(&self, index: usize) -> Option<MaskView<'_>> {
        let size = *self.sizes.get(index)?;
        let range = self.offsets[index] as usize..self.offsets[index + 1] as usize;
        let values = match &self.values {
            Values::Binary(first) => MaskValues::Binary {
                first: first[index],
            },
            Values::Labels(labels) => MaskValues::Labels {
                labels,
                offset: range.start,
            },
        };
        Some(MaskView::new(size, self.order, &self.starts[range], values))
    }

    /// Mask `index`.
    ///
    /// # Panics
    /// If there is no such mask: [`Runs::get`] gives None there.
    ///
    /// ```
    /// use maskrle::{CocoRle, Runs};
    ///
    /// let runs = Runs::read(&["15", "015"].map(|counts| CocoRle::new([2, 3], counts)))?;
    /// assert_eq!((runs.mask(0).area(), runs.mask(1).area()), (5, 1));
    /// assert_eq!(runs.get(2), None);
    /// assert_eq!((runs.first(), runs.last()), (runs.get(0), runs.get(1)));
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    #[track_caller]
    pub fn mask(&self, index: usize) -> MaskView<'_> {
        let masks = self.len();
        self.get(index)
            .unwrap_or_else(|| panic!("mask {index} of {masks}, counted from 0"))
    }

    /// The first mask, or None if there is no mask.
    pub fn first(&self) -> Option<MaskView<'_>> {
        self.get(0)
    }

    /// The last mask, or None if there is no mask.
    pub fn last(&self) -> Option<MaskView<'_>> {
        self.get(self.len().checked_sub(1)?)
    }
}

/// No masks, binary and column-major.
impl Default for Runs {
    fn default() -> Self {
        Self::new(
            Order::ColumnMajor,
            Vec::new(),
            vec![0],
            Vec::new(),
            Values::default(),
        )
    }
}

/// Numbers of masks and runs, and the scan order.
impl fmt::Display for Runs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (masks, runs, order) = (self.len(), self.starts.len(), self.order);
        write!(f, "{masks} masks, {runs} runs, {order}")
    }
}

impl From<MaskRuns> for Runs {
    /// A stack of this mask alone.
    fn from(mask: MaskRuns) -> Self {
        let (size, order, starts, values) = mask.into_parts();
        let offsets = vec![0, starts.len() as u64];
        Self::new(order, vec![size], offsets, starts, values)
    }
}

impl From<MaskView<'_>> for Runs {
    /// A stack of this mask alone.
    fn from(mask: MaskView<'_>) -> Self {
        mask.to_owned().into()
    }
}
