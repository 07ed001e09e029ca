//! Masks cropped and padded.

use std::ops::Range;

use crate::limits::Limits;
use crate::parallel;
use crate::pixel::{Order, checked_pixels};
use crate::runs::{Block, Builder, MaskRuns, MaskView, Runs, blocks, foreground_blocks};
use crate::{Error, Result};

impl MaskView<'_> {
    /// The part of the mask in a box `[x, y, width, height]`.
    ///
    /// # Errors
    /// [`Error::Input`] if the box goes beyond the mask.
    ///
    /// ```
    /// use maskrle::{MaskRuns, Order};
    ///
    /// let mask = MaskRuns::from_counts([3, 4], Order::ColumnMajor, [4, 1, 2, 2, 3])?;
    /// assert_eq!(mask.crop([1, 1, 2, 2])?.to_mask()?, ndarray::arr2(&[[1, 1], [0, 1]]));
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn crop(&self, [x, y, w, h]: [u32; 4]) -> Result<MaskRuns> {
        let [height, width] = self.size();
        let (Some(right), Some(bottom)) = (
            x.checked_add(w).filter(|&x| x <= width),
            y.checked_add(h).filter(|&y| y <= height),
        ) else {
            return Err(Error::Input(format!(
                "a box {w} wide and {h} high at {x}, {y} goes beyond a mask of {height} x {width}"
            )));
        };
        let (lines, within) = along(self.order(), x..right, y..bottom);
        let mut cut = Builder::like(self);
        blocks(self, |block| {
            let [lines, within] = [both(&block.lines, &lines), both(&block.within, &within)];
            cut.push(block.value, lines * within);
        });
        Ok(cut.finish([h, w], self.order()))
    }

    /// The mask with pixels of 0 around it: `[top, bottom, left, right]` rows and columns of them.
    ///
    /// # Errors
    /// [`Error::Limit`] where the result would have more than `u32::MAX` pixels, or more runs than
    /// the default [`Limits`] allow: a run over many lines becomes one on each.
    ///
    /// ```
    /// use maskrle::{MaskRuns, Order};
    ///
    /// let mask = MaskRuns::from_counts([1, 2], Order::RowMajor, [1, 1])?;
    /// let padded = mask.pad([1, 0, 0, 2])?;
    /// assert_eq!(padded.to_mask()?, ndarray::arr2(&[[0, 0, 0, 0], [0, 1, 0, 0]]));
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn pad(&self, frame: [u32; 4]) -> Result<MaskRuns> {
        self.pad_within(frame, &Limits::default())
    }

    /// [`MaskView::pad`] within another limit on runs.
    pub fn pad_within(&self, frame: [u32; 4], limits: &Limits) -> Result<MaskRuns> {
        let framed = Framed::new(*self, frame)?;
        limits.check_runs(framed.runs)?;
        Ok(framed.to_runs())
    }
}

impl MaskRuns {
    /// One binary mask whose foreground is a box `[x, y, width, height]`, cut at the mask's border.
    ///
    /// The box's edges may lie between pixels: a pixel is set as `pycocotools.mask.frPyObjects`
    /// sets it, whose grid is five times as fine as the pixels'.
    ///
    /// # Errors
    /// [`Error::Input`] if a number is not finite, or a side of the box negative; [`Error::Limit`]
    /// if the mask has more than `u32::MAX` pixels, or more runs than the default [`Limits`] allow.
    ///
    /// ```
    /// use maskrle::{MaskRuns, Order};
    ///
    /// let mask = MaskRuns::from_bbox([3, 4], Order::ColumnMajor, [1.0, 1.0, 2.0, 5.0])?;
    /// assert_eq!(mask.to_mask()?, ndarray::arr2(&[[0, 0, 0, 0], [0, 1, 1, 0], [0, 1, 1, 0]]));
    /// assert_eq!(mask.bbox(), [1, 1, 2, 2]);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn from_bbox(size: [u32; 2], order: Order, bbox: [f64; 4]) -> Result<MaskRuns> {
        Self::from_bbox_within(size, order, bbox, &Limits::default())
    }

    /// [`MaskRuns::from_bbox`] within another limit on runs.
    pub fn from_bbox_within(
        size: [u32; 2],
        order: Order,
        bbox: [f64; 4],
        limits: &Limits,
    ) -> Result<MaskRuns> {
        let [x, y, w, h] = bbox;
        if !bbox.iter().all(|number| number.is_finite()) || w < 0.0 || h < 0.0 {
            return Err(Error::Input(format!(
                "the box {bbox:?} needs finite numbers, and sides that are not negative"
            )));
        }
        let pixels = checked_pixels(size)?;
        let [height, width] = size;
        let (columns, rows) = (
            pixels_between(x, x + w, width),
            pixels_between(y, y + h, height),
        );
        let (lines, within) = along(order, columns, rows);
        let length = if order == Order::ColumnMajor {
            height
        } else {
            width
        };
        let (mut starts, mut first) = (Vec::new(), false);
        let mut set = |from: u32, to: u32| {
            first |= from == 0;
            if from > 0 && starts.is_empty() {
                starts.push(0);
            }
            starts.push(from);
            if to < pixels {
                starts.push(to);
            }
        };
        if lines.is_empty() || within.is_empty() {
            starts.extend((pixels > 0).then_some(0));
        } else if within == (0..length) {
            set(lines.start * length, lines.end * length);
        } else {
            limits.check_runs(2 * u64::from(lines.end - lines.start) + 1)?;
            lines.for_each(|line| set(line * length + within.start, line * length + within.end));
        }
        Ok(MaskRuns::binary(size, order, starts, first))
    }
}

