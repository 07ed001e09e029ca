//! Texts of masks, which wait in a temporary file until all of their image are known.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};

use anyhow::{Result, bail};

use crate::temporary::{temporary_error, temporary_file};

/// Texts by the names of their groups, in the order in which the groups came.
#[derive(Debug)]
pub struct Spool {
    texts: BufWriter<File>,
    /// Number of bytes that were written.
    end: u64,
    groups: Vec<Group>,
    by_name: HashMap<String, usize>,
    /// Groups that got a text since the last commit, and number of groups at that time.
    current: Vec<usize>,
    committed: usize,
}

/// Texts of one image.
#[derive(Debug)]
pub struct Group {
    pub name: String,
    /// Height and width.
    pub size: [u32; 2],
    /// Place and length of each text.
    texts: Vec<Place>,
}

/// Place of a text, and its length.
pub type Place = (u64, usize);

impl Group {
    /// Places of its texts, in the order in which they came.
    pub fn places(&self) -> &[Place] {
        &self.texts
    }
}

impl Spool {
    pub fn new() -> Result<Self> {
        Ok(Spool {
            texts: BufWriter::new(temporary_file()?),
            end: 0,
            groups: Vec::new(),
            by_name: HashMap::new(),
            current: Vec::new(),
            committed: 0,
        })
    }

    /// Index of a group, which begins here if it is new. All of it has one size.
    pub fn group(&mut self, name: &str, size: [u32; 2]) -> Result<usize> {
        if let Some(&index) = self.by_name.get(name) {
            let ([h, w], [height, width]) = (self.groups[index].size, size);
            if [h, w] != size {
                bail!(
                    "it is of {height} x {width}, and another mask of its image, {name:?}, of \
                     {h} x {w}"
                );
            }
            return Ok(index);
        }
        let index = self.groups.len();
        self.by_name.insert(name.to_owned(), index);
        self.groups.push(Group {
            name: name.to_owned(),
            size,
            texts: Vec::new(),
        });
        Ok(index)
    }

    /// Adds a text to a group.
    pub fn add(&mut self, group: usize, text: &[u8]) -> Result<()> {
        self.texts.write_all(text).map_err(temporary_error)?;
        self.groups[group].texts.push((self.end, text.len()));
        self.end += text.len() as u64;
        self.current.push(group);
        Ok(())
    }

    /// Keeps all that was added.
    pub fn commit(&mut self) {
        self.current.clear();
        self.committed = self.groups.len();
    }

    /// Forgets all that was added since the last commit. Its bytes stay, and are not read.
    pub fn roll_back(&mut self) {
        for group in self.current.drain(..) {
            self.groups[group].texts.pop();
        }
        for group in self.groups.drain(self.committed..) {
            self.by_name.remove(&group.name);
        }
    }

    /// Groups and their texts.
    pub fn into_groups(self) -> Result<(Vec<Group>, Texts)> {
        let texts = self.texts.into_inner();
        let texts = texts
            .map_err(|error| error.into_error())
            .map_err(temporary_error)?;
        Ok((
            self.groups,
            Texts {
                texts: BufReader::new(texts),
                at: None,
            },
        ))
    }
}

/// Texts that were added.
pub struct Texts {
    texts: BufReader<File>,
    /// Place of the next byte that is read, once one was.
    at: Option<u64>,
}

impl Texts {
    /// Gives each text of a group to `on`.
    pub fn each(&mut self, group: &Group, mut on: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        for &place in &group.texts {
            on(&self.at(place)?)?;
        }
        Ok(())
    }

    /// The text at a place.
    pub fn at(&mut self, (place, length): Place) -> Result<Vec<u8>> {
        if self.at != Some(place) {
            self.texts
                .seek(SeekFrom::Start(place))
                .map_err(temporary_error)?;
        }
        let mut text = vec![0; length];
        self.texts.read_exact(&mut text).map_err(temporary_error)?;
        self.at = Some(place + length as u64);
        Ok(text)
    }
}
