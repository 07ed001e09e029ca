//! `maskrle convert`: encoded masks from one format to another.

mod args;
mod build;
mod members;
mod rewrite;
mod run;

pub use args::Args;
pub use run::run;
