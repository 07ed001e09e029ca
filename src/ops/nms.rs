//! Non-maximum suppression: of masks, or boxes, that overlap much, the best.

use super::iou::{measured, overlap};
use super::merge::require_comparable;
use crate::parallel;
use crate::runs::Runs;
use crate::{Error, Result};

impl Runs {
    /// The masks that are left when each, from the highest score down, drops those of lower scores
    /// whose intersection over union with it is above `threshold`: their indices, the highest score
    /// first. Of equal scores the earlier mask counts as the higher. An empty mask overlaps none.
    ///
    /// The result is that of `torchvision.ops.nms` and of `rleNms` in cocoapi's maskApi.c. Boxes
    /// are compared first, and runs only where two boxes overlap; all cores take part.
    ///
    /// # Errors
    /// [`Error::Input`] unless there is a score for each mask; if a score or the threshold is NaN;
    /// and with the mask at fault, unless all masks are binary, of one size and of one scan order.
    ///
    /// ```
    /// use maskrle::{CocoRle, Runs};
    ///
    /// let rles = ["042", "222", "051", "51"].map(|counts| CocoRle::new([2, 3], counts));
    /// let runs = Runs::read(&rles)?;
    /// assert_eq!(runs.iou(&runs, &[])?.column(2).to_vec(), [0.8, 0.4, 1.0, 0.0]);
    /// assert_eq!(runs.nms(&[0.7, 0.5, 0.9, 0.6], 0.5)?, [2, 3, 1]);
    /// assert_eq!(runs.nms(&[0.7, 0.5, 0.9, 0.6], 0.8)?, [2, 0, 3, 1]);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn nms<S: Copy + Into<f64>>(&self, scores: &[S], threshold: f64) -> Result<Vec<usize>> {
        let ranked = ranked(scores, self.len(), threshold)?;
        if let Some(first) = self.first() {
            require_comparable("mask", &first, self)?;
        }
        let masks = measured([self])?;
        Ok(suppress(ranked, |best, others| {
            let best = &masks[best];
            let near: Vec<usize> = (0..others.len())
                .filter(|&rank| best.meets(&masks[others[rank]]))
                .collect();
            let runs = near
                .iter()
                .map(|&rank| masks[others[rank]].len() as u64)
                .sum();
            let overlaps = parallel::map(near.len(), runs, |index| {
                best.iou(&masks[others[near[index]]], false)
            });
            let mut is_dropped = vec![0.0 > threshold; others.len()];
            near.into_iter()
                .zip(overlaps)
                .for_each(|(rank, iou)| is_dropped[rank] = iou > threshold);
            is_dropped
        }))
    }
}

/// [`Runs::nms`] of boxes `[x, y, width, height]`, by [`box_iou`](crate::box_iou).
///
/// # Errors
/// [`Error::Input`] unless there is a score for each box; if a score or the threshold is NaN; and
/// with the box at fault, unless its numbers are finite and its sides not negative.
///
/// ```
/// let boxes = [[0.0, 0.0, 4.0, 4.0], [1.0, 0.0, 4.0, 4.0], [9.0, 9.0, 1.0, 1.0]];
/// let scores = [0.5f32, 0.9, 0.7];
/// assert_eq!(maskrle::box_nms(&boxes, &scores, 0.5)?, [1, 2]);
/// // The overlap, 3 / 5, is not above 0.6.
/// assert_eq!(maskrle::box_nms(&boxes, &scores, 0.6)?, [1, 2, 0]);
/// # Ok::<(), maskrle::Error>(())
/// ```
pub fn box_nms<S: Copy + Into<f64>>(
    boxes: &[[f64; 4]],
    scores: &[S],
    threshold: f64,
) -> Result<Vec<usize>> {
    let ranked = ranked(scores, boxes.len(), threshold)?;
    let is_wrong = |bbox: &[f64; 4]| {
        !bbox.iter().all(|number| number.is_finite()) || bbox[2] < 0.0 || bbox[3] < 0.0
    };
    if let Some(index) = boxes.iter().position(is_wrong) {
        let bbox = boxes[index];
        let what =
            format!("box {index}: {bbox:?} needs finite numbers, and sides that are not negative");
        return Err(Error::Input(what));
    }
    Ok(suppress(ranked, |best, others| {
        others
            .iter()
            .map(|&other| overlap(boxes[best], boxes[other], false) > threshold)
            .collect()
    }))
}

/// The indices of the scores, the highest first.
fn ranked<S: Copy + Into<f64>>(scores: &[S], count: usize, threshold: f64) -> Result<Vec<usize>> {
    if scores.len() != count {
        return Err(Error::Input(format!(
            "{} scores for {count}: there must be one for each",
            scores.len()
        )));
    }
    if threshold.is_nan() {
        return Err(Error::Input(
            "the threshold is NaN, which no overlap is above or below".into(),
        ));
    }
    let scores: Vec<f64> = scores.iter().copied().map(S::into).collect();
    if let Some(index) = scores.iter().position(|score| score.is_nan()) {
        return Err(Error::Input(format!(
            "score {index} is NaN, which has no rank"
        )));
    }
    let mut ranked: Vec<usize> = (0..count).collect();
    // Stable.
    ranked.sort_by(|&a, &b| scores[b].partial_cmp(&scores[a]).expect("none is NaN"));
    Ok(ranked)
}

/// Indices that are kept of `waiting`, the best first. `is_dropped` takes the best and the indices
/// after it, and says of each of these whether the best drops it.
fn suppress(
    mut waiting: Vec<usize>,
    is_dropped: impl Fn(usize, &[usize]) -> Vec<bool>,
) -> Vec<usize> {
    let mut kept = Vec::new();
    while let Some((&best, others)) = waiting.split_first() {
        kept.push(best);
        let left = others
            .iter()
            .zip(is_dropped(best, others))
            .filter(|&(_, dropped)| !dropped);
        waiting = left.map(|(&other, _)| other).collect();
    }
    kept
}
