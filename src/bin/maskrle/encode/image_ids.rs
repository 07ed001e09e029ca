//! Which image a mask is of: ids that are counted, or those of a file.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};

use crate::coco::{Id, Seen};

/// Gives the images their ids, in the order of the inputs.
#[derive(Debug)]
pub enum ImageIds {
    /// From 1 on.
    Counted { last: i64 },
    /// One on each line of a file.
    Listed(List),
}

/// A file of ids, which is read as they are needed.
#[derive(Debug)]
pub struct List {
    name: String,
    lines: BufReader<File>,
    line: u64,
    seen: Seen,
}

impl ImageIds {
    pub fn new(file: Option<&Path>) -> Result<Self> {
        let Some(path) = file else { return Ok(ImageIds::Counted { last: 0 }) };
        let name = path.display().to_string();
        let lines = BufReader::new(File::open(path).with_context(|| name.clone())?);
        Ok(ImageIds::Listed(List { name, lines, line: 0, seen: Seen::default() }))
    }

    /// The id of the next image.
    pub fn next(&mut self) -> Result<Id> {
        match self {
            ImageIds::Counted { last } => {
                *last += 1;
                Ok(Id::Number(*last))
            }
            ImageIds::Listed(list) => {
                let id = list.next()?;
                id.ok_or_else(|| anyhow!("{} has {} ids, and there are more images", list.name, list.line))
            }
        }
    }

    /// The place that [`ImageIds::roll_back`] returns to.
    pub fn mark(&self) -> i64 {
        match self {
            ImageIds::Counted { last } => *last,
            ImageIds::Listed(_) => 0,
        }
    }

    /// Takes back the ids of an input that failed. How many a list has for it cannot be known: those after it would go to other images.
    pub fn roll_back(&mut self, mark: i64) -> Result<()> {
        match self {
            ImageIds::Counted { last } => *last = mark,
            ImageIds::Listed(list) => {
                bail!("{}: which ids are of the inputs after a bad one cannot be told: nothing is written", list.name)
            }
        }
        Ok(())
    }

    /// Fails where a list has ids left.
    pub fn finish(&mut self) -> Result<()> {
        if let ImageIds::Listed(list) = self
            && let Some(id) = list.next()?
        {
            bail!("{}:{}: the id {id} is of no image: there are only {}", list.name, list.line, list.line - 1);
        }
        Ok(())
    }
}

impl List {
    /// The id on the next line.
    fn next(&mut self) -> Result<Option<Id>> {
        let at = |line: u64| format!("{}:{line}", self.name);
        let mut text = String::new();
        // No id is longer; a file of one endless line is not read into memory.
        let read = std::io::Read::take(&mut self.lines, 64).read_line(&mut text);
        if read.with_context(|| at(self.line + 1))? == 0 {
            return Ok(None);
        }
        self.line += 1;
        let id = text.trim().parse().map(Id::Number);
        let id = id.map_err(|_| anyhow!("{:?} is not an id, a whole number", text.trim()).context(at(self.line)))?;
        if !self.seen.insert(&id) {
            return Err(anyhow!("the id {id} is there already").context(at(self.line)));
        }
        Ok(Some(id))
    }
}
