//! Masks that are pasted into boxes of a target, as Mask R-CNN's are.

use std::sync::Arc;

use super::axis::{Axis, GRID_MARGINS};
use super::resample::{Formula, Resample};
use super::size::checked_pixels;
use crate::{Error, Result};

/// How masks are pasted into boxes: see [`Masks::pasted`](crate::Masks::pasted).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case")
)]
#[non_exhaustive]
pub enum Paste {
    /// As detectron2's `paste_masks_in_image` does on a CPU: by torch's `grid_sample`, from
    /// floor(box) - 1 to ceil(box) + 1. (On a GPU it does not end there, which at thresholds below
    /// .5 changes pixels.) It compares by `>=`: [`Masks::at_least`](crate::Masks::at_least).
    GridSample,
    /// As torchvision's `paste_masks_in_image` does: a sample of 0 is added on each side, the box
    /// grows by the share that the width does and is cut to whole numbers, and torch's
    /// `interpolate` makes the pixels of the box. It leaves the comparison to its caller.
    Torchvision,
}

/// Boxes of a stack of masks, into which these are pasted.
#[derive(Debug, Clone)]
pub(crate) struct Pasted {
    /// x0, y0, x1 and y1 of each.
    boxes: Arc<[[f32; 4]]>,
    target: [u32; 2],
    paste: Paste,
}

/// Fails unless there is a box for each mask.
pub(crate) fn check_boxes(boxes: usize, masks: usize) -> Result<()> {
    if boxes == masks {
        return Ok(());
    }
    Err(Error::Input(format!(
        "{boxes} boxes for {masks} masks: each mask is pasted into a box of its own"
    )))
}

/// Coordinates that torchvision's boxes have at most: what they are scaled to fits 32 bits.
const MOST_COORDINATE: f32 = (1u32 << 29) as f32;

impl Pasted {
    /// Checks the boxes of masks of `own` samples. The first of them is box `first` of all.
    pub(crate) fn new(
        boxes: &[[f32; 4]],
        first: usize,
        own: [u32; 2],
        target: [u32; 2],
        paste: Paste,
    ) -> Result<Self> {
        let [before, after] = paste.margins();
        // Margins are samples too.
        checked_pixels(own.map(|side| side.saturating_add(before + after)))?;
        for (index, corners) in boxes.iter().enumerate() {
            paste
                .check(*corners)
                .map_err(|wrong| Error::Input(format!("box {}: {wrong}", first + index)))?;
        }
        Ok(Pasted {
            boxes: boxes.into(),
            target,
            paste,
        })
    }

    pub(crate) fn target(&self) -> [u32; 2] {
        self.target
    }

    /// Number of rows and columns of 0 before and after a mask's own samples.
    pub(crate) fn margins(&self) -> [u32; 2] {
        self.paste.margins()
    }

    /// How a mask of `own` samples is made, margins apart.
    pub(crate) fn resample(&self, index: usize, own: [u32; 2]) -> Resample {
        let corners = self.boxes[index];
        match self.paste {
            Paste::GridSample => grid_sample(corners, own, self.target),
            Paste::Torchvision => torchvision(corners, own, self.target),
        }
    }
}

impl Paste {
    fn margins(self) -> [u32; 2] {
        match self {
            Paste::GridSample => GRID_MARGINS,
            Paste::Torchvision => [1; 2],
        }
    }

    /// Fails with what is wrong with a box.
    fn check(self, corners: [f32; 4]) -> Result<(), String> {
        let [x0, y0, x1, y1] = corners;
        if let Some(wrong) = corners.iter().find(|corner| !corner.is_finite()) {
            return Err(format!("{wrong} is no coordinate"));
        }
        if x1 < x0 || y1 < y0 {
            return Err(format!(
                "it ends at x = {x1}, y = {y1} and begins at {x0}, {y0}: boxes are x0, y0, x1, y1"
            ));
        }
        let is_far = |corner: &&f32| corner.abs() > MOST_COORDINATE;
        match corners.iter().find(is_far) {
            Some(far) if self == Paste::Torchvision => Err(format!(
                "{far} is too far from the target: {MOST_COORDINATE} at most"
            )),
            _ => Ok(()),
        }
    }
}

/// See [`Paste::GridSample`].
fn grid_sample([x0, y0, x1, y1]: [f32; 4], own: [u32; 2], target: [u32; 2]) -> Resample {
    let axis = |axis: usize, [begin, end]: [f32; 2]| {
        // Conversions saturate: a box outside has no pixels.
        let last = ((end.ceil() + 1.0) as u32).min(target[axis]);
        let first = ((begin.floor() - 1.0) as u32).min(last);
        (first, Axis::grid(own[axis], [begin, end], first..last))
    };
    let ((top, rows), (left, columns)) = (axis(0, [y0, y1]), axis(1, [x0, x1]));
    Resample {
        target,
        begin: [top, left],
        rows,
        columns,
        formula: Formula::Grid,
    }
}

/// See [`Paste::Torchvision`].
fn torchvision([x0, y0, x1, y1]: [f32; 4], own: [u32; 2], target: [u32; 2]) -> Resample {
    let [before, after] = Paste::Torchvision.margins();
    let width = f64::from(own[1]);
    let scale = ((width + f64::from(before + after)) / width) as f32;
    let [rows, columns] = [[y0, y1], [x0, x1]].map(|[begin, end]| {
        let half = (end - begin) * 0.5 * scale;
        let centre = (end + begin) * 0.5;
        // Towards 0.
        [centre - half, centre + half].map(|side| side as i64)
    });
    let all = [rows, columns].map(|[begin, end]| (end - begin + 1).max(1) as u32);
    let formula = Formula::of_size(all);
    let axis = |axis: usize, [begin, end]: [i64; 2]| {
        let (first, last) = (begin.max(0), (end + 1).min(target[axis].into()));
        let (first, window) = if first < last {
            (first as u32, (first - begin) as u32..(last - begin) as u32)
        } else {
            (0, 0..0)
        };
        let from = own[axis] + before + after;
        (
            first,
            Axis::interpolated(from, all[axis], window, formula.is_small()),
        )
    };
    let ((top, rows), (left, columns)) = (axis(0, rows), axis(1, columns));
    Resample {
        target,
        begin: [top, left],
        rows,
        columns,
        formula,
    }
}
