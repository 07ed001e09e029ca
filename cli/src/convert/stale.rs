//! Members of an item that its mask has left behind, once it is changed.

use anyhow::Result;
use maskrle::MaskView;

use super::edits::Edits;
use super::members::without_members;
use crate::encoded::{Kind, Value};

/// Places in the image besides those of the mask: COCO's key points, and the prompt of Segment
/// Anything with the part of the image that it was given in.
const PLACES: [&str; 4] = ["keypoints", "num_keypoints", "point_coords", "crop_box"];

/// Text of an item with the area and the box of its mask, where it has any.
pub fn measured_anew(text: &str, mask: MaskView<'_>) -> Result<String> {
    let mut edits = Edits::new(text);
    if edits.get("area").is_some() {
        edits.set("area", &mask.area())?;
    }
    if edits.get("bbox").is_some() {
        edits.set("bbox", &mask.bbox())?;
    }
    Ok(edits.finish())
}

/// Text of an item without the places that do not follow where pixels are moved; None if it has
/// none.
pub fn without_places(text: &str) -> Option<String> {
    let item = Value::new(text);
    let is_there = |key: &&str| {
        let value = item.member(key);
        value.is_some_and(|value| value.kind() != Kind::Null)
    };
    let has_any = PLACES.iter().any(is_there);
    has_any.then(|| without_members(text, &PLACES))
}
