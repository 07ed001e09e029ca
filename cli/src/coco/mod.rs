//! COCO's own terms, which reading and writing share: ids, images, categories, whole numbers.

mod categories;
mod id;
mod images;
mod seen_ids;
mod sides;
mod whole;

pub use categories::{Categories, Category};
pub use id::Id;
pub use images::{Image, Images, ListedImage, stem};
pub use seen_ids::SeenIds;
pub use sides::Sides;
pub use whole::whole;
