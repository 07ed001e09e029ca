//! A row of JSON with another mask: its other members stay as they are, in their order.

use anyhow::Result;
use serde::Serialize;

use crate::encoded::Value;
use crate::write::MaskObject;

/// Text of the row `text` with its mask in another format. Values have more members than COCO's
/// formats, so that members come or go. `label` is that of the mask, if it comes from a label map.
/// The mask becomes a member `segmentation` if `is_nested`, where it was the row itself.
pub fn rewritten_row(
    text: &str,
    mask: &MaskObject,
    label: Option<i64>,
    is_nested: bool,
) -> Result<String> {
    let object = Value::new(text);
    // If the row has members of a mask besides its segmentation, these were not read.
    let is_within = object.member("segmentation").is_some();
    let mut row = Row(String::from("{"));
    for member in object.members() {
        let is = |key| member.has_key(key);
        match mask {
            _ if is("order") || is("values") => {}
            _ if is_within && (is("size") || is("counts")) => {}
            MaskObject::Values(mask) if is_within && is("segmentation") => {
                row.member("size", &mask.size)?;
                row.member("order", &mask.order)?;
                row.member("values", &mask.values)?;
                row.member("counts", &mask.counts)?;
            }
            // The row's value was that of the label map.
            _ if label.is_some() && is("value") => {}
            _ if is("size") => {
                if let Some(label) = label {
                    row.member("value", &label)?;
                }
                if is_nested {
                    row.member("segmentation", mask)?;
                } else if is_size(member.value, mask.size()) {
                    row.copy(member.key, member.value);
                } else {
                    row.member("size", &mask.size())?;
                }
            }
            _ if is_nested && (is("counts") || is("segmentation")) => {}
            mask if is("counts") => {
                if let MaskObject::Values(mask) = mask {
                    row.member("order", &mask.order)?;
                    row.member("values", &mask.values)?;
                }
                row.push("\"counts\"", &mask.counts()?);
            }
            _ => row.copy(member.key, member.value),
        }
    }
    row.0.push('}');
    Ok(row.0)
}

/// Text of the object `text` without some of its members.
pub fn without_members(text: &str, keys: &[&str]) -> String {
    let mut row = Row(String::from("{"));
    for member in Value::new(text).members() {
        if !keys.iter().any(|key| member.has_key(key)) {
            row.copy(member.key, member.value);
        }
    }
    row.0 + "}"
}

/// True if this size is spelt there, by digits alone: pycocotools takes no side that is spelt 5.0.
pub fn is_size(spelt: Value<'_>, size: [u32; 2]) -> bool {
    let sides = spelt.items().map(|side| side.whole("a side").ok());
    spelt.is_plain() && sides.eq(size.map(Some))
}

/// Text of an object, up to its last member.
struct Row(String);

impl Row {
    /// Adds a member.
    fn member(&mut self, key: &str, value: &impl Serialize) -> Result<()> {
        let (key, value) = (serde_json::to_string(key)?, serde_json::to_string(value)?);
        self.push(&key, &value);
        Ok(())
    }

    /// Adds a member as another object has it.
    fn copy(&mut self, key: &str, value: Value<'_>) {
        self.push(key, value.json());
    }

    fn push(&mut self, key: &str, value: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0.extend([key, ":", value]);
    }
}
