//! Pixels: their types, masks of them, and a mask as rows of memory.

mod array;
mod axis;
mod crop;
mod element;
mod element_type;
mod given;
mod labels;
mod list;
mod mask_array;
mod masks;
#[cfg(test)]
mod masks_tests;
mod order;
mod paste;
mod plane;
mod resample;
mod resampled;
mod samples;
mod size;
mod stack;
mod typed;

pub use array::PixelVisitor;
pub(crate) use axis::Axis;
pub use element::{Element, Float, Integer};
pub use element_type::ElementType;
#[cfg(feature = "gpu")]
pub(crate) use given::GivenThreshold;
pub(crate) use list::for_each_element;
pub use mask_array::MaskArray;
pub use masks::Masks;
pub use order::{BitOrder, Order};
pub use paste::Paste;
#[cfg(feature = "gpu")]
pub(crate) use paste::{Pasted, check_boxes};
#[cfg(feature = "gpu")]
pub(crate) use plane::{Orientation, orientation};
pub(crate) use plane::{
    Packed, Plane, PlaneVisitor, RowShape, Rows, Scan, StackVisitor, visit_interleaved,
    visit_plane, visit_stack,
};
pub(crate) use resample::{Formula, Resample, lerp, value};
pub(crate) use samples::Samples;
pub(crate) use size::checked_pixels;
#[cfg(feature = "gpu")]
pub(crate) use size::{check_sides, checked_masks};
pub use typed::{Labels, PixelArray};
pub(crate) use typed::{
    Pixels, mask_of, match_array, match_labels, match_pixels, with_labels, with_view,
};
