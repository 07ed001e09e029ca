//! Masks at the size of an image, of smaller maps of logits or probabilities.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use maskrle::ndarray::Array3;
use maskrle::{Float, Masks, Paste, PixelArray};

use crate::budget::Budget;
use crate::read;

/// Way in which masks are resampled.
#[derive(Debug, Clone)]
pub struct Resampling {
    /// Height and width that they become.
    size: [u32; 2],
    /// Boxes that they are pasted into; all are resized to the whole size if there are none.
    boxes: Option<Boxes>,
}

/// Boxes of maps, which are pasted into them.
#[derive(Debug, Clone)]
struct Boxes {
    /// Name of their file, for messages.
    name: String,
    corners: Arc<[[f32; 4]]>,
    paste: Paste,
}

impl Resampling {
    /// All masks resized.
    pub fn resized(size: [u32; 2]) -> Self {
        Resampling { size, boxes: None }
    }

    /// Each mask pasted into its box, as a file has them. Fails where one is no box.
    pub fn pasted(path: &Path, size: [u32; 2], paste: Paste, budget: &Budget) -> Result<Self> {
        let name = path.display().to_string();
        let corners = read::boxes(path, budget)
            .and_then(|corners| {
                check_boxes(&corners, size, paste)?;
                Ok(corners)
            })
            .with_context(|| name.clone())?;
        let corners = corners.into();
        Ok(Resampling {
            size,
            boxes: Some(Boxes {
                name,
                corners,
                paste,
            }),
        })
    }

    /// Height and width that masks become.
    pub fn size(&self) -> [u32; 2] {
        self.size
    }

    /// Fails where an input of this many maps does not go with the boxes.
    pub fn check(&self, maps: u64) -> Result<()> {
        match &self.boxes {
            Some(boxes) if boxes.corners.len() as u64 != maps => bail!(
                "{maps} maps, and {} has {} boxes: each map is pasted into a box of its own",
                boxes.name,
                boxes.corners.len()
            ),
            _ => Ok(()),
        }
    }

    /// The masks of maps, of which the first is `first` of its input.
    pub fn masks<'p>(
        &self,
        pixels: &'p PixelArray,
        threshold: f64,
        first: usize,
    ) -> Result<Masks<'p>> {
        match pixels {
            PixelArray::F16(maps) => self.masks_of(maps, threshold, first),
            PixelArray::F32(maps) => self.masks_of(maps, threshold, first),
            _ => bail!("{} is not resampled", pixels.element_type()),
        }
    }

    fn masks_of<'p, T: Float + 'p>(
        &self,
        maps: &'p Array3<T>,
        threshold: f64,
        first: usize,
    ) -> Result<Masks<'p>> {
        let Some(boxes) = &self.boxes else {
            return Ok(Masks::threshold(maps, threshold)?.resized(self.size)?);
        };
        let masks = match boxes.paste {
            Paste::GridSample => Masks::at_least(maps, threshold)?,
            _ => Masks::threshold(maps, threshold)?,
        };
        let corners = boxes.corners.get(first..first + masks.len());
        let corners = corners.context("there are fewer boxes than maps")?;
        Ok(masks.pasted(corners, self.size, boxes.paste)?)
    }
}

/// Fails where maps cannot be pasted into these boxes, whatever the maps.
fn check_boxes(corners: &[[f32; 4]], size: [u32; 2], paste: Paste) -> Result<()> {
    let map = Array3::<f32>::zeros((1, 1, 1));
    let maps = map.broadcast((corners.len(), 1, 1));
    let maps = maps.context("too many boxes")?;
    let _ = Masks::threshold(maps, 0.0)?.pasted(corners, size, paste)?;
    Ok(())
}
