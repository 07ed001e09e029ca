//! COCO's string of counts, deserialised from a string or from bytes.

use std::fmt;

use serde::de::{Deserializer, Error, Visitor};

use super::reader::text_of;

/// Deserialises a string, or bytes that are one.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    // Not `deserialize_any`, which formats that do not describe themselves refuse.
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
