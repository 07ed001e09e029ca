//! A row of JSON with another mask: its other members stay, in their order.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::value::RawValue;

use crate::write::MaskObject;

/// Members of an object, in their order and with the text that the file has.
pub struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'a> Members<'a> {
    /// Value of a member; of several the last, as Python's json has it.
    pub fn get(&self, key: &str) -> Option<&'a RawValue> {
        let mut members = self.0.iter().rev();
        members
            .find(|(name, _)| name == key)
            .map(|&(_, value)| value)
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;

        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(MembersVisitor)
    }
}

/// A row with its mask in another format. Values have more members than COCO's formats, so that
/// members come or go.
pub struct RewrittenRow<'a> {
    pub members: &'a Members<'a>,
    pub mask: &'a MaskObject,
    /// Label of the mask, if it comes from a label map.
    pub label: Option<i64>,
    /// True if the mask is a member `segmentation`, where it was the row itself.
    pub is_nested: bool,
}

impl Serialize for RewrittenRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        // If the row has members of a mask besides its segmentation, these were not read.
        let is_within = self
            .members
            .0
            .iter()
            .any(|(key, value)| key == "segmentation" && value.get() != "null");
        for (key, value) in &self.members.0 {
            match (key.as_str(), self.mask) {
                ("order" | "values", _) => {}
                ("size" | "counts", _) if is_within => {}
                ("size", _) if self.is_nested => {
                    if let Some(label) = self.label {
                        map.serialize_entry("value", &label)?;
                    }
                    map.serialize_entry("segmentation", self.mask)?;
                }
                ("segmentation" | "counts", _) if self.is_nested => {}
                ("segmentation", MaskObject::Values(mask)) if is_within => {
                    map.serialize_entry("size", &mask.size)?;
                    map.serialize_entry("order", &mask.order)?;
                    map.serialize_entry("values", &mask.values)?;
                    map.serialize_entry("counts", &mask.counts)?;
                }
                // The row's value was that of the label map.
                ("value", _) if self.label.is_some() => {}
                ("size", _) => {
                    if let Some(label) = self.label {
                        map.serialize_entry("value", &label)?;
                    }
                    map.serialize_entry(key, value)?;
                }
                ("counts", MaskObject::Coco(mask)) => map.serialize_entry(key, &mask.counts)?,
                ("counts", MaskObject::Counts(mask)) => map.serialize_entry(key, &mask.counts)?,
                ("counts", MaskObject::Values(mask)) => {
                    map.serialize_entry("order", &mask.order)?;
                    map.serialize_entry("values", &mask.values)?;
                    map.serialize_entry(key, &mask.counts)?;
                }
                _ => map.serialize_entry(key, value)?,
            }
        }
        map.end()
    }
}
