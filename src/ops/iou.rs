//! Overlap of masks, or of boxes: intersection over union.

use ndarray::{Array2, ShapeBuilder};

use super::line_spans::LineSpans;
use super::merge::{require_comparable, spans};
use super::walk::{Spans, shared};
use crate::limits::Limits;
use crate::parallel;
use crate::pixel::Order;
use crate::runs::{MaskView, Runs};
use crate::{Error, Result};

impl Runs {
    /// Intersection over union of each mask with each of `truth`: `[self.len(), truth.len()]`, as
    /// `pycocotools.mask.iou` gives of detections and ground truth. 0 where both are empty.
    ///
    /// Where `is_crowd` says that a ground truth is a crowd, its overlap is a share of the
    /// detection's area instead. It has an entry for each ground truth, or none at all if none is a
    /// crowd.
    ///
    /// Boxes are compared first, and runs only where two boxes overlap; all cores take part.
    ///
    /// # Errors
    /// [`Error::Input`] with the mask at fault, unless all masks are binary, of one size and of one
    /// scan order, and `is_crowd` fits; [`Error::Limit`] if the pairs are more than the default
    /// [`Limits`] allow.
    ///
    /// ```
    /// use maskrle::{CocoRle, Runs};
    ///
    /// let found = Runs::read(&["042", "222"].map(|counts| CocoRle::new([2, 3], counts)))?;
    /// let truth = Runs::read(&["06", "24"].map(|counts| CocoRle::new([2, 3], counts)))?;
    /// let iou = found.iou(&truth, &[])?;
    /// assert_eq!(iou, ndarray::arr2(&[[4.0 / 6.0, 2.0 / 6.0], [2.0 / 6.0, 0.5]]));
    /// let with_crowd = found.iou(&truth, &[true, false])?;
    /// assert_eq!(with_crowd, ndarray::arr2(&[[1.0, 2.0 / 6.0], [1.0, 0.5]]));
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn iou(&self, truth: &Runs, is_crowd: &[bool]) -> Result<Array2<f64>> {
        self.iou_within(truth, is_crowd, &Limits::default())
    }

    /// [`Runs::iou`] within another limit on pairs.
    pub fn iou_within(
        &self,
        truth: &Runs,
        is_crowd: &[bool],
        limits: &Limits,
    ) -> Result<Array2<f64>> {
        check_pairs(self.len(), truth.len(), is_crowd, limits)?;
        let first = self.get(0).or(truth.get(0));
        for (name, masks) in [("detection", self), ("ground truth", truth)] {
            if let Some(first) = &first {
                require_comparable(name, first, masks)?;
            }
        }
        let mut masks = measured([self, truth])?;
        put_on_lines(&mut masks, self.len());
        let (found, truths) = masks.split_at(self.len());
        // At worst, each box overlaps each other.
        let product = |runs: &Runs, others: &Runs| runs.starts().len() as u64 * others.len() as u64;
        let runs = product(self, truth) + product(truth, self);
        let rows = parallel::map(self.len(), runs, |row| {
            let overlap = |(column, truth)| {
                found[row].iou(truth, is_crowd.get(column).copied().unwrap_or(false))
            };
            truths.iter().enumerate().map(overlap).collect::<Vec<_>>()
        });
        Ok(
            Array2::from_shape_vec((self.len(), truth.len()), rows.concat())
                .expect("each mask has a row of one entry for each of the others"),
        )
    }
}

/// A mask with its measures, which many comparisons need.
pub(super) struct Measured<'a> {
    mask: MaskView<'a>,
    spans: Spans<'a>,
    area: u64,
    /// First and one past the last, of x and of y.
    sides: [[u32; 2]; 2],
    /// The spans by lines, if the mask is compared often enough.
    by_lines: Option<LineSpans>,
}

/// Comparisons from which on it is worth putting a mask on its lines, and of how many others' boxes
/// they are counted: no more are looked at, as they may be many, and few near.
const COMPARISONS: usize = 3;
const LOOKED_AT: usize = 64;

