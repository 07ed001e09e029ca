//! `maskrle decode`: encoded masks back to arrays of pixels.

mod args;
mod arrays;
mod bands;
mod masks;
mod paint;
mod run;
mod survey;
mod until_error;

pub use args::Args;
pub use run::run;
