//! The masks of a file, of whatever kind it is.

use anyhow::{Context, Result, bail};

use super::csv::{self, CsvOptions};
use super::dialect::{Dialect, DialectOptions, PngOptions};
use super::entry::{Entry, ImageName, Object, Wanted};
use super::fields::{AnnotationIds, Fields};
use super::file::{EncodedFile, FileKind};
use super::json::{Event, Item, List, Value};
use super::line_error::LineError;
use super::mask::without_bad_polygons;
use super::needs::Need;
use super::notes::Notes;
use super::skipped::BadItem;
use super::usage::check_asked_size;
use crate::budget::Budget;
use crate::coco::{Images, stem};

/// Options of reading masks.
#[derive(Debug, Clone, Copy)]
pub struct EntryOptions<'a> {
    pub csv: CsvOptions<'a>,
    /// True if bad items are left out.
    pub skips_bad: bool,
    /// True if two annotations of a dataset may have one id, or none.
    pub repeats_ids: bool,
    /// PNGs of dialects, which may have no pixels unless a verb allows them some.
    pub pngs: PngOptions<'a>,
}

impl<'a> EntryOptions<'a> {
    /// Options with CSV's, and with `skips_bad`.
    pub fn new(csv: impl Into<CsvOptions<'a>>, skips_bad: bool) -> Self {
        EntryOptions {
            csv: csv.into(),
            skips_bad,
            repeats_ids: false,
            pngs: PngOptions {
                folder: None,
                budget: Budget::new(0),
            },
        }
    }
}

impl EncodedFile {
    /// Gives each mask to `on`, in the file's order. `images` are those of a dataset, which
    /// [`EncodedFile::images`] gives. Where bad items are left out, a [`BadItem`] of `on` is one
    /// too.
    pub fn entries(
        &self,
        images: Option<&Images>,
        options: &EntryOptions<'_>,
        on: &mut dyn FnMut(Entry) -> Result<()>,
    ) -> Result<Notes> {
        self.entries_where(images, options, &mut |_| true, on)
    }

    /// [`EncodedFile::entries`] of the masks for which `wanted` is true: it is asked in the file's
    /// order, before a mask's runs are made, which a few bytes may stand for millions of.
    pub fn entries_where(
        &self,
        images: Option<&Images>,
        options: &EntryOptions<'_>,
        wanted: &mut Wanted<'_>,
        on: &mut dyn FnMut(Entry) -> Result<()>,
    ) -> Result<Notes> {
        let mut notes = Notes::default();
        match self.kind {
            FileKind::Empty => {}
            FileKind::Csv => notes.unread_columns = self.rows(options, &mut notes, wanted, on)?,
            FileKind::Dialect(dialect) => self.objects(dialect, options, &mut notes, wanted, on)?,
            _ => {
                let mut items = Items {
                    file: self,
                    images,
                    options,
                    ids: AnnotationIds::default(),
                    notes: &mut notes,
                };
                self.walk(&mut |event| match event {
                    Event::Item(item) if item.list != List::Images => {
                        let taken = items.item(item, wanted, on);
                        let locate = |error| self.locate_item(item, error);
                        items.notes.skipped.excuse(taken, options.skips_bad, locate)
                    }
                    _ => Ok(()),
                })?;
            }
        }
        Ok(notes)
    }

    /// Gives the masks of CSV to `on`. Returns the columns that are not read.
    fn rows(
        &self,
        options: &EntryOptions<'_>,
        notes: &mut Notes,
        wanted: &mut Wanted<'_>,
        on: &mut dyn FnMut(Entry) -> Result<()>,
    ) -> Result<Vec<String>> {
        let reader = self.reader().with_context(|| self.name.clone())?;
        let csv = CsvOptions {
            needs_categories: self.needs.category == Need::Written,
            ..options.csv
        };
        let rows = csv::entries(reader, &csv, wanted, &mut |line, entry| {
            let taken = entry.map_err(BadItem::error).and_then(&mut *on);
            let locate = |error| self.locate(LineError { line, error });
            notes.skipped.excuse(taken, options.skips_bad, locate)
        });
        rows.map_err(|error| self.locate(error))
    }

