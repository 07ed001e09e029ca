//! The `maskrle` command: run-length encoding of segmentation masks, to files and back.

mod adapters;
mod bench;
mod budget;
mod coco;
mod command;
mod convert;
mod decode;
mod encode;
mod encoded;
mod error;
mod options;
mod output;
mod progress;
mod read;
mod show;
mod stats;
mod table;
mod text;
mod write;

pub use command::run;
