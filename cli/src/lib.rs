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
mod option_values;
mod options;
mod output;
mod progress;
mod read;
mod rows;
mod show;
mod stats;
mod table;
mod text;

pub use command::run;
