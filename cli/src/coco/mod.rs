//! COCO's documents, results and datasets: their ids and categories, and how they are written as
//! streams.

mod categories;
mod document;
mod id;
mod images;

pub use categories::{Categories, Category};
pub use document::{Annotation, Document, Kind, Mark};
pub use id::{Id, Seen};
pub use images::{Image, Images, Listed, stem};
