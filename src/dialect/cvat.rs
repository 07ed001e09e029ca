//! CVAT's masks: counts within a box.

use crate::error::Position;
use crate::format::{from_owned, shown, whole};
use crate::limits::Limits;
use crate::pixel::{Order, checked_pixels};
use crate::runs::{Builder, Lines, MaskRuns, MaskView, beyond, check_sum};
use crate::{Error, Result};

use super::check::require;

/// A mask of [CVAT]: counts along the rows of a box, background first, and the box.
///
/// In CVAT's API, and its backups, it is the `points` of a shape of type `mask`: the counts, then
/// left, top, right and bottom, all inclusive, as `encode_mask` of [cvat_sdk.masks] makes them. In
/// "CVAT for images 1.1" it is an element `<mask rle left top width height>`. Neither holds the
/// image's size.
///
/// ```
/// use maskrle::dialect::CvatMask;
/// use maskrle::{MaskRuns, Order};
///
/// let mask = MaskRuns::from_counts([4, 5], Order::RowMajor, [6, 2, 3, 3, 6])?;
/// assert_eq!(mask.bbox(), [1, 1, 3, 2]);
/// let cvat = CvatMask::try_from(mask.view())?;
/// assert_eq!(cvat.points(), [0, 2, 1, 3, 1, 1, 3, 2]);
/// assert_eq!(CvatMask::from_points([4, 5], &cvat.points())?.to_runs()?, mask);
///
/// assert_eq!((cvat.rle().as_str(), cvat.placement()), ("0, 2, 1, 3", [1, 1, 3, 2]));
/// assert_eq!(CvatMask::from_rle([4, 5], "0, 2, 1, 3", [1, 1, 3, 2])?, cvat);
/// # Ok::<(), maskrle::Error>(())
/// ```
///
/// [CVAT]: https://docs.cvat.ai/docs/dataset_management/formats/format-cvat/
/// [cvat_sdk.masks]: https://github.com/cvat-ai/cvat/blob/develop/cvat-sdk/cvat_sdk/masks.py
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CvatMask {
    /// Height and width of the image, in pixels.
    pub size: [u32; 2],
    /// The length of each run within the box: background, foreground, background ...
    pub counts: Vec<u32>,
    /// Left, top, right and bottom of the box; the last two are within it.
    pub bounds: [u32; 4],
}

impl CvatMask {
    /// From the `points` of a shape, in an image of this height and width.
    ///
    /// # Errors
    /// [`Error::Format`] where there are fewer than five. Counts and box are not checked yet.
    pub fn from_points(size: [u32; 2], points: &[u32]) -> Result<Self> {
        let split = points
            .split_last_chunk()
            .filter(|(counts, _)| !counts.is_empty());
        let Some((counts, &bounds)) = split else {
            let what = format!(
                "{} numbers, there must be one count at least, and left, top, right and bottom",
                points.len()
            );
            return Err(Error::format(Position::Counts, what));
        };
        let counts = counts.to_vec();
        Ok(CvatMask {
            size,
            counts,
            bounds,
        })
    }

    /// From `rle`, and `left`, `top`, `width` and `height`, of an XML element.
    ///
    /// # Errors
    /// [`Error::Format`] with the count that is no whole number; or unless the box has pixels, and
    /// sides that 32 bits hold.
    pub fn from_rle(
        size: [u32; 2],
        rle: &str,
        [left, top, width, height]: [u32; 4],
    ) -> Result<Self> {
        let last = |first: u32, side: u32| first.checked_add(side.checked_sub(1)?);
        let (Some(right), Some(bottom)) = (last(left, width), last(top, height)) else {
            let what = format!("{width} x {height} pixels at {left}, {top} are none of an image");
            return Err(Error::format(Position::Box, what));
        };
        let count = |(index, text): (usize, &str)| {
            let text = text.trim_ascii();
            whole(text).ok_or_else(|| {
                let what = format!("{:?} is not a whole number of 32 bits", shown(text));
                Error::format(Position::Count(index), what)
            })
        };
        Ok(CvatMask {
            size,
            counts: rle
                .split(',')
                .enumerate()
                .map(count)
                .collect::<Result<_>>()?,
            bounds: [left, top, right, bottom],
        })
    }

    /// The `points` of a shape: the counts, then the box.
    pub fn points(&self) -> Vec<u32> {
        [&self.counts[..], &self.bounds].concat()
    }

    /// The counts as XML has them, with commas between.
    pub fn rle(&self) -> String {
        let mut text = String::with_capacity(5 * self.counts.len());
        let mut digits = itoa::Buffer::new();
        for (index, &count) in self.counts.iter().enumerate() {
            text.push_str(if index == 0 { "" } else { ", " });
            text.push_str(digits.format(count));
        }
        text
    }

    /// Left, top, width and height, as XML has the box. Sides of a box that is none are 0.
    pub fn placement(&self) -> [u32; 4] {
        let [left, top, right, bottom] = self.bounds;
        let side = |first: u32, last: u32| {
            let side = last.checked_sub(first);
            side.map_or(0, |side| side.saturating_add(1))
        };
        [left, top, side(left, right), side(top, bottom)]
    }

