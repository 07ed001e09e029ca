//! `.npy`: masks streamed from any reader, as many at a time as the memory allows.

mod chunks;
mod header;
mod interleaved;
mod layout;

pub use chunks::input;
pub use header::{Header, MAGIC};
