//! Pixels to words.

pub(crate) mod aligned;
pub(crate) mod grid;
pub(crate) mod source;
pub(crate) mod words;
