//! An item of a JSON file, with its mask in another format.

use anyhow::{Context, Result, bail};
use maskrle::{CocoMask, MaskRuns, MaskView, Order};

use super::complete::Completion;
use super::edits::{Edits, replaced};
use super::members::rewritten_row;
use crate::coco::{Id, Images};
use crate::encoded::{
    AnnotationIds, EncodedFile, Fields, Item, JsonMask, List, Location, Rle, Skipped, Value,
    check_asked_size, masks_of, without_bad_polygons,
};
use crate::write::{EncodedMask, MaskObject, ObjectFormat};

/// Format of the masks that are written.
#[derive(Debug)]
pub struct Rewriting {
    pub format: ObjectFormat,
    /// Scan order of values; None leaves that of values, and makes others by rows.
    pub order: Option<Order>,
    /// True if polygons stay polygons.
    pub keeps_polygons: bool,
    /// Height and width that all masks have to have.
    pub size: Option<[u32; 2]>,
    /// True if bad items are left out.
    pub skips_bad: bool,
    /// True if annotations are numbered anew.
    pub renumbers: bool,
}

/// Rewrites the masks of items.
pub struct ItemRewriter<'a> {
    pub file: &'a EncodedFile,
    pub rewriting: &'a Rewriting,
    pub completion: Completion<'a>,
    pub images: Option<Images>,
    pub ids: AnnotationIds,
    /// Number of annotations so far.
    pub annotations: u64,
}

/// Text of an item, and what became of its mask.
pub struct Rewritten {
    /// The new text; None where the item is as it was.
    pub text: Option<String>,
    pub mask: Outcome,
}

/// Fate of an item's mask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was written anew.
    Written,
    /// A label map became this many masks.
    Split(u64),
    /// It is as it was.
    Kept,
    /// The item has none.
    None,
}

/// A mask that was read.
struct ReadMask {
    spelling: Spelling,
    /// True if all numbers of an RLE are spelt by their digits alone.
    is_plain: bool,
    /// Its runs; None of polygons that stay, in an image of no known size.
    runs: Option<MaskRuns>,
    /// JSON of polygons that stay.
    polygons: Option<String>,
}

/// Way that a mask is spelt.
#[derive(Debug, Clone, Copy)]
enum Spelling {
    /// COCO's compressed RLE.
    Text,
    /// COCO's run lengths.
    Counts,
    Values(Order),
    /// Polygons, or a list of masks: another mask takes the place of all of it.
    List,
}

impl Spelling {
    fn of(mask: &JsonMask<'_>) -> Self {
        match mask {
            JsonMask::Coco(CocoMask::Rle(_)) => Spelling::Text,
            JsonMask::Coco(_) => Spelling::Counts,
            JsonMask::Values(values) => Spelling::Values(values.order),
            JsonMask::Polygons(_) | JsonMask::Parts(_) => Spelling::List,
        }
    }
}

