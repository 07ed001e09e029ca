//! Output of a verb: a file that appears only when it is whole, or standard output.

mod atomic_file;
mod destination;
mod new_folder;
mod same_file;

pub use destination::{Output, OutputError, print};
pub use new_folder::NewFolder;
pub use same_file::refuse_input;
