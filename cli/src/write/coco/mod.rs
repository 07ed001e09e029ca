//! COCO's documents: results and datasets.

mod annotations;
mod dataset;
mod dataset_images;
mod document;
mod id_list;
mod image_row;
mod input_images;
mod named_images;
mod new_image;
mod results;

pub use annotations::{Annotations, AnnotationsOptions};
pub use dataset::Dataset;
pub use image_row::ImageRow;
pub use results::Results;
