//! Bytes of a file: where they come from, what they are, and how they are unpacked.

mod content;
mod source;
mod unpack;

pub use source::{Reader, Source};