/// Puts those of the first `found` masks on their lines that are near some of those after them, and
/// of these those that are near some of the first.
fn put_on_lines(masks: &mut [Measured<'_>], found: usize) {
    let (first, after) = masks.split_at(found);
    if first.len().min(after.len()) < COMPARISONS {
        return;
    }
    let by_lines = |index: usize| {
        let mask = &masks[index];
        let others = if index < found { after } else { first };
        let near = others
            .iter()
            .take(LOOKED_AT)
            .filter(|other| mask.meets(other));
        (near.take(COMPARISONS).count() == COMPARISONS).then(|| mask.on_lines())?
    };
    let runs = masks.iter().map(|mask| mask.mask.len() as u64).sum();
    let made = parallel::map(masks.len(), runs, by_lines);
    for (mask, by_lines) in masks.iter_mut().zip(made) {
        mask.by_lines = by_lines;
    }
}

/// Measures each mask of each stack, on all cores.
pub(super) fn measured<'a, const STACKS: usize>(
    stacks: [&'a Runs; STACKS],
) -> Result<Vec<Measured<'a>>> {
    let measured = |mut index: usize| {
        let mut stack = 0;
        while index >= stacks[stack].len() {
            index -= stacks[stack].len();
            stack += 1;
        }
        let mask = stacks[stack].mask(index);
        let [x, y, w, h] = mask.bbox();
        Ok(Measured {
            mask,
            spans: spans(&mask)?,
            area: mask.area(),
            sides: [[x, x + w], [y, y + h]],
            by_lines: None,
        })
    };
    let runs = stacks.iter().map(|runs| runs.starts().len() as u64).sum();
    let masks = stacks.iter().map(|runs| runs.len()).sum();
    parallel::map(masks, runs, measured).into_iter().collect()
}

impl Measured<'_> {
    /// Number of spans of its foreground.
    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }

    fn on_lines(&self) -> Option<LineSpans> {
        let [x, y] = &self.sides;
        let [first, end] = *match self.mask.order() {
            Order::ColumnMajor => x,
            Order::RowMajor => y,
        };
        LineSpans::new(self.spans, self.mask.lines()[0], first..end)
    }

    /// True if the boxes overlap.
    pub(super) fn meets(&self, other: &Measured<'_>) -> bool {
        let mut sides = self.sides.iter().zip(other.sides);
        sides.all(|([first, end], [other_first, other_end])| {
            *first.max(&other_first) < other_end.min(*end)
        })
    }

    pub(super) fn iou(&self, truth: &Measured<'_>, is_crowd: bool) -> f64 {
        if !self.meets(truth) {
            return 0.0;
        }
        let by_lines = self.by_lines.as_ref().zip(truth.by_lines.as_ref());
        let of_lines = by_lines.and_then(|(a, b)| a.shared(b, self.len() + truth.len()));
        let intersection = u64::from(of_lines.unwrap_or_else(|| self.walked(truth)));
        let whole = if is_crowd {
            self.area
        } else {
            self.area + truth.area - intersection
        };
        intersection as f64 / whole as f64
    }

    /// Number of pixels that are shared with a mask whose box overlaps this one's.
    fn walked(&self, other: &Measured<'_>) -> u32 {
        let axis = usize::from(self.mask.order() == Order::RowMajor);
        let ([first, end], [other_first, other_end]) = (self.sides[axis], other.sides[axis]);
        // Only these lines of the scan hold pixels of both.
        let lines = first.max(other_first)..end.min(other_end);
        let length = self.mask.lines()[0];
        let positions = lines.start * length..lines.end * length;
        shared(
            self.spans.within(positions.clone()),
            other.spans.within(positions),
        )
    }
}

/// Intersection over union of each box of `found` with each of `truth`:
/// `[found.len(), truth.len()]`, as `pycocotools.mask.iou` gives it of boxes: in memory by columns,
/// too. A box is `[x, y, width, height]`; `is_crowd` as in [`Runs::iou`]. All cores take part.
///
/// # Errors
/// [`Error::Input`] if `is_crowd` has some entries, and not one for each of `truth`;
/// [`Error::Limit`] if the pairs are more than the default [`Limits`] allow.
///
/// ```
/// let found = [[0.0, 0.0, 2.0, 2.0], [5.0, 5.0, 1.0, 1.0]];
/// let overlap = maskrle::box_iou(&found, &[[1.0, 0.0, 2.0, 2.0]], &[])?;
/// assert_eq!(overlap, ndarray::arr2(&[[1.0 / 3.0], [0.0]]));
/// # Ok::<(), maskrle::Error>(())
/// ```
pub fn box_iou(found: &[[f64; 4]], truth: &[[f64; 4]], is_crowd: &[bool]) -> Result<Array2<f64>> {
    box_iou_within(found, truth, is_crowd, &Limits::default())
}

