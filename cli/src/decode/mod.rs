//! `maskrle decode`: encoded masks back to arrays of pixels.

mod args;
mod arrays;
mod element_type;
mod masks;
mod paint;
mod run;
mod until_error;

pub use args::Args;
pub use run::run;
