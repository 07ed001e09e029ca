//! `.npy`: masks streamed from any reader, as many at a time as the memory allows.

mod boxes;
mod chunks;
mod header;
mod interleaved;
mod layout;

pub use boxes::boxes;
pub use chunks::input;
pub use header::{Header, MAGIC};
pub use layout::has_image_sides;
