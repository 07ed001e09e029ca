//! Sizes that a mask may have, checked as soon as a header says one.

use anyhow::{Result, bail};

/// Most pixels of a mask, and of one of its sides.
const MOST: u64 = u32::MAX as u64;

/// Fails where no mask may have this height and width.
pub fn check_size([height, width]: [u64; 2]) -> Result<()> {
    if height > MOST || width > MOST {
        bail!("a mask of {height} x {width}: a side has at most {MOST} pixels");
    }
    let pixels = height * width;
    if pixels > MOST {
        bail!("a mask of {height} x {width} has {pixels} pixels, the limit is {MOST}");
    }
    Ok(())
}
