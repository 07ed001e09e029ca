//! The operations of a view, on owned masks.

use ndarray::{Array2, ArrayViewMut2};

use super::components::Connectivity;
use super::footprint::Footprint;
use super::merge::SetOp;
use super::moments::Moments;
use super::morphology::MorphOp;
use super::split::Instance;
use crate::Result;
use crate::limits::Limits;
use crate::pixel::{Integer, Order};
use crate::runs::{MaskRuns, MaskView, Runs, delegate_to_view};

delegate_to_view! {
    area() -> u64;
    bbox() -> [u32; 4];
    boundary(dilation_ratio: f64) -> Result<MaskRuns>;
    boundary_within(dilation_ratio: f64, limits: &Limits) -> Result<MaskRuns>;
    centroid() -> Option<[f64; 2]>;
    complement() -> Result<MaskRuns>;
    connected_components(connectivity: Connectivity) -> Result<Runs>;
    connected_components_within(connectivity: Connectivity, limits: &Limits) -> Result<Runs>;
    crop(bbox: [u32; 4]) -> Result<MaskRuns>;
    decode<T: Integer>(layout: Order) -> Result<Array2<T>>;
    decode_into<T: Integer>(out: ArrayViewMut2<'_, T>) -> Result<()>;
    decode_within<T: Integer>(layout: Order, limits: &Limits) -> Result<Array2<T>>;
    fill_holes(connectivity: Connectivity) -> Result<MaskRuns>;
    fill_small_holes(min_area: u64, connectivity: Connectivity) -> Result<MaskRuns>;
    flip_left_right() -> MaskRuns;
    flip_up_down() -> MaskRuns;
    largest_component(connectivity: Connectivity) -> Result<MaskRuns>;
    moments() -> Moments;
    morph(op: MorphOp, footprint: Footprint) -> Result<MaskRuns>;
    morph_within(op: MorphOp, footprint: Footprint, limits: &Limits) -> Result<MaskRuns>;
    pad(frame: [u32; 4]) -> Result<MaskRuns>;
    pad_within(frame: [u32; 4], limits: &Limits) -> Result<MaskRuns>;
    paint<T: Copy>(out: ArrayViewMut2<'_, T>, value: impl FnMut(i64) -> T) -> Result<()>;
    remove_small_components(min_area: u64, connectivity: Connectivity) -> Result<MaskRuns>;
    resize_nearest(size: [u32; 2]) -> Result<MaskRuns>;
    resize_nearest_within(size: [u32; 2], limits: &Limits) -> Result<MaskRuns>;
    rot90(turns: i32) -> MaskRuns;
    split_labels() -> Result<(Vec<Instance>, Runs)>;
    split_labels_within(limits: &Limits) -> Result<(Vec<Instance>, Runs)>;
    tile(times: [u32; 2]) -> Result<MaskRuns>;
    tile_within(times: [u32; 2], limits: &Limits) -> Result<MaskRuns>;
    to_mask() -> Result<Array2<u8>>;
    to_order(order: Order) -> Result<MaskRuns>;
    to_order_within(order: Order, limits: &Limits) -> Result<MaskRuns>;
    transpose() -> MaskRuns;
    warp_affine(matrix: [[f64; 3]; 2], size: [u32; 2]) -> Result<MaskRuns>;
    warp_affine_within(matrix: [[f64; 3]; 2], size: [u32; 2], limits: &Limits) -> Result<MaskRuns>;
    warp_perspective(matrix: [[f64; 3]; 3], size: [u32; 2]) -> Result<MaskRuns>;
    warp_perspective_within(matrix: [[f64; 3]; 3], size: [u32; 2], limits: &Limits)
        -> Result<MaskRuns>;
}

impl MaskRuns {
    /// [`MaskView::merge`] of this mask.
    pub fn merge<'b>(&self, other: impl Into<MaskView<'b>>, op: SetOp) -> Result<MaskRuns> {
        self.view().merge(other, op)
    }

    /// [`MaskView::merge_area`] of this mask.
    pub fn merge_area<'b>(&self, other: impl Into<MaskView<'b>>, op: SetOp) -> Result<u64> {
        self.view().merge_area(other, op)
    }
}
