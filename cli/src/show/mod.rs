//! `maskrle show`: masks as a picture.

mod canvas;
mod colour;
mod draw;
mod run;
mod select;
mod tag;

pub use run::{Args, run};
