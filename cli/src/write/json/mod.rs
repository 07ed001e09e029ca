//! JSON lines: a mask on each, as COCO's RLE, as its counts, or as values and counts.

mod line;
mod lines;
mod object;

pub use lines::JsonLines;
pub use object::{MaskObject, ObjectFormat};
