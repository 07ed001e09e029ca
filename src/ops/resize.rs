//! Masks resized to the nearest pixel.

use super::lines::{Part, parts};
use crate::limits::Limits;
use crate::pixel::{Order, checked_pixels};
use crate::runs::{Builder, MaskRuns, MaskView, Runs};
use crate::{Error, Result};

impl MaskView<'_> {
    /// The mask in another size `[height, width]`, whose pixels are those of this one that
    /// `cv2.resize` of OpenCV takes with `INTER_NEAREST`: column x is column `floor(x * scale)`,
    /// where `scale` is `1 / (width / own width)` in double precision, and rows alike. Time grows
    /// with the runs of both, not with pixels.
    ///
    /// # Errors
    /// [`Error::Input`] for a mask without pixels that is to have some; [`Error::Limit`] where the
    /// result would have more than `u32::MAX` pixels, or more runs than the default [`Limits`]
    /// allow: a line that becomes several has its runs on each.
    ///
    /// ```
    /// use maskrle::{MaskRuns, Order};
    ///
    /// let mask = MaskRuns::from_counts([1, 3], Order::RowMajor, [1, 1, 1])?;
    /// assert_eq!(mask.resize_nearest([2, 6])?.to_mask()?, ndarray::arr2(&[[0, 0, 1, 1, 0, 0]; 2]));
    /// assert_eq!(mask.resize_nearest([1, 2])?.to_mask()?, ndarray::arr2(&[[0, 1]]));
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn resize_nearest(&self, size: [u32; 2]) -> Result<MaskRuns> {
        self.resize_nearest_within(size, &Limits::default())
    }

    /// [`MaskView::resize_nearest`] within another limit on runs.
    pub fn resize_nearest_within(&self, size: [u32; 2], limits: &Limits) -> Result<MaskRuns> {
        let resized = Resized::new(*self, size)?;
        limits.check_runs(resized.runs)?;
        Ok(resized.to_runs())
    }
}

impl Runs {
    /// [`MaskView::resize_nearest`] of each mask to one size, on all cores.
    ///
    /// # Errors
    /// As of [`MaskView::resize_nearest`], with the mask at fault; the limit is one on the runs of
    /// all masks.
    pub fn resize_nearest(&self, size: [u32; 2]) -> Result<Runs> {
        self.resize_nearest_within(size, &Limits::default())
    }

    /// [`Runs::resize_nearest`] within another limit on runs.
    pub fn resize_nearest_within(&self, size: [u32; 2], limits: &Limits) -> Result<Runs> {
        self.planned(
            limits,
            |mask| Resized::new(mask, size),
            |resized| resized.runs,
            Resized::to_runs,
        )
    }
}

/// A mask that is to have another size.
struct Resized<'a> {
    mask: MaskView<'a>,
    size: [u32; 2],
    lines: Side,
    within: Side,
    /// Number of runs that there will be at most.
    runs: u64,
}

impl<'a> Resized<'a> {
    fn new(mask: MaskView<'a>, size: [u32; 2]) -> Result<Self> {
        let own = mask.size();
        if checked_pixels(size)? > 0 && mask.pixels() == 0 {
            let [height, width] = own;
            return Err(Error::Input(format!(
                "a mask of {height} x {width} has no pixels to be resized to {} x {}",
                size[0], size[1]
            )));
        }
        let [rows, columns] = [0, 1].map(|side| Side::new(own[side], size[side]));
        let (lines, within) = match mask.order() {
            Order::ColumnMajor => (columns, rows),
            Order::RowMajor => (rows, columns),
        };
        let mut runs = 0;
        parts(&mask, |part| {
            runs += match part {
                Part::Whole { .. } => 1,
                Part::Line { line, runs } => {
                    u64::from(lines.count(line, line + 1)) * runs.len() as u64
                }
            }
        });
        Ok(Resized {
            mask,
            size,
            lines,
            within,
            runs,
        })
    }

    fn to_runs(&self) -> MaskRuns {
        let mut resized = Builder::like(&self.mask);
        parts(&self.mask, |part| match part {
            Part::Whole { value, lines } => {
                let lines = self.lines.count(lines.start, lines.end);
                resized.push(value, lines * self.within.target);
            }
            Part::Line { line, runs } => {
                for _ in 0..self.lines.count(line, line + 1) {
                    for (value, within) in runs {
                        resized.push(*value, self.within.count(within.start, within.end));
                    }
                }
            }
        });
        resized.finish(self.size, self.mask.order())
    }
}

/// Pixels of a side, and those that it is to have.
#[derive(Clone, Copy)]
struct Side {
    source: u32,
    target: u32,
    /// Target pixels for each source pixel, and the reverse.
    ratio: f64,
    scale: f64,
}

impl Side {
    fn new(source: u32, target: u32) -> Self {
        let ratio = f64::from(target) / f64::from(source);
        Side {
            source,
            target,
            ratio,
            scale: 1.0 / ratio,
        }
    }

    /// The source pixel that a target pixel is.
    fn source_of(self, target: u32) -> u32 {
        ((f64::from(target) * self.scale) as u32).min(self.source - 1)
    }

    /// The first target pixel that is this source pixel or one after it.
    fn first(self, source: u32) -> u32 {
        if source == self.source {
            return self.target;
        }
        // One before, as both ways are rounded.
        let near = ((f64::from(source) * self.ratio) as u32).saturating_sub(1);
        let mut others = near..self.target;
        others
            .find(|&target| self.source_of(target) >= source)
            .unwrap_or(self.target)
    }

    /// Number of target pixels that are one of these source pixels.
    fn count(self, begin: u32, end: u32) -> u32 {
        self.first(end) - self.first(begin)
    }
}
