//! A JSON file that stays what it is, its masks in another spelling.

use anyhow::{Context, Result};
use maskrle::{CocoMask, MaskRuns, Order};

use super::row::{Members, Respelt, Spelt};
use crate::coco::Images;
use crate::coded::{
    AnnotationIds, Event, Fields, Item, Kind, List, Mask, Place, Rle, Source, masks_of, parse, span,
};
use crate::output::Output;
use crate::rows::Format;

/// What masks are written as.
#[derive(Debug)]
pub struct Spelling {
    pub format: Format,
    /// The scan order of values.
    pub order: Order,
    pub keeps_polygons: bool,
}

/// Writes all of a JSON file, its masks in another spelling.
pub fn respell(source: &Source, spelling: &Spelling, output: &mut Output) -> Result<()> {
    let items = Respell {
        spelling,
        images: source.images(false)?,
        ids: AnnotationIds::default(),
    };
    let mut writer = Writer {
        items,
        output,
        kind: source.kind,
        is_first: true,
    };
    source.walk(&mut |event| writer.event(event))
}

/// Writes a document's parts as they come.
struct Writer<'a> {
    items: Respell<'a>,
    output: &'a mut Output,
    kind: Kind,
    /// Whether nothing stands before the next part, in its list or object.
    is_first: bool,
}

impl Writer<'_> {
    fn event(&mut self, event: Event<'_>) -> Result<()> {
        match event {
            Event::Begin => self.open(if self.kind == Kind::List { "[" } else { "{" }),
            Event::Member { key, value } => {
                self.part("", &format!("{}:{value}", serde_json::to_string(key)?))
            }
            Event::ListBegin(list) => {
                self.part("", &format!("\"{}\":", list.key()))?;
                self.open("[")
            }
            Event::Item(item) => {
                let text = self.items.item(item)?;
                let text = text.as_deref().unwrap_or(item.text);
                match self.kind {
                    Kind::Rows => self
                        .output
                        .write(text.as_bytes())
                        .and_then(|()| self.output.write(b"\n")),
                    _ => self.part("\n", text),
                }
            }
            Event::ListEnd => {
                self.is_first = false;
                self.output.write(b"\n]")
            }
            Event::End => self.output.write(if self.kind == Kind::List {
                b"\n]\n"
            } else {
                b"}\n"
            }),
        }
    }

    fn open(&mut self, bracket: &str) -> Result<()> {
        self.is_first = true;
        self.output.write(bracket.as_bytes())
    }

    fn part(&mut self, before: &str, text: &str) -> Result<()> {
        if !self.is_first {
            // Members of an object that lists were written to stand on lines of their own.
            self.output
                .write(if before.is_empty() { b",\n" } else { b"," })?;
        }
        self.is_first = false;
        self.output.write(before.as_bytes())?;
        self.output.write(text.as_bytes())
    }
}

/// Spells the masks of items anew.
struct Respell<'a> {
    spelling: &'a Spelling,
    images: Option<Images>,
    ids: AnnotationIds,
}

impl Respell<'_> {
    /// The item's new text; None where it stays as it is.
    fn item(&mut self, item: Item<'_>) -> Result<Option<String>> {
        if item.list == List::Images {
            return Ok(None);
        }
        let fields = Fields::read(item.place, item.text)?;
        if item.list == List::Annotations {
            self.ids.check(item.place, &fields)?;
        }
        let image = self
            .images
            .as_ref()
            .map(|images| fields.image(item.place, images))
            .transpose()?;
        // Boxes and key points are annotations too, without a mask.
        let Some(mask) = Mask::read(item.place, &fields)? else {
            return Ok(None);
        };
        if self.spelling.keeps_polygons && matches!(mask, Mask::Polygons(_)) {
            return Ok(None);
        }
        // Read even where it stays as it is: all that is written is a mask.
        let runs = mask.to_runs(item.place, image.map(|(_, image)| image))?;
        match (&mask, self.spelling.format) {
            (Mask::Coco(CocoMask::Rle(_)), Format::Coco)
            | (Mask::Coco(CocoMask::Counts(_)), Format::CocoCounts)
            | (Mask::Values(_), Format::Values) => Ok(None),
            _ => self
                .respelt(
                    item,
                    &fields,
                    &mask,
                    runs.get(0).expect("an item is one mask"),
                )
                .map(Some),
        }
    }

    fn respelt(
        &self,
        item: Item<'_>,
        fields: &Fields<'_>,
        mask: &Mask,
        runs: MaskRuns<'_>,
    ) -> Result<String> {
        let &Spelling { format, order, .. } = self.spelling;
        if matches!(mask, Mask::Values(_)) || format == Format::Values {
            return rows(item, runs, self.spelling);
        }
        let spelt = Spelt::new(runs, format, order)?;
        let (part, text) = match (mask, fields.segmentation) {
            (Mask::Polygons(_), Some(segmentation)) => {
                (segmentation, serde_json::to_string(&spelt)?)
            }
            (_, Some(segmentation)) => {
                let rle: Rle<'_> = parse(segmentation.get())?;
                (rle.counts.context("no \"counts\"")?, spelt.counts()?)
            }
            (_, None) => (fields.counts.context("no \"counts\"")?, spelt.counts()?),
        };
        let span = span(item.text, part);
        Ok([&item.text[..span.start], &text, &item.text[span.end..]].concat())
    }
}

/// A row to or from values. A label map that is no mask becomes a row for each of its labels.
fn rows(item: Item<'_>, runs: MaskRuns<'_>, spelling: &Spelling) -> Result<String> {
    let members: Members<'_> = parse(item.text)?;
    let row = |mask: MaskRuns<'_>, label| -> Result<String> {
        let mask = &Spelt::new(mask, spelling.format, spelling.order)?;
        Ok(serde_json::to_string(&Respelt {
            members: &members,
            mask,
            label,
        })?)
    };
    if spelling.format == Format::Values {
        return row(runs, None);
    }
    let (labels, masks) = masks_of(runs)?;
    let rows = labels
        .into_iter()
        .zip(&masks)
        .map(|(label, mask)| row(mask, label));
    let between = if matches!(item.place, Place::Row) {
        "\n"
    } else {
        ",\n"
    };
    Ok(rows.collect::<Result<Vec<_>>>()?.join(between))
}
