//! Members that COCO's evaluation needs, added to annotations and results that lack them.

use anyhow::{Context, Result, bail};
use maskrle::MaskView;
use serde::Serialize;
use serde_json::Number;

use super::categories::DatasetCategories;
use super::edits::Edits;
use crate::coco::{Category, Id, Images};
use crate::encoded::{Item, Kind, Need, Value, read_image};

/// Document that items are made ready for.
pub enum Completion<'a> {
    /// None: items stay as they are, but for their masks.
    None,
    /// A dataset that `COCO` of pycocotools loads, and COCOeval compares with.
    Dataset(DatasetCategories<'a>),
    /// A list that `loadRes` of pycocotools loads.
    Results {
        /// Category of results without one.
        usual: Category,
    },
}

impl Completion<'_> {
    /// Text of an item with all members that the document needs. Some annotations have no mask, but
    /// a box or key points alone.
    pub fn complete(&self, text: String, mask: Option<MaskView<'_>>) -> Result<String> {
        let mut edits = Edits::new(&text);
        match self {
            Completion::None => return Ok(text),
            Completion::Dataset(categories) => {
                edits.set_missing("category_id", &categories.usual().id)?;
                match mask {
                    Some(mask) => set_measures(&mut edits, mask),
                    None => set_measures_of_box(&mut edits),
                }?;
                set_crowd(&mut edits)?;
            }
            Completion::Results { usual } => {
                if edits.get("image_id").is_none() {
                    bail!("no \"image_id\", which a result must have");
                }
                let label = edits.get("value");
                let label = label.and_then(|label| label.whole::<i64>("a label").ok());
                edits.set_missing("category_id", &label.unwrap_or(usual.id))?;
                set_score(&mut edits)?;
                set_number(&mut edits, "area", None::<u64>)?;
            }
        }
        Ok(edits.finish())
    }

    /// Notes the category of an annotation that is written; None where it has none of its own.
    pub fn note_category(&mut self, id: Option<&Id>) -> Result<()> {
        match (self, id) {
            (Completion::Dataset(categories), Some(id)) => categories.add(id),
            (Completion::Dataset(categories), None) => {
                categories.add_usual();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Text of an image with the size of its masks, where it has none of its own. None where
    /// nothing changes.
    pub fn complete_image(
        &self,
        item: Item<'_>,
        images: Option<&Images>,
    ) -> Result<Option<String>> {
        let (Completion::Dataset(_), Some(images)) = (self, images) else {
            return Ok(None);
        };
        let image = read_image(item.location, item.text, Need::Unread)?;
        let listed = image.id.and_then(|id| images.get(&id));
        let found = listed.and_then(|listed| listed.sides.size());
        let (None, Some([height, width])) = (image.sides.size(), found) else {
            return Ok(None);
        };
        let mut edits = Edits::new(item.text);
        edits.set("height", &height)?;
        edits.set("width", &width)?;
        Ok(Some(edits.finish()))
    }
}

/// Gives an annotation the area and the box of its mask, where it has none that are numbers.
fn set_measures(edits: &mut Edits<'_>, mask: MaskView<'_>) -> Result<()> {
    set_number(edits, "area", Some(mask.area()))?;
    let is_box = |value: Value<'_>| {
        let numbers = value.items().filter(|side| side.number().is_ok());
        value.items().count() == 4 && numbers.count() == 4
    };
    match edits.get("bbox").is_some_and(is_box) {
        true => Ok(()),
        false => edits.set("bbox", &mask.bbox()),
    }
}

/// Gives an annotation without a mask the area of its box. Fails where it has no box and no key
/// points either: nothing of it can be compared.
fn set_measures_of_box(edits: &mut Edits<'_>) -> Result<()> {
    let found = edits.get("bbox");
    let Some((value, sides)) = found.and_then(|value| Some((value, box_of(value)?))) else {
        return match edits.get("keypoints") {
            Some(_) => set_number(edits, "area", None::<u64>),
            None => bail!("neither a mask nor a box: a dataset's annotation has one of them"),
        };
    };
    // Text is no side to those who compute with it.
    if value.items().any(|side| side.kind() != Kind::Number) {
        edits.set("bbox", &sides.map(spelt))?;
    }
    let [.., w, h] = sides;
    set_number(edits, "area", spelt(w * h))
}

/// The sides of a box: x, y, width and height.
fn box_of(value: Value<'_>) -> Option<[f64; 4]> {
    let sides = value.items().map(|side| side.number_or_text().ok());
    let sides: Vec<_> = sides.collect::<Option<_>>()?;
    let sides = <[f64; 4]>::try_from(sides).ok()?;
    sides[2..].iter().all(|side| *side >= 0.0).then_some(sides)
}

/// Gives a member a number: that of its text, or else this one, where it is none itself.
fn set_number(edits: &mut Edits<'_>, key: &str, usual: Option<impl Serialize>) -> Result<()> {
    let old = edits.get(key);
    let number = old.and_then(|old| old.number_or_text().ok());
    match (number.and_then(spelt), usual) {
        (Some(_), _) if old.is_some_and(|old| old.kind() == Kind::Number) => Ok(()),
        (Some(number), _) => edits.set(key, &number),
        (None, Some(usual)) => edits.set(key, &usual),
        (None, None) => Ok(()),
    }
}

/// Gives a result a score of 1 where it has none, and makes a number of one that is text.
fn set_score(edits: &mut Edits<'_>) -> Result<()> {
    match edits.get("score") {
        None => edits.set("score", &1.0),
        Some(score) if score.kind() == Kind::Number => Ok(()),
        Some(score) => edits.set("score", &spelt(score.number_or_text().context("score")?)),
    }
}

/// Gives an annotation an `iscrowd` of 0 where it has none, and makes a number of one that is text:
/// any text is true to Python, "0" too.
fn set_crowd(edits: &mut Edits<'_>) -> Result<()> {
    let Some(value) = edits.get("iscrowd") else {
        return edits.set("iscrowd", &0);
    };
    let is_crowd = value.flag().context("iscrowd")?;
    match value.kind() {
        Kind::Number | Kind::Flag => Ok(()),
        _ => edits.set("iscrowd", &u8::from(is_crowd)),
    }
}

/// A number as JSON spells it, a whole one by its digits alone.
fn spelt(number: f64) -> Option<Number> {
    /// Numbers up to this are exact as floats.
    const MOST: f64 = (1u64 << 53) as f64;
    match number.fract() == 0.0 && number.abs() <= MOST {
        true => Some((number as i64).into()),
        false => Number::from_f64(number),
    }
}
