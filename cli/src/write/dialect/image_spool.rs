//! Texts of masks by their images, of which no two have one name.

use std::collections::HashMap;

use anyhow::{Result, bail};

use super::names::Names;
use super::spool::{Group, Spool, Texts};
use crate::coco::Images;
use crate::encoded::ImageName;
use crate::write::mask_info::{MaskInfo, Origin};

/// Images and the texts of their masks.
#[derive(Debug)]
pub struct ImageSpool {
    pub names: Names,
    spool: Spool,
    /// Images by their names, as messages have them: two of one name would be one.
    owners: HashMap<String, String>,
    /// Image of the masks that follow.
    group: usize,
}

impl ImageSpool {
    pub fn new(names: Names) -> Result<Self> {
        Ok(ImageSpool {
            names,
            spool: Spool::new()?,
            owners: HashMap::new(),
            group: 0,
        })
    }

    /// Begins the image of the masks that follow, and returns its name. Fails where another image
    /// has it.
    pub fn image(&mut self, info: &MaskInfo<'_>, size: [u32; 2]) -> Result<String> {
        let (name, owner) = (self.names.image(info)?, self.names.full_image(info)?);
        match self.owners.get(&name) {
            Some(other) if *other != owner => {
                bail!("the image {name:?} would be that of {other} and of {owner}")
            }
            Some(_) => {}
            None => drop(self.owners.insert(name.clone(), owner)),
        }
        self.group = self.spool.group(&name, size)?;
        Ok(name)
    }

    /// Adds the text of a mask of that image.
    pub fn add(&mut self, text: &[u8]) -> Result<()> {
        self.spool.add(self.group, text)
    }

    pub fn commit(&mut self) {
        self.spool.commit();
    }

    pub fn roll_back(&mut self) {
        self.spool.roll_back();
    }

    /// Begins all images of a dataset that have a size, in their order, and gives the name and id
    /// of each to `on`.
    pub fn list(&mut self, images: &Images, mut on: impl FnMut(String, &ImageName)) -> Result<()> {
        let mut images: Vec<_> = images.iter().collect();
        images.sort_by_key(|(_, image)| image.index);
        for (id, image) in images {
            // An image of no known size cannot be listed, nor can it have a mask.
            let Some(size) = image.sides.size() else {
                continue;
            };
            let id = ImageName::Id(id.clone(), image.file_name.clone());
            let name = self.image(&MaskInfo::of(Origin::Encoded(Some(&id))), size)?;
            on(name, &id);
        }
        self.spool.commit();
        Ok(())
    }

    /// Images in the order in which they came, and the texts of their masks.
    pub fn into_groups(self) -> Result<(Vec<Group>, Texts)> {
        self.spool.into_groups()
    }
}
