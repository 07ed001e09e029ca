//! `maskrle show`: masks as a picture, or as a sheet of many.

mod args;
mod canvas;
mod colour;
mod coverage;
mod draw;
mod notebook;
mod picker;
mod row;
mod run;
mod scale;
mod select;
mod sheet;
mod tag;

pub use args::Args;
pub use notebook::notebook_png;
pub use run::run;
