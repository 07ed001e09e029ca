//! `maskrle stats`: counts and sizes of a file's masks, and their compression.

mod report;
mod run;
mod tally;

pub use run::{Args, run};
