//! Set algebra on masks: of two, of many, pair by pair, and its area alone.

use std::borrow::Cow;

use super::walk::{Found, Spans, overlaps, shared, walk};
use crate::parallel;
use crate::runs::{MaskRuns, MaskValues, Runs, Values};
use crate::{Error, Result};

/// What is made of two masks, pixel by pixel. Of more than two: one after the other, from the first
/// on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
pub enum SetOp {
    /// What is set in any of them.
    Union,
    /// What is set in all of them.
    Intersection,
    /// What is set in the first and in none of the others.
    Difference,
    /// What is set in one of two; in an odd number of them.
    Xor,
}

/// A binary mask of a known size and order.
#[derive(Debug, Clone)]
struct Binary<'a> {
    starts: Cow<'a, [u32]>,
    first: bool,
}

impl Binary<'_> {
    fn merge(&self, other: &Binary<'_>, op: SetOp, pixels: u32) -> Binary<'static> {
        match op {
            SetOp::Intersection => self.shared(true, other, true, pixels),
            SetOp::Difference => self.shared(true, other, false, pixels),
            // What is in neither, turned over.
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

    /// What the foreground or background of this mask shares with that of the other.
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
        overlaps(a, b, |found, span| match found {
            Found::Front => {
                spans[front] = span;
                front += usize::from(span[0] < span[1]);
            }
            Found::Back => {
                spans[back - 1] = span;
                back -= usize::from(span[0] < span[1]);
            }
            Found::Last => last.extend((span[0] < span[1]).then_some(span)),
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

impl<'a> MaskRuns<'a> {
    /// This mask and another as one.
    ///
    /// # Errors
    /// [`Error::Input`] unless both are binary, of one size and of one scan order.
    ///
    /// ```
    /// use maskrle::{CocoRle, Runs, SetOp};
    ///
    /// let runs = Runs::read(&["15", "015"].map(|counts| CocoRle { size: [2, 3], counts: counts.into() }))?;
    /// let [a, b] = [0, 1].map(|index| runs.get(index).expect("two masks"));
    /// let both = a.merge(&b, SetOp::Difference)?;
    /// assert_eq!(both.get(0).expect("one mask").to_mask()?, ndarray::arr2(&[[0, 1, 1], [1, 1, 1]]));
    /// assert_eq!(a.merge_area(&b, SetOp::Intersection)?, 0);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn merge(&self, other: &MaskRuns<'_>, op: SetOp) -> Result<Runs> {
        require_alike(self, other)?;
        let Binary { starts, first } = binary(self)?.merge(&binary(other)?, op, self.pixels());
        Ok(Runs::single_binary(
            self.size(),
            self.order(),
            starts.into_owned(),
            first,
        ))
    }

    /// How many pixels [`MaskRuns::merge`] would set; no mask is made.
    ///
    /// # Errors
    /// As of [`MaskRuns::merge`].
    pub fn merge_area(&self, other: &MaskRuns<'_>, op: SetOp) -> Result<u64> {
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

    /// What is not set in this mask.
    ///
    /// # Errors
    /// [`Error::Input`] on a label map.
    pub fn complement(&self) -> Result<Runs> {
        Runs::from(*self).complement()
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
    /// let runs = Runs::read(&["15", "015", "6"].map(|counts| CocoRle { size: [2, 3], counts: counts.into() }))?;
    /// let union = runs.merge(SetOp::Union)?;
    /// assert_eq!(CocoRle::try_from(union.get(0).expect("one mask"))?.counts, "06");
    /// assert_eq!(runs.merge(SetOp::Intersection)?.areas(), [0]);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn merge(&self, op: SetOp) -> Result<Runs> {
        let Some(first) = self.get(0) else {
            return Err(Error::Input(
                "there is no mask to merge: one at least is needed".into(),
            ));
        };
        let size = first.size();
        for (index, mask) in self.iter().enumerate() {
            require_alike(&first, &mask).map_err(|error| error.within(format!("mask {index}")))?;
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
        let Binary { starts, first } = merged.expect("there is a mask");
        Ok(Runs::single_binary(
            size,
            self.order(),
            starts.into_owned(),
            first,
        ))
    }

    /// Each mask and the one of the same index in another stack as one, on all cores.
    ///
    /// # Errors
    /// [`Error::Input`] unless both stacks have the same number of masks, all of them binary, of
    /// one scan order, and each of its partner's size.
    pub fn merge_pairs(&self, other: &Runs, op: SetOp) -> Result<Runs> {
        if self.len() != other.len() {
            let (n, m) = (self.len(), other.len());
            return Err(Error::Input(format!(
                "{n} masks and {m} do not pair: both stacks need the same number"
            )));
        }
        let runs = self.starts().len() + other.starts().len();
        let parts = parallel::map(self.len(), runs as u64, |index| {
            let [a, b] = [self, other].map(|runs| runs.get(index).expect("index is below len"));
            a.merge(&b, op)
                .map_err(|error| error.within(format!("mask {index}")))
        });
        self.of_parts(parts)
    }

    /// What is not set in each mask.
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

/// Merges masks two by two. `runs` is how many they have.
fn merge_all<'a>(masks: &[Binary<'a>], op: SetOp, pixels: u32, runs: u64) -> Option<Binary<'a>> {
    let join = |a: Binary<'a>, b: Binary<'a>| -> Binary<'a> { a.merge(&b, op, pixels) };
    parallel::reduce(masks.len(), runs, &|index| masks[index].clone(), &join)
}

/// The mask as what is merged.
fn binary<'a>(mask: &MaskRuns<'a>) -> Result<Binary<'a>> {
    match mask.kind() {
        MaskValues::Binary { first } => Ok(Binary {
            starts: mask.starts().into(),
            first,
        }),
        MaskValues::Labels { .. } => Err(label_map()),
    }
}

/// The foreground of a binary mask.
pub(super) fn spans<'a>(mask: &MaskRuns<'a>) -> Result<Spans<'a>> {
    match mask.kind() {
        MaskValues::Binary { first } => Ok(Spans::new(mask.starts(), first, mask.pixels())),
        MaskValues::Labels { .. } => Err(label_map()),
    }
}

/// Refuses label maps.
pub(super) fn require_binary(mask: &MaskRuns<'_>) -> Result<()> {
    if mask.is_binary() {
        Ok(())
    } else {
        Err(label_map())
    }
}

fn label_map() -> Error {
    Error::Input(
        "label maps are not merged, masks are: split_labels makes one for each label".into(),
    )
}

/// Refuses masks that cannot be laid over one another.
pub(super) fn require_alike(a: &MaskRuns<'_>, b: &MaskRuns<'_>) -> Result<()> {
    let ([h, w], [other_h, other_w]) = (a.size(), b.size());
    if (h, w) != (other_h, other_w) {
        return Err(Error::Input(format!(
            "masks of {h} x {w} and of {other_h} x {other_w} do not lie over one another: they need one size"
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
