//! `maskrle encode`: masks in files of pixels to any of the formats.

mod args;
mod chunk;
mod inputs;
mod job;
mod memory;
mod notes;
mod queue;
mod resample_args;
mod resampling;
mod run;
mod sink;
mod totals;
mod workers;

pub use args::Args;
pub use run::run;
