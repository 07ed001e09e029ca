//! Masks beside and below themselves.

use super::lines::{Part, parts};
use crate::limits::Limits;
use crate::pixel::{Order, checked_pixels};
use crate::runs::{Builder, MaskRuns, MaskView, Runs};
use crate::{Error, Result};

impl MaskView<'_> {
    /// The mask `down` times below itself and `across` times beside itself, as of `numpy.tile`
    /// with `(down, across)`.
    ///
    /// # Errors
    /// [`Error::Limit`] where the result would have more than `u32::MAX` pixels, or more runs than
    /// the default [`Limits`] allow.
    ///
    /// ```
    /// use maskrle::{MaskRuns, Order};
    ///
    /// let mask = MaskRuns::from_counts([1, 2], Order::RowMajor, [1, 1])?;
    /// assert_eq!(mask.tile([2, 2])?.to_mask()?, ndarray::arr2(&[[0, 1, 0, 1]; 2]));
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn tile(&self, times: [u32; 2]) -> Result<MaskRuns> {
        self.tile_within(times, &Limits::default())
    }

    /// [`MaskView::tile`] within another limit on runs.
    pub fn tile_within(&self, times: [u32; 2], limits: &Limits) -> Result<MaskRuns> {
        let tiled = Tiled::new(*self, times)?;
        limits.check_runs(tiled.runs)?;
        Ok(tiled.to_runs())
    }
}

impl Runs {
    /// [`MaskView::tile`] of each mask, on all cores.
    ///
    /// # Errors
    /// As of [`MaskView::tile`], with the mask at fault; the limit is one on the runs of all masks.
    pub fn tile(&self, times: [u32; 2]) -> Result<Runs> {
        self.tile_within(times, &Limits::default())
    }

    /// [`Runs::tile`] within another limit on runs.
    pub fn tile_within(&self, times: [u32; 2], limits: &Limits) -> Result<Runs> {
        self.planned(
            limits,
            |mask| Tiled::new(mask, times),
            |tiled| tiled.runs,
            Tiled::to_runs,
        )
    }
}

/// A mask that is to be repeated.
struct Tiled<'a> {
    mask: MaskView<'a>,
    size: [u32; 2],
    /// Times that all lines follow one another, and that each follows itself.
    lines: u32,
    within: u32,
    /// Number of runs that there will be at most.
    runs: u64,
}

impl<'a> Tiled<'a> {
    fn new(mask: MaskView<'a>, [down, across]: [u32; 2]) -> Result<Self> {
        let [h, w] = mask.size();
        let (Some(height), Some(width)) = (h.checked_mul(down), w.checked_mul(across)) else {
            return Err(Error::Limit(format!(
                "a mask of {h} x {w}, {down} times below itself and {across} times beside itself: \
                 a side has at most {} pixels",
                u32::MAX
            )));
        };
        let size = [height, width];
        checked_pixels(size)?;
        let (lines, within) = match mask.order() {
            Order::ColumnMajor => (across, down),
            Order::RowMajor => (down, across),
        };
        let mut runs = 0u64;
        parts(&mask, |part| {
            runs += match part {
                Part::Whole { .. } => 1,
                Part::Line { runs, .. } => u64::from(within) * runs.len() as u64,
            }
        });
        Ok(Tiled {
            mask,
            size,
            lines,
            within,
            runs: runs.saturating_mul(u64::from(lines)),
        })
    }

    fn to_runs(&self) -> MaskRuns {
        let length = self.mask.lines()[0];
        let mut tiled = Builder::like(&self.mask);
        if !self.size.contains(&0) {
            parts(&self.mask, |part| match part {
                Part::Whole { value, lines } => {
                    tiled.push(value, (lines.end - lines.start) * length * self.within);
                }
                Part::Line { runs, .. } => {
                    for _ in 0..self.within {
                        for (value, within) in runs {
                            tiled.push(*value, within.end - within.start);
                        }
                    }
                }
            });
            tiled.repeat(self.lines);
        }
        tiled.finish(self.size, self.mask.order())
    }
}
