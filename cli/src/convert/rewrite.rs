//! A JSON file whose masks are rewritten where they stand; all else stays as it is.

use anyhow::{Context, Result};
use maskrle::{CocoMask, MaskView, Order};

use super::members::rewritten_row;
use crate::coco::Images;
use crate::encoded::{
    AnnotationIds, EncodedFile, Event, Fields, FileKind, Item, JsonMask, List, Location, Rle,
    Value, masks_of,
};
use crate::output::Output;
use crate::write::{EncodedMask, MaskObject, ObjectFormat};

/// Format of the masks that are written.
#[derive(Debug)]
pub struct Rewriting {
    pub format: ObjectFormat,
    /// Scan order of values.
    pub order: Order,
    /// True if polygons stay polygons.
    pub keeps_polygons: bool,
}

/// Writes all of a JSON file, with its masks in another format.
pub fn rewrite(file: &EncodedFile, rewriting: &Rewriting, output: &mut Output) -> Result<()> {
    let items = ItemRewriter {
        rewriting,
        images: file.images(false)?,
        ids: AnnotationIds::default(),
    };
    let mut writer = DocumentWriter {
        items,
        output,
        kind: file.kind,
        is_first: true,
    };
    file.walk(&mut |event| writer.event(event))
}

/// Writes the pieces of a document as they come.
struct DocumentWriter<'a> {
    items: ItemRewriter<'a>,
    output: &'a mut Output,
    kind: FileKind,
    /// True if nothing stands before the next piece in its list or object.
    is_first: bool,
}

impl DocumentWriter<'_> {
    fn event(&mut self, event: Event<'_>) -> Result<()> {
        match event {
            Event::Begin => self.open(if self.kind == FileKind::List {
                "["
            } else {
                "{"
            }),
            Event::Member { key, value } => self.piece("", &format!("{key}:{value}")),
            Event::ListBegin(list) => {
                self.piece("", &format!("\"{}\":", list.key()))?;
                self.open("[")
            }
            Event::Item(item) => {
                let text = self.items.item(item)?;
                let text = text.as_deref().unwrap_or(item.text);
                match self.kind {
                    FileKind::Rows => self
                        .output
                        .write(text.as_bytes())
                        .and_then(|()| self.output.write(b"\n")),
                    _ => self.piece("\n", text),
                }
            }
            Event::ListEnd => {
                self.is_first = false;
                self.output.write(b"\n]")
            }
            Event::End => self.output.write(if self.kind == FileKind::List {
                b"\n]\n"
            } else {
                b"}\n"
            }),
        }
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

/// Rewrites the masks of items.
struct ItemRewriter<'a> {
    rewriting: &'a Rewriting,
    images: Option<Images>,
    ids: AnnotationIds,
}

impl ItemRewriter<'_> {
    /// New text of an item; None where it stays as it is.
    fn item(&mut self, item: Item<'_>) -> Result<Option<String>> {
        if item.list == List::Images {
            return Ok(None);
        }
        let fields = Fields::read(item.location, item.text)?;
        if item.list == List::Annotations {
            self.ids.check(item.location, &fields)?;
        }
        let image = self
            .images
            .as_ref()
            .map(|images| fields.image(item.location, images))
            .transpose()?;
        // Boxes and key points are annotations too, without a mask.
        let Some(mask) = JsonMask::read(item.location, &fields)? else {
            return Ok(None);
        };
        if self.rewriting.keeps_polygons && matches!(mask, JsonMask::Polygons(_)) {
            return Ok(None);
        }
        // The runs are read even where the text stays: whatever is written is a valid mask.
        let runs = mask.to_runs(item.location, image.map(|(_, image)| image))?;
        match (&mask, self.rewriting.format) {
            (JsonMask::Coco(CocoMask::Rle(_)), ObjectFormat::Coco)
            | (JsonMask::Coco(CocoMask::Counts(_)), ObjectFormat::CocoCounts)
                if Rle::of(&fields)?.is_plain() =>
            {
                Ok(None)
            }
            (JsonMask::Values(_), ObjectFormat::Values) => Ok(None),
            _ => {
                let runs = runs.view();
                self.rewritten(item, &fields, &mask, runs).map(Some)
            }
        }
    }

    /// Text of an item with another text in the place of its mask's.
    fn rewritten(
        &self,
        item: Item<'_>,
        fields: &Fields<'_>,
        mask: &JsonMask<'_>,
        runs: MaskView<'_>,
    ) -> Result<String> {
        let &Rewriting { format, order, .. } = self.rewriting;
        if matches!(mask, JsonMask::Values(_)) || format == ObjectFormat::Values {
            return rows(item, runs, self.rewriting);
        }
        let object = MaskObject::new(EncodedMask::Runs(runs), format, order)?;
        if let (JsonMask::Polygons(_) | JsonMask::Parts(_), Some(segmentation)) =
            (mask, fields.segmentation)
        {
            let new = serde_json::to_string(&object)?;
            return Ok(replaced(item.text, vec![(segmentation, new)]));
        }
        let rle = Rle::of(fields)?;
        let counts = rle.counts.context("no \"counts\"")?;
        let mut values = vec![(counts, object.counts()?)];
        // pycocotools takes no side that is spelt 5.0.
        if let Some(size) = rle.size.filter(|size| !size.is_plain()) {
            values.push((size, serde_json::to_string(&runs.size())?));
        }
        Ok(replaced(item.text, values))
    }
}

/// A text with others in the place of some of its values.
fn replaced(text: &str, mut values: Vec<(Value<'_>, String)>) -> String {
    values.sort_by_key(|(old, _)| old.span_in(text).start);
    let (mut new_text, mut at) = (String::new(), 0);
    for (old, new) in values {
        let old = old.span_in(text);
        new_text.extend([&text[at..old.start], &new]);
        at = old.end;
    }
    new_text + &text[at..]
}

/// Text of a row whose mask is written as values, or was. A label map that is no mask becomes a row
/// for each of its labels.
fn rows(item: Item<'_>, runs: MaskView<'_>, rewriting: &Rewriting) -> Result<String> {
    let row = |mask: MaskView<'_>, label| -> Result<String> {
        let mask = EncodedMask::Runs(mask);
        let mask = MaskObject::new(mask, rewriting.format, rewriting.order)?;
        rewritten_row(item.text, &mask, label)
    };
    if rewriting.format == ObjectFormat::Values {
        return row(runs, None);
    }
    let (labels, masks) = masks_of(runs)?;
    let rows = labels
        .into_iter()
        .zip(&masks)
        .map(|(label, mask)| row(mask, label));
    let between = if matches!(item.location, Location::Row) {
        "\n"
    } else {
        ",\n"
    };
    Ok(rows.collect::<Result<Vec<_>>>()?.join(between))
}
