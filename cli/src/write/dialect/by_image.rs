//! Dialects that wait for all masks of an image, or for all images.

use anyhow::Result;

use super::image_spool::ImageSpool;
use super::names::Names;
use super::spool::{Group, Texts};
use crate::coco::Images;
use crate::encoded::ImageName;
use crate::output::Output;
use crate::write::mask_info::{MaskInfo, Origin};
use crate::write::writer::{EncodedMask, Writer};

/// A dialect whose masks wait, as texts, until all are known.
pub trait PerImage: Send {
    /// Text that the file begins with.
    fn begin(&self) -> &'static str {
        ""
    }

    /// Takes the name of an image, as the dialect has it, and the one that its file gave it.
    fn image(&mut self, _name: String, _given: &ImageName) {}

    /// Text of a mask; none if it is left out, being empty.
    fn mask(
        &mut self,
        names: &Names,
        info: &MaskInfo<'_>,
        mask: EncodedMask<'_>,
    ) -> Result<Option<Vec<u8>>>;

    /// Writes the images, in the order in which they came, and ends the file.
    fn end(self, images: Vec<Group>, texts: Texts, output: &mut Output) -> Result<()>;
}

/// Writes masks image by image. Images without masks are listed too.
pub struct ByImage<D> {
    dialect: D,
    images: ImageSpool,
}

impl<D: PerImage + 'static> ByImage<D> {
    pub fn open(dialect: D, names: Names) -> Result<Box<dyn Writer>> {
        let images = ImageSpool::new(names)?;
        Ok(Box::new(ByImage { dialect, images }))
    }
}

impl<D: PerImage> Writer for ByImage<D> {
    fn begin(&self) -> Result<Vec<u8>> {
        Ok(self.dialect.begin().into())
    }

    fn image(&mut self, info: &MaskInfo<'_>, size: [u32; 2]) -> Result<()> {
        let name = self.images.image(info, size)?;
        if let Origin::Encoded(Some(given)) = info.origin {
            self.dialect.image(name, given);
        }
        Ok(())
    }

    fn mask(
        &mut self,
        _: &mut Vec<u8>,
        info: &MaskInfo<'_>,
        mask: EncodedMask<'_>,
    ) -> Result<bool> {
        let text = self.dialect.mask(&self.images.names, info, mask)?;
        text.as_ref().map_or(Ok(()), |text| self.images.add(text))?;
        Ok(text.is_some())
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
        self.images
            .list(images, |name, given| self.dialect.image(name, given))
    }

    fn end(self: Box<Self>, output: &mut Output) -> Result<()> {
        let (images, texts) = self.images.into_groups()?;
        self.dialect.end(images, texts, output)
    }
}
