//! An item of a JSON file, with its mask in another format.

use anyhow::{Context, Result, bail};
use maskrle::{CocoMask, MaskRuns, MaskView, Order};

use super::change::Changes;
use super::complete::Completion;
use super::edits::{Edits, replaced};
use super::members::{is_size, rewritten_row};
use super::stale::{measured_anew, without_places};
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
    pub changes: Changes,
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
    /// True if it lost places that do not follow its mask, such as key points.
    pub lost_places: bool,
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
    /// The item has none, and is left out.
    LeftOut,
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
        // Its key points and its box would not follow.
        if mask.is_none() && self.rewriting.changes.moves_pixels() {
            return Ok(Rewritten {
                text: None,
                mask: Outcome::LeftOut,
                lost_places: false,
            });
        }
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
            lost_places: false,
        })
    }

    /// The item with its mask in the format, and with all that its document needs.
    fn rewritten(&self, item: Item<'_>, fields: &Fields<'_>, read: &ReadMask) -> Result<Rewritten> {
        let is_nested =
            fields.segmentation.is_none() && matches!(self.completion, Completion::Results { .. });
        let is_completed = !matches!(self.completion, Completion::None);
        let changes = &self.rewriting.changes;
        let mut texts = Vec::new();
        let mut lost_places = false;
        let mut complete = |mut text: String, mask: MaskView<'_>| -> Result<()> {
            if !changes.is_none() {
                text = measured_anew(&text, mask)?;
            }
            if changes.moves_pixels()
                && let Some(left) = without_places(&text)
            {
                text = left;
                lost_places = true;
            }
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
                let is_met = self.rewriting.is_met_by(*spelling) && changes.is_none();
                if is_met && *is_plain && !is_nested {
                    if !is_completed {
                        return Ok(Rewritten {
                            text: None,
                            mask: Outcome::Kept,
                            lost_places: false,
                        });
                    }
                    complete(item.text.to_owned(), runs)?;
                    Outcome::Kept
                } else if is_nested || self.rewriting.changes_members(*spelling) {
                    let rewriting = self.rewriting;
                    rows(item, *spelling, runs, rewriting, is_nested, &mut complete)?
                } else {
                    let changed = self.rewriting.changed(item, runs)?;
                    let runs = changed.as_ref().map_or(runs, MaskRuns::view);
                    let text = spelt_anew(item, fields, *spelling, runs, self.rewriting)?;
                    complete(text, runs)?;
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
            lost_places,
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

    /// The mask of an item with all changes; None where there are none.
    fn changed(&self, item: Item<'_>, mask: MaskView<'_>) -> Result<Option<MaskRuns>> {
        let changed = self.changes.of_mask(mask);
        changed.map_err(|error| item.location.locate(error))
    }

    /// The mask, which was spelt so, as an object of the format.
    fn object(&self, spelling: Spelling, mask: MaskView<'_>) -> Result<MaskObject> {
        let found = match spelling {
            Spelling::Values(order) => order,
            _ => Order::RowMajor,
        };
        let order = self.order.unwrap_or(found);
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
    let object = rewriting.object(spelling, runs)?;
    if let (Spelling::List, Some(segmentation)) = (spelling, fields.segmentation) {
        let new = serde_json::to_string(&object)?;
        let old = segmentation.span_in(item.text);
        return Ok(replaced(item.text, vec![(old, new)]));
    }
    let rle = Rle::of(fields)?;
    let counts = rle.counts.context("no \"counts\"")?;
    let mut values = vec![(counts.span_in(item.text), object.counts()?)];
    if let Some(size) = rle.size.filter(|size| !is_size(*size, runs.size())) {
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
    spelling: Spelling,
    runs: MaskView<'_>,
    rewriting: &Rewriting,
    is_nested: bool,
    on: &mut dyn FnMut(String, MaskView<'_>) -> Result<()>,
) -> Result<Outcome> {
    let mut row = |mask: MaskView<'_>, label| -> Result<()> {
        let changed = rewriting.changed(item, mask)?;
        let mask = changed.as_ref().map_or(mask, MaskRuns::view);
        let object = rewriting.object(spelling, mask)?;
        on(rewritten_row(item.text, &object, label, is_nested)?, mask)
    };
    if rewriting.format == ObjectFormat::Values {
        row(runs, None)?;
        return Ok(Outcome::Written);
    }
    let (labels, masks) = masks_of(runs)?;
    for (&label, mask) in labels.iter().zip(&masks) {
        row(mask, label)?;
    }
    Ok(match labels[..] {
        [None] => Outcome::Written,
        _ => Outcome::Split(labels.len() as u64),
    })
}
