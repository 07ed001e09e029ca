//! A JSON file whose masks are rewritten where they stand; all else stays as it is.

use anyhow::{Context, Result};

use super::complete::Completion;
use super::image_sizes::resized_image;
use super::item::{ItemRewriter, Outcome, Rewriting};
use super::summary::{Others, Summary};
use crate::coco::Images;
use crate::encoded::{
    AnnotationIds, BadItem, EncodedFile, Event, Fields, FileKind, Item, List, Location, has_key,
};
use crate::output::Output;

/// Writes all of a JSON file, with its masks in another format. `images` are a dataset's.
pub fn rewrite(
    file: &EncodedFile,
    images: Option<Images>,
    rewriting: &Rewriting,
    completion: Completion<'_>,
    output: &mut Output,
) -> Result<Summary> {
    let others = match completion {
        _ if rewriting.changes.moves_pixels() => Others::LeftOut,
        Completion::Dataset(_) => Others::Completed,
        _ => Others::Kept,
    };
    let items = ItemRewriter {
        file,
        rewriting,
        completion,
        images,
        ids: AnnotationIds::default(),
        annotations: 0,
    };
    let mut writer = DocumentWriter {
        items,
        output,
        is_first: true,
        summary: Summary {
            others,
            lacks_list: file.kind == FileKind::Dataset,
            ..Summary::default()
        },
    };
    file.walk(&mut |event| writer.event(event))?;
    Ok(writer.summary)
}

/// Writes the pieces of a document as they come.
struct DocumentWriter<'a> {
    items: ItemRewriter<'a>,
    output: &'a mut Output,
    /// True if nothing stands before the next piece in its list or object.
    is_first: bool,
    summary: Summary,
}

impl DocumentWriter<'_> {
    fn event(&mut self, event: Event<'_>) -> Result<()> {
        let is_list = self.items.file.kind == FileKind::List;
        match event {
            Event::Begin => self.open(if is_list { "[" } else { "{" }),
            Event::Member { key, value } => match &mut self.items.completion {
                // They are written when all annotations were seen.
                Completion::Dataset(categories) if has_key(key, "categories") => {
                    categories.set_list(value);
                    Ok(())
                }
                _ if has_key(key, "image") => {
                    let image = self.image(Location::Image, value)?;
                    self.member(key, image.as_deref().unwrap_or(value))
                }
                _ => self.member(key, value),
            },
            Event::ListBegin(list) => {
                self.summary.lacks_list &= list != List::Annotations;
                self.piece("", &format!("\"{}\":", list.key()))?;
                self.open("[")
            }
            Event::Item(item) => self.item(item),
            Event::ListEnd => {
                self.is_first = false;
                self.output.write(b"\n]")
            }
            Event::End if is_list => self.output.write(b"\n]\n"),
            Event::End => {
                if let Completion::Dataset(categories) = &self.items.completion
                    && let Some(list) = categories.json().context("categories")?
                {
                    self.member("\"categories\"", &list)?;
                }
                self.output.write(b"}\n")
            }
        }
    }

    /// Writes an item, or leaves it out if it is bad and bad ones are left out.
    fn item(&mut self, item: Item<'_>) -> Result<()> {
        if item.list == List::Images {
            let text = self.image(item.location, item.text)?;
            return self.item_text(text.as_deref().unwrap_or(item.text));
        }
        let skipped = &mut self.summary.notes.skipped;
        let rewritten = match self.items.item(item, skipped) {
            Ok(rewritten) => rewritten,
            Err(error) => {
                let (file, skips_bad) = (self.items.file, self.items.rewriting.skips_bad);
                let locate = |error| file.locate_item(item, error);
                return skipped.excuse(Err(BadItem::error(error)), skips_bad, locate);
            }
        };
        match rewritten.mask {
            Outcome::Written => self.summary.written += 1,
            Outcome::Kept => self.summary.kept += 1,
            Outcome::None | Outcome::LeftOut => {
                let fields = Fields::read(item.location, item.text)?;
                self.summary.notes.without_mask.add(&fields);
                if rewritten.mask == Outcome::LeftOut {
                    return Ok(());
                }
            }
            Outcome::Split(masks) => {
                self.summary.written += masks;
                self.summary.of_label_maps += masks;
                self.summary.label_maps += 1;
            }
        }
        self.summary.lost_places += u64::from(rewritten.lost_places);
        self.item_text(rewritten.text.as_deref().unwrap_or(item.text))
    }

    /// Text of an image with the size of its masks; None where it stays as it is.
    fn image(&self, location: Location, text: &str) -> Result<Option<String>> {
        let is_completed = matches!(self.items.completion, Completion::Dataset(_));
        let changes = &self.items.rewriting.changes;
        match &self.items.images {
            Some(images) => resized_image(location, text, images, changes, is_completed),
            None => Ok(None),
        }
    }

    fn item_text(&mut self, text: &str) -> Result<()> {
        match self.items.file.kind {
            FileKind::Rows => {
                self.output.write(text.as_bytes())?;
                self.output.write(b"\n")
            }
            _ => self.piece("\n", text),
        }
    }

    fn member(&mut self, key: &str, value: &str) -> Result<()> {
        self.piece("", &format!("{key}:{value}"))
    }

    /// Writes the bracket that a list or an object begins with.
    fn open(&mut self, bracket: &str) -> Result<()> {
        self.is_first = true;
        self.output.write(bracket.as_bytes())
    }

    /// Writes a member or an item, with the comma that separates it from the one before.
    fn piece(&mut self, before: &str, text: &str) -> Result<()> {
        if !self.is_first {
            // The members of an object stand on lines of their own.
            self.output
                .write(if before.is_empty() { b",\n" } else { b"," })?;
        }
        self.is_first = false;
        self.output.write(before.as_bytes())?;
        self.output.write(text.as_bytes())
    }
}
