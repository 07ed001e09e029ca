//! Chunks of masks, encoded as the format needs them.

use anyhow::{Result, bail};
use maskrle::{CocoInstance, CocoRle, Encoder, InstanceOptions, Order, PixelArray, Runs};

use super::resampling::Resampling;
use crate::read::{Input, Predicate};

/// Way in which pixels are encoded.
#[derive(Debug, Clone)]
pub struct Method {
    pub order: Order,
    pub predicate: Predicate,
    pub resampling: Option<Resampling>,
    pub takes: Takes,
}

/// Things that are made of masks.
#[derive(Debug, Clone, Copy)]
pub enum Takes {
    /// COCO strings, which are all that the format needs.
    Strings,
    /// COCO strings with the masks' measures.
    Instances(InstanceOptions),
    Runs,
}

/// Masks as they were read.
pub struct Pixels {
    pub array: PixelArray,
    /// Number of the input's masks before these.
    pub first: usize,
}

/// A chunk of masks, encoded.
pub struct Chunk {
    pub masks: Masks,
    /// Number of pixels, and of the bytes that they were.
    pub pixels: u64,
    pub bytes: u64,
}

/// Encoded masks.
pub enum Masks {
    Strings(Vec<CocoRle>),
    Instances(Vec<CocoInstance>),
    Runs(Runs),
}

impl Method {
    /// Height and width of the masks of an input. Fails where it cannot be encoded this way.
    pub fn size(&self, input: &Input<'_>) -> Result<[usize; 2]> {
        let Some(resampling) = &self.resampling else {
            return Ok(input.size);
        };
        resampling.check(input.masks)?;
        Ok(resampling.size().map(|side| side as usize))
    }

    /// Encodes pixels.
    pub fn encode(&self, encoder: &Encoder, pixels: &Pixels) -> Result<Chunk> {
        let masks = self.masks(pixels)?;
        let encoded = match self.takes {
            Takes::Strings => Masks::Strings(encoder.coco(&masks)?),
            Takes::Instances(options) => Masks::Instances(encoder.instances_with(&masks, options)?),
            Takes::Runs => Masks::Runs(encoder.runs(&masks, self.order)?),
        };
        Ok(Chunk {
            masks: encoded,
            pixels: masks.pixels(),
            bytes: pixels.array.bytes(),
        })
    }

    fn masks<'p>(&self, pixels: &'p Pixels) -> Result<maskrle::Masks<'p>> {
        match (&self.resampling, self.predicate) {
            (None, predicate) => Ok(predicate.masks(&pixels.array)?),
            (Some(resampling), Predicate::Above(threshold)) => {
                resampling.masks(&pixels.array, threshold, pixels.first)
            }
            (Some(_), _) => bail!("only floats with --threshold are resampled"),
        }
    }
}

/// Chunks of an input with the numbers of the masks before each.
pub fn numbered<E>(
    chunks: impl Iterator<Item = Result<PixelArray, E>>,
) -> impl Iterator<Item = Result<Pixels, E>> {
    let mut masks = 0;
    chunks.map(move |array| {
        let array = array?;
        let first = masks;
        masks += array.shape()[0];
        Ok(Pixels { array, first })
    })
}

impl Chunk {
    /// Number of masks.
    pub fn len(&self) -> u64 {
        match &self.masks {
            Masks::Strings(strings) => strings.len() as u64,
            Masks::Instances(instances) => instances.len() as u64,
            Masks::Runs(runs) => runs.len() as u64,
        }
    }

    /// Bytes that the masks take in memory, about.
    pub fn bytes_held(&self) -> u64 {
        // Of a mask without runs.
        const LEAST: u64 = 64;
        let bytes = |rle: &CocoRle| rle.counts.len() as u64;
        let runs = match &self.masks {
            Masks::Strings(strings) => strings.iter().map(bytes).sum(),
            Masks::Instances(instances) => {
                let strings = instances.iter().map(|instance| &instance.segmentation);
                strings.map(bytes).sum()
            }
            // A start, and the value of a label.
            Masks::Runs(runs) => runs.starts().len() as u64 * 12,
        };
        runs + self.len() * LEAST
    }
}
