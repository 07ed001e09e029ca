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
    file_name: Option<Box<str>>,
}

impl Image {
    /// Its id, which it must have.
    pub fn id(&self) -> Result<&Id> {
        self.id
            .as_ref()
            .or(self.image_id.as_ref())
            .context("no \"id\"")
    }

    /// Height and width, where both are said.
    pub fn size(&self) -> Option<[u32; 2]> {
        Some([self.height?, self.width?])
    }
}

/// A path's last part without its extension. Both of the slashes part folders: files are made on
/// one system and read on another.
pub fn stem(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => name,
    }
}

/// All images of a dataset by their ids: an id, a size and perhaps a name each.
#[derive(Debug, Default)]
pub struct Images {
    by_id: HashMap<Id, Listed>,
    /// The one that all annotations are of, without saying so.
    only: Option<Id>,
}

/// What is kept of an image.
#[derive(Debug, Clone)]
pub struct Listed {
    pub size: Option<[u32; 2]>,
    /// Its file's name, where names are kept.
    pub file_name: Option<Box<str>>,
    /// Where in the list it is.
    pub index: u64,
}

impl Images {
    /// Adds the next image of the list; one whose id is taken is an error.
    pub fn add(&mut self, image: &Image, keeps_name: bool) -> Result<()> {
        let id = image.id()?;
        if let Some(other) = self.by_id.get(id) {
            bail!("the id {id} is that of images[{}] already", other.index);
        }
        let file_name = image.file_name.clone().filter(|_| keeps_name);
        let index = self.by_id.len() as u64;
        self.by_id.insert(
            id.clone(),
            Listed {
                size: image.size(),
                file_name,
                index,
            },
        );
        Ok(())
    }

    /// Adds the one image that there is. It need have no id: its annotations do not name it.
    pub fn add_only(&mut self, image: &Image, keeps_name: bool) -> Result<()> {
        let nameless = Image {
            id: Some(Id::Number(1)),
            ..image.clone()
        };
        let image = if image.id().is_ok() { image } else { &nameless };
        self.only = Some(image.id()?.clone());
        self.add(image, keeps_name)
    }

    pub fn get(&self, id: &Id) -> Option<&Listed> {
        self.by_id.get(id)
    }

    pub fn only(&self) -> Option<&Id> {
        self.only.as_ref()
    }

    /// All of them, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&Id, &Listed)> {
        self.by_id.iter()
    }
}
