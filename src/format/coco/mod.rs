//! COCO's run lengths, as a string and as numbers.

mod blocks;
mod characters;
#[cfg(feature = "serde")]
mod deserialize;
mod instance;
mod read;
mod read_blocks;
mod reader;
mod scan;
#[cfg(any(target_arch = "x86_64", test))]
mod sixteens;
#[cfg(feature = "serde")]
mod text;
mod types;
mod write;
#[cfg(test)]
mod write_tests;

#[cfg(feature = "serde")]
pub use deserialize::Counts;
pub use instance::CocoInstance;
pub(crate) use read::counts_in;
pub use types::{CocoCounts, CocoMask, CocoRle};
pub(crate) use write::CocoWriter;
