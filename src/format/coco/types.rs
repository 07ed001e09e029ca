//! COCO's run lengths, compressed and not.

use std::fmt;

use super::super::check::require_binary;
use super::read::append_starts;
use super::reader::text_of;
use super::write::CocoWriter;
use crate::pixel::Order;
use crate::runs::{MaskRuns, MaskView};
use crate::{Error, Result};

/// COCO's compressed run lengths: column-major, background first, written as a string.
///
/// The format is defined by `rleToString` in [cocoapi's maskApi.c], and what
/// `pycocotools.mask.encode` gives. The string may contain a backslash: JSON must escape it.
///
/// ```
/// use maskrle::{CocoRle, Encoder, Masks};
///
/// let pixels = ndarray::arr2(&[[0u8, 0, 1], [0, 1, 1]]);
/// let coco = Encoder::new().coco(&Masks::binary(&pixels)?)?;
/// assert_eq!(coco, [CocoRle::new([2, 3], "33")]); // 3 background, 3 foreground
/// assert_eq!(coco[0].to_runs()?.starts(), [0, 3]);
/// assert_eq!(coco[0].to_string(), r#"{"size": [2, 3], "counts": "33"}"#);
/// # Ok::<(), maskrle::Error>(())
/// ```
///
/// [cocoapi's maskApi.c]: https://github.com/cocodataset/cocoapi/blob/master/common/maskApi.c
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct CocoRle {
    /// Height and width, in pixels.
    pub size: [u32; 2],
    /// The counts, as a string of the characters `0` to `o`. Deserialised from a string or from
    /// bytes, which is what pycocotools gives.
    pub counts: String,
}

impl CocoRle {
    /// From height and width, and the string.
    ///
    /// ```
    /// use maskrle::CocoRle;
    ///
    /// let rle = CocoRle::new([2, 3], "33");
    /// assert_eq!(rle, CocoRle { size: [2, 3], counts: "33".into() });
    /// ```
    pub fn new(size: [u32; 2], counts: impl Into<String>) -> Self {
        let counts = counts.into();
        CocoRle { size, counts }
    }

    /// From the bytes of the string.
    ///
    /// # Errors
    /// [`Error::Format`] with the first byte that is none of the characters `0` to `o`. Their
    /// numbers are not read yet.
    ///
    /// ```
    /// use maskrle::CocoRle;
    ///
    /// let rle = CocoRle::from_bytes([2, 3], b"33")?;
    /// assert_eq!(rle, CocoRle::new([2, 3], "33"));
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn from_bytes(size: [u32; 2], counts: &[u8]) -> Result<Self> {
        text_of(counts).map(|counts| CocoRle { size, counts })
    }

    /// The mask's runs, column-major. Runs of no pixels are joined with their neighbours.
    ///
    /// # Errors
    /// [`Error::Format`] with the character or count at fault, unless the string holds whole
    /// numbers that are counts of 0 to `u32::MAX` and sum to the pixels of `size`; [`Error::Limit`]
    /// where `size` has more than `u32::MAX` pixels.
    pub fn to_runs(&self) -> Result<MaskRuns> {
        let mut starts = Vec::new();
        let first = self.append_starts(&mut starts)?;
        let order = Order::ColumnMajor;
        Ok(MaskRuns::binary(self.size, order, starts, first))
    }

    /// Appends the starts of the runs; true if the first run is foreground.
    pub(crate) fn append_starts(&self, starts: &mut Vec<u32>) -> Result<bool> {
        append_starts(&self.counts, self.size, starts)
    }
}

impl TryFrom<MaskView<'_>> for CocoRle {
    type Error = Error;

    /// Fails with [`Error::Input`] on row-major runs, and on those of a label map.
    fn try_from(runs: MaskView<'_>) -> Result<Self> {
        require_coco(&runs)?;
        let begins_with_foreground = runs.values().next() == Some(1);
        let counts = CocoWriter::new().mask(begins_with_foreground, runs.starts(), runs.pixels());
        Ok(CocoRle {
            size: runs.size(),
            counts,
        })
    }
}

/// COCO's uncompressed run lengths: column-major, background first, as numbers.
///
/// They are the `segmentation` of COCO's crowd annotations, and what Segment Anything gives as
/// `uncompressed_rle`. The first count is 0 if the first pixel is foreground; a mask without pixels
/// is `[0]`.
///
/// ```
/// use maskrle::{CocoCounts, Encoder, Masks, Order};
///
/// let pixels = ndarray::arr2(&[[1u8, 0, 1], [0, 1, 1]]);
/// let runs = Encoder::new().runs(&Masks::binary(&pixels)?, Order::ColumnMajor)?;
/// let coco = CocoCounts::try_from(runs.mask(0))?;
/// assert_eq!(coco, CocoCounts { size: [2, 3], counts: vec![0, 1, 2, 3] });
/// assert_eq!(coco.to_runs()?, runs.mask(0));
/// assert_eq!(coco.to_string(), r#"{"size": [2, 3], "counts": [0, 1, 2, 3]}"#);
/// # Ok::<(), maskrle::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
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
    /// [`Error::Format`] unless the counts sum to the pixels of `size`; [`Error::Limit`] where
    /// these are more than `u32::MAX`.
    pub fn to_runs(&self) -> Result<MaskRuns> {
        MaskRuns::from_counts(self.size, Order::ColumnMajor, self.counts.iter().copied())
    }
}

