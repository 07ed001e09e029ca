//! Work on all cores.

mod masks;
#[cfg(feature = "rayon")]
pub(crate) mod queue;
mod scratch_pool;

pub(crate) use masks::{map, reduce, try_for_each_mask};
pub(crate) use scratch_pool::{Lent, Memories, Reused};
