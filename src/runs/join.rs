//! Stacks from masks and from other stacks.

use std::ops::{Bound, RangeBounds};

use super::mask::MaskRuns;
use super::offsets::offsets;
use super::stack::Runs;
use super::values::Values;
use super::view::{MaskValues, MaskView};
use crate::pixel::{Labels, Order};
use crate::{Error, Result};

impl Runs {
    /// A stack of single masks: [`MaskRuns`], or masks of other stacks.
    ///
    /// # Errors
    /// [`Error::Input`] unless all have one scan order, and are binary masks or label maps
    /// throughout.
    ///
    /// ```
    /// use maskrle::{MaskRuns, Order, Runs};
    ///
    /// let masks = [[1, 3, 2], [0, 4, 2]]
    ///     .into_iter()
    ///     .map(|counts| MaskRuns::from_counts([2, 3], Order::RowMajor, counts))
    ///     .collect::<Result<Vec<_>, _>>()?;
    /// let runs = Runs::from_masks(&masks)?;
    /// assert_eq!(runs.areas(), [3, 4]);
    /// assert_eq!(Runs::from_masks(runs.iter().rev())?.areas(), [4, 3]);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn from_masks<'a, M: Into<MaskView<'a>>>(
        masks: impl IntoIterator<Item = M>,
    ) -> Result<Self> {
        let masks: Vec<MaskView<'_>> = masks.into_iter().map(M::into).collect();
        let Some(first) = masks.first() else {
            return Ok(Self::default());
        };
        require_one_order("mask", masks.iter().map(MaskView::order))?;
        let mut starts = Vec::with_capacity(masks.iter().map(MaskView::len).sum());
        masks
            .iter()
            .for_each(|mask| starts.extend_from_slice(mask.starts()));
        Ok(Self::new(
            first.order(),
            masks.iter().map(MaskView::size).collect(),
            offsets(masks.iter().map(|mask| mask.len() as u64)),
            starts,
            values_of(&masks)?,
        ))
    }

    /// Masks of these indices, in their order, as a stack of their own. An index may come more than
    /// once.
    ///
    /// # Errors
    /// [`Error::Input`] if there is no mask of an index.
    ///
    /// ```
    /// use maskrle::{CocoRle, Runs};
    ///
    /// let runs = Runs::read(&["15", "015", "06"].map(|counts| CocoRle::new([2, 3], counts)))?;
    /// let best = runs.nms(&[0.7, 0.9, 0.6], 0.5)?;
    /// assert_eq!(runs.select(best)?.areas(), [1, 5]);
    /// let error = runs.select([0, 3]).unwrap_err();
    /// assert_eq!(error.to_string(), "mask 3: there are 3, counted from 0");
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn select(&self, indices: impl IntoIterator<Item = usize>) -> Result<Self> {
        let mask = |index| {
            self.get(index).ok_or_else(|| {
                let count = self.len();
                Error::Input(format!("mask {index}: there are {count}, counted from 0"))
            })
        };
        let masks = indices.into_iter().map(mask).collect::<Result<Vec<_>>>()?;
        if masks.is_empty() {
            return self.slice(..0);
        }
        Self::from_masks(masks)
    }

    /// Masks for which `keep` is true, as a stack of their own.
    ///
    /// # Errors
    /// [`Error::Input`] unless `keep` has an entry for each mask.
    ///
    /// ```
    /// use maskrle::{CocoRle, Runs};
    ///
    /// let runs = Runs::read(&["15", "015", "06"].map(|counts| CocoRle::new([2, 3], counts)))?;
    /// let is_large: Vec<bool> = runs.areas().iter().map(|&area| area > 2).collect();
    /// assert_eq!(runs.select_where(&is_large)?.areas(), [5, 6]);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn select_where(&self, keep: &[bool]) -> Result<Self> {
        if keep.len() != self.len() {
            let (entries, masks) = (keep.len(), self.len());
            return Err(Error::Input(format!(
                "{entries} entries for {masks} masks: there must be one for each"
            )));
        }
        self.select((0..self.len()).filter(|&index| keep[index]))
    }

    /// Masks of a range of indices, as a stack of their own.
    ///
    /// # Errors
    /// [`Error::Input`] if the range goes beyond the masks, or ends before it begins.
    ///
    /// ```
    /// use maskrle::{CocoRle, Runs};
    ///
    /// let runs = Runs::read(&["15", "015", "06"].map(|counts| CocoRle::new([2, 3], counts)))?;
    /// assert_eq!(runs.slice(1..)?.areas(), [1, 6]);
    /// assert!(runs.slice(..4).is_err());
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn slice(&self, range: impl RangeBounds<usize>) -> Result<Self> {
        let first = match range.start_bound() {
            Bound::Included(&first) => first,
            Bound::Excluded(&before) => before.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let end = match range.end_bound() {
            Bound::Included(&last) => last.saturating_add(1),
            Bound::Excluded(&end) => end,
            Bound::Unbounded => self.len(),
        };
        if first > end || end > self.len() {
            let masks = self.len();
            return Err(Error::Input(format!(
                "masks {first}..{end}: there are {masks}, counted from 0"
            )));
        }
        let before = self.offsets()[first];
        let runs = before as usize..self.offsets()[end] as usize;
        Ok(Self::new(
            self.order(),
            self.sizes()[first..end].to_vec(),
            self.offsets()[first..=end]
                .iter()
                .map(|offset| offset - before)
                .collect(),
            self.starts()[runs.clone()].to_vec(),
            self.values().part(first..end, runs),
        ))
    }

    /// Masks of several stacks, one after the other, as one stack.
    ///
    /// # Errors
    /// [`Error::Input`] unless all have one scan order, and are binary masks or label maps
    /// throughout.
    ///
    /// ```
    /// use maskrle::{CocoRle, Runs};
    ///
    /// let a = Runs::read(&[CocoRle::new([2, 3], "15")])?;
    /// let b = Runs::read(&["015", "06"].map(|counts| CocoRle::new([2, 3], counts)))?;
    /// assert_eq!(Runs::concat([a, b])?.areas(), [5, 1, 6]);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn concat(parts: impl IntoIterator<Item = Runs>) -> Result<Self> {
        let mut parts: Vec<Runs> = parts.into_iter().collect();
        if parts.len() == 1 {
            return Ok(parts.remove(0));
        }
        let Some(first) = parts.first() else {
            return Ok(Self::default());
        };
        let (order, masks) = (first.order(), parts.iter().map(Runs::len).sum());
        require_one_order("part", parts.iter().map(Runs::order))?;
        let values = join_values(&parts)?;
        let mut sizes = Vec::with_capacity(masks);
        let mut offsets = Vec::with_capacity(masks + 1);
        let mut starts = Vec::with_capacity(parts.iter().map(|part| part.starts().len()).sum());
        for part in &parts {
            sizes.extend_from_slice(part.sizes());
            offsets.extend(
                part.offsets()[..part.len()]
                    .iter()
                    .map(|offset| starts.len() as u64 + offset),
            );
            starts.extend_from_slice(part.starts());
        }
        offsets.push(starts.len() as u64);
        Ok(Self::new(order, sizes, offsets, starts, values))
    }

    /// A stack of the results for each mask of this one; if that is none, this one.
    pub(crate) fn of_results(&self, masks: Vec<Result<MaskRuns>>) -> Result<Runs> {
        let masks = masks.into_iter().collect::<Result<Vec<_>>>()?;
        if masks.is_empty() {
            Ok(self.clone())
        } else {
            Runs::from_masks(&masks)
        }
    }
}

