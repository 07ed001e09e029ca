//! Masks as JSON has them, and what they are made of: polygons, unions, labels, rectangles.

mod good_polygons;
mod json_mask;
mod label_map;
mod polygons;
mod rectangles;
mod union;

pub use good_polygons::without_bad_polygons;
pub use json_mask::{JsonMask, Rle, numbers, part_mask, read_size};
pub use label_map::masks_of;
pub use rectangles::{Rectangle, rectangles};
