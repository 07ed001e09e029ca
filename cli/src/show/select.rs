//! Selection of the masks of a file that are drawn.

use std::borrow::Cow;
use std::cell::RefCell;
use std::path::Path;

use anyhow::{Context, Result};

use super::picker::{Choice, Picked, Picker};
use crate::coco::Id;
use crate::encoded::{EncodedFile, Entry, EntryOptions, ImageName, Need};
use crate::options::ViewArgs;
use crate::read;
use crate::standard_error;

/// Selects from a file of encoded masks.
pub fn of_runs(
    file: &EncodedFile,
    picker: Picker<'_>,
    options: &EntryOptions<'_>,
) -> Result<Picked> {
    let images = file.images(Need::Unread)?;
    // An image may be listed, and have no mask.
    let listed = match picker.choice() {
        Choice::Image(id) => images
            .as_ref()
            .and_then(|images| images.get(&Id::of_text(id))),
        _ => None,
    };
    let picker = RefCell::new(picker);
    let notes = file.entries_where(
        images.as_ref(),
        options,
        &mut |image| picker.borrow_mut().wants(image.map(text_of).as_deref()),
        &mut |entry| {
            let (image, id) = (entry.image.as_ref().map(text_of), id_of(&entry));
            let image = image.map(Cow::into_owned);
            picker.borrow_mut().take(image, id, entry.runs)
        },
    )?;
    notes.print(false);
    picker
        .into_inner()
        .finish(listed.and_then(|image| image.sides.size()))
        .with_context(|| file.name.clone())
}

/// Selects from a file of pixels, or from those in a folder.
pub fn of_pixels(path: &Path, mut picker: Picker<'_>, view: &ViewArgs) -> Result<Picked> {
    let listing = read::list(&[path.to_owned()], view.recursive);
    let notes = read::runs(
        listing,
        view.threshold,
        view.budget.budget(),
        &mut |found| {
            let image = &found.name.source;
            if picker.wants(Some(image)) {
                picker.take(Some(image.clone()), None, found.mask.to_owned())?;
            }
            Ok(())
        },
    )?;
    notes.iter().for_each(|note| standard_error::line(note));
    picker
        .finish(None)
        .with_context(|| path.display().to_string())
}

/// Name of an image, as it is chosen by.
fn text_of(image: &ImageName) -> Cow<'_, str> {
    match image {
        ImageName::Id(id, _) => id.plain(),
        ImageName::Name(text) | ImageName::Source(text, _) => text.as_ref().into(),
    }
}

/// Id of a mask: its own, or else its label, which the category of COCO's files is not.
fn id_of(entry: &Entry) -> Option<String> {
    let is_coco = matches!(entry.image, Some(ImageName::Id(..)));
    let label = entry.category.filter(|_| !is_coco);
    match &entry.id {
        Some(id) => Some(id.plain().into_owned()),
        None => label.map(|label| label.to_string()),
    }
}
