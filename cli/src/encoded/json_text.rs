//! Pieces of JSON text: reading one, finding one in another, and plain words for errors.

use std::ops::Range;

use anyhow::{Result, anyhow};
use serde::Deserialize;
use serde_json::value::RawValue;

/// Reads a value of known keys.
pub fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| plain_error(&error, false))
}

/// Message of a JSON error without its line, which is counted from where its text began.
pub fn plain_error(error: &serde_json::Error, with_column: bool) -> anyhow::Error {
    let text = error.to_string();
    let what = text
        .rsplit_once(" at line ")
        .map_or(text.as_str(), |(what, _)| what);
    match what.strip_prefix("EOF while parsing ") {
        Some("a value") => anyhow!("cut short: the JSON ends where a value should begin"),
        Some(within) => anyhow!("cut short: the JSON ends within {within}"),
        None if with_column && error.column() > 0 => anyhow!("column {}: {what}", error.column()),
        None => anyhow!("{what}"),
    }
}

/// Byte range of `text` that `value`, which was read from it, stands at.
pub fn span(text: &str, value: &RawValue) -> Range<usize> {
    let start = value.get().as_ptr() as usize - text.as_ptr() as usize;
    start..start + value.get().len()
}
