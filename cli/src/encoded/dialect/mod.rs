//! Files of datasets and annotators, read because `--from` says what they are.
//!
//! A new dialect is a file here, and a variant and a line of [`Dialect`].

mod bounded;
mod cvat;
mod dialect_kind;
mod label_studio;
mod labelme;
mod list;
mod mots;
mod nuimages;
mod object;
mod open_images;
mod sa_v;
mod yolo;
mod youtube_vis;

pub use dialect_kind::Dialect;
pub use object::DialectOptions;
