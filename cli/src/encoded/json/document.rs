//! JSON documents, shown piece by piece. Text that is not looked at is passed on as it stands.

use std::io::Read;

use anyhow::{Result, anyhow};

use super::location::{List, Location};
use super::scanner::Scanner;
use super::value::has_key;
use crate::encoded::line_error::{LineError, at_line};

/// A piece of a document.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// The document's own list or object begins.
    Begin,
    /// A dataset's member other than its images and annotations. The key has its quotes.
    Member { key: &'a str, value: &'a str },
    /// A dataset's list of images or annotations begins.
    ListBegin(List),
    /// An item of that list, or of the list that the document is; or a row.
    Item(Item<'a>),
    /// A dataset's list ends.
    ListEnd,
    /// The document ends.
    End,
}

/// An object of a list, or on a line of its own.
#[derive(Debug, Clone, Copy)]
pub struct Item<'a> {
    pub list: List,
    pub location: Location,
    /// JSON of the object.
    pub text: &'a str,
    /// Line that it begins on.
    pub line: u64,
}

/// Receiver of a document's pieces.
pub type On<'h> = dyn FnMut(Event<'_>) -> Result<()> + 'h;

/// Shows all of a dataset to `on`.
pub fn walk_dataset(reader: impl Read, on: &mut On<'_>) -> Result<(), LineError> {
    let mut scanner = Scanner::new(reader);
    show(on, 1, Event::Begin)?;
    dataset(&mut scanner, None, on)?;
    show(on, scanner.line(), Event::End)?;
    end(&mut scanner)
}

/// Shows one member of a dataset alone, and reads no further than that. Returns true if there is
/// one.
pub fn walk_member(reader: impl Read, key: &str, on: &mut On<'_>) -> Result<bool, LineError> {
    let mut scanner = Scanner::new(reader);
    let is_found = dataset(&mut scanner, Some(key), on)?;
    if !is_found {
        end(&mut scanner)?;
    }
    Ok(is_found)
}

/// Shows all of a list to `on`.
pub fn walk_list(reader: impl Read, on: &mut On<'_>) -> Result<(), LineError> {
    let mut scanner = Scanner::new(reader);
    show(on, 1, Event::Begin)?;
    items(&mut scanner, List::Document, on)?;
    show(on, scanner.line(), Event::End)?;
    end(&mut scanner)
}

/// True if an object has a dataset's lists. Text that is no JSON has none: its error is found
/// again, and reported, by whoever reads the file next.
pub fn is_dataset(reader: impl Read) -> bool {
    let mut scanner = Scanner::new(reader);
    let mut found = false;
    let _ = members(&mut scanner, |scanner, key| {
        found = List::ALL.iter().any(|list| has_key(key, list.key()));
        if found {
            return Ok(false);
        }
        scanner.skip_value()?;
        Ok(true)
    });
    found
}

/// Gives the key of each member of an object, with its quotes, to `on`, which reads the value and
/// returns false to end here. Returns false if it did.
fn members<R: Read>(
    scanner: &mut Scanner<R>,
    mut on: impl FnMut(&mut Scanner<R>, &str) -> Result<bool, LineError>,
) -> Result<bool, LineError> {
    scanner.expect(b'{', "an object")?;
    if scanner.take_if(b'}')? {
        return Ok(true);
    }
    loop {
        if scanner.peek()? != Some(b'"') {
            return Err(scanner.unexpected("a key in double quotes"));
        }
        scanner.value()?;
        let key = scanner.text().to_owned();
        scanner.expect(b':', "`:`")?;
        if !on(scanner, &key)? {
            return Ok(false);
        }
        if scanner.take_if(b'}')? {
            return Ok(true);
        }
        scanner.expect(b',', "`,` or `}`")?;
    }
}

/// Shows the members of a dataset, or the one member of it that is wanted. Returns true if it ended
/// there.
fn dataset<R: Read>(
    scanner: &mut Scanner<R>,
    only: Option<&str>,
    on: &mut On<'_>,
) -> Result<bool, LineError> {
    let mut lists = Vec::new();
    let is_whole = members(scanner, |scanner, key| {
        let list = List::ALL.into_iter().find(|list| has_key(key, list.key()));
        if let Some(list) = list {
            if lists.contains(&list) {
                let what = anyhow!("the key {key} is there twice");
                return Err(at_line(scanner.line())(what));
            }
            lists.push(list);
        }
        if only.is_some_and(|only| !has_key(key, only)) {
            scanner.skip_value()?;
            return Ok(true);
        }
        match list {
            Some(list) => {
                show(on, scanner.line(), Event::ListBegin(list))?;
                items(scanner, list, on)?;
                show(on, scanner.line(), Event::ListEnd)?;
            }
            None => {
                scanner.peek()?;
                let line = scanner.line();
                scanner.value()?;
                let value = scanner.text();
                show(on, line, Event::Member { key, value })?;
            }
        }
        Ok(only.is_none())
    })?;
    Ok(!is_whole)
}

/// Shows the items of a list.
fn items<R: Read>(scanner: &mut Scanner<R>, list: List, on: &mut On<'_>) -> Result<(), LineError> {
    let wanted = match list {
        List::Document => "a list".into(),
        list => format!("a list of {}", list.key()),
    };
    scanner.expect(b'[', &wanted)?;
    if scanner.take_if(b']')? {
        return Ok(());
    }
    if scanner.peek()?.is_none() {
        return Err(scanner.cut_short("within a list"));
    }
    for index in 0.. {
        scanner.peek()?;
        let line = scanner.line();
        scanner.value()?;
        let item = Item {
            list,
            location: Location::Item(list, index),
            text: scanner.text(),
            line,
        };
        show(on, line, Event::Item(item))?;
        if scanner.take_if(b']')? {
            break;
        }
        scanner.expect(b',', "`,` or `]`")?;
    }
    Ok(())
}

/// Shows a piece, which begins on this line.
fn show(on: &mut On<'_>, line: u64, event: Event<'_>) -> Result<(), LineError> {
    on(event).map_err(at_line(line))
}

/// Fails where anything comes after the document.
fn end<R: Read>(scanner: &mut Scanner<R>) -> Result<(), LineError> {
    match scanner.peek()? {
        None => Ok(()),
        Some(_) => Err(scanner.unexpected("the end of the file")),
    }
}
