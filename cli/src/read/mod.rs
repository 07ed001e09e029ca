//! Reads masks from files: every file is one input or several, every input a stream of chunks.

mod file;
mod folder;
mod input;
mod jpeg;
mod name;
mod npy;
mod npz;
mod png;
mod predicate;
mod runs;
mod visit;

pub use file::{is_named_pixels, size};
pub use folder::files;
pub use input::{Input, Options};
pub use name::Name;
pub use png::Picture;
pub use predicate::Predicate;
pub use runs::runs;
pub use visit::{holds_floats, picture, visit};
