//! The work that pixels make, and amounts of it that are worth handing to another core.

/// Pixels of a task of whole masks: some ten microseconds' work.
#[cfg(feature = "rayon")]
pub(crate) const PIXELS_PER_TASK: u64 = 1 << 18;

/// Pixels of a chunk of one mask's rows that is a task of its own.
pub(crate) const PIXELS_PER_CHUNK: usize = 1 << 21;

/// Pixels that a mask without any costs: its entry.
#[cfg(any(feature = "rayon", feature = "gpu"))]
const LEAST_COST: u64 = 64;

/// Cost of a mask of this height and width, in pixels: its own, and some where there are none.
#[cfg(any(feature = "rayon", feature = "gpu"))]
pub(crate) fn cost_in_pixels([height, width]: [u32; 2]) -> u64 {
    (u64::from(height) * u64::from(width)).max(LEAST_COST)
}
