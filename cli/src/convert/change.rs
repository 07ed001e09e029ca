//! Changes to masks: operations of the library, in the order of the command line.

use anyhow::{Context, Result, bail};
use maskrle::{Connectivity, Footprint, Limits, MaskRuns, MaskView, MorphOp, Order};

use crate::encoded::{limits, masks_of};

/// A change to a mask.
#[derive(Debug, Clone, Copy)]
pub enum Change {
    FillHoles,
    /// Holes of fewer pixels.
    FillSmallHoles(u64),
    /// Components of fewer pixels.
    RemoveSmallComponents(u64),
    LargestComponent,
    Morph(MorphOp, Footprint),
    /// Distance from the contour, as a share of the mask's diagonal.
    Boundary(f64),
    Complement,
    FlipLeftRight,
    FlipUpDown,
    Transpose,
    /// Quarter turns against the clock.
    Rot90(i32),
    /// Height and width.
    ResizeNearest([u32; 2]),
    /// x, y, width and height.
    Crop([u32; 4]),
    /// Rows above and below, columns left and right.
    Pad([u32; 4]),
    /// Times down and across.
    Tile([u32; 2]),
    /// To the places that a matrix gives, at the mask's own height and width or others.
    Warp {
        matrix: [[f64; 3]; 3],
        size: Option<[u32; 2]>,
    },
}

/// A change as it was asked for.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// Name of its option.
    pub option: &'static str,
    pub change: Change,
}

/// All changes to a file's masks, one after the other.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    pub steps: Vec<Step>,
    /// Neighbours of a pixel, where others are asked for than each change's usual ones.
    pub connectivity: Option<Connectivity>,
}

impl Change {
    /// True if it takes apart what hangs together, so that it has a connectivity.
    pub fn has_connectivity(self) -> bool {
        matches!(
            self,
            Change::FillHoles
                | Change::FillSmallHoles(_)
                | Change::RemoveSmallComponents(_)
                | Change::LargestComponent
        )
    }

    /// True if pixels get other places, and images other sizes.
    fn moves_pixels(self) -> bool {
        match self {
            Change::FillHoles
            | Change::FillSmallHoles(_)
            | Change::RemoveSmallComponents(_)
            | Change::LargestComponent
            | Change::Morph(..)
            | Change::Boundary(_)
            | Change::Complement => false,
            Change::FlipLeftRight
            | Change::FlipUpDown
            | Change::Transpose
            | Change::Rot90(_)
            | Change::ResizeNearest(_)
            | Change::Crop(_)
            | Change::Pad(_)
            | Change::Tile(_)
            | Change::Warp { .. } => true,
        }
    }

    fn apply(
        self,
        mask: MaskView<'_>,
        connectivity: Option<Connectivity>,
        limits: &Limits,
    ) -> maskrle::Result<MaskRuns> {
        let of_holes = connectivity.unwrap_or(Connectivity::Four);
        let of_components = connectivity.unwrap_or(Connectivity::Eight);
        match self {
            Change::FillHoles => mask.fill_holes(of_holes),
            Change::FillSmallHoles(area) => mask.fill_small_holes(area, of_holes),
            Change::RemoveSmallComponents(area) => {
                mask.remove_small_components(area, of_components)
            }
            Change::LargestComponent => mask.largest_component(of_components),
            Change::Morph(op, footprint) => mask.morph_within(op, footprint, limits),
            Change::Boundary(ratio) => mask.boundary_within(ratio, limits),
            Change::Complement => mask.complement(),
            Change::FlipLeftRight => Ok(mask.flip_left_right()),
            Change::FlipUpDown => Ok(mask.flip_up_down()),
            Change::Transpose => Ok(mask.transpose()),
            Change::Rot90(turns) => Ok(mask.rot90(turns)),
            Change::ResizeNearest(size) => mask.resize_nearest_within(size, limits),
            Change::Crop(bbox) => mask.crop(bbox),
            Change::Pad(frame) => mask.pad_within(frame, limits),
            Change::Tile(times) => mask.tile_within(times, limits),
            Change::Warp { matrix, size } => {
                let size = size.unwrap_or(mask.size());
                mask.warp_perspective_within(matrix, size, limits)
            }
        }
    }
}

impl Changes {
    /// True if masks stay as they are.
    pub fn is_none(&self) -> bool {
        self.steps.is_empty()
    }

    /// True if pixels get other places, and images other sizes.
    pub fn moves_pixels(&self) -> bool {
        self.steps.iter().any(|step| step.change.moves_pixels())
    }

    /// A mask with all changes, in its own scan order; None where there are none. Of label maps,
    /// but for those of 0 and 1, pixels can be moved alone.
    pub fn of_mask(&self, mask: MaskView<'_>) -> Result<Option<MaskRuns>> {
        if self.is_none() {
            return Ok(None);
        }
        if !mask.is_binary() && mask.values().all(|value| matches!(value, 0 | 1)) {
            let (_, masks) = masks_of(mask)?;
            return masks
                .iter()
                .next()
                .map(|mask| self.applied(mask))
                .transpose();
        }
        let of_masks = self.steps.iter().find(|step| !step.change.moves_pixels());
        if let (false, Some(step)) = (mask.is_binary(), of_masks) {
            bail!(
                "--{}: this is a label map, whose labels become masks in any format but values",
                step.option
            );
        }
        self.applied(mask).map(Some)
    }

    /// Size of an image with all changes.
    pub fn of_size(&self, size: [u32; 2]) -> Result<[u32; 2]> {
        if !self.moves_pixels() {
            return Ok(size);
        }
        let pixels = size[0].checked_mul(size[1]).with_context(|| {
            format!(
                "{} x {}: a mask has at most {} pixels",
                size[0],
                size[1],
                u32::MAX
            )
        })?;
        let mut empty = MaskRuns::from_counts(size, Order::ColumnMajor, [pixels])?;
        for step in self.steps.iter().filter(|step| step.change.moves_pixels()) {
            empty = self.step(step, empty.view(), &limits())?;
        }
        Ok(empty.size())
    }

    fn applied(&self, mask: MaskView<'_>) -> Result<MaskRuns> {
        let limits = limits();
        let mut changed = mask.to_owned();
        for step in &self.steps {
            changed = self.step(step, changed.view(), &limits)?;
        }
        match changed.order() == mask.order() {
            true => Ok(changed),
            false => Ok(changed.to_order_within(mask.order(), &limits)?),
        }
    }

    fn step(&self, step: &Step, mask: MaskView<'_>, limits: &Limits) -> Result<MaskRuns> {
        let changed = step.change.apply(mask, self.connectivity, limits);
        changed.with_context(|| format!("--{}", step.option))
    }
}
