//! Files of datasets and annotators. A new dialect is a file here, and a line in
//! [`dialect_writer`]; one that keeps the masks of an image together is a [`grouped::Grouping`],
//! one that is made of all masks a [`composed::Composition`].

mod by_image;
mod composed;
mod cvat;
mod grouped;
mod id_map;
mod image_spool;
mod label_studio;
mod mots;
mod names;
mod nuimages;
mod open_images;
mod panoptic;
mod sa_v;
mod spool;
mod table;
mod videos;
mod yolo;
mod yolo_folder;
mod youtube_vis;

pub use table::dialect_writer;