impl TryFrom<MaskView<'_>> for CocoCounts {
    type Error = Error;

    /// Fails with [`Error::Input`] on row-major runs, and on those of a label map.
    fn try_from(runs: MaskView<'_>) -> Result<Self> {
        Ok(CocoCounts {
            size: runs.size(),
            counts: counts(&runs)?.collect(),
        })
    }
}

/// COCO's run lengths, compressed or not, as a `segmentation` of RLE may hold either.
///
/// Deserialised, the form decides: `counts` as a string or as bytes is [`CocoMask::Rle`], as a list
/// of numbers [`CocoMask::Counts`].
///
/// ```
/// # #[cfg(feature = "serde")] {
/// use maskrle::{CocoMask, Runs};
///
/// let json = r#"[{"size": [2, 3], "counts": "33"}, {"size": [2, 3], "counts": [3, 3]}]"#;
/// let masks: Vec<CocoMask> = serde_json::from_str(json)?;
/// assert!(matches!(masks[..], [CocoMask::Rle(_), CocoMask::Counts(_)]));
/// let runs = Runs::read(&masks)?;
/// assert_eq!(runs.mask(0), runs.mask(1));
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(untagged))]
#[non_exhaustive]
pub enum CocoMask {
    /// Counts as a string.
    Rle(CocoRle),
    /// Counts as numbers.
    Counts(CocoCounts),
}

impl CocoMask {
    /// Height and width, in pixels.
    pub fn size(&self) -> [u32; 2] {
        match self {
            CocoMask::Rle(rle) => rle.size,
            CocoMask::Counts(counts) => counts.size,
        }
    }

    /// The mask's runs, column-major.
    ///
    /// # Errors
    /// As of [`CocoRle::to_runs`] and [`CocoCounts::to_runs`].
    pub fn to_runs(&self) -> Result<MaskRuns> {
        match self {
            CocoMask::Rle(rle) => rle.to_runs(),
            CocoMask::Counts(counts) => counts.to_runs(),
        }
    }

    /// Appends the starts of the runs; true if the first run is foreground.
    pub(crate) fn append_starts(&self, starts: &mut Vec<u32>) -> Result<bool> {
        match self {
            CocoMask::Rle(rle) => rle.append_starts(starts),
            CocoMask::Counts(counts) => {
                let runs = counts.to_runs()?;
                starts.extend_from_slice(runs.starts());
                Ok(runs.values().next() == Some(1))
            }
        }
    }
}

/// JSON, as COCO's files hold it.
impl fmt::Display for CocoRle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [h, w] = self.size;
        write!(f, r#"{{"size": [{h}, {w}], "counts": ""#)?;
        for character in self.counts.chars() {
            match character {
                '"' | '\\' => write!(f, "\\{character}")?,
                '\0'..=' ' => write!(f, "\\u{:04x}", u32::from(character))?,
                _ => write!(f, "{character}")?,
            }
        }
        f.write_str(r#""}"#)
    }
}

/// JSON, as COCO's files hold it.
impl fmt::Display for CocoCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ([h, w], counts) = (self.size, &self.counts);
        write!(f, r#"{{"size": [{h}, {w}], "counts": {counts:?}}}"#)
    }
}

/// JSON, as COCO's files hold it.
impl fmt::Display for CocoMask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CocoMask::Rle(rle) => rle.fmt(f),
            CocoMask::Counts(counts) => counts.fmt(f),
        }
    }
}

/// The counts, background first.
fn counts<'a>(runs: &MaskView<'a>) -> Result<impl Iterator<Item = u32> + use<'a>> {
    require_coco(runs)?;
    // A mask without pixels has one count nevertheless: 0.
    let no_background = runs.values().next() != Some(0);
    Ok(no_background.then_some(0).into_iter().chain(runs.counts()))
}

fn require_coco(runs: &MaskView<'_>) -> Result<()> {
    require_binary(runs, "COCO")?;
    match runs.order() {
        Order::ColumnMajor => Ok(()),
        Order::RowMajor => Err(Error::Input(
            "COCO's runs are column-major, these are row-major".into(),
        )),
    }
}
