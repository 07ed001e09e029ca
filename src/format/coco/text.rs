//! COCO's string of counts, deserialised from a string or from bytes.

use std::fmt;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::reader::text_of;
use super::types::CocoRle;

impl<'de> Deserialize<'de> for CocoRle {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct("CocoRle", &["size", "counts"], RleVisitor)
    }
}

struct RleVisitor;

impl<'de> Visitor<'de> for RleVisitor {
    type Value = CocoRle;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a size and run lengths as a string")
    }

    /// Formats that name members describe themselves: they say which of the two the counts are.
    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<CocoRle, A::Error> {
        #[derive(Deserialize)]
        #[serde(rename = "CocoRle")]
        struct Named {
            size: [u32; 2],
            #[serde(deserialize_with = "any_text")]
            counts: String,
        }
        let Named { size, counts } = Named::deserialize(MapAccessDeserializer::new(members))?;
        Ok(CocoRle { size, counts })
    }

    /// Formats that do not describe themselves have members in order.
    fn visit_seq<A: SeqAccess<'de>>(self, members: A) -> Result<CocoRle, A::Error> {
        #[derive(Deserialize)]
        #[serde(rename = "CocoRle")]
        struct Listed {
            size: [u32; 2],
            #[serde(deserialize_with = "text")]
            counts: String,
        }
        let Listed { size, counts } = Listed::deserialize(SeqAccessDeserializer::new(members))?;
        Ok(CocoRle { size, counts })
    }
}

/// Deserialises a string, or bytes that are one.
fn any_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    // Text has no bytes; CBOR has, and gives none to those who ask for a string.
    if deserializer.is_human_readable() {
        text(deserializer)
    } else {
        deserializer.deserialize_any(TextVisitor)
    }
}

/// Deserialises a string, or bytes that are one, where the format knows which.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    deserializer.deserialize_string(TextVisitor)
}

pub(super) struct TextVisitor;

impl Visitor<'_> for TextVisitor {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("run lengths as a string")
    }

    fn visit_str<E>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_string<E>(self, text: String) -> Result<String, E> {
        Ok(text)
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<String, E> {
        text_of(bytes).map_err(E::custom)
    }
}
