//! The images of a dataset.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::Id;

/// An image as a dataset lists it.
#[derive(Debug, Clone, Deserialize)]
pub struct Image {
    id: Option<Id>,
    /// What Segment Anything's files say for `id`.
    image_id: Option<Id>,
    height: Option<u32>,
    width: Option<u32>,
    pub file_name: Option<Box<str>>,
}

impl Image {
    /// Its id, which it must have.
    pub fn id(&self) -> Result<&Id> {
        self.id.as_ref().or(self.image_id.as_ref()).context("no \"id\"")
    }

    /// Height and width, where both are said.
    pub fn size(&self) -> Option<[u32; 2]> {
        Some([self.height?, self.width?])
    }

    /// The file's name without folders and extension; the id where there is no file.
    pub fn stem(&self) -> Result<String> {
        match &self.file_name {
            Some(name) => Ok(stem(name).to_owned()),
            None => Ok(match self.id()? {
                Id::Number(number) => number.to_string(),
                Id::Text(text) => text.to_string(),
            }),
        }
    }
}

/// A path's last part without its extension. Both of the slashes part folders: files are made on one system and read on another.
pub fn stem(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => name,
    }
}

/// All images of a dataset by their ids: an id, a size and perhaps a name each.
#[derive(Debug, Default)]
pub struct Images(HashMap<Id, Listed>);

/// What is kept of an image.
#[derive(Debug, Clone)]
pub struct Listed {
    pub size: Option<[u32; 2]>,
    /// Its file's stem, where names are kept.
    pub stem: Option<Box<str>>,
    /// Where in the list it is.
    pub index: u64,
}

impl Images {
    /// Adds an image; one whose id is taken is an error.
    pub fn add(&mut self, image: &Image, index: u64, keeps_name: bool) -> Result<()> {
        let id = image.id()?;
        if let Some(other) = self.0.get(id) {
            bail!("the id {id} is already that of image {}", other.index);
        }
        let stem = if keeps_name { Some(image.stem()?.into()) } else { None };
        self.0.insert(id.clone(), Listed { size: image.size(), stem, index });
        Ok(())
    }

    pub fn get(&self, id: &Id) -> Option<&Listed> {
        self.0.get(id)
    }
}
