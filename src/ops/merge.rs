//! Set algebra on masks: of two, of many, pair by pair, and its area alone.

use std::borrow::Cow;

use super::merge_words;
use super::walk::{Segment, Spans, overlaps, shared, walk};
use crate::parallel;
use crate::runs::{MaskRuns, MaskValues, MaskView, Runs, Values};
use crate::{Error, Result};

/// Set operation on two masks, pixel by pixel. On more than two: one after the other, from the
/// first on.
///
/// ```
/// use maskrle::{CocoRle, Runs, SetOp};
///
/// let runs = Runs::read(&["042", "222"].map(|counts| CocoRle::new([2, 3], counts)))?;
/// let area = |op| runs.merge(op).map(|merged| merged.area());
/// assert_eq!((area(SetOp::Union)?, area(SetOp::Intersection)?), (4, 2));
/// assert_eq!((area(SetOp::Difference)?, area(SetOp::Xor)?), (2, 2));
/// # Ok::<(), maskrle::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum SetOp {
    /// Pixels that are set in any of them.
    Union,
    /// Pixels that are set in all of them.
    Intersection,
    /// Pixels that are set in the first and in none of the others.
    Difference,
    /// Pixels that are set in one of two; in an odd number of them.
    Xor,
}

/// A binary mask of a known size and order.
#[derive(Debug, Clone)]
struct Binary<'a> {
    starts: Cow<'a, [u32]>,
    first: bool,
}

impl Binary<'_> {
    /// The runs of this mask, which has the size and order of `model`.
    fn into_runs(self, model: &MaskView<'_>) -> MaskRuns {
        let starts = self.starts.into_owned();
        MaskRuns::binary(model.size(), model.order(), starts, self.first)
    }

    fn merge(&self, other: &Binary<'_>, op: SetOp, pixels: u32) -> Binary<'static> {
        match op {
            SetOp::Intersection => self.shared(true, other, true, pixels),
            SetOp::Difference => self.shared(true, other, false, pixels),
            // The complement of the pixels in neither.
            SetOp::Union => {
                let neither = self.shared(false, other, false, pixels);
                Binary {
                    first: !neither.first && pixels > 0,
                    ..neither
                }
            }
            SetOp::Xor => self.xor(other, pixels),
        }
    }

    /// The foreground, if `set`, else the background.
    fn spans(&self, set: bool, pixels: u32) -> Spans<'_> {
        Spans::new(&self.starts, self.first == set, pixels)
    }

    /// Pixels that the foreground or background of this mask shares with that of the other.
    fn shared(
        &self,
        set: bool,
        other: &Binary<'_>,
        other_set: bool,
        pixels: u32,
    ) -> Binary<'static> {
        let (a, b) = (self.spans(set, pixels), other.spans(other_set, pixels));
        // Spans from the front are put at its beginning, those from the back at its end.
        let mut spans = vec![[0; 2]; a.len() + b.len()];
        let [mut front, mut back] = [0, spans.len()];
        let mut last = Vec::new();
        // Each is written, and overwritten if it is empty: cheaper than a branch that is hard to
        // predict.
        overlaps(a, b, |segment, span| match segment {
            Segment::Front => {
                spans[front] = span;
                front += usize::from(span[0] < span[1]);
            }
            Segment::Back => {
                spans[back - 1] = span;
                back -= usize::from(span[0] < span[1]);
            }
            Segment::Last => last.extend((span[0] < span[1]).then_some(span)),
        });
        let parts = [&spans[..front], &spans[back..], &last];
        let first = parts
            .iter()
            .find_map(|part| part.first())
            .is_some_and(|[start, _]| *start == 0);
        let mut starts = Vec::with_capacity(1 + 2 * (front + spans.len() - back + last.len()));
        // Before the first span is background.
        starts.extend((!first && pixels > 0).then_some(0));
        parts
            .iter()
            .for_each(|part| starts.extend_from_slice(part.as_flattened()));
        starts.pop_if(|end| *end == pixels);
        Binary {
            starts: starts.into(),
            first,
        }
    }

    /// A pixel differs from the one before it if it does in one of the two masks.
    fn xor(&self, other: &Binary<'_>, pixels: u32) -> Binary<'static> {
        let [a, b] = [self.first, other.first].map(usize::from);
        let mut starts = vec![0; self.starts.len() + other.starts.len()];
        let (mut count, mut last) = (0, 2);
        walk(&self.starts, &other.starts, 0..pixels, |start, _, i, j| {
            let value = (a + i + b + j) % 2;
            starts[count] = start;
            count += usize::from(value != last);
            last = value;
        });
        starts.truncate(count);
        Binary {
            starts: starts.into(),
            first: self.first != other.first,
        }
    }
}

