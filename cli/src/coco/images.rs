//! The images of a dataset.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};

use super::id::Id;
use super::sides::Sides;

/// An image as a dataset lists it.
#[derive(Debug, Clone)]
pub struct Image {
    /// Id of the image, where it has one.
    pub id: Option<Id>,
    /// Height and width, as far as the file has them.
    pub sides: Sides,
    /// Name of its file, where names are kept.
    pub file_name: Option<Box<str>>,
}

/// Last component of a path, without its extension, which begins with a letter: numbers behind a
/// dot are part of ids as DICOM has them. Both slashes separate folders: files are made on one
/// system and read on another.
pub fn stem(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let is_extension = |text: &str| text.starts_with(|first: char| first.is_ascii_alphabetic());
    match name.rsplit_once('.') {
        Some((stem, last)) if !stem.is_empty() && is_extension(last) => stem,
        _ => name,
    }
}

/// All images of a dataset by their ids.
#[derive(Debug, Default)]
pub struct Images {
    by_id: HashMap<Id, ListedImage>,
    /// Id of the only image, which all annotations are of without naming it.
    only: Option<Id>,
}

/// An image of a dataset, as far as it is kept in memory.
#[derive(Debug, Clone)]
pub struct ListedImage {
    pub sides: Sides,
    /// Name of its file, where names are kept.
    pub file_name: Option<Box<str>>,
    /// Index in the list of images.
    pub index: u64,
}

impl Images {
    /// Adds the next image of the list; one without an id, or whose id is taken, is an error.
    pub fn add(&mut self, image: Image) -> Result<()> {
        let Image {
            id,
            sides,
            file_name,
        } = image;
        let id = id.context("no \"id\"")?;
        if let Some(other) = self.by_id.get(&id) {
            bail!("the id {id} is that of images[{}] already", other.index);
        }
        let index = self.by_id.len() as u64;
        let listed = ListedImage {
            sides,
            file_name,
            index,
        };
        self.by_id.insert(id, listed);
        Ok(())
    }

    /// Adds the only image. It need have no id: its annotations do not name it.
    pub fn add_only(&mut self, image: Image) -> Result<()> {
        let id = image.id.unwrap_or(Id::Number(1));
        self.only = Some(id.clone());
        self.add(Image {
            id: Some(id),
            ..image
        })
    }

    pub fn get(&self, id: &Id) -> Option<&ListedImage> {
        self.by_id.get(id)
    }

    /// Sets the height and width of an image that is listed.
    pub fn set_size(&mut self, id: &Id, size: [u32; 2]) {
        if let Some(image) = self.by_id.get_mut(id) {
            image.sides = size.into();
        }
    }

    /// Changes all heights and widths that are known.
    pub fn map_sizes(
        &mut self,
        mut to: impl FnMut(&Id, [u32; 2]) -> Result<[u32; 2]>,
    ) -> Result<()> {
        for (id, image) in &mut self.by_id {
            if let Some(size) = image.sides.size() {
                image.sides = to(id, size)?.into();
            }
        }
        Ok(())
    }

    pub fn only(&self) -> Option<&Id> {
        self.only.as_ref()
    }

    /// Ids and images, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&Id, &ListedImage)> {
        self.by_id.iter()
    }
}
