//! Checks of sizes and counts.

use crate::error::Position;
use crate::{Error, Result};

/// Error of count `index`, which goes beyond the mask.
#[cold]
pub(crate) fn beyond(index: usize, [h, w]: [u32; 2]) -> Error {
    let what = format!(
        "the counts sum to more than the {} pixels of {h} x {w}",
        u64::from(h) * u64::from(w)
    );
    Error::format(Position::Count(index), what)
}

/// Refuses counts whose sum is less than the mask's pixels.
pub(crate) fn check_sum(sum: u32, [h, w]: [u32; 2]) -> Result<()> {
    let pixels = u64::from(h) * u64::from(w);
    if u64::from(sum) != pixels {
        let what = format!("they sum to {sum}, a mask of {h} x {w} has {pixels} pixels");
        return Err(Error::format(Position::Counts, what));
    }
    Ok(())
}
