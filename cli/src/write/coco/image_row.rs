//! An image in lists of images.

use serde::Serialize;

use crate::coco::Id;

/// Members of an image, in their order.
#[derive(Serialize)]
pub struct ImageRow<'a> {
    id: &'a Id,
    file_name: &'a str,
    height: u32,
    width: u32,
}

impl<'a> ImageRow<'a> {
    pub fn new(id: &'a Id, file_name: &'a str, [height, width]: [u32; 2]) -> Self {
        ImageRow {
            id,
            file_name,
            height,
            width,
        }
    }
}
