//! Dialects that keep the masks of an image together.

use anyhow::Result;

use super::by_image::PerImage;
use super::names::Names;
use super::spool::{Group, Texts};
use crate::output::Output;
use crate::write::mask_info::MaskInfo;
use crate::write::writer::EncodedMask;

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

/// Writes masks that are not empty.
pub struct Grouped<G>(pub G);

impl<G: Grouping> PerImage for Grouped<G> {
    fn begin(&self) -> &'static str {
        self.0.begin()
    }

    fn mask(
        &mut self,
        names: &Names,
        info: &MaskInfo<'_>,
        mask: EncodedMask<'_>,
    ) -> Result<Option<Vec<u8>>> {
        if mask.is_empty() {
            return Ok(None);
        }
        let mut text = Vec::new();
        self.0.mask(&mut text, &names.label(info), info, mask)?;
        Ok(Some(text))
    }

    fn end(self, images: Vec<Group>, mut texts: Texts, output: &mut Output) -> Result<()> {
        let grouping = self.0;
        for (index, image) in images.iter().enumerate() {
            output.write(grouping.open(index, image)?.as_bytes())?;
            let mut between = "";
            texts.each(image, |text| {
                output.write(between.as_bytes())?;
                between = grouping.between();
                output.write(text)
            })?;
            output.write(grouping.close().as_bytes())?;
        }
        output.write(grouping.end().as_bytes())
    }
}
