//! The masks of a file, of whatever kind it is.

use anyhow::{Context, Result};

use super::csv::{self, CsvOptions};
use super::entry::Entry;
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
        let (mut ids, mut without_mask) = (AnnotationIds::default(), 0);
        match self.kind {
            FileKind::Empty => Ok(()),
            FileKind::Csv => {
                let reader = self.reader().with_context(|| self.name.clone())?;
                csv::entries(reader, csv, on).map_err(|error| self.locate(error))
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
                    match Entry::read(location, &fields, images, &self.needs)? {
                        Some(entry) => on(entry).map_err(|error| location.locate(error))?,
                        None => without_mask += 1,
                    }
                    Ok(())
                }
                _ => Ok(()),
            }),
        }?;
        Ok(without_mask)
    }
}
