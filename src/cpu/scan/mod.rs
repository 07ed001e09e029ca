//! Words to boundaries in scan order: along the rows of memory, across them, and shorter ways for
//! tiny masks and for masks that lie pixel by pixel beside each other.

mod across;
mod along;
mod interleaved;
mod strip;
mod tile;
mod tile_index;
mod tiles;
mod tiny;

pub(crate) use across::{AcrossScratch, scan_across};
pub(crate) use along::scan_along;
pub(crate) use interleaved::{InterleavedBits, LEAST_PIXELS};
pub(crate) use tiny::{TinyLayout, TinyScratch, is_tiny, scan_tiny};

// Sizes at which another way is taken: tests try both sides of each.
#[cfg(test)]
pub(crate) use across::{BYTES_AT_ONCE, BYTES_IN_TURN, COLUMNS, COLUMNS_OF_STRIP};
#[cfg(all(test, feature = "rayon"))]
pub(crate) use along::CHUNKS_PER_WAVE;
#[cfg(test)]
pub(crate) use along::PIECE;
#[cfg(test)]
pub(crate) use strip::WIDE;
#[cfg(test)]
pub(crate) use tile::BAND;
#[cfg(test)]
pub(crate) use tiles::DENSE_COLUMNS;
#[cfg(test)]
pub(crate) use tiny::{GROUP, MOST_STARTS, SIDE, STARTS};
