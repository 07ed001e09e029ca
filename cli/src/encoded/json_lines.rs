//! JSON objects, one on each line.

use std::io::{BufRead, Read};

use anyhow::{Result, anyhow};
use serde::de::IgnoredAny;

use super::json::{Event, Item};
use super::json_text::plain_error;
use super::limits::MOST_BYTES;
use super::line_error::{LineError, at_line};
use super::location::{List, Location};

/// Shows each row to `on`.
pub fn walk(
    mut reader: impl BufRead,
    on: &mut dyn FnMut(Event<'_>) -> Result<()>,
) -> Result<(), LineError> {
    let mut is_first = true;
    let mut text = Vec::new();
    for line in 1.. {
        text.clear();
        if (&mut reader)
            .take(MOST_BYTES)
            .read_until(b'\n', &mut text)
            .map_err(at_line(line))?
            == 0
        {
            break;
        }
        check_length(&text).map_err(at_line(line))?;
        if text.trim_ascii().is_empty() {
            continue;
        }
        let mut is_long = false;
        if let Err(error) = serde_json::from_slice::<IgnoredAny>(&text) {
            // Perhaps it is one object that is laid out over several lines.
            let first_line = text.len();
            if is_first {
                (&mut reader)
                    .take(MOST_BYTES - first_line as u64)
                    .read_to_end(&mut text)
                    .map_err(at_line(line))?;
            }
            let is_whole =
                text.len() > first_line && serde_json::from_slice::<IgnoredAny>(&text).is_ok();
            if !is_whole {
                return Err(LineError {
                    line,
                    error: plain_error(&error, true),
                });
            }
            is_long = true;
        }
        is_first = false;
        let row = str::from_utf8(text.trim_ascii()).map_err(at_line(line))?;
        let within = if is_long {
            row.bytes().filter(|&byte| byte == b'\n').count()
        } else {
            0
        };
        on(Event::Item(Item {
            list: List::Document,
            location: Location::Row,
            text: row,
            last_line: line + within as u64,
        }))
        .map_err(at_line(line))?;
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
