//! An image that a document lists.

use crate::coco::Id;

/// An image that is not listed yet.
#[derive(Debug)]
pub struct NewImage {
    pub id: Id,
    pub file_name: String,
}
