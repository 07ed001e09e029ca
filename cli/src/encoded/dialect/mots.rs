//! MOTS: a line for each mask.

use anyhow::Result;
use maskrle::dialect::MotsLine;

use super::list::read_lines;
use super::object::OnObject;
use crate::coco::Id;
use crate::encoded::bytes::Reader;
use crate::encoded::entry::{Entry, ImageName, Object};
use crate::encoded::line_error::LineError;

pub fn read(reader: Reader, on: &mut OnObject<'_>) -> Result<(), LineError> {
    read_lines(reader, on, object)
}

fn object(line: &str) -> Result<Object> {
    let line: MotsLine = line.parse()?;
    let image = ImageName::Id(Id::Number(line.frame.into()), None);
    Ok(Object::Mask(Entry {
        id: Some(Id::Number(line.id.into())),
        image: Some(image),
        category: Some(line.class.into()),
        label: None,
        score: None,
        // MOTS's evaluation does with these as COCO's does with a crowd.
        is_crowd: line.is_ignored(),
        runs: line.to_runs()?,
    }))
}
