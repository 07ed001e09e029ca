//! The encoder: which backend, and the way from masks to runs or strings.

mod backend;
mod builder;
#[cfg(feature = "gpu")]
mod device_masks;
mod encode;
#[cfg(feature = "gpu")]
mod late_gpu;
#[cfg(feature = "gpu")]
mod share;
mod stream;

pub use backend::{Backend, Chosen, Tally};
pub use builder::Builder;
pub use encode::Encoder;
