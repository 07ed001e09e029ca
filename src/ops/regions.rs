//! Components of masks as masks, and masks without small ones or holes.

use std::sync::atomic::{AtomicU64, Ordering};

use super::components::{Components, Connectivity};
use crate::limits::Limits;
use crate::runs::{MaskRuns, MaskView, Runs};
use crate::{Error, Result};

impl MaskView<'_> {
    /// The connected components of a mask, a mask each of its size and order, in scan order of
    /// their first pixels. As `scipy.ndimage.label` finds them with `structure` of 4 or 8
    /// neighbours.
    ///
    /// Takes time by the runs; [`Runs::areas`] and [`Runs::bboxes`] measure the components.
    ///
    /// # Errors
    /// [`Error::Input`](crate::Error::Input) on a label map; [`Error::Limit`](crate::Error::Limit)
    /// where there may be more masks or runs than the default [`Limits`] allow.
    ///
    /// ```
    /// use maskrle::{Connectivity, MaskRuns, Order};
    ///
    /// // 1 0 1
    /// // 1 0 0
    /// let mask = MaskRuns::from_counts([2, 3], Order::RowMajor, [0, 1, 1, 2, 2])?;
    /// let parts = mask.connected_components(Connectivity::Eight)?;
    /// assert_eq!(parts.areas(), [2, 1]);
    /// assert_eq!(parts.bboxes(), [[0, 0, 1, 2], [2, 0, 1, 1]]);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn connected_components(&self, connectivity: Connectivity) -> Result<Runs> {
        self.connected_components_within(connectivity, &Limits::default())
    }

    /// [`MaskView::connected_components`] within another limit on masks and their runs.
    pub fn connected_components_within(
        &self,
        connectivity: Connectivity,
        limits: &Limits,
    ) -> Result<Runs> {
        Components::new(*self, connectivity)?.split(limits)
    }

    /// The largest of the mask's [components](MaskView::connected_components), of several the first
    /// in scan order. All background if there is none. Takes time by the runs.
    ///
    /// # Errors
    /// [`Error::Input`](crate::Error::Input) on a label map.
    ///
    /// ```
    /// use maskrle::{Connectivity, MaskRuns, Order};
    ///
    /// let mask = MaskRuns::from_counts([1, 6], Order::RowMajor, [0, 1, 1, 2, 1, 1])?;
    /// let largest = mask.largest_component(Connectivity::Eight)?;
    /// assert_eq!(largest.to_mask()?, ndarray::arr2(&[[0, 0, 1, 1, 0, 0]]));
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn largest_component(&self, connectivity: Connectivity) -> Result<MaskRuns> {
        let components = Components::new(*self, connectivity)?;
        let areas = components.areas();
        let largest = (0..areas.len()).rev().max_by_key(|&number| areas[number]);
        Ok(components.keep(|number| Some(number) == largest))
    }

    /// The mask without the [components](MaskView::connected_components) of fewer than `min_area`
    /// pixels. Takes time by the runs.
    ///
    /// `remove_small_regions` of Segment Anything, which its mask generator calls for holes and
    /// then for islands, is [`MaskView::fill_small_holes`] and this, both with
    /// [`Connectivity::Eight`]; only that it keeps the largest island if all are small.
    ///
    /// # Errors
    /// [`Error::Input`](crate::Error::Input) on a label map.
    ///
    /// ```
    /// use maskrle::{Connectivity::Eight, MaskRuns, Order, Result};
    ///
    /// fn remove_small_regions(mask: &MaskRuns, min_area: u64) -> Result<MaskRuns> {
    ///     let filled = mask.fill_small_holes(min_area, Eight)?;
    ///     let kept = filled.remove_small_components(min_area, Eight)?;
    ///     if kept.area() == 0 { filled.largest_component(Eight) } else { Ok(kept) }
    /// }
    ///
    /// let mask = MaskRuns::from_counts([1, 9], Order::RowMajor, [2, 2, 1, 1, 2, 1])?;
    /// let cleaned = remove_small_regions(&mask, 2)?;
    /// assert_eq!(cleaned.to_mask()?, ndarray::arr2(&[[0, 0, 1, 1, 1, 1, 0, 0, 0]]));
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn remove_small_components(
        &self,
        min_area: u64,
        connectivity: Connectivity,
    ) -> Result<MaskRuns> {
        let components = Components::new(*self, connectivity)?;
        let areas = components.areas();
        Ok(components.keep(|number| areas[number] >= min_area))
    }

    /// The mask with its holes filled: components of the background that do not reach the mask's
    /// border. `connectivity` is that of the background; with [`Connectivity::Four`] it is
    /// `scipy.ndimage.binary_fill_holes`. Takes time by the runs.
    ///
    /// # Errors
    /// [`Error::Input`](crate::Error::Input) on a label map.
    ///
    /// ```
    /// use maskrle::{Connectivity, MaskRuns, Order};
    ///
    /// // 1 1 1
    /// // 1 0 1
    /// // 1 1 0
    /// let ring = MaskRuns::from_counts([3, 3], Order::RowMajor, [0, 4, 1, 3, 1])?;
    /// assert_eq!(ring.fill_holes(Connectivity::Four)?.area(), 8);
    /// assert_eq!(ring.fill_holes(Connectivity::Eight)?, ring); // it leaves through the corner
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn fill_holes(&self, connectivity: Connectivity) -> Result<MaskRuns> {
        let background = self.complement()?;
        let components = Components::new(background.view(), connectivity)?;
        let at_border = components.at_border();
        components.keep(|number| at_border[number]).complement()
    }

    /// The mask with all components of its background filled that have fewer than `min_area`
    /// pixels, be they holes or at the mask's border. `connectivity` is that of the background.
    /// Takes time by the runs.
    ///
    /// # Errors
    /// [`Error::Input`](crate::Error::Input) on a label map.
    ///
    /// ```
    /// use maskrle::{Connectivity, MaskRuns, Order};
    ///
    /// let mask = MaskRuns::from_counts([1, 6], Order::RowMajor, [1, 1, 2, 1, 1])?;
    /// let filled = mask.fill_small_holes(2, Connectivity::Eight)?;
    /// assert_eq!(filled.to_mask()?, ndarray::arr2(&[[1, 1, 0, 0, 1, 1]]));
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn fill_small_holes(&self, min_area: u64, connectivity: Connectivity) -> Result<MaskRuns> {
        let background = self.complement()?;
        background
            .remove_small_components(min_area, connectivity)?
            .complement()
    }
}

