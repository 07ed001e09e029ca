//! MOTS: a line for each mask.

use std::io::BufRead;

use anyhow::{Context, Result, anyhow};
use maskrle::dialect::MotsLine;

use super::bounded::Bounded;
use super::object::OnObject;
use crate::coco::Id;
use crate::encoded::bytes::Reader;
use crate::encoded::entry::{Entry, ImageName, Object};
use crate::encoded::line_error::{LineError, at_line};

pub fn read(reader: Reader, on: &mut OnObject<'_>) -> Result<(), LineError> {
    let mut reader = Bounded::new(reader);
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        reader.begin_item();
        let read = reader.read_until(b'\n', &mut line);
        if read.context("it cannot be read").map_err(at_line(number))? == 0 {
            break;
        }
        if !line.trim_ascii().is_empty() {
            on(number, object(&line)).map_err(at_line(number))?;
        }
    }
    Ok(())
}

fn object(line: &[u8]) -> Result<Object> {
    let text = str::from_utf8(line).map_err(|_| anyhow!("it is not UTF-8"))?;
    let line: MotsLine = text.parse()?;
    let image = ImageName::Id(Id::Number(line.frame.into()), None);
    Ok(Object::Mask(Entry {
        id: Some(Id::Number(line.id.into())),
        image: Some(image),
        category: Some(line.class.into()),
        label: None,
        score: None,
        // What COCO's evaluation does with a crowd is what that of MOTS does with these.
        is_crowd: line.is_ignored(),
        runs: line.to_runs()?,
    }))
}
