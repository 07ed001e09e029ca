//! The `ImageId`s of encoded masks, made of the names of their images.

use std::collections::{HashMap, HashSet};

use anyhow::{Result, bail};

use crate::coco::{Id, stem};
use crate::encoded::ImageName;
use crate::write::mask_info::index_in_stack;

/// `ImageId`s of images that have a name.
#[derive(Debug, Default)]
pub struct NamedIds {
    /// Images by their `ImageId`s.
    images: HashMap<String, ImageName>,
    /// Images of a dataset that have masks.
    with_masks: HashSet<Id>,
    /// Images of the masks since the last commit.
    current: Vec<Id>,
}

impl NamedIds {
    /// `ImageId` of the image of a mask. Fails where another image has it.
    pub fn of_mask(&mut self, name: &ImageName) -> Result<String> {
        if let ImageName::Id(id, _) = name {
            self.current.push(id.clone());
        }
        self.of_image(name)
    }

    /// `ImageId` of an image. Fails where another image has it.
    pub fn of_image(&mut self, name: &ImageName) -> Result<String> {
        let text = match name {
            ImageName::Id(_, Some(file_name)) => stem(file_name).to_owned(),
            ImageName::Id(id, None) => id.plain().into_owned(),
            ImageName::Name(text) => text.to_string(),
            ImageName::Source(source, index) => of_source(source, *index),
        };
        match self.images.get(&text) {
            Some(other) if other != name => {
                bail!("the ImageId {text:?} would be that of {other} and of {name}")
            }
            Some(_) => {}
            None => drop(self.images.insert(text.clone(), name.clone())),
        }
        Ok(text)
    }

    /// Keeps the masks that were named.
    pub fn commit(&mut self) {
        self.with_masks.extend(self.current.drain(..));
    }

    /// Forgets the masks since the last commit.
    pub fn roll_back(&mut self) {
        self.current.clear();
    }

    /// True if a mask was of the image.
    pub fn has_masks(&self, id: &Id) -> bool {
        self.with_masks.contains(id)
    }
}

/// `ImageId` that encode gives a mask of this source.
fn of_source(source: &str, index: Option<u64>) -> String {
    let name = match source.rsplit_once(".npz:") {
        Some((file, array)) => format!("{}_{array}", stem(&format!("{file}.npz"))),
        None => stem(source).to_owned(),
    };
    match index_in_stack(source, index) {
        Some(index) => format!("{name}_{index}"),
        None => name,
    }
}
