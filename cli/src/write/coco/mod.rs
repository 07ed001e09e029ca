//! COCO's documents: results and datasets.

mod annotations;
mod dataset;
mod dataset_images;
mod document;
mod id_list;
mod input_images;
mod named_images;
mod new_image;
mod results;

pub use annotations::{Annotations, AnnotationsOptions};
pub use dataset::Dataset;
pub use results::Results;
