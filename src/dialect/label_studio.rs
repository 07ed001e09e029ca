//! Label Studio's packed runs.

use crate::error::Position;
use crate::format::from_owned;
use crate::pixel::{Order, checked_pixels};
use crate::runs::{Builder, MaskRuns, MaskView};
use crate::{Error, Result};

use super::bits::{BitReader, BitWriter};
use super::check::require;

/// A brush mask of [Label Studio]: runs of RGBA bytes, row-major, packed as bits.
///
/// It is `value.rle` of a result whose `value.format` is `rle`; `original_height` and
/// `original_width` are its size. The packing is thi.ng's [rle-pack], as `encode_rle` of
/// `label_studio_sdk.converter.brush` writes it, highest bits first: 32 bits with the number of
/// values, 5 with their width less one, four times 4 with the width of a length less one; then
/// blocks of 1 bit that is set for a run, 2 that say which of the four widths, a length less one in
/// as many bits, and one value for a run, as many as the length for others. 1 to 8 bits of zeros
/// end it. The mask is where alpha, the last of each four values, is not 0.
///
/// ```
/// use maskrle::dialect::LabelStudioRle;
/// use maskrle::{MaskRuns, Order};
///
/// let mask = MaskRuns::from_counts([2, 3], Order::RowMajor, [1, 3, 2])?;
/// let brush = LabelStudioRle::try_from(mask.view())?;
/// // 24 values of 8 bits, and lengths of 3, 4, 8 and 16.
/// assert_eq!(brush.rle[..7], [0, 0, 0, 24, 0b0011_1001, 0b0001_1011, 0b1111_1100]);
/// assert_eq!(brush.to_runs()?, mask);
/// # Ok::<(), maskrle::Error>(())
/// ```
///
/// [Label Studio]: https://labelstud.io/guide/export#Units-of-image-annotations
/// [rle-pack]: https://github.com/thi-ng/umbrella/tree/develop/packages/rle-pack
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LabelStudioRle {
    /// Height and width, in pixels.
    pub size: [u32; 2],
    /// The packed values.
    pub rle: Vec<u8>,
}

/// Widths of lengths that are written, in bits.
const WIDTHS: [u32; 4] = [3, 4, 8, 16];
/// Values of a pixel: red, green, blue and alpha.
const CHANNELS: u32 = 4;
/// Value of foreground, in all channels.
const FOREGROUND: u32 = 255;

impl LabelStudioRle {
    /// From height and width, and the packed values.
    pub fn new(size: [u32; 2], rle: impl Into<Vec<u8>>) -> Self {
        let rle = rle.into();
        LabelStudioRle { size, rle }
    }

    /// The mask's runs, row-major.
    ///
    /// # Errors
    /// [`Error::Format`] with the bit at fault, unless there are four values for each pixel of
    /// `size`; [`Error::Limit`] where `size` has more than `u32::MAX` pixels.
    pub fn to_runs(&self) -> Result<MaskRuns> {
        let values = values_of(self.size)?;
        let mut bits = BitReader::new(&self.rle);
        let claimed = bits.take(32)?;
        if u64::from(claimed) != values {
            let [h, w] = self.size;
            let what = format!("{claimed} values, a mask of {h} x {w} has {values}");
            return Err(Error::format(Position::Bit(0), what));
        }
        let width = bits.take(5)? + 1;
        let mut lengths = [0; 4];
        for length in &mut lengths {
            *length = bits.take(4)? + 1;
        }
        let (mut runs, mut position) = (Builder::binary(), 0);
        while position < values {
            let block = bits.at();
            let is_run = bits.take(1)? == 1;
            let length = lengths[bits.take(2)? as usize];
            let end = position + u64::from(bits.take(length)?) + 1;
            if end > values {
                let what = format!("a block of values up to {end}, and there are {values}");
                return Err(Error::format(Position::Bit(block), what));
            }
            if is_run {
                let pixels = alphas_before(end) - alphas_before(position);
                runs.push((bits.take(width)? != 0).into(), pixels as u32);
            } else {
                for value in position..end {
                    let is_foreground = bits.take(width)? != 0;
                    let pixels = alphas_before(value + 1) - alphas_before(value);
                    runs.push(is_foreground.into(), pixels as u32);
                }
            }
            position = end;
        }
        Ok(runs.finish(self.size, Order::RowMajor))
    }
}

/// Number of alpha values among the first ones.
fn alphas_before(values: u64) -> u64 {
    values / u64::from(CHANNELS)
}

/// Number of values of a mask.
fn values_of(size: [u32; 2]) -> Result<u64> {
    Ok(u64::from(checked_pixels(size)?) * u64::from(CHANNELS))
}

impl TryFrom<MaskView<'_>> for LabelStudioRle {
    type Error = Error;

    /// Fails with [`Error::Input`] on column-major runs, on those of a label map, and on masks of
    /// 2^30 pixels and more, whose number of values 32 bits do not hold.
    fn try_from(runs: MaskView<'_>) -> Result<Self> {
        require(&runs, Order::RowMajor, "Label Studio")?;
        let Ok(values) = u32::try_from(values_of(runs.size())?) else {
            let [h, w] = runs.size();
            let what =
                format!("a mask of {h} x {w} has more pixels than Label Studio counts, 2^30");
            return Err(Error::Input(what));
        };
        let mut bits = BitWriter::default();
        bits.push(values, 32);
        bits.push(8 - 1, 5);
        for width in WIDTHS {
            bits.push(width - 1, 4);
        }
        for (count, value) in runs.counts().zip(runs.values()) {
            push_run(&mut bits, count * CHANNELS, value as u32 * FOREGROUND);
        }
        Ok(LabelStudioRle {
            size: runs.size(),
            rle: bits.finish(),
        })
    }
}

from_owned!(LabelStudioRle);

/// Appends a run of equal values, in blocks as `encode_rle` makes them.
fn push_run(bits: &mut BitWriter, count: u32, value: u32) {
    let most = 1 << WIDTHS[3];
    let mut left = count;
    while left > 0 {
        let length = left.min(most);
        let is_enough = |&width: &usize| length <= 1 << WIDTHS[width];
        // All parts of a long run are of one width.
        let index = if count > most {
            3
        } else {
            (0..3).find(is_enough).unwrap_or(3)
        };
        bits.push(1, 1);
        bits.push(index as u32, 2);
        bits.push(length - 1, WIDTHS[index]);
        bits.push(value, 8);
        left -= length;
    }
}
