//! Reads masks from files: every file is one input or several, every input a stream of chunks.

mod archive;
mod entry;
mod file;
mod folder;
mod ignored;
mod input;
mod jpeg;
mod left_out;
mod name;
mod natural;
mod npy;
mod png;
mod png_channels;
mod png_mask;
mod predicate;
mod resampled;
mod runs;
mod size;
mod source;
mod stacks;
mod usage;
mod visit;

pub use file::{is_named_pixels, size};
pub use folder::{InputFile, Unread, list};
pub use input::{Input, Opened, Options, Uses};
pub use left_out::LeftOut;
pub use name::Name;
pub use npy::boxes;
pub use png::Picture;
pub use png_channels::Channels;
pub use predicate::Predicate;
pub use resampled::Resampled;
pub use runs::runs;
pub use source::{Source, Sources, Stream, sources};
pub use usage::{check_recursive, check_standard_input};
pub use visit::{holds_floats, picture, visit};
