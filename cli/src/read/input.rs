//! Inputs: what the readers yield, and how they are asked for it.

use anyhow::Result;

use super::name::Name;
use super::predicate::Predicate;
use maskrle::PixelArray;

/// Options of the readers.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// True if three dimensions are `[h, w, n]`, false if they are `[n, h, w]`.
    pub masks_last: bool,
    /// Predicate of the pixels, which decides the types that are accepted.
    pub predicate: Predicate,
    /// Bytes of pixels to yield at a time, where masks can be separated without reading them all.
    pub chunk_bytes: u64,
}

/// One array or image: masks of one type and size.
pub struct Input<'a> {
    /// True if it has a dimension of masks, even if of one.
    pub is_stack: bool,
    /// Height and width of its masks.
    pub size: [usize; 2],
    /// Masks in order, some at a time.
    pub chunks: Box<dyn Iterator<Item = Result<PixelArray>> + 'a>,
}

/// A function called with each input, or with the reason why it cannot be read. An error from it
/// ends the reading.
pub type Visit<'v> = dyn FnMut(&Name, Result<Input<'_>>) -> Result<()> + 'v;
