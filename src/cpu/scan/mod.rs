//! Words to boundaries in scan order.

pub(crate) mod across;
pub(crate) mod along;
mod blocks;
pub(crate) mod interleaved;
mod strip;
pub(crate) mod tiny;
mod walk;
