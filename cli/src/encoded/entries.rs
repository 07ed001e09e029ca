//! The masks of a file, of whatever kind it is.

use anyhow::{Context, Result};

use super::csv::{self, CsvOptions};
use super::entry::{Entry, Object, Wanted};
use super::fields::{AnnotationIds, Fields};
use super::file::{EncodedFile, FileKind};
use super::json::{Event, Item};
use super::location::List;
use crate::coco::Images;

impl EncodedFile {
    /// Gives each mask to `on`, in the file's order. `images` are those of a dataset, which
    /// [`EncodedFile::images`] gives; `csv` is needed for CSV alone. Returns the number of a
    /// dataset's annotations that were left out, having no mask.
    pub fn entries(
        &self,
        images: Option<&Images>,
        csv: &CsvOptions<'_>,
        on: &mut dyn FnMut(Entry) -> Result<()>,
    ) -> Result<u64> {
        self.entries_where(images, csv, &mut |_| true, on)
    }

    /// [`EncodedFile::entries`] of the masks for which `wanted` is true: it is asked in the file's
    /// order, before a mask's runs are made, which a few bytes may stand for millions of.
    pub fn entries_where(
        &self,
        images: Option<&Images>,
        csv: &CsvOptions<'_>,
        wanted: &mut Wanted<'_>,
        on: &mut dyn FnMut(Entry) -> Result<()>,
    ) -> Result<u64> {
        let (mut ids, mut without_mask) = (AnnotationIds::default(), 0);
        match self.kind {
            FileKind::Empty => Ok(()),
            FileKind::Csv => {
                let reader = self.reader().with_context(|| self.name.clone())?;
                csv::entries(reader, csv, wanted, on).map_err(|error| self.locate(error))
            }
            _ => self.walk(&mut |event| match event {
                Event::Item(Item {
                    list: list @ (List::Annotations | List::Document),
                    location,
                    text,
                }) => {
                    let fields = Fields::read(location, text)?;
                    if list == List::Annotations {
                        ids.check(location, &fields)?;
                    }
                    match Entry::read(location, &fields, images, wanted)? {
                        Object::Mask(entry) => on(entry).map_err(|error| location.locate(error))?,
                        Object::Unwanted => {}
                        Object::NoMask => without_mask += 1,
                    }
                    Ok(())
                }
                _ => Ok(()),
            }),
        }?;
        Ok(without_mask)
    }
}
