//! Memory that one item of a file may take.

use maskrle::{Limits, MaskView};

/// Most bytes of a file that are in memory at once: an annotation, a row, a member of a dataset.
/// The string of a mask of 16384 x 16384 pixels of noise takes half of them.
pub const MOST_BYTES: u64 = 256 << 20;

/// Most lists and objects within each other in one value; a polygon is four deep.
pub const MOST_OPEN: usize = 1000;

/// Limits on what is made of one row. A few bytes may cross every column of an image that is said
/// to have millions, and a run along the rows may be one in every column: the runs are kept to what
/// a file's reader has memory for, 32 MiB.
pub fn limits() -> Limits {
    Limits::default().with_runs(1 << 23)
}

/// Bytes of memory that a mask's runs take.
pub fn bytes_of_runs(mask: MaskView<'_>) -> u64 {
    // A start, and of a label map a label, which is an i64 at most.
    let bytes = if mask.is_binary() { 4 } else { 12 };
    mask.len() as u64 * bytes
}
