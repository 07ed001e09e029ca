//! Files of datasets and annotators. A new dialect is a file here, and a line in
//! [`dialect_writer`]; one that keeps the masks of an image together is a [`grouped::Grouping`].

mod cvat;
mod grouped;
mod label_studio;
mod mots;
mod names;
mod nuimages;
mod open_images;
mod spool;
mod table;
mod yolo;

pub use table::dialect_writer;
