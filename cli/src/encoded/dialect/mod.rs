//! Files of datasets and annotators, read because `--from` says what they are.
//!
//! A new dialect is a file here, and a variant and a line of [`Dialect`].

mod bitmap;
mod bounded;
mod cityscapes;
mod cvat;
mod dialect_kind;
mod label_studio;
mod labelme;
mod list;
mod mots;
mod nuimages;
mod object;
mod open_images;
mod panoptic;
mod png_files;
mod points;
mod sa_v;
mod supervisely;
mod voc;
mod yolo;
mod youtube_vis;

pub use dialect_kind::Dialect;
pub use object::{DialectOptions, PngOptions};
