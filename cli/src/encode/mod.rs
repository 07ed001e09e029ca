//! `maskrle encode`: masks in files of pixels to any of the formats.

mod args;
mod job;
mod run;
mod totals;

pub use args::Args;
pub use run::run;
