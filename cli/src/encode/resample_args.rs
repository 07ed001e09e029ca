//! Options of masks at the size of an image, and of their measures.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};
use maskrle::{InstanceOptions, Paste};

use super::resampling::Resampling;
use crate::budget::Budget;
use crate::options::{heading, parse_sides};
use crate::write::{Format, Wanted};

/// Size that maps of logits or probabilities are resampled to.
#[derive(Debug, Args)]
pub struct ResampleArgs {
    /// Masks of H x W: logits of float32, or of float16 taken as float32, are resized as torch's
    /// interpolate does, bilinearly, and then compared with --threshold. The large masks are never
    /// in memory
    #[arg(
        long,
        value_name = "H,W",
        value_parser = parse_target,
        requires = "threshold",
        conflicts_with_all = ["labels", "paste"],
        help_heading = heading::INPUT
    )]
    resize: Option<[u32; 2]>,
    /// Masks of --size: each map of one INPUT, such as [n, 28, 28], is pasted into its box, then
    /// compared with --threshold. BOXES is a .npy [n, 4] of x0, y0, x1, y1, in pixels
    #[arg(
        long,
        value_name = "BOXES",
        requires_all = ["threshold", "size"],
        conflicts_with = "labels",
        help_heading = heading::INPUT
    )]
    pub paste: Option<PathBuf>,
    /// Height and width of the image that --paste pastes into
    #[arg(
        long,
        value_name = "H,W",
        value_parser = parse_target,
        requires = "paste",
        conflicts_with = "resize",
        help_heading = heading::INPUT
    )]
    size: Option<[u32; 2]>,
    /// Library whose way of pasting it is; default: detectron2
    #[arg(
        long,
        value_enum,
        value_name = "LIBRARY",
        requires = "paste",
        conflicts_with = "resize",
        help_heading = heading::INPUT
    )]
    paste_like: Option<PasteLike>,
}

/// Measures of masks.
#[derive(Debug, Args)]
pub struct MeasureArgs {
    /// Measures to write beside each mask, as members area, bbox and stability_score: of JSON
    /// lines, and stability of coco-dataset, which has the others anyway
    #[arg(
        long,
        value_enum,
        value_name = "MEASURES",
        value_delimiter = ',',
        help_heading = heading::OUTPUT
    )]
    with: Vec<Measure>,
    /// Offset of --with stability: the area above the threshold and X, as a share of that above the
    /// threshold less X; default: 1, as Segment Anything
    #[arg(
        long,
        value_name = "X",
        value_parser = parse_offset,
        requires = "with",
        help_heading = heading::OUTPUT
    )]
    stability_offset: Option<f64>,
}

/// Library whose way of pasting is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PasteLike {
    /// Masks are where values are at least T
    Detectron2,
    /// Masks are where values are above T
    Torchvision,
}

/// A measure of a mask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Measure {
    /// Number of pixels
    Area,
    /// Box: x, y, width and height
    Bbox,
    /// Segment Anything's score, of floats with --threshold
    Stability,
}

impl ResampleArgs {
    /// How masks are resampled, if they are. The boxes are read.
    pub fn resampling(&self, budget: &Budget) -> Result<Option<Resampling>> {
        let paste = match self.paste_like {
            Some(PasteLike::Torchvision) => Paste::Torchvision,
            _ => Paste::GridSample,
        };
        Ok(match (&self.paste, self.size, self.resize) {
            (Some(boxes), Some(size), _) => Some(Resampling::pasted(boxes, size, paste, budget)?),
            (_, _, size) => size.map(Resampling::resized),
        })
    }

    /// The masks' height and width and the option that asks for them, if they are resampled.
    pub fn target(&self) -> Option<(&'static str, [u32; 2])> {
        match (self.resize, self.size) {
            (Some(size), _) => Some(("--resize", size)),
            (None, size) => size.map(|size| ("--paste", size)),
        }
    }

    /// Fails where --paste is given more inputs than one.
    pub fn check_inputs(&self, inputs: usize) -> Result<(), &'static str> {
        match self.paste.is_some() && inputs > 1 {
            true => Err("--paste goes with one input: each of its maps has a box"),
            false => Ok(()),
        }
    }
}

impl MeasureArgs {
    /// Measures to write.
    pub fn wanted(&self) -> Wanted {
        Wanted {
            area: self.with.contains(&Measure::Area),
            bbox: self.with.contains(&Measure::Bbox),
            stability: self.with.contains(&Measure::Stability),
        }
    }

    /// Measures that the encoder is asked for beside areas and boxes.
    pub fn instance_options(&self) -> InstanceOptions {
        const SEGMENT_ANYTHINGS: f64 = 1.0;
        match self.wanted().stability {
            true => InstanceOptions::new()
                .stability_offset(self.stability_offset.unwrap_or(SEGMENT_ANYTHINGS)),
            false => InstanceOptions::new(),
        }
    }

    /// Fails with what is wrong where a format does not have the measures, or masks of such pixels.
    pub fn check(&self, format: Format, has_threshold: bool) -> Result<(), &'static str> {
        let wanted = self.wanted();
        let is_line = matches!(format, Format::Coco | Format::CocoCounts);
        if wanted.any() && !is_line && format != Format::CocoDataset {
            return Err(
                "--with goes with --format coco and coco-counts, and coco-dataset has area and \
                 bbox anyway",
            );
        }
        if wanted.stability && !has_threshold {
            return Err("--with stability needs --threshold T, and floats");
        }
        if self.stability_offset.is_some() && !wanted.stability {
            return Err("--stability-offset goes with --with stability");
        }
        Ok(())
    }
}

/// Reads a height and a width of masks that have pixels.
fn parse_target(text: &str) -> Result<[u32; 2], String> {
    let [height, width] = parse_sides(text)?;
    match u64::from(height) * u64::from(width) {
        0 => Err("a side of 0: masks have one pixel at least".into()),
        pixels if pixels > u64::from(u32::MAX) => Err(format!(
            "a mask has at most {} pixels, not {pixels}",
            u32::MAX
        )),
        _ => Ok([height, width]),
    }
}

fn parse_offset(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|offset: &f64| offset.is_finite() && *offset >= 0.0)
        .ok_or_else(|| "not a number from 0 on".into())
}
