//! Chunks of masks, encoded as the format needs them.

use anyhow::Result;
use maskrle::{CocoRle, Encoder, Order, PixelArray, Runs};

use crate::read::Predicate;

/// Way in which pixels are encoded.
#[derive(Debug, Clone, Copy)]
pub struct Method {
    pub order: Order,
    pub predicate: Predicate,
    /// Height and width that masks are resampled to.
    pub resized: Option<[u32; 2]>,
    /// True if COCO strings are all that the format needs.
    pub takes_strings: bool,
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
    Runs(Runs),
}

impl Method {
    /// Encodes pixels.
    pub fn encode(&self, encoder: &Encoder, pixels: &PixelArray) -> Result<Chunk> {
        let masks = self.predicate.masks(pixels)?;
        let masks = match self.resized {
            Some(size) => masks.resized(size)?,
            None => masks,
        };
        let encoded = match self.takes_strings {
            true => Masks::Strings(encoder.coco(&masks)?),
            false => Masks::Runs(encoder.runs(&masks, self.order)?),
        };
        Ok(Chunk {
            masks: encoded,
            pixels: masks.pixels(),
            bytes: pixels.bytes(),
        })
    }
}

impl Chunk {
    /// Number of masks.
    pub fn len(&self) -> u64 {
        match &self.masks {
            Masks::Strings(strings) => strings.len() as u64,
            Masks::Runs(runs) => runs.len() as u64,
        }
    }

    /// Bytes that the masks take in memory, about.
    pub fn bytes_held(&self) -> u64 {
        // Of a mask without runs.
        const LEAST: u64 = 64;
        let runs = match &self.masks {
            Masks::Strings(strings) => strings.iter().map(|rle| rle.counts.len() as u64).sum(),
            // A start, and the value of a label.
            Masks::Runs(runs) => runs.starts().len() as u64 * 12,
        };
        runs + self.len() * LEAST
    }
}
