//! Encoded masks: where each run starts and what it holds.

mod assemble;
mod build;
mod lines;
mod mask;
mod stack;
mod starts;
mod values;

#[cfg(feature = "gpu")]
pub(crate) use assemble::assemble;
pub(crate) use assemble::{begins_with_foreground, runs};
pub(crate) use build::{Builder, beyond, check_sum};
pub(crate) use lines::{Block, Lines, blocks};
pub use mask::MaskRuns;
pub(crate) use mask::MaskValues;
pub use stack::Runs;
pub(crate) use starts::Starts;
pub use values::Values;
