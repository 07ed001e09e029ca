//! `maskrle convert`: encoded masks from one format to another.

mod args;
mod build;
mod categories;
mod change;
mod change_args;
mod complete;
mod edits;
mod image_sizes;
mod item;
mod labels;
mod measures;
mod members;
mod rewrite;
mod run;
mod spelt;
mod stale;
mod summary;

pub use args::Args;
pub use run::run;
