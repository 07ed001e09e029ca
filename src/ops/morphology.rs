//! Masks dilated, eroded, opened and closed, and their boundaries.

use std::sync::atomic::{AtomicU64, Ordering};

use super::footprint::{Footprint, Reach};
use super::merge::SetOp;
use crate::limits::Limits;
use crate::runs::{MaskRuns, MaskView, Runs};
use crate::{Error, Result};

/// Operation of [`MaskView::morph`]. Pixels beyond the mask's border change none of it: they are
/// background where a mask is dilated, and foreground where it is eroded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum MorphOp {
    /// Pixels from whose footprint one at least is set.
    Dilate,
    /// Pixels whose footprint is all set.
    Erode,
    /// Eroded, then dilated: what is narrower than the footprint goes.
    Open,
    /// Dilated, then eroded: gaps that are narrower than the footprint go.
    Close,
}

impl MaskView<'_> {
    /// The mask dilated, eroded, opened or closed.
    ///
    /// At the border it does what OpenCV does by default, which keeps the laws: eroding is dilating
    /// the complement, and a closed mask holds the mask. `scipy.ndimage` dilates the same way, but
    /// takes pixels beyond the border for background where it erodes: for that,
    /// [pad](MaskView::pad) the mask by a pixel and [crop](MaskView::crop) the result.
    ///
    /// Takes time by the runs times the scan lines of the footprint, for a disk times the logarithm
    /// of these too.
    ///
    /// # Errors
    /// [`Error::Input`] on a label map, and if a side of a box is even; [`Error::Limit`] where
    /// there may be more runs than the default [`Limits`] allow, in the result or on the way.
    ///
    /// ```
    /// use maskrle::{Footprint, MaskRuns, MorphOp, Order};
    ///
    /// let mask = MaskRuns::from_counts([3, 4], Order::RowMajor, [0, 1, 10, 1])?;
    /// let dilated = mask.morph(MorphOp::Dilate, Footprint::Disk(1))?;
    /// let expected = ndarray::arr2(&[[1, 1, 0, 0], [1, 0, 0, 1], [0, 0, 1, 1]]);
    /// assert_eq!(dilated.to_mask()?, expected);
    /// let dilated = mask.morph(MorphOp::Dilate, Footprint::Box([1, 3]))?;
    /// let expected = ndarray::arr2(&[[1, 1, 0, 0], [0, 0, 0, 0], [0, 0, 1, 1]]);
    /// assert_eq!(dilated.to_mask()?, expected);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    #[doc(alias = "dilate")]
    #[doc(alias = "erode")]
    pub fn morph(&self, op: MorphOp, footprint: Footprint) -> Result<MaskRuns> {
        self.morph_within(op, footprint, &Limits::default())
    }

    /// [`MaskView::morph`] within another limit on runs.
    pub fn morph_within(
        &self,
        op: MorphOp,
        footprint: Footprint,
        limits: &Limits,
    ) -> Result<MaskRuns> {
        let reach = footprint.reach()?;
        match op {
            MorphOp::Dilate => reach.dilate(*self, limits),
            MorphOp::Erode => reach.erode(*self, limits),
            MorphOp::Open => reach.dilate(reach.erode(*self, limits)?.view(), limits),
            MorphOp::Close => reach.erode(reach.dilate(*self, limits)?.view(), limits),
        }
    }

    /// Pixels of the mask that are near to its contour, as Boundary IoU (Cheng et al., 2021)
    /// defines them: the mask without what is left of it once it is eroded by a box, which reaches
    /// `dilation_ratio` times the mask's diagonal from its middle, a pixel at least. Beyond the
    /// mask's border is background. The paper's ratio is 0.02.
    ///
    /// Takes time by the runs times the scan lines of that box.
    ///
    /// # Errors
    /// [`Error::Input`] on a label map, and on a ratio that is negative or not finite;
    /// [`Error::Limit`] where there may be more runs than the default [`Limits`] allow.
    ///
    /// ```
    /// use maskrle::{MaskRuns, Order};
    ///
    /// let mask = MaskRuns::from_counts([3, 4], Order::RowMajor, [0, 12])?;
    /// let boundary = mask.boundary(0.02)?;
    /// let expected = ndarray::arr2(&[[1, 1, 1, 1], [1, 0, 0, 1], [1, 1, 1, 1]]);
    /// assert_eq!(boundary.to_mask()?, expected);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn boundary(&self, dilation_ratio: f64) -> Result<MaskRuns> {
        self.boundary_within(dilation_ratio, &Limits::default())
    }

    /// [`MaskView::boundary`] within another limit on runs.
    pub fn boundary_within(&self, dilation_ratio: f64, limits: &Limits) -> Result<MaskRuns> {
        if !(dilation_ratio.is_finite() && dilation_ratio >= 0.0) {
            return Err(Error::Input(format!(
                "the boundary's ratio {dilation_ratio} must be finite and not negative"
            )));
        }
        let [h, w] = self.size();
        let [height, width] = [h, w].map(f64::from);
        let diagonal = (height * height + width * width).sqrt();
        // As Python rounds.
        let distance = (dilation_ratio * diagonal).round_ties_even().max(1.0) as u32;
        let eroded = Reach::Box([distance, distance]).erode(*self, limits)?;
        let edge = f64::from(distance);
        let [inner_h, inner_w] = [height, width].map(|side| (side - 2.0 * edge).max(0.0));
        let inner = [edge, edge, inner_w, inner_h];
        let inner = MaskRuns::from_bbox_within([h, w], self.order(), inner, limits)?;
        let left = eroded.merge(&inner, SetOp::Intersection)?;
        self.merge(&left, SetOp::Difference)
    }

    /// Boundary IoU of two masks: the intersection over union of their
    /// [boundaries](MaskView::boundary), 0 where they share nothing.
    ///
    /// Of all masks of one stack with all of another: [`Runs::iou`] of their [`Runs::boundary`].
    ///
    /// # Errors
    /// As of [`MaskView::boundary`]; and [`Error::Input`] unless both are of one size and of one
    /// scan order.
    ///
    /// ```
    /// use maskrle::{MaskRuns, Order};
    ///
    /// let [a, b] = [[0.0, 0.0, 5.0, 5.0], [1.0, 0.0, 5.0, 5.0]]
    ///     .map(|bbox| MaskRuns::from_bbox([8, 8], Order::RowMajor, bbox));
    /// // Two frames of 16 pixels, which share two sides of 3 pixels and a pixel ... 8 in all.
    /// assert_eq!(a?.boundary_iou(&b?, 0.02)?, 8.0 / 24.0);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn boundary_iou<'b>(
        &self,
        other: impl Into<MaskView<'b>>,
        dilation_ratio: f64,
    ) -> Result<f64> {
        let [a, b] = [*self, other.into()].map(|mask| mask.boundary(dilation_ratio));
        let (a, b) = (a?, b?);
        let both = a.merge_area(&b, SetOp::Intersection)?;
        let any = a.merge_area(&b, SetOp::Union)?;
        Ok(both as f64 / any.max(1) as f64)
    }
}

