//! The GPU backend: which adapter, the passes, and a chunk's way through them.
//!
//! A chunk of masks goes through three passes: pixels are flagged to boundary bits, which are
//! counted a block; the counts are scanned to where each block's starts go; the bits are compacted
//! to starts. One readback brings the starts of all its masks, while the next chunks are already on
//! their way. Of masks that are on the device, two passes more make COCO's strings of the starts.

mod adapter;
mod backend;
mod budget;
mod buffers;
mod checks;
mod chunk_queue;
mod clock;
mod completion;
mod device;
mod device_resampling;
mod device_resident;
mod faults;
mod host_call;
mod kept_groups;
mod layout;
mod masks;
mod options;
mod pass_inputs;
#[doc(hidden)]
pub mod passes;
mod pending;
mod plan;
#[cfg(test)]
mod plan_tests;
mod readback;
mod record;
mod resample_tables;
mod resampled_masks;
mod scratch;
mod staging;
mod strings;
mod submissions;
mod tables;
mod upload;
mod windows;
mod work;

pub use adapter::{AdapterReport, adapters};
pub(crate) use backend::Gpu;
#[cfg(feature = "fault-injection")]
#[doc(hidden)]
pub use faults::{Fault, Faults};
pub(crate) use host_call::HostCall;
pub use masks::GpuMasks;
pub(crate) use options::Options;
pub use pending::Pending;
pub(crate) use readback::ChunkRuns;
pub(crate) use strings::{ChunkStrings, WrittenMask, WrittenStrings};
pub use work::GpuWork;

/// True if `MASKRLE_REQUIRE_GPU=1` makes a missing adapter a failure of unit tests.
#[cfg(test)]
pub(crate) fn is_required() -> bool {
    std::env::var("MASKRLE_REQUIRE_GPU").is_ok_and(|value| value == "1")
}
