//! Members that COCO's evaluation needs, added to annotations and results that lack them.

use anyhow::{Context, Result, bail};
use maskrle::MaskView;

use super::categories::DatasetCategories;
use super::edits::Edits;
use crate::coco::{Category, Id};
use crate::encoded::Kind;

/// Document that items are made ready for.
pub enum Completion<'a> {
    /// None: items stay as they are, but for their masks.
    None,
    /// A dataset that `COCO` of pycocotools loads, and COCOeval compares with.
    Dataset {
        categories: DatasetCategories<'a>,
        /// Category of annotations without one.
        usual: Category,
    },
    /// A list that `loadRes` of pycocotools loads.
    Results {
        /// Category of results without one.
        usual: Category,
    },
}

impl Completion<'_> {
    /// Text of an item, which has this mask, with all members that the document needs.
    pub fn complete(&mut self, text: String, mask: MaskView<'_>) -> Result<String> {
        match self {
            Completion::None => Ok(text),
            Completion::Dataset { categories, usual } => {
                let mut edits = Edits::new(&text);
                edits.set_missing("category_id", &usual.id)?;
                edits.set_missing("area", &mask.area())?;
                edits.set_missing("bbox", &mask.bbox())?;
                edits.set_missing("iscrowd", &0)?;
                set_crowd(&mut edits)?;
                if edits.get("category_id").is_none() {
                    categories.add(&Id::Number(usual.id))?;
                }
                Ok(edits.finish())
            }
            Completion::Results { usual } => {
                let mut edits = Edits::new(&text);
                if edits.get("image_id").is_none() {
                    bail!("no \"image_id\", which a result must have");
                }
                let label = edits.get("value");
                let label = label.and_then(|label| label.whole::<i64>("a label").ok());
                edits.set_missing("category_id", &label.unwrap_or(usual.id))?;
                edits.set_missing("score", &1.0)?;
                Ok(edits.finish())
            }
        }
    }

    /// Notes the category of an annotation, with a mask or without.
    pub fn category(&mut self, id: Option<&Id>) -> Result<()> {
        match (self, id) {
            (Completion::Dataset { categories, .. }, Some(id)) => categories.add(id),
            _ => Ok(()),
        }
    }
}

/// Makes a number of an annotation's `iscrowd` that is text: any text is true to Python, "0" too.
fn set_crowd(edits: &mut Edits<'_>) -> Result<()> {
    let Some(value) = edits.get("iscrowd") else {
        return Ok(());
    };
    let is_crowd = value.flag().context("iscrowd")?;
    match value.kind() {
        Kind::Number | Kind::Flag => Ok(()),
        _ => edits.set("iscrowd", &u8::from(is_crowd)),
    }
}