impl MaskRuns {
    /// [`MaskView::boundary_iou`] of this mask.
    pub fn boundary_iou<'b>(
        &self,
        other: impl Into<MaskView<'b>>,
        dilation_ratio: f64,
    ) -> Result<f64> {
        self.view().boundary_iou(other, dilation_ratio)
    }
}

impl Runs {
    /// [`MaskView::morph`] of each mask, on all cores.
    ///
    /// # Errors
    /// As of [`MaskView::morph`], with the mask at fault; the limit is one on the runs of all masks
    /// too.
    pub fn morph(&self, op: MorphOp, footprint: Footprint) -> Result<Runs> {
        self.morph_within(op, footprint, &Limits::default())
    }

    /// [`Runs::morph`] within another limit on runs.
    pub fn morph_within(&self, op: MorphOp, footprint: Footprint, limits: &Limits) -> Result<Runs> {
        self.reshape_within(limits, |mask| mask.morph_within(op, footprint, limits))
    }

    /// [`MaskView::boundary`] of each mask, on all cores.
    ///
    /// # Errors
    /// As of [`MaskView::boundary`], with the mask at fault; the limit is one on the runs of all
    /// masks too.
    pub fn boundary(&self, dilation_ratio: f64) -> Result<Runs> {
        self.boundary_within(dilation_ratio, &Limits::default())
    }

    /// [`Runs::boundary`] within another limit on runs.
    pub fn boundary_within(&self, dilation_ratio: f64, limits: &Limits) -> Result<Runs> {
        self.reshape_within(limits, |mask| mask.boundary_within(dilation_ratio, limits))
    }

    /// A stack of the results of `work`, as soon as these have too many runs an error.
    fn reshape_within(
        &self,
        limits: &Limits,
        work: impl Fn(MaskView<'_>) -> Result<MaskRuns> + Sync + Send,
    ) -> Result<Runs> {
        let made = AtomicU64::new(0);
        self.reshape(|mask| {
            limits.check_runs(made.load(Ordering::Relaxed))?;
            let result = work(mask)?;
            let runs = result.len() as u64;
            limits.check_runs(made.fetch_add(runs, Ordering::Relaxed) + runs)?;
            Ok(result)
        })
    }
}
