//! JSON objects, one after the other, each beginning on a line of its own.

use std::io::Read;

use super::document::{Event, Item, On};
use super::location::{List, Location};
use super::scanner::Scanner;
use crate::encoded::line_error::LineError;

/// Shows each row to `on`.
pub fn walk_lines(reader: impl Read, on: &mut On<'_>) -> Result<(), LineError> {
    let mut scanner = Scanner::new(reader);
    while scanner.peek()?.is_some() {
        let line = scanner.line();
        scanner
            .value()
            .map_err(|LineError { line: at, error }| match at == line {
                true => LineError { line, error },
                // A row that is cut off goes wrong where the next one begins.
                false => LineError {
                    line: at,
                    error: error.context(format!("in the row that begins on line {line}")),
                },
            })?;
        if !matches!(scanner.peek_on_line()?, None | Some(b'\n')) {
            return Err(scanner.unexpected("the end of the line"));
        }
        on(Event::Item(Item {
            list: List::Document,
            location: Location::Row,
            text: scanner.text(),
            line,
        }))
        .map_err(|error| LineError { line, error })?;
    }
    Ok(())
}