/// [`box_iou`] within another limit on pairs.
pub fn box_iou_within(
    found: &[[f64; 4]],
    truth: &[[f64; 4]],
    is_crowd: &[bool],
    limits: &Limits,
) -> Result<Array2<f64>> {
    check_pairs(found.len(), truth.len(), is_crowd, limits)?;
    let boxes = Boxes::new(found);
    let mut overlaps = vec![0.0; found.len() * truth.len()];
    parallel::for_each_chunk(&mut overlaps, found.len(), |column, overlaps| {
        let is_crowd = is_crowd.get(column).copied().unwrap_or(false);
        boxes.overlaps(truth[column], is_crowd, overlaps);
    });
    Ok(
        Array2::from_shape_vec((found.len(), truth.len()).f(), overlaps)
            .expect("each box of the truth has a column of one entry for each of the others"),
    )
}

/// Boxes, a vector for each of their numbers, so that several are compared at once.
struct Boxes {
    left: Vec<f64>,
    right: Vec<f64>,
    top: Vec<f64>,
    bottom: Vec<f64>,
    area: Vec<f64>,
}

impl Boxes {
    fn new(boxes: &[[f64; 4]]) -> Self {
        Boxes {
            left: boxes.iter().map(|[x, ..]| *x).collect(),
            right: boxes.iter().map(|[x, _, w, _]| x + w).collect(),
            top: boxes.iter().map(|[_, y, ..]| *y).collect(),
            bottom: boxes.iter().map(|[_, y, _, h]| y + h).collect(),
            area: boxes.iter().map(|[.., w, h]| w * h).collect(),
        }
    }

    /// [`overlap`] of each box with the one of the truth.
    fn overlaps(&self, [x, y, w, h]: [f64; 4], is_crowd: bool, overlaps: &mut [f64]) {
        let (right, bottom, area) = (x + w, y + h, w * h);
        let sides = self.left.iter().zip(&self.right);
        let sides = sides.zip(self.top.iter().zip(&self.bottom));
        for (overlap, (((l, r), (t, b)), a)) in overlaps.iter_mut().zip(sides.zip(&self.area)) {
            let width = r.min(right) - l.max(x);
            let height = b.min(bottom) - t.max(y);
            let intersection = width * height;
            let whole = if is_crowd {
                *a
            } else {
                a + area - intersection
            };
            // Both are evaluated, without branches.
            let is_apart = (width <= 0.0) | (height <= 0.0);
            *overlap = if is_apart { 0.0 } else { intersection / whole };
        }
    }
}

/// Intersection over union of two boxes.
pub(super) fn overlap(
    [x, y, w, h]: [f64; 4],
    [other_x, other_y, other_w, other_h]: [f64; 4],
    is_crowd: bool,
) -> f64 {
    let width = (x + w).min(other_x + other_w) - x.max(other_x);
    let height = (y + h).min(other_y + other_h) - y.max(other_y);
    if width <= 0.0 || height <= 0.0 {
        return 0.0;
    }
    let intersection = width * height;
    intersection
        / if is_crowd {
            w * h
        } else {
            w * h + other_w * other_h - intersection
        }
}

fn check_pairs(found: usize, truths: usize, is_crowd: &[bool], limits: &Limits) -> Result<()> {
    limits.check_pairs((found as u64).saturating_mul(truths as u64))?;
    if !is_crowd.is_empty() && is_crowd.len() != truths {
        let entries = is_crowd.len();
        return Err(Error::Input(format!(
            "is_crowd has {entries} entries for {truths} ground truths: one for each, or none, is \
             right"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Boxes side by side, one within another, without a side, and of sides that are negative.
    #[test]
    fn boxes_compared_at_once_overlap_as_they_do_one_by_one() {
        let sides = [-3.0, 0.0, 0.5, 2.0, 7.25];
        let boxes: Vec<[f64; 4]> = (0..625)
            .map(|i| [i / 125, i / 25 % 5, i / 5 % 5, i % 5].map(|index| sides[index]))
            .collect();
        let truth = &boxes[..boxes.len() / 2];
        let is_crowd: Vec<bool> = (0..truth.len()).map(|index| index % 3 == 0).collect();
        let all = box_iou(&boxes, truth, &is_crowd).expect("a flag for each");
        for ((row, column), &found) in all.indexed_iter() {
            let expected = overlap(boxes[row], truth[column], is_crowd[column]);
            assert_eq!(found.to_bits(), expected.to_bits(), "{row}, {column}");
        }
        assert!(all.t().is_standard_layout());
    }
}
