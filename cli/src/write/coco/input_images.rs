//! The images of inputs of pixels: counted, or with the ids of a list or of a dataset's images.

use std::path::Path;

use anyhow::{Result, bail};

use super::dataset_images::DatasetImages;
use super::id_list::IdList;
use super::new_image::NewImage;
use crate::coco::Id;
use crate::encoded::{EncodedFile, FileKind};
use crate::read::Name;

/// Gives images their ids, in the order of the inputs.
#[derive(Debug)]
pub enum InputImages {
    /// Numbers from 1 on.
    Counted {
        last: i64,
        /// The last number of the inputs that were committed.
        committed: i64,
    },
    /// Ids of a file, one on each line.
    Listed(IdList),
    /// Ids of a dataset's images whose files have the names of the inputs.
    Named(DatasetImages),
}

impl InputImages {
    /// Ids of a list or a dataset, as `file` is; counted without a file.
    pub fn new(file: Option<&Path>) -> Result<Self> {
        let Some(path) = file else {
            return Ok(InputImages::Counted {
                last: 0,
                committed: 0,
            });
        };
        let file = EncodedFile::open(path)?;
        match file.kind {
            FileKind::Dataset => DatasetImages::read(&file).map(InputImages::Named),
            FileKind::List | FileKind::Rows => {
                bail!("{}: neither a dataset nor an id on each line", file.name)
            }
            FileKind::Csv | FileKind::Dialect(_) | FileKind::Empty => {
                IdList::open(&file).map(InputImages::Listed)
            }
        }
    }

    /// The next image: that of an input, or of the mask `index` of a stack of images.
    pub fn next(&mut self, input: &Name, index: Option<u64>, size: [u32; 2]) -> Result<NewImage> {
        let id = match self {
            InputImages::Counted { last, .. } => {
                *last += 1;
                Id::Number(*last)
            }
            InputImages::Listed(list) => list.next_image()?,
            InputImages::Named(dataset) => return dataset.find(input, index, size),
        };
        let file_name = &input.file_name;
        Ok(NewImage {
            id,
            file_name: index.map_or(file_name.clone(), |index| format!("{file_name}:{index}")),
        })
    }

    /// Keeps the ids that were given.
    pub fn commit(&mut self) {
        match self {
            InputImages::Counted { last, committed } => *committed = *last,
            InputImages::Listed(_) => {}
            InputImages::Named(dataset) => dataset.commit(),
        }
    }

    /// Takes back the ids of an input that failed. Those of a list cannot be.
    pub fn roll_back(&mut self) -> Result<()> {
        match self {
            InputImages::Counted { last, committed } => *last = *committed,
            InputImages::Named(dataset) => dataset.roll_back(),
            InputImages::Listed(list) => list.roll_back()?,
        }
        Ok(())
    }

    /// Fails where a list has ids left.
    pub fn finish(&mut self) -> Result<()> {
        match self {
            InputImages::Listed(list) => list.finish(),
            InputImages::Counted { .. } | InputImages::Named(_) => Ok(()),
        }
    }
}
