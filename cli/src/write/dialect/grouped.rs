//! Dialects that keep the masks of an image together.

use std::collections::HashMap;

use anyhow::{Result, bail};

use super::names::Names;
use super::spool::{Group, Spool};
use crate::coco::Images;
use crate::encoded::ImageName;
use crate::output::Output;
use crate::write::mask_info::{MaskInfo, Origin};
use crate::write::writer::{EncodedMask, Writer};

/// Text of a dialect whose file has a part for each image.
pub trait Grouping: Send {
    /// Text that the file begins with.
    fn begin(&self) -> &'static str;

    /// Appends the text of a mask.
    fn mask(
        &self,
        out: &mut Vec<u8>,
        label: &str,
        info: &MaskInfo<'_>,
        mask: EncodedMask<'_>,
    ) -> Result<()>;

    /// Text before the masks of an image, whose index counts from 0.
    fn open(&self, index: usize, group: &Group) -> Result<String>;

    /// Text between two masks, and behind the last.
    fn between(&self) -> &'static str;
    fn close(&self) -> &'static str;

    /// Text that the file ends with.
    fn end(&self) -> &'static str;
}

/// Writes masks that are not empty, image by image. Images without masks are listed too.
pub struct Grouped<G> {
    grouping: G,
    names: Names,
    spool: Spool,
    /// Images by their names, as messages have them: two of one name would be one.
    owners: HashMap<String, String>,
    /// Image of the masks that follow.
    group: usize,
}

impl<G: Grouping + 'static> Grouped<G> {
    pub fn open(grouping: G, names: Names) -> Result<Box<dyn Writer>> {
        let spool = Spool::new()?;
        let owners = HashMap::new();
        Ok(Box::new(Grouped {
            grouping,
            names,
            spool,
            owners,
            group: 0,
        }))
    }
}

impl<G> Grouped<G> {
    /// Index of the image of a mask. Fails where another image has its name.
    fn group_of(&mut self, info: &MaskInfo<'_>, size: [u32; 2]) -> Result<usize> {
        let (name, owner) = (self.names.image(info)?, self.names.full_image(info)?);
        match self.owners.get(&name) {
            Some(other) if *other != owner => {
                bail!("the image {name:?} would be that of {other} and of {owner}")
            }
            Some(_) => {}
            None => drop(self.owners.insert(name.clone(), owner)),
        }
        self.spool.group(&name, size)
    }
}

impl<G: Grouping> Writer for Grouped<G> {
    fn begin(&self) -> Result<Vec<u8>> {
        Ok(self.grouping.begin().into())
    }

    fn image(&mut self, info: &MaskInfo<'_>, size: [u32; 2]) -> Result<()> {
        self.group = self.group_of(info, size)?;
        Ok(())
    }

    fn mask(
        &mut self,
        _: &mut Vec<u8>,
        info: &MaskInfo<'_>,
        mask: EncodedMask<'_>,
    ) -> Result<bool> {
        if mask.is_empty() {
            return Ok(false);
        }
        let mut text = Vec::new();
        self.grouping
            .mask(&mut text, &self.names.label(info), info, mask)?;
        self.spool.add(self.group, &text)?;
        Ok(true)
    }

    fn commit(&mut self) -> Result<()> {
        self.spool.commit();
        Ok(())
    }

    fn roll_back(&mut self) -> Result<()> {
        self.spool.roll_back();
        Ok(())
    }

    fn images_without_masks(&mut self, images: &Images, _: &mut Output) -> Result<()> {
        let mut images: Vec<_> = images.iter().collect();
        images.sort_by_key(|(_, image)| image.index);
        for (id, image) in images {
            // An image of no known size cannot be listed, nor can it have a mask.
            let Some(size) = image.sides.size() else {
                continue;
            };
            let name = ImageName::Id(id.clone(), image.file_name.clone());
            self.group_of(&MaskInfo::of(Origin::Encoded(Some(&name))), size)?;
        }
        self.spool.commit();
        Ok(())
    }

    fn end(self: Box<Self>, output: &mut Output) -> Result<()> {
        let Grouped {
            grouping, spool, ..
        } = *self;
        let (groups, mut texts) = spool.into_groups()?;
        for (index, group) in groups.iter().enumerate() {
            output.write(grouping.open(index, group)?.as_bytes())?;
            let mut between = "";
            texts.each(group, |text| {
                output.write(between.as_bytes())?;
                between = grouping.between();
                output.write(text)
            })?;
            output.write(grouping.close().as_bytes())?;
        }
        output.write(grouping.end().as_bytes())
    }
}
