//! Structuring elements, and masks dilated by them.

use super::merge::{SetOp, spans};
use super::spans::mask_of;
use crate::limits::Limits;
use crate::pixel::Order;
use crate::runs::{Lines, MaskRuns, MaskView};
use crate::{Error, Result};

/// The neighbourhood of a pixel that [`MaskView::morph`] looks at, also called structuring element
/// or kernel. The pixel is in its middle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Footprint {
    /// A box of this height and width, which are odd.
    Box([u32; 2]),
    /// All pixels whose middle is at most this far away, as of `skimage.morphology.disk`.
    Disk(u32),
}

impl Footprint {
    /// The pixels that it reaches from its middle, of each kind.
    pub(super) fn reach(self) -> Result<Reach> {
        match self {
            Footprint::Box([h, w]) if h % 2 == 1 && w % 2 == 1 => Ok(Reach::Box([h / 2, w / 2])),
            Footprint::Box([h, w]) => Err(Error::Input(format!(
                "a box of {h} x {w} has no pixel in its middle: its sides must be odd"
            ))),
            Footprint::Disk(radius) => Ok(Reach::Disk(radius)),
        }
    }
}

/// A footprint by the pixels that it reaches from its middle.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reach {
    /// Rows above and below, and columns left and right.
    Box([u32; 2]),
    Disk(u32),
}

impl Reach {
    /// The pixels from which it reaches foreground.
    pub(super) fn dilate(self, mask: MaskView<'_>, limits: &Limits) -> Result<MaskRuns> {
        let dilation = Dilation {
            mask,
            limits,
            last_line: mask.lines()[1].saturating_sub(1),
        };
        match (self, mask.order()) {
            (Reach::Box([rows, columns]), Order::ColumnMajor) => dilation.by_box(rows, columns),
            (Reach::Box([rows, columns]), Order::RowMajor) => dilation.by_box(columns, rows),
            (Reach::Disk(radius), _) => {
                dilation.by_disk(radius.into(), 0, radius.min(dilation.last_line))
            }
        }
    }

    /// The pixels from which it reaches no background, none of which is beyond the border.
    pub(super) fn erode(self, mask: MaskView<'_>, limits: &Limits) -> Result<MaskRuns> {
        let background = mask.complement()?;
        self.dilate(background.view(), limits)?.complement()
    }
}

struct Dilation<'a> {
    mask: MaskView<'a>,
    limits: &'a Limits,
    last_line: u32,
}

impl Dilation<'_> {
    /// Reaching so far along scan lines, and so many lines to either side.
    fn by_box(&self, along: u32, lines: u32) -> Result<MaskRuns> {
        let wide = widen(&self.mask, along)?;
        let [to_last, to_first] =
            [Way::ToLast, Way::ToFirst].map(|way| self.stretch(&wide, lines, way));
        self.union(&to_last?, &to_first?)
    }

    /// The union of a mask moved by 0 lines to this many: of those moved by up to twice as many,
    /// from step to step.
    fn stretch(&self, mask: &MaskRuns, lines: u32, way: Way) -> Result<MaskRuns> {
        let lines = lines.min(self.last_line);
        let mut all = mask.clone();
        let mut reached = 0;
        while reached < lines {
            let step = (reached + 1).min(lines - reached);
            all = self.union(&all, &shift(&all.view(), step, way)?)?;
            reached += step;
        }
        Ok(all)
    }

    /// The pixels that lines of a disk reach which are `first` to `last` from its middle.
    fn by_disk(&self, radius: u64, first: u32, last: u32) -> Result<MaskRuns> {
        if first < last {
            let middle = first + (last - first) / 2;
            let nearer = self.by_disk(radius, first, middle)?;
            return self.union(&nearer, &self.by_disk(radius, middle + 1, last)?);
        }
        let distance = u64::from(first);
        let half = (radius * radius - distance * distance).isqrt();
        let wide = widen(&self.mask, half as u32)?;
        if first == 0 {
            return Ok(wide);
        }
        let [to_last, to_first] =
            [Way::ToLast, Way::ToFirst].map(|way| shift(&wide.view(), first, way));
        self.union(&to_last?, &to_first?)
    }

    fn union(&self, a: &MaskRuns, b: &MaskRuns) -> Result<MaskRuns> {
        self.limits.check_runs(a.len() as u64 + b.len() as u64)?;
        a.merge(b, SetOp::Union)
    }
}

/// Each span longer at both ends, at most to the ends of its lines.
fn widen(mask: &MaskView<'_>, by: u32) -> Result<MaskRuns> {
    // A mask without pixels has no spans, and no division by 0.
    let length = mask.lines()[0].max(1);
    let lines = Lines::new(length);
    let wide = spans(mask)?.iter().map(|[start, end]| {
        let ([_, before], [_, last]) = (lines.locate(start), lines.locate(end - 1));
        [start - by.min(before), end + by.min(length - 1 - last)]
    });
    Ok(mask_of(wide, mask))
}

/// Towards which scan line.
#[derive(Debug, Clone, Copy)]
enum Way {
    ToFirst,
    ToLast,
}

/// The mask moved by some lines, which are fewer than it has. Where nothing comes from is
/// background.
fn shift(mask: &MaskView<'_>, lines: u32, way: Way) -> Result<MaskRuns> {
    let (by, pixels) = (lines * mask.lines()[0], mask.pixels());
    let moved = spans(mask)?.iter().filter_map(|[start, end]| match way {
        Way::ToLast => {
            let start = start.checked_add(by).filter(|&start| start < pixels)?;
            Some([start, end.saturating_add(by).min(pixels)])
        }
        Way::ToFirst => (end > by).then(|| [start.saturating_sub(by), end - by]),
    });
    Ok(mask_of(moved, mask))
}
