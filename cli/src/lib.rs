//! The `maskrle` command: run-length encoding of segmentation masks, to files and back.

mod adapters;
mod bench;
mod budget;
mod coco;
mod command;
mod completions;
mod convert;
mod decode;
mod encode;
mod encoded;
mod error;
mod file_kind;
mod man;
mod options;
mod output;
mod positioned;
mod progress;
mod read;
mod show;
#[cfg(unix)]
mod signals;
mod standard_error;
mod stats;
mod table;
mod temporary;
mod text;
mod threads;
mod write;

pub use command::run;
pub use show::notebook_png;
#[cfg(unix)]
pub use signals::handle_signals;
