//! Selection of the masks of a file that are drawn.

use std::borrow::Cow;
use std::cell::RefCell;
use std::path::Path;

use anyhow::{Context, Result};

use super::picker::{Choice, Picked, Picker};
use crate::coco::Id;
use crate::encoded::{EncodedFile, Entry, EntryOptions, ImageName, Need};
use crate::error::error_line;
use crate::options::ViewArgs;
use crate::read::{self, PixelMask, Receiver};
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
    let picker = picker.into_inner();
    if picker.is_of_none() {
        notes.without_mask.check_none(&file.name, "annotation")?;
    }
    picker
        .finish(listed.and_then(|image| image.sides.size()))
        .with_context(|| file.name.clone())
}

/// Selects from a file of pixels, or from those in a folder. None where all are bad.
pub fn of_pixels(
    path: &Path,
    picker: Picker<'_>,
    view: &ViewArgs,
    has_failed: &mut bool,
) -> Result<Option<Picked>> {
    let listing = read::list(&[path.to_owned()], view.recursive);
    let mut picked = PickedPixels {
        picker,
        has_masks: false,
        has_masks_of_input: false,
        has_failed,
    };
    let budget = view.budget.budget();
    let notes = read::runs(listing, view.threshold, budget, &mut picked)?;
    notes.iter().for_each(|note| standard_error::line(note));
    if *picked.has_failed && !picked.has_masks {
        return Ok(None);
    }
    let picked = picked.picker.finish(None);
    picked.with_context(|| path.display().to_string()).map(Some)
}

/// Picks the masks of several inputs.
struct PickedPixels<'a> {
    picker: Picker<'a>,
    has_masks: bool,
    has_masks_of_input: bool,
    has_failed: &'a mut bool,
}

impl Receiver for PickedPixels<'_> {
    fn begin(&mut self) {
        self.has_masks_of_input = false;
    }

    fn mask(&mut self, found: &PixelMask<'_>) -> Result<()> {
        (self.has_masks, self.has_masks_of_input) = (true, true);
        let image = &found.name.source;
        if self.picker.wants(Some(image)) {
            let (image, runs) = (image.clone(), found.mask.to_owned());
            self.picker.take(Some(image), None, runs)?;
        }
        Ok(())
    }

    /// An input that turns out to be bad after some of its masks ends it all: these are numbered
    /// and picked already.
    fn bad(&mut self, error: anyhow::Error) -> Result<()> {
        if self.has_masks_of_input {
            return Err(error);
        }
        *self.has_failed = true;
        standard_error::line(&error_line(&error));
        Ok(())
    }
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