impl<'a> MaskView<'a> {
    /// This mask and another as one.
    ///
    /// # Errors
    /// [`Error::Input`] unless both are binary, of one size and of one scan order.
    ///
    /// ```
    /// use maskrle::{CocoRle, SetOp};
    ///
    /// let [a, b] = ["15", "015"].map(|counts| CocoRle::new([2, 3], counts).to_runs());
    /// let (a, b) = (a?, b?);
    /// let only_a = a.merge(&b, SetOp::Difference)?;
    /// assert_eq!(only_a.to_mask()?, ndarray::arr2(&[[0, 1, 1], [1, 1, 1]]));
    /// assert_eq!(a.merge_area(&b, SetOp::Intersection)?, 0);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn merge<'b>(&self, other: impl Into<MaskView<'b>>, op: SetOp) -> Result<MaskRuns> {
        let other = &other.into();
        require_alike(self, other)?;
        let merged = binary(self)?.merge(&binary(other)?, op, self.pixels());
        Ok(merged.into_runs(self))
    }

    /// Number of pixels that [`MaskView::merge`] would set; no mask is made.
    ///
    /// # Errors
    /// As of [`MaskView::merge`].
    pub fn merge_area<'b>(&self, other: impl Into<MaskView<'b>>, op: SetOp) -> Result<u64> {
        let other = &other.into();
        require_alike(self, other)?;
        let (a, b) = (spans(self)?, spans(other)?);
        let [of_a, of_b, both] = [a.pixels(), b.pixels(), shared(a, b)].map(u64::from);
        Ok(match op {
            SetOp::Union => of_a + of_b - both,
            SetOp::Intersection => both,
            SetOp::Difference => of_a - both,
            SetOp::Xor => of_a + of_b - 2 * both,
        })
    }

    /// The mask with background for foreground.
    ///
    /// # Errors
    /// [`Error::Input`] on a label map.
    ///
    /// ```
    /// use maskrle::{MaskRuns, Order};
    ///
    /// let mask = MaskRuns::from_counts([1, 3], Order::RowMajor, [1, 2])?;
    /// assert_eq!(mask.complement()?.to_mask()?, ndarray::arr2(&[[1, 0, 0]]));
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn complement(&self) -> Result<MaskRuns> {
        self.to_owned().inverted().ok_or_else(label_map)
    }
}

impl Runs {
    /// All masks of the stack as one, on all cores.
    ///
    /// Where `op` allows it, they are merged two by two and the results likewise, so the time grows
    /// with the runs times the logarithm of the masks.
    ///
    /// # Errors
    /// [`Error::Input`] if there is no mask, on label maps, and on masks of different sizes.
    ///
    /// ```
    /// use maskrle::{CocoRle, Runs, SetOp};
    ///
    /// let runs = Runs::read(&["15", "015", "6"].map(|counts| CocoRle::new([2, 3], counts)))?;
    /// assert_eq!(runs.merge(SetOp::Union)?.to_coco()?, CocoRle::new([2, 3], "06"));
    /// assert_eq!(runs.merge(SetOp::Intersection)?.area(), 0);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn merge(&self, op: SetOp) -> Result<MaskRuns> {
        let Some(first) = self.get(0) else {
            return Err(Error::Input(
                "there is no mask to merge: one at least is needed".into(),
            ));
        };
        for (index, mask) in self.iter().enumerate() {
            require_alike(&first, &mask).map_err(|error| error.within("mask", index))?;
        }
        let (pixels, runs) = (first.pixels(), self.starts().len() as u64);
        let masks = self
            .iter()
            .map(|mask| binary(&mask))
            .collect::<Result<Vec<_>>>()?;
        let merged = match op {
            // The others together are taken from the first.
            SetOp::Difference => match merge_all(&masks[1..], SetOp::Union, pixels, runs) {
                Some(others) => Some(masks[0].merge(&others, op, pixels)),
                None => Some(masks[0].clone()),
            },
            _ => merge_all(&masks, op, pixels, runs),
        };
        Ok(merged.expect("there is a mask").into_runs(&first))
    }

    /// Each mask and the one of the same index in another stack as one, on all cores.
    ///
    /// # Errors
    /// [`Error::Input`] unless both stacks have the same number of masks, all of them binary, of
    /// one scan order, and each of its partner's size.
    ///
    /// ```
    /// use maskrle::{CocoRle, Runs, SetOp};
    ///
    /// let runs = Runs::read(&["15", "015"].map(|counts| CocoRle::new([2, 3], counts)))?;
    /// assert_eq!(runs.merge_pairs(&runs.complement()?, SetOp::Union)?.areas(), [6, 6]);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn merge_pairs(&self, other: &Runs, op: SetOp) -> Result<Runs> {
        if self.len() != other.len() {
            let (n, m) = (self.len(), other.len());
            return Err(Error::Input(format!(
                "{n} masks and {m} do not pair: both stacks need the same number"
            )));
        }
        let runs = self.starts().len() + other.starts().len();
        let parts = parallel::map(self.len(), runs as u64, |index| {
            let [a, b] = [self, other].map(|runs| runs.mask(index));
            a.merge(b, op).map_err(|error| error.within("mask", index))
        });
        self.of_results(parts)
    }

    /// [`MaskView::complement`] of each mask.
    ///
    /// # Errors
    /// [`Error::Input`] on label maps.
    pub fn complement(&self) -> Result<Runs> {
        let Values::Binary(first) = self.values() else {
            return Err(label_map());
        };
        // A mask without pixels stays as it is.
        let first = first
            .iter()
            .zip(self.iter())
            .map(|(&first, mask)| !first && !mask.is_empty())
            .collect();
        Ok(self.with_values(Values::Binary(first)))
    }
}

