//! Work on all cores, and scratch that outlives it.

mod concat;
mod cost;
mod masks;
#[cfg(feature = "rayon")]
pub(crate) mod queue;
mod scratch_pool;

pub(crate) use concat::concat;
pub(crate) use cost::PIXELS_PER_CHUNK;
#[cfg(feature = "rayon")]
pub(crate) use cost::PIXELS_PER_TASK;
#[cfg(any(feature = "rayon", feature = "gpu"))]
pub(crate) use cost::cost_in_pixels;
pub(crate) use masks::{map, reduce, try_for_each_mask};
#[cfg(feature = "rayon")]
pub(crate) use scratch_pool::ScratchGuard;
pub(crate) use scratch_pool::{PooledScratch, ScratchPool};
