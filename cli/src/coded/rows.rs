//! JSON objects, one on each line.

use std::io::{BufRead, Read};

use anyhow::{Result, anyhow};
use serde::de::IgnoredAny;

use super::json::{Event, Item, List, Place, plain};
use super::{At, MOST_BYTES, at};

/// Shows each row.
pub fn walk(
    mut reader: impl BufRead,
    on: &mut dyn FnMut(Event<'_>) -> Result<()>,
) -> Result<(), At> {
    let mut is_first = true;
    let mut text = Vec::new();
    for line in 1.. {
        text.clear();
        if (&mut reader)
            .take(MOST_BYTES)
            .read_until(b'\n', &mut text)
            .map_err(at(line))?
            == 0
        {
            break;
        }
        check_length(&text).map_err(at(line))?;
        if text.trim_ascii().is_empty() {
            continue;
        }
        if let Err(error) = serde_json::from_slice::<IgnoredAny>(&text) {
            // Not lines, perhaps, but one object laid out over several.
            let first_line = text.len();
            if is_first {
                (&mut reader)
                    .take(MOST_BYTES - first_line as u64)
                    .read_to_end(&mut text)
                    .map_err(at(line))?;
            }
            let is_whole =
                text.len() > first_line && serde_json::from_slice::<IgnoredAny>(&text).is_ok();
            if !is_whole {
                return Err(At {
                    line,
                    error: plain(&error, true),
                });
            }
        }
        is_first = false;
        let row = str::from_utf8(text.trim_ascii()).map_err(at(line))?;
        on(Event::Item(Item {
            list: List::Document,
            place: Place::Row,
            text: row,
        }))
        .map_err(at(line))?;
    }
    Ok(())
}

fn check_length(text: &[u8]) -> Result<()> {
    if text.len() as u64 == MOST_BYTES && !text.ends_with(b"\n") {
        return Err(anyhow!(
            "a row of more than {} MiB is not taken",
            MOST_BYTES >> 20
        ));
    }
    Ok(())
}
