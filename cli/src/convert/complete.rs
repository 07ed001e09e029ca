//! Members that COCO's evaluation needs, added to annotations and results that lack them.

use anyhow::{Context, Result, bail};
use maskrle::MaskView;

use super::categories::DatasetCategories;
use super::edits::Edits;
use super::labels::check_category;
use super::measures::{set_area, set_measures, set_measures_without_mask};
use super::spelt::spelt;
use crate::coco::{Category, Id};
use crate::encoded::Kind;

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
        /// True if one without a category is an error all the same.
        needs_category: bool,
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
                    None => set_measures_without_mask(&mut edits),
                }?;
                set_crowd(&mut edits)?;
            }
            Completion::Results {
                usual,
                needs_category,
            } => {
                if edits.get("image_id").is_none() {
                    bail!("no \"image_id\", which a result must have");
                }
                let label = edits.get("value");
                let label = label.and_then(|label| label.whole::<i64>("a label").ok());
                if let (None, Some(mask)) = (edits.get("category_id"), mask) {
                    check_category(*needs_category, label, mask)?;
                }
                edits.set_missing("category_id", &label.unwrap_or(usual.id))?;
                set_score(&mut edits)?;
                set_area(&mut edits, None::<u64>)?;
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