    /// The mask's runs, row-major. The box need not be tight.
    ///
    /// # Errors
    /// [`Error::Format`] unless the box lies within `size`, and the counts sum to its pixels;
    /// [`Error::Limit`] beyond the default [`Limits`] on runs, as one count may stand for a run in
    /// each row; or where `size` has more than `u32::MAX` pixels.
    pub fn to_runs(&self) -> Result<MaskRuns> {
        self.to_runs_within(&Limits::default())
    }

    /// [`CvatMask::to_runs`] within other limits, on runs.
    pub fn to_runs_within(&self, limits: &Limits) -> Result<MaskRuns> {
        let pixels = checked_pixels(self.size)?;
        let [left, top, right, bottom] = self.bounds;
        let [height, width] = self.size;
        if left > right || top > bottom || right >= width || bottom >= height {
            let what = format!(
                "from {left}, {top} to {right}, {bottom}, it is not within an image of \
                 {height} x {width}"
            );
            return Err(Error::format(Position::Box, what));
        }
        let segments = Segments::of(self)?;
        limits.check_runs(2 * segments.count(&self.counts) + 1)?;
        let mut runs = Builder::binary();
        segments.each(&self.counts, |start, count| {
            runs.push(0, start - runs.position());
            runs.push(1, count);
        });
        runs.push(0, pixels - runs.position());
        Ok(runs.finish(self.size, Order::RowMajor))
    }
}

/// Foreground of a box that is known to lie within the image, as runs of the image.
struct Segments {
    /// Width of the image, and position of the box's first pixel in it.
    width: u32,
    first: u32,
    /// Width of the box.
    box_width: u32,
}

impl Segments {
    /// Checks that the counts sum to the pixels of the box.
    fn of(mask: &CvatMask) -> Result<Self> {
        let [left, top, box_width, box_height] = mask.placement();
        let size = [box_height, box_width];
        let pixels = checked_pixels(size)?;
        let mut sum = 0u32;
        for (index, &count) in mask.counts.iter().enumerate() {
            let next = sum.checked_add(count).filter(|&sum| sum <= pixels);
            sum = next.ok_or_else(|| beyond(index, size))?;
        }
        check_sum(sum, size)?;
        let width = mask.size[1];
        Ok(Segments {
            width,
            first: top * width + left,
            box_width,
        })
    }

    /// Number of runs of the image at most.
    fn count(&self, counts: &[u32]) -> u64 {
        let lines = Lines::new(self.box_width);
        let (mut segments, mut position) = (0, 0);
        for (index, &count) in counts.iter().enumerate() {
            if index % 2 == 1 && count > 0 {
                let [first, last] =
                    [position, position + (count - 1)].map(|at| lines.locate(at)[0]);
                segments += match self.box_width == self.width {
                    true => 1,
                    false => u64::from(last - first) + 1,
                };
            }
            position += count;
        }
        segments
    }

    /// Gives start and length of each run of the image to `on`: those of a run of the box that go
    /// on in the next row are several, unless the box is as wide as the image.
    fn each(&self, counts: &[u32], mut on: impl FnMut(u32, u32)) {
        let lines = Lines::new(self.box_width);
        let mut position = 0;
        for (index, &count) in counts.iter().enumerate() {
            let end = position + count;
            if index % 2 == 1 && self.box_width == self.width {
                on(self.first + position, count);
            } else if index % 2 == 1 {
                let mut at = position;
                while at < end {
                    let [row, column] = lines.locate(at);
                    let length = (self.box_width - column).min(end - at);
                    on(self.first + row * self.width + column, length);
                    at += length;
                }
            }
            position = end;
        }
    }
}

impl TryFrom<MaskView<'_>> for CvatMask {
    type Error = Error;

    /// The box is tight; of a mask without foreground it is the first pixel, as CVAT has it. Fails
    /// with [`Error::Input`] on column-major runs, on those of a label map, and on a mask without
    /// pixels.
    fn try_from(runs: MaskView<'_>) -> Result<Self> {
        require(&runs, Order::RowMajor, "CVAT")?;
        if runs.is_empty() {
            return Err(Error::Input(
                "a mask without pixels is none of CVAT's".into(),
            ));
        }
        let width = runs.size()[1];
        let [left, top, box_width, box_height] = match runs.bbox() {
            [.., 0, 0] => [0, 0, 1, 1],
            tight => tight,
        };
        let lines = Lines::new(width);
        let pixels = box_height * box_width;
        let (mut counts, mut end) = (Vec::with_capacity(runs.len() + 1), 0);
        for (start, length) in runs.foreground() {
            // In the box it is one run too: where it goes on in the next row, so does the box.
            let [row, column] = lines.locate(start);
            let start = (row - top) * box_width + (column - left);
            match counts.last_mut() {
                Some(last) if start == end => *last += length,
                _ => counts.extend([start - end, length]),
            }
            end = start + length;
        }
        if end < pixels {
            counts.push(pixels - end);
        }
        Ok(CvatMask {
            size: runs.size(),
            counts,
            bounds: [left, top, left + (box_width - 1), top + (box_height - 1)],
        })
    }
}

from_owned!(CvatMask);