impl ItemRewriter<'_> {
    /// Rewrites an item. Polygons that are left out are counted.
    pub fn item(&mut self, item: Item<'_>, skipped: &mut Skipped) -> Result<Rewritten> {
        let location = item.location;
        let fields = Fields::read(location, item.text)?;
        let read = |fields: &Fields<'_>| self.read(location, fields);
        let mask = if self.rewriting.skips_bad {
            let locate = |error| self.file.locate_item(item, error);
            without_bad_polygons(&fields, location, read, locate, skipped)?
        } else {
            read(&fields)?
        };
        let category = match self.completion {
            Completion::Dataset(_) => {
                Fields::get(location, "category_id", fields.category_id, category_id)?
            }
            _ => None,
        };
        let mut rewritten = match mask {
            Some(mask) => self.rewritten(item, &fields, &mask),
            None => self.without_mask(item),
        }?;
        // Of items that are left out, neither ids nor categories count.
        if item.list == List::Annotations && !self.rewriting.renumbers {
            self.ids.check(location, &fields)?;
            if let Completion::Dataset(_) = self.completion {
                Fields::get(location, "id", fields.id, check_evaluated_id)?;
            }
        }
        self.completion.note_category(category.as_ref())?;
        self.annotations += 1;
        if item.list == List::Annotations && self.rewriting.renumbers {
            let text = rewritten.text.as_deref().unwrap_or(item.text);
            let mut edits = Edits::new(text);
            edits.set("id", &self.annotations)?;
            rewritten.text = Some(edits.finish());
        }
        Ok(rewritten)
    }

    /// Reads the mask of an item, if it has one: boxes and key points are annotations too.
    fn read(&self, location: Location, fields: &Fields<'_>) -> Result<Option<ReadMask>> {
        let images = self.images.as_ref();
        let image = images
            .map(|images| fields.image(location, images))
            .transpose()?
            .map(|(_, image)| image);
        let Some(mask) = JsonMask::read(location, fields)? else {
            return Ok(None);
        };
        let polygons = match (&mask, fields.segmentation) {
            (JsonMask::Polygons(_), Some(polygons)) if self.rewriting.keeps_polygons => {
                Some(polygons.json().to_owned())
            }
            _ => None,
        };
        let is_sized = image.is_some_and(|image| image.sides.size().is_some());
        // The runs are read even where the text stays: whatever is written is a valid mask.
        let runs = match polygons {
            // To be completed, an annotation needs its mask's area and box.
            Some(_) if !is_sized && matches!(self.completion, Completion::None) => None,
            _ => Some(mask.to_runs(location, image)?),
        };
        if let Some(runs) = &runs {
            check_asked_size(runs, self.rewriting.size).map_err(|error| location.locate(error))?;
        }
        Ok(Some(ReadMask {
            spelling: Spelling::of(&mask),
            is_plain: !matches!(mask, JsonMask::Coco(_)) || Rle::of(fields)?.is_plain(),
            runs,
            polygons,
        }))
    }

    /// An item that has no mask.
    fn without_mask(&self, item: Item<'_>) -> Result<Rewritten> {
        let is_completed = matches!(self.completion, Completion::Dataset(_));
        let complete = || self.completion.complete(item.text.to_owned(), None);
        let text = is_completed.then(complete).transpose();
        Ok(Rewritten {
            text: text.map_err(|error| item.location.locate(error))?,
            mask: Outcome::None,
        })
    }

    /// The item with its mask in the format, and with all that its document needs.
    fn rewritten(&self, item: Item<'_>, fields: &Fields<'_>, read: &ReadMask) -> Result<Rewritten> {
        let is_nested =
            fields.segmentation.is_none() && matches!(self.completion, Completion::Results { .. });
        let is_completed = !matches!(self.completion, Completion::None);
        let mut texts = Vec::new();
        let mut complete = |text: String, mask: MaskView<'_>| -> Result<()> {
            let text = self.completion.complete(text, Some(mask));
            texts.push(text.map_err(|error| item.location.locate(error))?);
            Ok(())
        };
        let mask = match read {
            ReadMask {
                polygons: Some(polygons),
                runs,
                ..
            } => {
                let old = fields.segmentation.context("no \"segmentation\"")?;
                let text = replaced(item.text, vec![(old.span_in(item.text), polygons.clone())]);
                match runs {
                    Some(runs) => complete(text, runs.view())?,
                    None => texts.push(text),
                }
                Outcome::Kept
            }
            ReadMask {
                spelling,
                is_plain,
                runs,
                ..
            } => {
                let runs = runs.as_ref().context("no runs")?.view();
                if self.rewriting.is_met_by(*spelling) && *is_plain && !is_nested {
                    if !is_completed {
                        return Ok(Rewritten {
                            text: None,
                            mask: Outcome::Kept,
                        });
                    }
                    complete(item.text.to_owned(), runs)?;
                    Outcome::Kept
                } else if is_nested || self.rewriting.changes_members(*spelling) {
                    rows(item, runs, self.rewriting, is_nested, &mut complete)?
                } else {
                    complete(
                        spelt_anew(item, fields, *spelling, runs, self.rewriting)?,
                        runs,
                    )?;
                    Outcome::Written
                }
            }
        };
        let between = match item.location {
            Location::Row => "\n",
            _ => ",\n",
        };
        Ok(Rewritten {
            text: Some(texts.join(between)),
            mask,
        })
    }
}