    /// Gives the masks of a dialect to `on`.
    fn objects(
        &self,
        dialect: Dialect,
        options: &EntryOptions<'_>,
        notes: &mut Notes,
        wanted: &mut Wanted<'_>,
        on: &mut dyn FnMut(Entry) -> Result<()>,
    ) -> Result<()> {
        let dialect_options = DialectOptions {
            column: options.csv.column,
            size: options.csv.size,
            stem: stem(&self.name),
            path: &self.path,
            pngs: options.pngs,
        };
        let read = dialect.read(&|| self.reader(), &dialect_options, &mut |line, object| {
            let taken = object
                .map_err(BadItem::error)
                .and_then(|object| match object {
                    Object::Mask(entry) if wanted(entry.image.as_ref()) => {
                        check_asked_size(&entry.runs, options.csv.size).map_err(BadItem::error)?;
                        on(entry)
                    }
                    Object::Mask(_) | Object::Unwanted => Ok(()),
                    Object::NoMask => {
                        notes.without_mask.items += 1;
                        Ok(())
                    }
                });
            let locate = |error| self.locate(LineError { line, error });
            notes.skipped.excuse(taken, options.skips_bad, locate)
        });
        read.map_err(|error| self.locate(error))
    }

    /// Looks at all rows of CSV; of other files nothing is found.
    pub fn survey(&self, csv: &CsvOptions<'_>) -> Result<csv::Survey> {
        if self.kind != FileKind::Csv {
            return Ok(csv::Survey::default());
        }
        let reader = self.reader().with_context(|| self.name.clone())?;
        csv::survey(reader, csv).map_err(|error| self.locate(error))
    }

    /// True if a row or an item of a list has a category. It is read up to the first that has.
    pub fn has_category(&self) -> Result<bool> {
        if !matches!(self.kind, FileKind::List | FileKind::Rows) {
            return Ok(false);
        }
        let mut is_found = false;
        let walked = self.walk(&mut |event| {
            // An error of an item is said where its mask is read.
            if let Event::Item(item) = event
                && let Ok(fields) = Fields::read(item.location, item.text)
            {
                let is_label = |value: Value<'_>| value.whole::<i64>("a label").is_ok();
                is_found = fields.category_id.is_some() || fields.value.is_some_and(is_label);
            }
            match is_found {
                true => bail!("no more is read"),
                false => Ok(()),
            }
        });
        if is_found {
            Ok(true)
        } else {
            walked.map(|()| false)
        }
    }

    /// Adds the name of the file and the line to an error about an item.
    pub fn locate_item(&self, item: Item<'_>, error: anyhow::Error) -> anyhow::Error {
        self.locate(LineError {
            line: item.line,
            error,
        })
    }
}

/// Reads the items of a JSON file.
struct Items<'a> {
    file: &'a EncodedFile,
    images: Option<&'a Images>,
    options: &'a EntryOptions<'a>,
    ids: AnnotationIds,
    notes: &'a mut Notes,
}

impl Items<'_> {
    /// Gives the mask of an item to `on`. All other errors are about the item.
    fn item(
        &mut self,
        item: Item<'_>,
        wanted: &mut Wanted<'_>,
        on: &mut dyn FnMut(Entry) -> Result<()>,
    ) -> Result<()> {
        match self.read(item, wanted).map_err(BadItem::error)? {
            Object::Mask(entry) => on(entry).map_err(|error| item.location.locate(error)),
            Object::Unwanted | Object::NoMask => Ok(()),
        }
    }

    fn read(&mut self, item: Item<'_>, wanted: &mut Wanted<'_>) -> Result<Object> {
        let location = item.location;
        let fields = Fields::read(location, item.text)?;
        let (images, needs) = (self.images, &self.file.needs);
        // It is asked once, even where the item is read again without its bad polygons.
        let mut is_wanted = None;
        let mut wanted =
            |image: Option<&ImageName>| *is_wanted.get_or_insert_with(|| wanted(image));
        let mut read =
            |fields: &Fields<'_>| Entry::read(location, fields, images, needs, &mut wanted);
        let object = if self.options.skips_bad {
            let locate = |error| self.file.locate_item(item, error);
            without_bad_polygons(&fields, location, read, locate, &mut self.notes.skipped)?
        } else {
            read(&fields)?
        };
        if let Object::Mask(entry) = &object {
            check_asked_size(&entry.runs, self.options.csv.size)
                .map_err(|error| location.locate(error))?;
        }
        // The id of an item that is left out may be that of another.
        if item.list == List::Annotations && !self.options.repeats_ids {
            self.ids.check(location, &fields)?;
        }
        if let Object::NoMask = object {
            self.notes.without_mask.add(&fields);
        }
        Ok(object)
    }
}