impl Runs {
    /// [`MaskView::crop`] of each mask by the same box, on all cores.
    ///
    /// # Errors
    /// As of [`MaskView::crop`], with the mask at fault.
    pub fn crop(&self, bbox: [u32; 4]) -> Result<Runs> {
        self.reshape(|mask| mask.crop(bbox))
    }

    /// [`MaskView::pad`] of each mask by the same frame, on all cores.
    ///
    /// # Errors
    /// As of [`MaskView::pad`], with the mask at fault; the limit is one on the runs of all masks.
    pub fn pad(&self, frame: [u32; 4]) -> Result<Runs> {
        self.pad_within(frame, &Limits::default())
    }

    /// [`Runs::pad`] within another limit on runs.
    pub fn pad_within(&self, frame: [u32; 4], limits: &Limits) -> Result<Runs> {
        self.planned(
            limits,
            |mask| Framed::new(mask, frame),
            |framed| framed.runs,
            Framed::to_runs,
        )
    }

    /// A stack of what is made of each mask by a plan, once the runs of all plans are within the
    /// limit.
    pub(super) fn planned<'a, P: Send + Sync>(
        &'a self,
        limits: &Limits,
        plan: impl Fn(MaskView<'a>) -> Result<P> + Sync + Send,
        runs: impl Fn(&P) -> u64,
        make: impl Fn(&P) -> MaskRuns + Sync + Send,
    ) -> Result<Runs> {
        let plans = self.each(plan).into_iter().enumerate();
        let plans = plans
            .map(|(index, plan)| plan.map_err(|error| error.within("mask", index)))
            .collect::<Result<Vec<_>>>()?;
        let runs = plans.iter().map(runs).fold(0, u64::saturating_add);
        limits.check_runs(runs)?;
        self.of_results(parallel::map(self.len(), runs, |index| {
            Ok(make(&plans[index]))
        }))
    }

    /// A stack of the results of `work` for each mask.
    pub(super) fn reshape(
        &self,
        work: impl Fn(MaskView<'_>) -> Result<MaskRuns> + Sync + Send,
    ) -> Result<Runs> {
        let masks = self.each(work).into_iter().enumerate();
        self.of_results(
            masks
                .map(|(index, mask)| mask.map_err(|error| error.within("mask", index)))
                .collect(),
        )
    }
}

/// A mask that is to have a frame.
struct Framed<'a> {
    mask: MaskView<'a>,
    size: [u32; 2],
    before_lines: u32,
    /// Pixels before and after each line.
    around: [u32; 2],
    /// Length of a framed line.
    length: u32,
    /// Number of runs that there will be at most.
    runs: u64,
}

impl<'a> Framed<'a> {
    fn new(mask: MaskView<'a>, frame @ [top, bottom, left, right]: [u32; 4]) -> Result<Self> {
        let [h, w] = mask.size();
        let sum = |side: u32, before: u32, after: u32| {
            side.checked_add(before)
                .and_then(|side| side.checked_add(after))
        };
        let (Some(height), Some(width)) = (sum(h, top, bottom), sum(w, left, right)) else {
            let what = format!(
                "a mask of {h} x {w} framed by {frame:?}: a side has at most {} pixels",
                u32::MAX
            );
            return Err(Error::Limit(what));
        };
        let size = [height, width];
        checked_pixels(size)?;
        let (before_lines, around, length) = match mask.order() {
            Order::ColumnMajor => (left, [top, bottom], height),
            Order::RowMajor => (top, [left, right], width),
        };
        let mut runs = mask.len() as u64 + 2;
        if around != [0, 0] {
            foreground_blocks(&mask, |block| {
                runs += 2 * u64::from(block.lines.end - block.lines.start);
            });
        }
        Ok(Framed {
            mask,
            size,
            before_lines,
            around,
            length,
            runs,
        })
    }

    fn to_runs(&self) -> MaskRuns {
        let [before, after] = self.around;
        let line = self.length - before - after;
        let mut framed = Builder::like(&self.mask);
        framed.push(0, self.before_lines * self.length);
        blocks(
            &self.mask,
            |Block {
                 value,
                 lines,
                 within,
             }| {
                let count = lines.end - lines.start;
                if count > 1 && (value == 0 || before + after == 0) {
                    return framed.push(value, count * self.length);
                }
                for _ in lines {
                    framed.push(0, if within.start == 0 { before } else { 0 });
                    framed.push(value, within.end - within.start);
                    framed.push(0, if within.end == line { after } else { 0 });
                }
            },
        );
        let [height, width] = self.size;
        framed.push(0, height * width - framed.position());
        framed.finish(self.size, self.mask.order())
    }
}

/// Columns and rows as ranges of scan lines, and of positions on them.
fn along(order: Order, columns: Range<u32>, rows: Range<u32>) -> (Range<u32>, Range<u32>) {
    match order {
        Order::ColumnMajor => (columns, rows),
        Order::RowMajor => (rows, columns),
    }
}

/// Length that two ranges share.
fn both(a: &Range<u32>, b: &Range<u32>) -> u32 {
    a.end.min(b.end).saturating_sub(a.start.max(b.start))
}

/// The pixels of a side that lie between two edges, as `rleFrPoly` in cocoapi's maskApi.c sets
/// them: edges go to the nearest fifth of a pixel, upwards from halfway, and a pixel is inside
/// whose third fifth is.
fn pixels_between(from: f64, to: f64, side: u32) -> Range<u32> {
    // To integers as C converts them, towards zero; from floats to integers Rust saturates.
    let first = |edge: f64| {
        (((5.0 * edge + 0.5).trunc() - 2.0) / 5.0)
            .ceil()
            .clamp(0.0, f64::from(side)) as u32
    };
    first(from)..first(to)
}
