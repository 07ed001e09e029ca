//! An image as a dataset lists it.

use anyhow::{Context, Result};

use super::json::{Kind, Location, Value};
use super::needs::Need;
use crate::coco::{Image, Sides};

/// Reads an image; its file's name as far as names are needed.
pub fn read_image(location: Location, text: &str, names: Need) -> Result<Image> {
    let object = Value::new(text);
    if object.kind() != Kind::Object {
        return Err(location.locate(object.unlike("an object")));
    }
    let named = |key: &'static str| move || location.key(key);
    // Segment Anything's files have the id under the other key.
    let (key, id) = match object.member("id") {
        Some(id) => ("id", Some(id)),
        None => ("image_id", object.member("image_id")),
    };
    let side = |key| {
        let side = object.member(key).map_or(Ok(None), side);
        side.with_context(named(key))
    };
    let file_name = object.member("file_name");
    let file_name = names.read(location, "file_name", file_name, |name| {
        name.name().map(Box::from)
    })?;
    Ok(Image {
        id: id.map(Value::id).transpose().with_context(named(key))?,
        sides: Sides::new(side("height")?, side("width")?),
        file_name,
    })
}

/// Height or width, of which -1 and NaN say that it is not known.
fn side(value: Value<'_>) -> Result<Option<u32>> {
    if value.json() == "NaN" || value.whole::<i64>("").is_ok_and(|side| side == -1) {
        return Ok(None);
    }
    value
        .whole("a number of pixels, a whole number from 0 to 4294967295,")
        .map(Some)
}
