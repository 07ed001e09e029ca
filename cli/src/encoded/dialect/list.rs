//! Items of JSON lists, and objects.

use anyhow::Result;

use super::object::OnObject;
use crate::encoded::bytes::Reader;
use crate::encoded::entry::Object;
use crate::encoded::json::{Event, Item, Value, walk_lines, walk_list};
use crate::encoded::line_error::LineError;

/// Takes an object or what is wrong with it.
pub type OnItem<'a> = dyn FnMut(Result<Object>) -> Result<()> + 'a;

/// Gives each item of a list to `read`, which gives what it holds to the function that it is given.
pub fn read_list(
    reader: Reader,
    on: &mut OnObject<'_>,
    mut read: impl FnMut(Value<'_>, &mut OnItem<'_>) -> Result<()>,
) -> Result<(), LineError> {
    walk_list(reader, &mut |event| {
        let Event::Item(Item {
            location,
            text,
            line,
            ..
        }) = event
        else {
            return Ok(());
        };
        let item = Value::new(text);
        read(item, &mut |object| {
            on(line, object.map_err(|error| location.locate(error)))
        })
    })
}

/// Gives the object that a file is, or each of several, to `read`.
pub fn read_objects(
    reader: Reader,
    on: &mut OnObject<'_>,
    mut read: impl FnMut(Value<'_>, &mut OnItem<'_>) -> Result<()>,
) -> Result<(), LineError> {
    walk_lines(reader, &mut |event| match event {
        Event::Item(Item { text, line, .. }) => {
            read(Value::new(text), &mut |object| on(line, object))
        }
        _ => Ok(()),
    })
}
