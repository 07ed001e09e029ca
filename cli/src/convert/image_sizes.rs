//! Sizes of a dataset's images: those that it does not say, from their masks, and those that their
//! masks are changed to.

use anyhow::{Context, Result, anyhow};

use super::change::Changes;
use super::edits::Edits;
use crate::coco::{Id, Images};
use crate::encoded::{
    EncodedFile, Event, Fields, Item, JsonMask, List, Location, Need, read_image,
};

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

/// Text of an image with the size that its masks are changed to. Where it `is_completed`, one that
/// has no size gets that of its masks. None where nothing changes.
pub fn resized_image(
    location: Location,
    text: &str,
    images: &Images,
    changes: &Changes,
    is_completed: bool,
) -> Result<Option<String>> {
    // A dataset that lists its images may have a member "image" of its own.
    let is_other = matches!(location, Location::Image) && images.only().is_none();
    if is_other || !is_completed && !changes.moves_pixels() {
        return Ok(None);
    }
    let image = read_image(location, text, Need::Unread)?;
    let id = match location {
        Location::Image => images.only(),
        _ => image.id.as_ref(),
    };
    let Some(listed) = id.and_then(|id| images.get(id)) else {
        return Ok(None);
    };
    let own = image.sides;
    let size = match listed.sides.size() {
        Some(_) if own.are_unknown() && !is_completed => return Ok(None),
        Some(size) => changes
            .of_size(size)
            .map_err(|error| location.locate(error))?,
        None if own.are_unknown() || !changes.moves_pixels() => return Ok(None),
        None => {
            let what = anyhow!("one side alone is known, and pixels are moved by both");
            return Err(location.locate(what));
        }
    };
    if own.size() == Some(size) {
        return Ok(None);
    }
    let mut edits = Edits::new(text);
    edits.set("height", &size[0])?;
    edits.set("width", &size[1])?;
    Ok(Some(edits.finish()))
}

/// Changes the sizes of all images as those of their masks.
pub fn change_sizes(images: &mut Images, changes: &Changes) -> Result<()> {
    images.map_sizes(|id, size| {
        let changed = changes.of_size(size);
        changed.with_context(|| format!("the image {id}"))
    })
}
