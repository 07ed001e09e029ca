//! PNGs that stand beside or within other files, as label maps.

use std::io::{Cursor, Read};
use std::path::Path;

use anyhow::{Context, Result, bail};
use maskrle::{Backend, Encoder, MaskRuns, Order, PixelArray};

use super::file::{FileType, OpenFile, open_any};
use super::input::Options;
use super::png_channels::Channels;
use super::png_mask;
use super::predicate::Predicate;
use crate::budget::Budget;

/// Reader of PNGs, none of whose pixels may take more memory than the budget has.
#[derive(Debug)]
pub struct LabelReader {
    encoder: Encoder,
    budget: Budget,
}

impl LabelReader {
    /// A reader that encodes on the CPU.
    pub fn new(budget: Budget) -> Result<Self> {
        let encoder = Encoder::builder().backend(Backend::Cpu).build()?;
        Ok(LabelReader { encoder, budget })
    }

    /// Pixels of a file, which must be a PNG.
    pub fn pixels(&self, path: &Path, channels: Option<Channels>) -> Result<PixelArray> {
        let (head, file) = open_any(path)?;
        match FileType::of_bytes(&head) {
            Some(FileType::Png) => self.read(file, channels, Predicate::Labels),
            _ => bail!(NO_PNG),
        }
    }

    /// Column-major runs of the labels of one image's pixels.
    pub fn map(&self, pixels: &PixelArray) -> Result<MaskRuns> {
        let masks = Predicate::Labels.masks(pixels)?;
        let runs = self.encoder.runs(&masks, Order::ColumnMajor)?;
        Ok(runs.mask(0).to_owned())
    }

    /// Column-major runs of the mask that a PNG within another file is: where its pixels are not
    /// transparent, or of those without transparency, where their levels or indices are not 0.
    pub fn mask(&self, mut png: impl Read + Send + 'static) -> Result<MaskRuns> {
        let mut head = Vec::new();
        (&mut png)
            .take(COLOUR_TYPE as u64 + 1)
            .read_to_end(&mut head)
            .context("it cannot be read")?;
        if FileType::of_bytes(&head) != Some(FileType::Png) {
            bail!(NO_PNG);
        }
        // Gray levels and colours, both with opacity.
        let is_transparent = matches!(head.get(COLOUR_TYPE), Some(4 | 6));
        let file = OpenFile {
            reader: Box::new(Cursor::new(head).chain(png)),
            size: None,
        };
        let channels = is_transparent.then_some(Channels::A);
        let pixels = self.read(file, channels, Predicate::Binary)?;
        let masks = Predicate::Binary.masks(&pixels)?;
        let runs = self.encoder.runs(&masks, Order::ColumnMajor)?;
        Ok(runs.mask(0).to_owned())
    }

    fn read(
        &self,
        file: OpenFile,
        channels: Option<Channels>,
        predicate: Predicate,
    ) -> Result<PixelArray> {
        let options = Options {
            channels,
            ..Options::new(predicate, self.budget)
        };
        let mut input = png_mask::input(file, &options)?;
        match input.chunks.next() {
            Some(pixels) => pixels,
            None => bail!("it has no pixels"),
        }
    }
}

const NO_PNG: &str = "it is no PNG";

/// Place of the colour type in a PNG.
const COLOUR_TYPE: usize = 25;
