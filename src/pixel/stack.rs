//! One array of masks, and the size to which they are resampled.

use super::element_type::ElementType;
use super::resample::Resample;
use super::size::checked_pixels;
use super::typed::Pixels;
use crate::{Error, Result};

/// One array of masks.
#[derive(Debug, Clone)]
pub(super) struct Stack<'a> {
    pixels: Pixels<'a>,
    resample: Option<Resample>,
}

impl<'a> Stack<'a> {
    pub(super) fn new(pixels: Pixels<'a>) -> Self {
        Stack {
            pixels,
            resample: None,
        }
    }

    /// These masks resampled to a height and width.
    pub(super) fn resized(self, size: [u32; 2]) -> Result<Self> {
        if self.is_resampled() {
            return Err(Error::Input("these masks are resampled already".into()));
        }
        if self.pixels.element_type() == Some(ElementType::F64) {
            return Err(Error::Input(
                "float64 is not resampled: convert it to float32".into(),
            ));
        }
        // Sides have been checked: they fit.
        let [_, _, height, width] = self.pixels.shape().map(|side| side as u32);
        let from = [height, width];
        if let Some([height, width]) = [from, size].into_iter().find(|sides| sides.contains(&0)) {
            return Err(Error::Input(format!(
                "masks of {} x {} cannot be resampled to {} x {}: {height} x {width} has no pixels",
                from[0], from[1], size[0], size[1]
            )));
        }
        checked_pixels(size)?;
        Ok(Stack {
            resample: Some(Resample { from, to: size }),
            ..self
        })
    }

    /// The pixels, or the samples that they are made of.
    pub(super) fn pixels(&self) -> &Pixels<'a> {
        &self.pixels
    }

    pub(super) fn resample(&self) -> Option<Resample> {
        self.resample
    }

    pub(super) fn is_resampled(&self) -> bool {
        self.resample.is_some()
    }

    /// Sizes `[b, k, height, width]`, those of the target if the masks are resampled.
    pub(super) fn shape(&self) -> [usize; 4] {
        let [b, k, height, width] = self.pixels.shape();
        let [height, width] = self.resample.map_or([height, width], |resample| {
            resample.to.map(|side| side as usize)
        });
        [b, k, height, width]
    }

    /// The type of the pixels that are compared with a threshold, as messages name it.
    pub(super) fn type_name(&self) -> &'static str {
        if self.is_resampled() {
            return ElementType::F32.name();
        }
        self.pixels.type_name()
    }
}
