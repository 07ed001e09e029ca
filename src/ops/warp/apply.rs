//! Masks warped to the nearest pixel.

use std::sync::atomic::AtomicU64;

use super::crossings::Crossings;
use super::outline::outline;
use super::projection::Projection;
use super::run_index::RunIndex;
use super::tally::Tally;
use crate::Result;
use crate::limits::Limits;
use crate::parallel;
use crate::pixel::checked_pixels;
use crate::runs::{Builder, MaskRuns, MaskView, Runs};

impl MaskView<'_> {
    /// The mask warped by an affine map, at a size `[height, width]`: `matrix` takes a point (x, y)
    /// of this mask, columns before rows, to the point `matrix * (x, y, 1)` of the result, as of
    /// `cv2.warpAffine`. Pixels have their centres at whole numbers.
    ///
    /// Each pixel (x, y) of the result is the one of this mask that is nearest to the point that it
    /// comes from: that of column `floor(sx + 0.5)` and row `floor(sy + 0.5)`, where (sx, sy) is
    /// what the inverse matrix makes of (x, y), and 0 where there is no such pixel. The matrix is
    /// inverted once; all is in double precision. OpenCV 5 rounds to single precision, so that
    /// pixels may differ that come from within some 0.0001 of an edge between two. The result has
    /// this mask's scan order.
    ///
    /// Time grows with the runs of this mask and the pixels at which a line of the result crosses
    /// an outline, not with pixels.
    ///
    /// # Errors
    /// [`Error::Input`](crate::Error::Input) for a matrix of numbers that are not finite, and one
    /// that has no inverse; [`Error::Limit`](crate::Error::Limit) where the result would have more
    /// than `u32::MAX` pixels, or, two for each crossing, more runs than the default [`Limits`]
    /// allow.
    ///
    /// ```
    /// use maskrle::{MaskRuns, Order};
    ///
    /// let mask = MaskRuns::from_counts([2, 3], Order::RowMajor, [1, 1, 4])?;
    /// // Twice as wide, and one pixel lower.
    /// let warped = mask.warp_affine([[2.0, 0.0, 0.0], [0.0, 1.0, 1.0]], [2, 6])?;
    /// assert_eq!(warped.to_mask()?, ndarray::arr2(&[[0; 6], [0, 1, 1, 0, 0, 0]]));
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn warp_affine(&self, matrix: [[f64; 3]; 2], size: [u32; 2]) -> Result<MaskRuns> {
        self.warp_affine_within(matrix, size, &Limits::default())
    }

    /// [`MaskView::warp_affine`] within another limit on runs.
    pub fn warp_affine_within(
        &self,
        matrix: [[f64; 3]; 2],
        size: [u32; 2],
        limits: &Limits,
    ) -> Result<MaskRuns> {
        self.warp_perspective_within(of_affine(matrix), size, limits)
    }

    /// The mask warped by a perspective map, a homography: as of [`MaskView::warp_affine`], where
    /// `matrix` takes (x, y) to the first two of `matrix * (x, y, 1)`, divided by the third, as of
    /// `cv2.warpPerspective`.
    ///
    /// The inverse matrix is the adjugate, divided by the determinant. A pixel whose third number
    /// it makes 0 is 0; those for which it is negative are divided by it as well, as OpenCV does.
    ///
    /// # Errors
    /// As of [`MaskView::warp_affine`].
    ///
    /// ```
    /// use maskrle::{MaskRuns, Order};
    ///
    /// let mask = MaskRuns::from_counts([1, 4], Order::RowMajor, [2, 2])?;
    /// // Column x goes to column 6 x / (x + 3).
    /// let matrix = [[6.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 0.0, 3.0]];
    /// let warped = mask.warp_perspective(matrix, [1, 4])?;
    /// assert_eq!(warped.to_mask()?, ndarray::arr2(&[[0, 0, 1, 1]]));
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn warp_perspective(&self, matrix: [[f64; 3]; 3], size: [u32; 2]) -> Result<MaskRuns> {
        self.warp_perspective_within(matrix, size, &Limits::default())
    }

    /// [`MaskView::warp_perspective`] within another limit on runs.
    pub fn warp_perspective_within(
        &self,
        matrix: [[f64; 3]; 3],
        size: [u32; 2],
        limits: &Limits,
    ) -> Result<MaskRuns> {
        let projection = Projection::new(matrix)?;
        checked_pixels(size)?;
        let warped = Warped::new(*self, projection, size);
        let mask = warped.to_runs(Tally::new(limits, &AtomicU64::new(0)));
        mask.ok_or_else(|| limits.too_many_runs(warped.most()))
    }
}

impl Runs {
    /// [`MaskView::warp_affine`] of each mask by one matrix to one size, on all cores.
    ///
    /// # Errors
    /// As of [`MaskView::warp_affine`]; the limit is one on the runs of all masks.
    pub fn warp_affine(&self, matrix: [[f64; 3]; 2], size: [u32; 2]) -> Result<Runs> {
        self.warp_affine_within(matrix, size, &Limits::default())
    }

