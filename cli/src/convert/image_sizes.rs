//! Sizes of images that a dataset does not say, from their masks.

use anyhow::Result;

use crate::coco::{Id, Images};
use crate::encoded::{EncodedFile, Event, Fields, Item, JsonMask, List};

/// Gives each image without a height and a width those of its first good mask. What is wrong with
/// others is said where they are written.
pub fn size_images(file: &EncodedFile, images: &mut Images) -> Result<()> {
    let sized = images
        .iter()
        .filter(|(_, image)| image.sides.size().is_some());
    let mut left = images.iter().count() - sized.count();
    if left == 0 {
        return Ok(());
    }
    file.walk(&mut |event| {
        if let Event::Item(item) = event
            && item.list == List::Annotations
            && left > 0
            && let Some((id, size)) = size_of(item, images)
        {
            images.set_size(&id, size);
            left -= 1;
        }
        Ok(())
    })
}

/// Image of an annotation, and the size of its mask; None where the image has a size, or the mask
/// has none.
fn size_of(item: Item<'_>, images: &Images) -> Option<(Id, [u32; 2])> {
    let fields = Fields::read(item.location, item.text).ok()?;
    let (id, image) = fields.image(item.location, images).ok()?;
    if image.sides.size().is_some() {
        return None;
    }
    let mask = JsonMask::read(item.location, &fields).ok()??;
    let runs = mask.to_runs(item.location, Some(image)).ok()?;
    Some((id, runs.size()))
}