/// Refuses items, called `name`, of different scan orders.
fn require_one_order(name: &str, orders: impl Iterator<Item = Order> + Clone) -> Result<()> {
    let Some(first) = orders.clone().next() else {
        return Ok(());
    };
    match orders.enumerate().find(|&(_, order)| order != first) {
        None => Ok(()),
        Some((index, other)) => Err(Error::Input(format!(
            "{name} {index} is scanned in {other} order, those before it in {first} order"
        ))),
    }
}

/// Values of single masks as those of a stack; labels in the type of the first mask's, if that
/// holds them all.
fn values_of(masks: &[MaskView<'_>]) -> Result<Values> {
    let binary: Vec<bool> = masks
        .iter()
        .map_while(|mask| match mask.kind() {
            MaskValues::Binary { first } => Some(first),
            MaskValues::Labels { .. } => None,
        })
        .collect();
    if binary.len() == masks.len() {
        return Ok(Values::Binary(binary));
    }
    match masks[0].kind() {
        MaskValues::Labels { labels, .. } if !masks.iter().any(MaskView::is_binary) => {
            let all: Vec<i64> = masks.iter().flat_map(MaskView::values).collect();
            Ok(Values::Labels(labels.of_same_type(&all)))
        }
        _ => Err(mixed()),
    }
}

/// Values of several stacks as those of one.
fn join_values(parts: &[Runs]) -> Result<Values> {
    let binary: Vec<&[bool]> = parts
        .iter()
        .filter_map(|part| {
            if let Values::Binary(first) = part.values() {
                Some(&first[..])
            } else {
                None
            }
        })
        .collect();
    if binary.len() == parts.len() {
        return Ok(Values::Binary(binary.concat()));
    }
    let labels: Vec<&Labels> = parts
        .iter()
        .filter_map(|part| {
            if let Values::Labels(labels) = part.values() {
                Some(labels)
            } else {
                None
            }
        })
        .collect();
    if labels.len() == parts.len() {
        return Ok(Values::Labels(Labels::concat(&labels)));
    }
    Err(mixed())
}

fn mixed() -> Error {
    Error::Input("binary masks and label maps do not go together in one stack".into())
}