    /// [`Runs::warp_affine`] within another limit on runs.
    pub fn warp_affine_within(
        &self,
        matrix: [[f64; 3]; 2],
        size: [u32; 2],
        limits: &Limits,
    ) -> Result<Runs> {
        self.warp_perspective_within(of_affine(matrix), size, limits)
    }

    /// [`MaskView::warp_perspective`] of each mask by one matrix to one size, on all cores.
    ///
    /// # Errors
    /// As of [`Runs::warp_affine`].
    pub fn warp_perspective(&self, matrix: [[f64; 3]; 3], size: [u32; 2]) -> Result<Runs> {
        self.warp_perspective_within(matrix, size, &Limits::default())
    }

    /// [`Runs::warp_perspective`] within another limit on runs.
    pub fn warp_perspective_within(
        &self,
        matrix: [[f64; 3]; 3],
        size: [u32; 2],
        limits: &Limits,
    ) -> Result<Runs> {
        /// Runs of another operation that take as long as one that is warped.
        const WORK: u64 = 16;
        let projection = Projection::new(matrix)?;
        checked_pixels(size)?;
        let warped = |mask| Warped::new(mask, projection, size);
        let made = AtomicU64::new(0);
        let work = WORK.saturating_mul(self.starts().len() as u64);
        let masks = parallel::map(self.len(), work, |index| {
            warped(self.mask(index)).to_runs(Tally::new(limits, &made))
        });
        match masks.into_iter().map(|mask| mask.map(Ok)).collect() {
            Some(masks) => self.of_results(masks),
            None => {
                let most = self.iter().map(|mask| warped(mask).most());
                Err(limits.too_many_runs(most.fold(0, u64::saturating_add)))
            }
        }
    }
}

/// An affine map as a perspective one.
fn of_affine([x, y]: [[f64; 3]; 2]) -> [[f64; 3]; 3] {
    [x, y, [0.0, 0.0, 1.0]]
}

/// A mask that is to be warped.
struct Warped<'a> {
    mask: MaskView<'a>,
    projection: Projection,
    size: [u32; 2],
    /// Length of a line of the result, and number of lines.
    target: [u32; 2],
    crossings: Crossings,
}

impl<'a> Warped<'a> {
    fn new(mask: MaskView<'a>, projection: Projection, size: [u32; 2]) -> Self {
        let order = mask.order();
        let projection = projection.on_lines(order);
        let target = MaskView::lines_of(size, order);
        let crossings = Crossings::new(projection, mask.lines(), target);
        Warped {
            mask,
            projection,
            size,
            target,
            crossings,
        }
    }

    /// Number of runs that there will be at most, as they are counted.
    fn most(&self) -> u64 {
        let mut most = 1u64;
        outline(&self.mask, |edge| {
            most = most.saturating_add(self.crossings.of(&edge).most());
        });
        most
    }

    /// The mask; none if there are too many runs.
    fn to_runs(&self, tally: Tally<'_>) -> Option<MaskRuns> {
        let [length, lines] = self.target;
        let mut warped = Builder::like(&self.mask);
        if self.size.contains(&0) {
            return Some(warped.finish(self.size, self.mask.order()));
        }
        let marks = self.marks(tally)?;
        let source = self.mask.lines();
        let values = RunIndex::new(self.mask);
        let value_of = |target| {
            let source_of = self.projection.source_of(target, source);
            source_of.map_or(0, |[at, line]| values.value(line * source[0] + at))
        };
        // Value of the first pixel of a line, and of the pixels since the last one that was marked.
        let mut first = value_of([0, 0]);
        let mut value = first;
        let mut line = 0;
        for mark in marks {
            let [at, next] = [mark as u32, (mark >> 32) as u32];
            if next > line {
                // Lines without marks are of one value.
                warped.push_to(value, (line + 1) * length);
                warped.push_to(first, next * length);
                (value, line) = (first, next);
            }
            warped.push_to(value, line * length + at);
            value = value_of([at, line]);
            if at == 0 {
                first = value;
            }
        }
        warped.push_to(value, (line + 1) * length);
        warped.push_to(first, lines * length);
        Some(warped.finish(self.size, self.mask.order()))
    }

    /// Pixels at which the result may change, in order: line in the high half, position in the low.
    /// None if there are too many.
    fn marks(&self, mut tally: Tally<'_>) -> Option<Vec<u64>> {
        let mut marks = Vec::new();
        let mut is_within = tally.add(1);
        outline(&self.mask, |edge| {
            let crossed = self.crossings.of(&edge);
            is_within = is_within && tally.add(crossed.most());
            if is_within {
                crossed.mark(|[at, line]| marks.push(u64::from(line) << 32 | u64::from(at)));
            }
        });
        if !is_within || !tally.is_within() {
            return None;
        }
        marks.sort_unstable();
        marks.dedup();
        Some(marks)
    }
}