impl Runs {
    /// [`MaskView::connected_components`] of each mask, on all cores, and the index of the mask of
    /// each component.
    ///
    /// # Errors
    /// As of [`MaskView::connected_components`], with the mask at fault; the limits are those on
    /// the runs and masks of all components.
    ///
    /// ```
    /// use maskrle::{Connectivity, MaskRuns, Order, Runs};
    ///
    /// let mask = MaskRuns::from_counts([1, 4], Order::RowMajor, [0, 2, 1, 1])?;
    /// let (components, masks) = Runs::from(mask).connected_components(Connectivity::Four)?;
    /// assert_eq!((components.areas(), masks), (vec![2, 1], vec![0, 0]));
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn connected_components(&self, connectivity: Connectivity) -> Result<(Runs, Vec<usize>)> {
        self.connected_components_within(connectivity, &Limits::default())
    }

    /// [`Runs::connected_components`] within other limits on runs and masks.
    pub fn connected_components_within(
        &self,
        connectivity: Connectivity,
        limits: &Limits,
    ) -> Result<(Runs, Vec<usize>)> {
        let made = AtomicU64::new(0);
        let found = self.each(|mask| {
            // No more is made once there is too much.
            limits.check_runs(made.load(Ordering::Relaxed))?;
            let components = mask.connected_components_within(connectivity, limits)?;
            let runs = components.starts().len() as u64;
            limits.check_runs(made.fetch_add(runs, Ordering::Relaxed) + runs)?;
            Ok(components)
        });
        let (mut parts, mut masks) = (Vec::new(), Vec::new());
        for (index, components) in found.into_iter().enumerate() {
            let components = components.map_err(|error: Error| error.within("mask", index))?;
            masks.extend(std::iter::repeat_n(index, components.len()));
            parts.push(components);
        }
        limits.check_masks(masks.len() as u64)?;
        match parts.is_empty() {
            true => Ok((self.clone(), masks)),
            false => Ok((Runs::concat(parts)?, masks)),
        }
    }

    /// [`MaskView::largest_component`] of each mask, on all cores.
    ///
    /// # Errors
    /// As of [`MaskView::largest_component`].
    pub fn largest_component(&self, connectivity: Connectivity) -> Result<Runs> {
        self.reshape(|mask| mask.largest_component(connectivity))
    }

    /// [`MaskView::remove_small_components`] of each mask, on all cores.
    ///
    /// # Errors
    /// As of [`MaskView::remove_small_components`].
    pub fn remove_small_components(
        &self,
        min_area: u64,
        connectivity: Connectivity,
    ) -> Result<Runs> {
        self.reshape(|mask| mask.remove_small_components(min_area, connectivity))
    }

    /// [`MaskView::fill_holes`] of each mask, on all cores.
    ///
    /// # Errors
    /// As of [`MaskView::fill_holes`].
    pub fn fill_holes(&self, connectivity: Connectivity) -> Result<Runs> {
        self.reshape(|mask| mask.fill_holes(connectivity))
    }

    /// [`MaskView::fill_small_holes`] of each mask, on all cores.
    ///
    /// # Errors
    /// As of [`MaskView::fill_small_holes`].
    pub fn fill_small_holes(&self, min_area: u64, connectivity: Connectivity) -> Result<Runs> {
        self.reshape(|mask| mask.fill_small_holes(min_area, connectivity))
    }
}
