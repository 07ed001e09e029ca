//! The encoder: which backend, and the way from masks to runs or strings.

mod backend;
mod builder;
#[cfg(feature = "gpu")]
mod device_masks;
#[cfg(feature = "gpu")]
mod device_strings;
mod encode;
#[cfg(feature = "gpu")]
mod faster_queue;
#[cfg(all(test, feature = "gpu"))]
mod faster_queue_tests;
mod instances;
#[cfg(feature = "gpu")]
mod kinds;
#[cfg(feature = "gpu")]
mod lazy_gpu;
#[cfg(feature = "gpu")]
mod pixel_sums;
#[cfg(feature = "gpu")]
mod rates;
#[cfg(feature = "gpu")]
mod rehearsal;
#[cfg(feature = "gpu")]
mod share;
mod stream;
#[cfg(feature = "gpu")]
mod work_queue;
#[cfg(all(test, feature = "gpu"))]
mod work_queue_tests;

pub use backend::{Backend, ChosenBackend, Tally};
pub use builder::EncoderBuilder;
pub use encode::Encoder;
pub use instances::InstanceOptions;
