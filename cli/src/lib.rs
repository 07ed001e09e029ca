//! The `maskrle` command: run-length encoding of segmentation masks, to files and back.

mod adapters;
mod bench;
mod coco;
mod coded;
mod command;
mod convert;
mod decode;
mod encode;
mod error;
mod ids;
mod options;
mod output;
mod progress;
mod read;
mod rows;
mod show;
mod stats;

pub use command::run;
