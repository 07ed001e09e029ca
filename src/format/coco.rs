//! COCO's run lengths, compressed and not.

use super::coco_string::{self, CocoWriter};
use super::require_binary;
use crate::masks::Order;
use crate::runs::{MaskRuns, Runs};
use crate::{Error, Result};

/// COCO's compressed run lengths: column-major, background first, written as a string.
///
/// The format is defined by `rleToString` in [cocoapi's maskApi.c], and what `pycocotools.mask.encode` gives. The
/// string may contain a backslash: JSON must escape it.
///
/// ```
/// use maskrle::{CocoRle, Encoder, Masks};
///
/// let pixels = ndarray::arr2(&[[0u8, 0, 1], [0, 1, 1]]);
/// let coco = Encoder::new().coco(&Masks::binary(&pixels)?)?;
/// assert_eq!(coco, [CocoRle { size: [2, 3], counts: "33".into() }]); // 3 background, 3 foreground
/// assert_eq!(coco[0].to_runs()?.starts(), [0, 3]);
/// # Ok::<(), maskrle::Error>(())
/// ```
///
/// [cocoapi's maskApi.c]: https://github.com/cocodataset/cocoapi/blob/master/common/maskApi.c
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CocoRle {
    /// Height and width, in pixels.
    pub size: [u32; 2],
    /// The counts, as a string of the characters `0` to `o`.
    pub counts: String,
}

impl CocoRle {
    /// The mask's runs, column-major. Runs of no pixels are joined with their neighbours.
    ///
    /// # Errors
    /// [`Error::Format`] with the character or count at fault, unless the string holds whole numbers that are counts
    /// of 0 to `u32::MAX` and sum to the pixels of `size`; [`Error::Limit`] where `size` has more than `u32::MAX` pixels.
    pub fn to_runs(&self) -> Result<Runs> {
        Runs::try_from_counts(self.size, Order::ColumnMajor, coco_string::read(&self.counts))
    }
}

impl TryFrom<MaskRuns<'_>> for CocoRle {
    type Error = Error;

    /// Fails with [`Error::Input`] on row-major runs, and on those of a label map.
    fn try_from(runs: MaskRuns<'_>) -> Result<Self> {
        require_coco(&runs)?;
        let mut writer = CocoWriter::new();
        if runs.values().next() == Some(1) {
            writer.ends(&[0]);
        }
        writer.ends(runs.starts().get(1..).unwrap_or_default());
        writer.ends(&[runs.pixels()]);
        Ok(CocoRle { size: runs.size(), counts: writer.finish() })
    }
}

/// COCO's uncompressed run lengths: column-major, background first, as numbers.
///
/// They are the `segmentation` of COCO's crowd annotations, and what Segment Anything gives as `uncompressed_rle`. The
/// first count is 0 if the first pixel is foreground; a mask without pixels is `[0]`.
///
/// ```
/// use maskrle::{CocoCounts, Encoder, Masks, Order};
///
/// let pixels = ndarray::arr2(&[[1u8, 0, 1], [0, 1, 1]]);
/// let runs = Encoder::new().runs(&Masks::binary(&pixels)?, Order::ColumnMajor)?;
/// let coco = CocoCounts::try_from(runs.get(0).expect("one mask went in"))?;
/// assert_eq!(coco, CocoCounts { size: [2, 3], counts: vec![0, 1, 2, 3] });
/// assert_eq!(coco.to_runs()?, runs);
/// # Ok::<(), maskrle::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CocoCounts {
    /// Height and width, in pixels.
    pub size: [u32; 2],
    /// The length of each run, in pixels: background, foreground, background ...
    pub counts: Vec<u32>,
}

impl CocoCounts {
    /// The mask's runs, column-major. Runs of no pixels are joined with their neighbours.
    ///
    /// # Errors
    /// [`Error::Format`] unless the counts sum to the pixels of `size`; [`Error::Limit`] where these are more than
    /// `u32::MAX`.
    pub fn to_runs(&self) -> Result<Runs> {
        Runs::from_counts(self.size, Order::ColumnMajor, self.counts.iter().copied())
    }
}

impl TryFrom<MaskRuns<'_>> for CocoCounts {
    type Error = Error;

    /// Fails with [`Error::Input`] on row-major runs, and on those of a label map.
    fn try_from(runs: MaskRuns<'_>) -> Result<Self> {
        Ok(CocoCounts { size: runs.size(), counts: counts(&runs)?.collect() })
    }
}

/// The counts, background first.
fn counts<'a>(runs: &MaskRuns<'a>) -> Result<impl Iterator<Item = u32> + use<'a>> {
    require_coco(runs)?;
    // A mask without pixels has one count nevertheless: 0.
    let no_background = runs.values().next() != Some(0);
    Ok(no_background.then_some(0).into_iter().chain(runs.counts()))
}

fn require_coco(runs: &MaskRuns<'_>) -> Result<()> {
    require_binary(runs, "COCO")?;
    match runs.order() {
        Order::ColumnMajor => Ok(()),
        Order::RowMajor => Err(Error::Input("COCO's runs are column-major, these are row-major".into())),
    }
}