/// Merges masks two by two, or by words. `runs` is their number of runs in all.
fn merge_all<'a>(masks: &[Binary<'a>], op: SetOp, pixels: u32, runs: u64) -> Option<Binary<'a>> {
    let by_words = match op {
        SetOp::Union => {
            let spans: Vec<_> = masks.iter().map(|mask| mask.spans(true, pixels)).collect();
            merge_words::union(&spans, pixels, runs)
        }
        SetOp::Xor => {
            let starts: Vec<_> = masks.iter().map(|mask| &*mask.starts).collect();
            let first = masks.iter().filter(|mask| mask.first).count() % 2 == 1;
            merge_words::xor(&starts, pixels, runs).map(|starts| (starts, first))
        }
        // An intersection has fewer runs each time that the masks are halved.
        SetOp::Intersection | SetOp::Difference => None,
    };
    if let Some((starts, first)) = by_words {
        let starts = starts.into();
        return Some(Binary { starts, first });
    }
    let join = |a: Binary<'a>, b: Binary<'a>| -> Binary<'a> { a.merge(&b, op, pixels) };
    parallel::reduce(masks.len(), runs, &|index| masks[index].clone(), &join)
}

/// The mask as it is merged.
fn binary<'a>(mask: &MaskView<'a>) -> Result<Binary<'a>> {
    match mask.kind() {
        MaskValues::Binary { first } => Ok(Binary {
            starts: mask.starts().into(),
            first,
        }),
        MaskValues::Labels { .. } => Err(label_map()),
    }
}

/// The foreground of a binary mask.
pub(super) fn spans<'a>(mask: &MaskView<'a>) -> Result<Spans<'a>> {
    match mask.kind() {
        MaskValues::Binary { first } => Ok(Spans::new(mask.starts(), first, mask.pixels())),
        MaskValues::Labels { .. } => Err(label_map()),
    }
}

/// Refuses label maps.
pub(super) fn require_binary(mask: &MaskView<'_>) -> Result<()> {
    if mask.is_binary() {
        Ok(())
    } else {
        Err(label_map())
    }
}

fn label_map() -> Error {
    Error::Input(
        "this takes binary masks, not label maps: split_labels makes one for each label".into(),
    )
}

/// Refuses masks, called `name`, that are not binary or not of the size and order of `first`.
pub(super) fn require_comparable(name: &str, first: &MaskView<'_>, masks: &Runs) -> Result<()> {
    masks.iter().enumerate().try_for_each(|(index, mask)| {
        require_alike(first, &mask)
            .and_then(|()| require_binary(&mask))
            .map_err(|error| error.within(name, index))
    })
}

/// Refuses masks that cannot be laid over one another.
pub(super) fn require_alike(a: &MaskView<'_>, b: &MaskView<'_>) -> Result<()> {
    let ([h, w], [other_h, other_w]) = (a.size(), b.size());
    if (h, w) != (other_h, other_w) {
        return Err(Error::Input(format!(
            "masks of {h} x {w} and of {other_h} x {other_w} do not lie over one another: they \
             need one size"
        )));
    }
    if a.order() != b.order() {
        let (order, other) = (a.order().name(), b.order().name());
        return Err(Error::Input(format!(
            "runs in {order} and in {other} order do not compare: to_order makes them alike"
        )));
    }
    Ok(())
}
