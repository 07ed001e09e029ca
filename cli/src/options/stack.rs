//! The meaning of a stack's masks.

use clap::ValueEnum;

/// Meaning of an array's masks in COCO's documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Stack {
    /// Instances of one image: the file, or the array in a .npz
    Instances,
    /// Images, one after the other
    Images,
}
