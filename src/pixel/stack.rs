//! One array of masks, and how they are resampled.

use std::ops::Range;

use super::crop::cropped;
use super::element_type::ElementType;
use super::paste::{Paste, Pasted};
use super::resample::Resample;
use super::samples::Samples;
use super::size::{check_sides, checked_masks, checked_pixels};
use super::typed::Pixels;
use crate::{Error, Result};

/// One array of masks.
#[derive(Debug, Clone)]
pub(super) struct Stack<'a> {
    pixels: Pixels<'a>,
    resampling: Option<Resampling>,
}

/// How the masks of one array are resampled.
#[derive(Debug, Clone)]
enum Resampling {
    /// All alike. The pixels of each step before the last are samples of the next.
    Resized {
        before: Vec<Resample>,
        last: Resample,
    },
    /// Each into a box of its own.
    Pasted(Pasted),
}

/// Most pixels that a mask has of a step before the last: it is in memory.
const MOST_MADE: u32 = 1 << 26;

fn pasted_already() -> Error {
    Error::Input("these masks are pasted into boxes: no other step follows".into())
}

impl<'a> Stack<'a> {
    pub(super) fn new(pixels: Pixels<'a>) -> Self {
        Stack {
            pixels,
            resampling: None,
        }
    }

    /// These masks resampled to a height and width.
    pub(super) fn resized(self, target: [u32; 2]) -> Result<Self> {
        let from = self.check_samples(target)?;
        let mut before = Vec::new();
        match self.resampling {
            None => {}
            Some(Resampling::Pasted(_)) => return Err(pasted_already()),
            Some(Resampling::Resized {
                before: steps,
                last,
            }) => {
                let pixels = checked_pixels(from)?;
                if pixels > MOST_MADE {
                    return Err(Error::Limit(format!(
                        "masks of {} x {} that are resampled again: each is in memory then, and \
                         has at most {MOST_MADE} pixels, not {pixels}",
                        from[0], from[1]
                    )));
                }
                before = steps;
                before.push(last);
            }
        }
        let last = Resample::new(from, target);
        Ok(Stack {
            resampling: Some(Resampling::Resized { before, last }),
            pixels: self.pixels,
        })
    }

    /// Some rows and columns of these masks.
    pub(super) fn cropped(self, [rows, columns]: [Range<u32>; 2]) -> Result<Self> {
        let [height, width] = self.size();
        for (sides, name, all) in [(&rows, "rows", height), (&columns, "columns", width)] {
            if sides.start > sides.end || sides.end > all {
                return Err(Error::Input(format!(
                    "{name} {} to {} of masks of {height} x {width}",
                    sides.start, sides.end
                )));
            }
        }
        let ranges = [rows, columns];
        Ok(match self.resampling {
            None => {
                let pixels = cropped(self.pixels, ranges)?;
                checked_masks(pixels.shape())?;
                Stack::new(pixels)
            }
            Some(Resampling::Pasted(_)) => return Err(pasted_already()),
            Some(Resampling::Resized { before, last }) => {
                if ranges.iter().any(|range| range.is_empty()) {
                    return Err(Error::Input(
                        "resampled masks are not cropped to no pixels".into(),
                    ));
                }
                let last = last.cropped(ranges);
                Stack {
                    resampling: Some(Resampling::Resized { before, last }),
                    pixels: self.pixels,
                }
            }
        })
    }

    /// These masks pasted into boxes of a target; the first is box `first` of all.
    pub(super) fn pasted(
        self,
        boxes: &[[f32; 4]],
        first: usize,
        target: [u32; 2],
        paste: Paste,
    ) -> Result<Self> {
        if self.is_resampled() {
            return Err(Error::Input("these masks are resampled already".into()));
        }
        let from = self.check_samples(target)?;
        let pasted = Pasted::new(boxes, first, from, target, paste)?;
        Ok(Stack {
            resampling: Some(Resampling::Pasted(pasted)),
            ..self
        })
    }

    /// Height and width of masks that may be resampled to a target.
    fn check_samples(&self, target: [u32; 2]) -> Result<[u32; 2]> {
        if self.pixels.element_type() == Some(ElementType::F64) {
            return Err(Error::Input(
                "float64 is not resampled: convert it to float32".into(),
            ));
        }
        let from = self.size();
        check_sides(from, target)?;
        Ok(from)
    }

    /// The pixels, or the samples that they are made of.
    pub(super) fn pixels(&self) -> &Pixels<'a> {
        &self.pixels
    }

    /// The samples of mask `index` of the array, which lies at a place in it, and how they are
    /// resampled; none if they are not.
    pub(super) fn samples(
        &self,
        index: usize,
        place: [usize; 2],
    ) -> Option<(Samples<'_>, Resample)> {
        let resampling = self.resampling.as_ref()?;
        let own = Samples::new(&self.pixels, place);
        Some(match resampling {
            Resampling::Resized { before, last } => {
                (before.iter().copied().fold(own, Samples::made), *last)
            }
            Resampling::Pasted(pasted) => {
                let [_, _, height, width] = self.pixels.shape().map(|side| side as u32);
                let resample = pasted.resample(index, [height, width]);
                (own.with_margins(pasted.margins()), resample)
            }
        })
    }

    pub(super) fn is_resampled(&self) -> bool {
        self.resampling.is_some()
    }

    /// True if they are resampled more than once.
    #[cfg(feature = "gpu")]
    pub(super) fn is_resampled_again(&self) -> bool {
        matches!(&self.resampling, Some(Resampling::Resized { before, .. }) if !before.is_empty())
    }

    /// Sizes `[b, k, height, width]`, those of the target if the masks are resampled.
    pub(super) fn shape(&self) -> [usize; 4] {
        let [b, k, height, width] = self.pixels.shape();
        let target = match &self.resampling {
            None => return [b, k, height, width],
            Some(Resampling::Resized { last, .. }) => last.target,
            Some(Resampling::Pasted(pasted)) => pasted.target(),
        };
        let [height, width] = target.map(|side| side as usize);
        [b, k, height, width]
    }

    /// Height and width. Sides have been checked: they fit.
    pub(super) fn size(&self) -> [u32; 2] {
        let [_, _, height, width] = self.shape().map(|side| side as u32);
        [height, width]
    }

    /// The type of the pixels that are compared with a threshold, as messages name it.
    pub(super) fn type_name(&self) -> &'static str {
        if self.is_resampled() {
            return ElementType::F32.name();
        }
        self.pixels.type_name()
    }
}
