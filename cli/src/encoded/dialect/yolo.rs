//! YOLO: a line of a polygon for each object of an image.

use std::io::BufRead;

use anyhow::{Context, Result, anyhow, bail};
use maskrle::dialect::YoloSegment;

use super::bounded::Bounded;
use super::object::{DialectOptions, OnObject};
use crate::encoded::bytes::Reader;
use crate::encoded::entry::{Entry, ImageName, Object};
use crate::encoded::limits::limits;
use crate::encoded::line_error::{LineError, at_line};

pub fn read(
    reader: Reader,
    options: &DialectOptions<'_>,
    on: &mut OnObject<'_>,
) -> Result<(), LineError> {
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
            on(number, object(&line, options)).map_err(at_line(number))?;
        }
    }
    Ok(())
}

fn object(line: &[u8], options: &DialectOptions<'_>) -> Result<Object> {
    let Some(size) = options.size else {
        bail!("YOLO's lines do not hold the image's size: --size H,W is needed");
    };
    let text = str::from_utf8(line).map_err(|_| anyhow!("it is not UTF-8"))?;
    // A class, a box, and perhaps a score.
    if matches!(text.split_ascii_whitespace().count(), 5 | 6) {
        return Ok(Object::NoMask);
    }
    let line: YoloSegment = text.parse()?;
    Ok(Object::Mask(Entry {
        id: None,
        image: Some(ImageName::Name(options.stem.into())),
        category: Some(line.class.into()),
        label: None,
        score: line.score,
        is_crowd: false,
        runs: line.to_runs_within(size, &limits())?,
    }))
}
