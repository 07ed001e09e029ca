//! Work on all cores, and scratch that outlives it.

mod allowed;
mod amounts;
mod concat;
mod masks;
#[cfg(feature = "rayon")]
pub(crate) mod queue;
mod scratch_pool;
#[cfg(feature = "rayon")]
pub(crate) mod threads;

pub(crate) use allowed::Threads;
pub(crate) use amounts::PIXELS_PER_CHUNK;
#[cfg(feature = "rayon")]
pub(crate) use amounts::PIXELS_PER_TASK;
pub(crate) use concat::concat;
pub(crate) use masks::{for_each_chunk, map, map_ranges, reduce, try_for_each_mask};
pub(crate) use scratch_pool::{PooledScratch, ScratchGuard, ScratchPool};
#[cfg(feature = "rayon")]
pub use threads::are_there as threads_are_there;
