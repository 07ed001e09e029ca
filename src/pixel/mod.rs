//! Pixels: their types, masks of them, and a mask as rows of memory.

mod element;
mod labels;
mod masks;
mod order;
mod plane;

pub use element::{Element, Float, Integer, Labels};
pub(crate) use element::{Pixels, with_labels, with_view};
#[cfg(feature = "gpu")]
pub(crate) use masks::MAX_MASKS_WITHOUT_PIXELS;
pub(crate) use masks::mask_of;
pub use masks::{MaskArray, Masks};
pub use order::{BitOrder, Order};
#[cfg(feature = "gpu")]
pub(crate) use plane::Orientation;
pub(crate) use plane::{
    Packed, Plane, PlaneVisitor, Rows, Scan, StackVisitor, visit_interleaved, visit_plane,
    visit_stack,
};
