//! Encoded masks: where each run starts and what it holds.

use super::mask::{MaskRuns, MaskValues};
use super::values::Values;
use crate::pixel::Order;
use crate::{Result, parallel};

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
/// let mask = runs.get(0).expect("one mask went in");
/// assert_eq!(mask.starts(), [0, 1, 5]);
/// assert_eq!(mask.counts().collect::<Vec<_>>(), [1, 4, 1]);
/// assert_eq!(mask.values().collect::<Vec<_>>(), [0, 1, 0]);
/// assert_eq!(mask.area(), 4);
/// # Ok::<(), maskrle::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "super::build::Parts")
)]
pub struct Runs {
    order: Order,
    sizes: Vec<[u32; 2]>,
    /// Where each mask's runs begin in `starts`, and, last, where they end.
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

    /// The same runs with other values, as many as there are.
    pub(crate) fn with_values(&self, values: Values) -> Self {
        let (sizes, offsets, starts) = (
            self.sizes.clone(),
            self.offsets.clone(),
            self.starts.clone(),
        );
        Runs::new(self.order, sizes, offsets, starts, values)
    }

    /// The same numbers, said to be of another scan order.
    pub(crate) fn with_order(self, order: Order) -> Self {
        Runs { order, ..self }
    }

    /// The same numbers, said to be of masks with height for width.
    pub(crate) fn swap_sides(&mut self) {
        self.sizes.iter_mut().for_each(|size| size.reverse());
    }

    /// A stack of what became of each mask of this one; if that is none, this one.
    pub(crate) fn of_parts(&self, parts: Vec<Result<Runs>>) -> Result<Runs> {
        let parts = parts.into_iter().collect::<Result<Vec<_>>>()?;
        if parts.is_empty() {
            Ok(self.clone())
        } else {
            Runs::concat(parts)
        }
    }

    /// What `work` gives for each mask, on all cores.
    pub(crate) fn each<'a, R: Send>(
        &'a self,
        work: impl Fn(MaskRuns<'a>) -> R + Sync + Send,
    ) -> Vec<R> {
        parallel::map(self.len(), self.starts().len() as u64, |index| {
            work(self.get(index).expect("index is below len"))
        })
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

    /// Height and width of each mask.
    pub fn sizes(&self) -> &[[u32; 2]] {
        &self.sizes
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
            Values::Binary(first) => MaskValues::Binary {
                first: first[index],
            },
            Values::Labels(labels) => MaskValues::Labels {
                labels,
                offset: range.start,
            },
        };
        Some(MaskRuns::new(size, self.order, &self.starts[range], values))
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
