//! Which image a mask is of: ids that are counted, those of a list, or those of a dataset's images.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, Read};
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};

use crate::coco::{Id, Listed, Seen, stem};
use crate::coded::{Kind, Reader, Source};
use crate::read::Name;

/// Gives the images their ids, in the order of the inputs.
#[derive(Debug)]
pub enum ImageIds {
    /// From 1 on.
    Counted { last: i64 },
    /// One on each line of a file.
    Listed(List),
    /// Those of the dataset's images whose files are called as the inputs are.
    Named(Dataset),
}

/// An image of its own id and name.
#[derive(Debug)]
pub struct Identified {
    pub id: Id,
    pub file_name: String,
}

impl ImageIds {
    pub fn new(file: Option<&Path>) -> Result<Self> {
        let Some(path) = file else {
            return Ok(ImageIds::Counted { last: 0 });
        };
        let source = Source::open(path)?;
        match source.kind {
            Kind::Dataset => Dataset::read(&source).map(ImageIds::Named),
            Kind::List | Kind::Rows => {
                bail!("{}: neither a dataset nor an id on each line", source.name)
            }
            Kind::Csv | Kind::Empty => List::open(source).map(ImageIds::Listed),
        }
    }

    /// The next image: that of an input, or of its mask `index`.
    pub fn next(&mut self, name: &Name, index: Option<u64>, size: [u32; 2]) -> Result<Identified> {
        let id = match self {
            ImageIds::Counted { last } => {
                *last += 1;
                Id::Number(*last)
            }
            ImageIds::Listed(list) => {
                let id = list.next()?;
                id.ok_or_else(|| {
                    anyhow!(
                        "{} has {} ids, and there are more images",
                        list.name,
                        list.line
                    )
                })?
            }
            ImageIds::Named(dataset) => return dataset.find(name, index, size),
        };
        let file_name = &name.file_name;
        Ok(Identified {
            id,
            file_name: index.map_or(file_name.clone(), |index| format!("{file_name}:{index}")),
        })
    }

    /// The place that [`ImageIds::roll_back`] returns to: what was given before stays given.
    pub fn mark(&mut self) -> i64 {
        match self {
            ImageIds::Counted { last } => *last,
            ImageIds::Listed(_) => 0,
            ImageIds::Named(dataset) => {
                dataset.keep();
                0
            }
        }
    }

    /// Takes back the ids of an input that failed. How many a list has for it cannot be known:
    /// those after it would go to other images.
    pub fn roll_back(&mut self, mark: i64) -> Result<()> {
        match self {
            ImageIds::Counted { last } => *last = mark,
            ImageIds::Named(dataset) => dataset.given.clear(),
            ImageIds::Listed(list) => {
                bail!(
                    "{}: which ids are of the inputs after a bad one cannot be told: nothing is written",
                    list.name
                )
            }
        }
        Ok(())
    }

    /// Fails where a list has ids left.
    pub fn finish(&mut self) -> Result<()> {
        if let ImageIds::Listed(list) = self
            && let Some(id) = list.next()?
        {
            bail!(
                "{}:{}: the id {id} is of no image: there are only {}",
                list.name,
                list.line,
                list.line - 1
            );
        }
        Ok(())
    }
}

/// A file of ids, which is read as they are needed.
#[derive(Debug)]
pub struct List {
    name: String,
    lines: Reader,
    /// What came out of a pipe is there as long as this.
    _source: Source,
    line: u64,
    seen: Seen,
}

impl List {
    fn open(source: Source) -> Result<Self> {
        let name = source.name.clone();
        let lines = source.reader().with_context(|| name.clone())?;
        Ok(List {
            name,
            lines,
            _source: source,
            line: 0,
            seen: Seen::default(),
        })
    }

    /// The id on the next line.
    fn next(&mut self) -> Result<Option<Id>> {
        let at = |line: u64| format!("{}:{line}", self.name);
        let mut text = String::new();
        // No id is longer; a file of one endless line is not read into memory.
        let read = (&mut self.lines).take(64).read_line(&mut text);
        if read.with_context(|| at(self.line + 1))? == 0 {
            return Ok(None);
        }
        self.line += 1;
        let id = text.trim().parse().map(Id::Number);
        let id = id.map_err(|_| {
            anyhow!("{:?} is not an id, a whole number", text.trim()).context(at(self.line))
        })?;
        if !self.seen.insert(&id) {
            return Err(anyhow!("the id {id} is there already").context(at(self.line)));
        }
        Ok(Some(id))
    }
}

/// The images of a dataset by the stems of their files' names.
#[derive(Debug)]
pub struct Dataset {
    name: String,
    /// None where two images are called so.
    images: HashMap<String, Option<(Id, Listed)>>,
    /// Images of the inputs before this one.
    seen: Seen,
    /// Images of this input, which may still fail.
    given: HashSet<Id>,
}

impl Dataset {
    fn read(source: &Source) -> Result<Self> {
        let mut images = HashMap::new();
        for (id, image) in source.images(true)?.iter().flat_map(|images| images.iter()) {
            let Some(file_name) = &image.file_name else {
                continue;
            };
            let known = images.entry(stem(file_name).to_owned());
            known
                .and_modify(|other| *other = None)
                .or_insert_with(|| Some((id.clone(), image.clone())));
        }
        Ok(Dataset {
            name: source.name.clone(),
            images,
            seen: Seen::default(),
            given: HashSet::new(),
        })
    }

    /// The input is encoded, and its images are taken.
    fn keep(&mut self) {
        for id in self.given.drain() {
            self.seen.insert(&id);
        }
    }

    fn find(&mut self, name: &Name, index: Option<u64>, size: [u32; 2]) -> Result<Identified> {
        let stem = index.map_or(name.stem.clone(), |index| format!("{}_{index}", name.stem));
        let in_dataset = &self.name;
        let (id, image) = match self.images.get(&stem) {
            Some(Some((id, image))) => (id, image),
            Some(None) => bail!("{in_dataset} has two images called {stem:?}"),
            None => bail!("{in_dataset} has no image called {stem:?}"),
        };
        if let Some([h, w]) = image.size.filter(|&other| other != size) {
            let [height, width] = size;
            bail!("{height} x {width}, and the image {id} in {in_dataset} is of {h} x {w}");
        }
        if self.seen.contains(id) || !self.given.insert(id.clone()) {
            bail!("the image {id} in {in_dataset} is that of another input already");
        }
        let file_name = image.file_name.as_deref().unwrap_or_default().to_owned();
        Ok(Identified {
            id: id.clone(),
            file_name,
        })
    }
}
