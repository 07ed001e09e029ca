//! Encoded masks: the start of each run, and the value that it holds.

mod assemble;
mod boundary_bits;
mod builder;
mod check;
mod delegate;
mod iter;
mod join;
mod labels;
mod lines;
mod mask;
mod offsets;
mod parts;
#[cfg(feature = "serde")]
mod serialise;
mod stack;
mod starts;
mod values;
mod view;

#[cfg(feature = "gpu")]
pub(crate) use assemble::assemble;
pub(crate) use assemble::{begins_with_foreground, runs};
pub(crate) use boundary_bits::{BitLines, Boundaries, BoundaryBits};
pub(crate) use builder::Builder;
pub(crate) use check::{beyond, check_sum};
pub(crate) use delegate::delegate_to_view;
pub use iter::{RunsIntoIter, RunsIter};
pub(crate) use labels::read_labels;
pub(crate) use lines::{Block, Lines, blocks, foreground_blocks};
pub use mask::MaskRuns;
pub(crate) use offsets::offsets;
pub use stack::Runs;
pub(crate) use starts::Starts;
pub use values::Values;
pub(crate) use view::MaskValues;
pub use view::MaskView;
