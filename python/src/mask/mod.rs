//! `maskrle.mask`: pycocotools.mask 2.0.11, name for name.

mod measures;
mod objects;
mod overlap;
mod pixels;

pub(crate) use measures::{mask_area, mask_merge, mask_to_bbox};
pub(crate) use objects::{
    box_rows, mask_from_boxes, mask_from_counts, mask_from_objects, mask_from_polygons,
    polygon_rows,
};
pub(crate) use overlap::mask_iou;
pub(crate) use pixels::{mask_decode, mask_encode};
