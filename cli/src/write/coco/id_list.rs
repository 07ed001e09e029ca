//! Ids of images in a file, one on each line.

use std::io::{BufRead, Read};

use anyhow::{Context, Result, anyhow, bail};

use crate::coco::{Id, SeenIds};
use crate::encoded::{EncodedFile, Reader};

/// A file of ids, which are read as they are needed.
#[derive(Debug)]
pub struct IdList {
    name: String,
    lines: Reader,
    /// Number of lines that were read.
    line: u64,
    seen: SeenIds,
}

impl IdList {
    /// Reads the ids of a file.
    pub fn open(file: &EncodedFile) -> Result<Self> {
        let name = file.name.clone();
        let lines = file.reader().with_context(|| name.clone())?;
        Ok(IdList {
            name,
            lines,
            line: 0,
            seen: SeenIds::default(),
        })
    }

    /// Id of the next image.
    pub fn next_image(&mut self) -> Result<Id> {
        let id = self.next()?;
        id.ok_or_else(|| {
            anyhow!(
                "{} has {} ids, and there are more images",
                self.name,
                self.line
            )
        })
    }

    /// Fails where ids are left, which no image has.
    pub fn finish(&mut self) -> Result<()> {
        if let Some(id) = self.next()? {
            bail!(
                "{}:{}: the id {id} is of no image: there are only {}",
                self.name,
                self.line,
                self.line - 1
            );
        }
        Ok(())
    }

    /// Error where an input failed: the number of its ids is unknown, and those after it would go
    /// to other images.
    pub fn roll_back(&self) -> Result<()> {
        bail!(
            "{}: which ids are of the inputs after a bad one cannot be told: nothing is written",
            self.name
        )
    }

    /// Id on the next line; None at the end.
    fn next(&mut self) -> Result<Option<Id>> {
        /// Most bytes of a line.
        const MOST_BYTES: u64 = 1 << 10;
        let at = |line: u64| format!("{}:{line}", self.name);
        let mut text = String::new();
        // No id is longer; a file of one endless line is not read into memory.
        let read = (&mut self.lines).take(MOST_BYTES).read_line(&mut text);
        let length = read.with_context(|| at(self.line + 1))? as u64;
        if length == 0 {
            return Ok(None);
        }
        self.line += 1;
        let is_whole = length < MOST_BYTES || text.ends_with('\n');
        let id = Id::of_number(text.trim()).filter(|_| is_whole);
        let id = id.ok_or_else(|| {
            anyhow!("{:?} is not an id, a whole number", text.trim()).context(at(self.line))
        })?;
        if !self.seen.insert(&id) {
            return Err(anyhow!("the id {id} is there already").context(at(self.line)));
        }
        Ok(Some(id))
    }
}
