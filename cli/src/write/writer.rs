//! A format's side of `encode` and `convert`.

use anyhow::Result;
use maskrle::{CocoRle, MaskView, Order};

use super::mask_info::MaskInfo;
use super::measures::Measures;
use crate::coco::Images;
use crate::encoded::limits;
use crate::output::Output;
use crate::read::Name;

/// Writes masks in one format. Text is appended to a buffer, which the caller writes out.
///
/// For each mask or label map the caller names its image by [`Writer::image`], then gives the mask,
/// or those of the map's labels, to [`Writer::mask`]. After each input, or each row of one, it
/// calls [`Writer::commit`], or [`Writer::roll_back`] if the input failed; the text of a failed
/// input is taken back by the caller. It is `Send` because encode writes on a thread of its own.
pub trait Writer: Send {
    /// Text that the file begins with.
    fn begin(&self) -> Result<Vec<u8>>;

    /// True if the COCO string of a mask is all that is needed, so that no runs need be made.
    fn takes_strings(&self) -> bool {
        false
    }

    /// True if label maps are written as they are, and not as a mask for each label.
    fn takes_label_maps(&self) -> bool {
        false
    }

    /// Begins an input of pixels, whose masks have this height and width.
    fn input(&mut self, _input: &Name, _size: [usize; 2]) -> Result<()> {
        Ok(())
    }

    /// Names the image of the masks that follow. A format that lists images lists it, even if no
    /// mask follows.
    fn image(&mut self, _info: &MaskInfo<'_>, _size: [u32; 2]) -> Result<()> {
        Ok(())
    }

    /// Appends a mask. Returns false if it was left out, being empty.
    fn mask(
        &mut self,
        out: &mut Vec<u8>,
        info: &MaskInfo<'_>,
        mask: EncodedMask<'_>,
    ) -> Result<bool>;

    /// Keeps all that was written since the last call, whatever comes after it.
    fn commit(&mut self) -> Result<()> {
        Ok(())
    }

    /// Forgets all that was written since [`Writer::commit`] was called.
    fn roll_back(&mut self) -> Result<()> {
        Ok(())
    }

    /// Writes what a format has for those of a dataset's images that no mask was of.
    fn images_without_masks(&mut self, _images: &Images, _output: &mut Output) -> Result<()> {
        Ok(())
    }

    /// Writes the end of the file.
    fn end(self: Box<Self>, output: &mut Output) -> Result<()>;
}

/// A mask to write, as runs or as a COCO string.
#[derive(Debug, Clone, Copy)]
pub enum EncodedMask<'a> {
    Runs(MaskView<'a>),
    /// A string, which the caller gives only where [`Writer::takes_strings`], or with measures.
    String {
        rle: &'a CocoRle,
        /// Number of runs in the string.
        runs: u64,
        /// Its measures, if the caller has them.
        measures: Option<Measures>,
    },
}

impl EncodedMask<'_> {
    /// Height and width.
    pub fn size(&self) -> [u32; 2] {
        match self {
            EncodedMask::Runs(runs) => runs.size(),
            EncodedMask::String { rle, .. } => rle.size,
        }
    }

    /// Area and box, and what else is known; none of a string without measures.
    pub fn measures(&self) -> Option<Measures> {
        match self {
            EncodedMask::Runs(runs) => Some(Measures {
                area: runs.area(),
                bbox: runs.bbox(),
                stability: None,
            }),
            EncodedMask::String { measures, .. } => *measures,
        }
    }

    /// True if it has no foreground.
    pub fn is_empty(&self) -> bool {
        match self {
            EncodedMask::Runs(mask) => mask.area() == 0,
            // A single run that begins with the background is all of it.
            EncodedMask::String { rle, runs, .. } => {
                *runs == 0 || *runs == 1 && !rle.counts.starts_with('0')
            }
        }
    }

    /// Result of `with` for the mask's runs in this scan order.
    pub fn with_runs<T>(
        &self,
        order: Order,
        with: impl FnOnce(MaskView<'_>) -> Result<T>,
    ) -> Result<T> {
        let runs = match self {
            // Encode makes runs in the order that was asked for: nothing is copied.
            EncodedMask::Runs(mask) if mask.order() == order => return with(*mask),
            EncodedMask::Runs(mask) => mask.to_order_within(order, &limits())?,
            EncodedMask::String { rle, .. } => rle.to_runs()?.to_order_within(order, &limits())?,
        };
        with(runs.view())
    }
}
