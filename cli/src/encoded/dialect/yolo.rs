//! YOLO: a line of a polygon for each object of an image.

use anyhow::{Result, bail};
use maskrle::dialect::YoloSegment;

use super::list::read_lines;
use super::object::{DialectOptions, OnObject};
use crate::encoded::bytes::Reader;
use crate::encoded::entry::{Entry, ImageName, Object};
use crate::encoded::limits::limits;
use crate::encoded::line_error::LineError;

pub fn read(
    reader: Reader,
    options: &DialectOptions<'_>,
    on: &mut OnObject<'_>,
) -> Result<(), LineError> {
    read_lines(reader, on, |line| object(line, options))
}

fn object(line: &str, options: &DialectOptions<'_>) -> Result<Object> {
    let Some(size) = options.size else {
        bail!("YOLO's lines do not hold the image's size: --size H,W is needed");
    };
    // A class, a box, and perhaps a score.
    if matches!(line.split_ascii_whitespace().count(), 5 | 6) {
        return Ok(Object::NoMask);
    }
    let line: YoloSegment = line.parse()?;
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
