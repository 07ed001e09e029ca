//! Items of JSON lists, objects, and lines of text.

use std::io::BufRead;

use anyhow::{Context, Result, anyhow};

use super::bounded::Bounded;
use super::object::OnObject;
use crate::encoded::bytes::Reader;
use crate::encoded::entry::Object;
use crate::encoded::json::{Event, Item, Value, walk_lines, walk_list};
use crate::encoded::line_error::{LineError, at_line};

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

/// Gives each line of a file that is not blank to `read`, which gives the object that it is.
pub fn read_lines(
    reader: Reader,
    on: &mut OnObject<'_>,
    read: impl Fn(&str) -> Result<Object>,
) -> Result<(), LineError> {
    let mut reader = Bounded::new(reader);
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        reader.begin_item();
        let count = reader.read_until(b'\n', &mut line);
        if count
            .context("it cannot be read")
            .map_err(at_line(number))?
            == 0
        {
            break;
        }
        if !line.trim_ascii().is_empty() {
            let text = str::from_utf8(&line).map_err(|_| anyhow!("it is not UTF-8"));
            on(number, text.and_then(&read)).map_err(at_line(number))?;
        }
    }
    Ok(())
}
