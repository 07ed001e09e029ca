//! A line of JSON.

use anyhow::Result;
use serde::Serialize;

use crate::coco::Id;
use crate::encoded::ImageName;
use crate::write::mask_info::{MaskInfo, Origin};
use crate::write::measures::MeasureMembers;

/// Members of a line, in this order. Those before the mask's are there if they are known.
#[derive(Debug, Serialize)]
struct Line<'a, T> {
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<f64>,
    #[serde(flatten)]
    mask: &'a T,
    #[serde(flatten)]
    measures: &'a MeasureMembers,
}

/// Appends a line: what is known of a mask, then the members of `mask` and its measures.
pub fn write_line<T: Serialize>(
    out: &mut Vec<u8>,
    info: &MaskInfo<'_>,
    mask: &T,
    measures: &MeasureMembers,
) -> Result<()> {
    let line = match info.origin {
        Origin::Pixels(of_input) => Line {
            source: Some(&of_input.input.source),
            index: Some(of_input.index),
            value: info.label,
            image_id: None,
            category_id: None,
            score: info.score,
            mask,
            measures,
        },
        Origin::Encoded(image) => Line {
            source: None,
            index: None,
            value: None,
            image_id: image.and_then(image_id),
            category_id: info.label,
            score: info.score,
            mask,
            measures,
        },
    };
    serde_json::to_writer(&mut *out, &line)?;
    out.push(b'\n');
    Ok(())
}

/// Id of an image. A source has none: a file that names sources has lines already, which convert
/// rewrites one by one.
fn image_id(image: &ImageName) -> Option<Id> {
    match image {
        ImageName::Id(id, _) => Some(id.clone()),
        ImageName::Name(text) => Some(Id::of_name(text)),
        ImageName::Source(..) => None,
    }
}
