//! A row of JSON with its mask spelt anew: its other members stay, in their order.

use std::fmt;

use anyhow::Result;
use maskrle::{CocoCounts, CocoRle, MaskRuns, Order, ValueCounts};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::value::RawValue;

use crate::coded::limits;
use crate::rows::Format;

/// A mask in one of JSON's spellings.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Spelt {
    Coco(CocoRle),
    Counts(CocoCounts),
    Values(ValueCounts),
}

impl Spelt {
    /// A mask in `format`, whose values are scanned in `order`.
    pub fn new(mask: MaskRuns<'_>, format: Format, order: Order) -> Result<Self> {
        let order = if format == Format::Values {
            order
        } else {
            Order::ColumnMajor
        };
        let runs;
        let mask = if mask.order() == order {
            mask
        } else {
            runs = mask.to_order_within(order, &limits())?;
            runs.get(0).expect("one mask went in")
        };
        Ok(match format {
            Format::Coco => Spelt::Coco(CocoRle::try_from(mask)?),
            Format::CocoCounts => Spelt::Counts(CocoCounts::try_from(mask)?),
            Format::Values => Spelt::Values(ValueCounts::from(mask)),
            Format::Kaggle => unreachable!("CSV is not JSON"),
        })
    }

    /// The JSON of its `counts`.
    pub fn counts(&self) -> Result<String> {
        Ok(match self {
            Spelt::Coco(mask) => serde_json::to_string(&mask.counts)?,
            Spelt::Counts(mask) => serde_json::to_string(&mask.counts)?,
            Spelt::Values(mask) => serde_json::to_string(&mask.counts)?,
        })
    }
}

/// The members of an object, in their order and spelling.
pub struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
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

        deserializer.deserialize_map(InOrder)
    }
}

/// A row with another spelling of its mask, to or from values: these have more members.
pub struct Respelt<'a> {
    pub members: &'a Members<'a>,
    pub mask: &'a Spelt,
    /// The label that the mask is of.
    pub label: Option<i64>,
}

impl Serialize for Respelt<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        // A mask of its own beside that, if it has one, was not read.
        let is_within = self
            .members
            .0
            .iter()
            .any(|(key, value)| key == "segmentation" && value.get() != "null");
        for (key, value) in &self.members.0 {
            match (key.as_str(), self.mask) {
                ("order" | "values", _) => {}
                ("size" | "counts", _) if is_within => {}
                ("segmentation", Spelt::Values(mask)) if is_within => {
                    map.serialize_entry("size", &mask.size)?;
                    map.serialize_entry("order", &mask.order)?;
                    map.serialize_entry("values", &mask.values)?;
                    map.serialize_entry("counts", &mask.counts)?;
                }
                // It was that of the map.
                ("value", _) if self.label.is_some() => {}
                ("size", _) => {
                    if let Some(label) = self.label {
                        map.serialize_entry("value", &label)?;
                    }
                    map.serialize_entry(key, value)?;
                }
                ("counts", Spelt::Coco(mask)) => map.serialize_entry(key, &mask.counts)?,
                ("counts", Spelt::Counts(mask)) => map.serialize_entry(key, &mask.counts)?,
                ("counts", Spelt::Values(mask)) => {
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
