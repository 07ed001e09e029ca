//! Kaggle's pairs of start and length.

use std::fmt;

use super::check::require_binary;
use super::number::{shown, whole};
use crate::error::Position;
use crate::pixel::{Order, checked_pixels};
use crate::runs::{MaskRuns, MaskView};
use crate::{Error, Result};

/// Kaggle's run lengths: `start length start length ...` of the foreground, pixels counted from 1.
///
/// The format of the `EncodedPixels` column of Kaggle's segmentation competitions, as the
/// evaluation page of [Airbus Ship Detection] defines it: pairs sorted, positive and not
/// overlapping, pixels numbered top to bottom, then left to right. That is [`Order::ColumnMajor`];
/// encoders that flatten by rows are common too, hence `order`. An empty mask has no pairs here;
/// competitions differ in what they want in its place (`-1`, `1 0`, nothing).
///
/// ```
/// use maskrle::{Encoder, KaggleRle, Masks, Order};
///
/// let pixels = ndarray::arr2(&[[1u8, 0, 1], [0, 1, 1]]);
/// let runs = Encoder::new().runs(&Masks::binary(&pixels)?, Order::ColumnMajor)?;
/// let kaggle = runs.mask(0).to_kaggle()?;
/// assert_eq!(kaggle.pairs, "1 1 4 3");
/// assert_eq!(kaggle.to_string(), kaggle.pairs);
/// assert_eq!(kaggle.to_runs()?, runs.mask(0));
/// # Ok::<(), maskrle::Error>(())
/// ```
///
/// [Airbus Ship Detection]: https://www.kaggle.com/c/airbus-ship-detection/overview/evaluation
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct KaggleRle {
    /// Height and width, in pixels. Kaggle's files do not hold it: it is known from the images.
    pub size: [u32; 2],
    /// The order in which pixels are numbered.
    pub order: Order,
    /// The pairs, all numbers separated by single spaces.
    pub pairs: String,
}

impl KaggleRle {
    /// Pairs whose pixels are numbered down the columns, as Kaggle's competitions define it.
    ///
    /// ```
    /// use maskrle::KaggleRle;
    ///
    /// let columns = KaggleRle::by_columns([2, 3], "2 1").to_runs()?;
    /// assert_eq!(columns.to_mask()?, ndarray::arr2(&[[0, 0, 0], [1, 0, 0]]));
    /// let rows = KaggleRle::by_rows([2, 3], "2 1").to_runs()?;
    /// assert_eq!(rows.to_mask()?, ndarray::arr2(&[[0, 1, 0], [0, 0, 0]]));
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn by_columns(size: [u32; 2], pairs: impl Into<String>) -> Self {
        KaggleRle {
            size,
            order: Order::ColumnMajor,
            pairs: pairs.into(),
        }
    }

    /// Pairs whose pixels are numbered along the rows, as encoders write them that flatten the mask
    /// without transposing it.
    pub fn by_rows(size: [u32; 2], pairs: impl Into<String>) -> Self {
        KaggleRle {
            size,
            order: Order::RowMajor,
            pairs: pairs.into(),
        }
    }

    /// The mask's runs. Any white space separates numbers; pairs that touch are joined; no pairs
    /// are an empty mask.
    ///
    /// # Errors
    /// [`Error::Format`] with the pair at fault, counted from 0, unless all are two whole numbers,
    /// starts are from 1 and ascending, lengths positive, and no pair overlaps the one before it or
    /// goes beyond `size`; [`Error::Limit`] where `size` has more than `u32::MAX` pixels.
    pub fn to_runs(&self) -> Result<MaskRuns> {
        let pixels = checked_pixels(self.size)?;
        let mut starts = Vec::new();
        let mut first = false;
        let mut end = 0;
        for foreground in Pairs::new(&self.pairs, pixels) {
            let (start, next_end) = foreground?;
            first |= start == 0;
            if start > end {
                starts.push(end);
            }
            // Else the pair continues the one before it.
            if start > end || start == 0 {
                starts.push(start);
            }
            end = next_end;
        }
        if end < pixels {
            starts.push(end);
        }
        Ok(MaskRuns::binary(self.size, self.order, starts, first))
    }
}

/// Reads pairs as foreground from a first pixel to one before an end, both counted from 0, and
/// checks each.
struct Pairs<'a> {
    tokens: std::str::SplitAsciiWhitespace<'a>,
    pixels: u32,
    index: usize,
    end: u32,
}

impl<'a> Pairs<'a> {
    fn new(pairs: &'a str, pixels: u32) -> Self {
        Pairs {
            tokens: pairs.split_ascii_whitespace(),
            pixels,
            index: 0,
            end: 0,
        }
    }

    fn error(&self, what: String) -> Error {
        Error::format(Position::Pair(self.index), what)
    }

    fn number(&self, name: &str, token: &str) -> Result<u32> {
        match whole(token) {
            Some(0) => Err(self.error(format!("the {name} is 0, it must be positive"))),
            Some(number) => Ok(number),
            None => Err(self.error(format!(
                "the {name} {:?} is not a whole number from 1 to {}",
                shown(token),
                u32::MAX
            ))),
        }
    }

    fn pair(&mut self, start: &str) -> Result<(u32, u32)> {
        let start = self.number("start", start)?;
        let Some(length) = self.tokens.next() else {
            return Err(self.error(format!("the start {start} has no length")));
        };
        let length = self.number("length", length)?;
        let begin = start - 1;
        if begin < self.end {
            let what = format!(
                "it starts at pixel {start}, and the pair before it ends at {}",
                self.end
            );
            return Err(self.error(what));
        }
        match begin.checked_add(length).filter(|&end| end <= self.pixels) {
            Some(end) => Ok((begin, end)),
            None => Err(self.error(format!(
                "{length} pixels from {start} go beyond the {} pixels of the mask",
                self.pixels
            ))),
        }
    }
}

impl Iterator for Pairs<'_> {
    type Item = Result<(u32, u32)>;

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.tokens.next()?;
        let pair = self.pair(start);
        if let Ok((_, end)) = pair {
            self.end = end;
            self.index += 1;
        }
        Some(pair)
    }
}

impl TryFrom<MaskView<'_>> for KaggleRle {
    type Error = Error;

    /// Fails with [`Error::Input`] on the runs of a label map.
    fn try_from(runs: MaskView<'_>) -> Result<Self> {
        require_binary(&runs, "Kaggle")?;
        let mut pairs = String::with_capacity(6 * runs.len());
        let mut digits = itoa::Buffer::new();
        for (start, length) in runs.foreground() {
            if !pairs.is_empty() {
                pairs.push(' ');
            }
            pairs.push_str(digits.format(start + 1));
            pairs.push(' ');
            pairs.push_str(digits.format(length));
        }
        Ok(KaggleRle {
            size: runs.size(),
            order: runs.order(),
            pairs,
        })
    }
}

/// No pairs of a mask without pixels, column-major as Kaggle's competitions define it.
impl Default for KaggleRle {
    fn default() -> Self {
        KaggleRle::by_columns([0, 0], "")
    }
}

/// The pairs, as a CSV file holds them.
impl fmt::Display for KaggleRle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.pairs)
    }
}
