//! Dialects that keep the masks of an image together.

use anyhow::Result;

use super::image_spool::ImageSpool;
use super::names::Names;
use super::spool::Group;
use crate::coco::Images;
use crate::output::Output;
use crate::write::mask_info::MaskInfo;
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
    images: ImageSpool,
}

impl<G: Grouping + 'static> Grouped<G> {
    pub fn open(grouping: G, names: Names) -> Result<Box<dyn Writer>> {
        let images = ImageSpool::new(names)?;
        Ok(Box::new(Grouped { grouping, images }))
    }
}

impl<G: Grouping> Writer for Grouped<G> {
    fn begin(&self) -> Result<Vec<u8>> {
        Ok(self.grouping.begin().into())
    }

    fn image(&mut self, info: &MaskInfo<'_>, size: [u32; 2]) -> Result<()> {
        self.images.image(info, size).map(drop)
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
        let label = self.images.names.label(info);
        self.grouping.mask(&mut text, &label, info, mask)?;
        self.images.add(&text)?;
        Ok(true)
    }

    fn commit(&mut self) -> Result<()> {
        self.images.commit();
        Ok(())
    }

    fn roll_back(&mut self) -> Result<()> {
        self.images.roll_back();
        Ok(())
    }

    fn images_without_masks(&mut self, images: &Images, _: &mut Output) -> Result<()> {
        self.images.list(images, |_, _| {})
    }

    fn end(self: Box<Self>, output: &mut Output) -> Result<()> {
        let Grouped { grouping, images } = *self;
        let (groups, mut texts) = images.into_groups()?;
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