impl Rewriting {
    /// True if the mask is in the format already.
    fn is_met_by(&self, spelling: Spelling) -> bool {
        match (spelling, self.format) {
            (Spelling::Text, ObjectFormat::Coco) => true,
            (Spelling::Counts, ObjectFormat::CocoCounts) => true,
            (Spelling::Values(found), ObjectFormat::Values) => {
                self.order.is_none_or(|order| order == found)
            }
            _ => false,
        }
    }

    /// True if the mask has more members in one of the formats than in the other.
    fn changes_members(&self, spelling: Spelling) -> bool {
        matches!(spelling, Spelling::Values(_)) || self.format == ObjectFormat::Values
    }

    /// The mask as an object of the format.
    fn object(&self, mask: MaskView<'_>) -> Result<MaskObject> {
        let order = self.order.unwrap_or(Order::RowMajor);
        MaskObject::new(EncodedMask::Runs(mask), self.format, order)
    }
}

/// Id of an annotation's category. A number that is text is that of no category.
fn category_id(value: Value<'_>) -> Result<Id> {
    let id = value.id()?;
    match &id {
        Id::Text(text) if !matches!(Id::of_text(text), Id::Text(_)) => {
            bail!("no category has the id {id}: text is no number")
        }
        _ => Ok(id),
    }
}

/// Fails where COCOeval cannot tell an annotation by its id.
fn check_evaluated_id(value: Value<'_>) -> Result<()> {
    match value.id()? {
        Id::Number(0) => {
            bail!("COCOeval takes the id 0 for none: --renumber numbers annotations from 1")
        }
        id @ (Id::Text(_) | Id::Spelt(_)) => {
            bail!("COCOeval takes no text for an id, such as {id}: --renumber numbers annotations")
        }
        _ => Ok(()),
    }
}

/// Text of an item with its mask spelt anew.
fn spelt_anew(
    item: Item<'_>,
    fields: &Fields<'_>,
    spelling: Spelling,
    runs: MaskView<'_>,
    rewriting: &Rewriting,
) -> Result<String> {
    let object = rewriting.object(runs)?;
    if let (Spelling::List, Some(segmentation)) = (spelling, fields.segmentation) {
        let new = serde_json::to_string(&object)?;
        let old = segmentation.span_in(item.text);
        return Ok(replaced(item.text, vec![(old, new)]));
    }
    let rle = Rle::of(fields)?;
    let counts = rle.counts.context("no \"counts\"")?;
    let mut values = vec![(counts.span_in(item.text), object.counts()?)];
    // pycocotools takes no side that is spelt 5.0.
    if let Some(size) = rle.size.filter(|size| !size.is_plain()) {
        values.push((
            size.span_in(item.text),
            serde_json::to_string(&runs.size())?,
        ));
    }
    Ok(replaced(item.text, values))
}

/// Gives rows whose masks are written as values, or were, to `on`: a label map that is no mask
/// becomes a row for each of its labels.
fn rows(
    item: Item<'_>,
    runs: MaskView<'_>,
    rewriting: &Rewriting,
    is_nested: bool,
    on: &mut dyn FnMut(String, MaskView<'_>) -> Result<()>,
) -> Result<Outcome> {
    let row = |mask: MaskView<'_>, label| -> Result<String> {
        rewritten_row(item.text, &rewriting.object(mask)?, label, is_nested)
    };
    if rewriting.format == ObjectFormat::Values {
        on(row(runs, None)?, runs)?;
        return Ok(Outcome::Written);
    }
    let (labels, masks) = masks_of(runs)?;
    for (&label, mask) in labels.iter().zip(&masks) {
        on(row(mask, label)?, mask)?;
    }
    Ok(match labels[..] {
        [None] => Outcome::Written,
        _ => Outcome::Split(labels.len() as u64),
    })
}
