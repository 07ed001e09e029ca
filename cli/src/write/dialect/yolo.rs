//! YOLO: a line of a polygon for each object of an image.

use std::io::Write;

use anyhow::{Context, Result, bail};
use maskrle::Order;
use maskrle::dialect::YoloSegment;

use super::names::Names;
use crate::output::Output;
use crate::write::mask_info::MaskInfo;
use crate::write::writer::{EncodedMask, Writer};

/// Writes a line for each mask that is not empty, all of one image: YOLO has a file for each.
#[derive(Debug)]
pub struct Yolo {
    names: Names,
    /// Pixels that an outline may be off, so that it has fewer points.
    tolerance: f64,
    /// Name of the image, once there was one, and true if a mask of it is kept.
    image: Option<String>,
    is_kept: bool,
}

/// Line of a mask; None of one that is empty.
pub fn line_of(
    info: &MaskInfo<'_>,
    mask: EncodedMask<'_>,
    tolerance: f64,
) -> Result<Option<YoloSegment>> {
    let class = u32::try_from(info.label.unwrap_or(0));
    let class = class.context("its category is no class of YOLO, a number from 0 on")?;
    mask.with_runs(Order::ColumnMajor, |runs| {
        Ok(YoloSegment::of_mask(class, &runs, tolerance)?)
    })
}

impl Yolo {
    pub fn new(names: Names, tolerance: f64) -> Self {
        Yolo {
            names,
            tolerance,
            image: None,
            is_kept: false,
        }
    }
}

impl Writer for Yolo {
    fn begin(&self) -> Result<Vec<u8>> {
        Ok(Vec::new())
    }

    fn image(&mut self, info: &MaskInfo<'_>, _: [u32; 2]) -> Result<()> {
        let name = self.names.full_image(info)?;
        match &self.image {
            Some(image) if *image != name => {
                bail!(
                    "it is of {name}, and masks before it of {image}: YOLO has a file for each \
                     image"
                )
            }
            _ => self.image = Some(name),
        }
        Ok(())
    }

    fn mask(
        &mut self,
        out: &mut Vec<u8>,
        info: &MaskInfo<'_>,
        mask: EncodedMask<'_>,
    ) -> Result<bool> {
        let Some(line) = line_of(info, mask, self.tolerance)? else {
            return Ok(false);
        };
        // Files of labels have no scores: those who train by them take a number more for a point.
        writeln!(out, "{line}")?;
        Ok(true)
    }

    fn commit(&mut self) -> Result<()> {
        self.is_kept |= self.image.is_some();
        Ok(())
    }

    fn roll_back(&mut self) -> Result<()> {
        if !self.is_kept {
            self.image = None;
        }
        Ok(())
    }

    fn end(self: Box<Self>, _: &mut Output) -> Result<()> {
        Ok(())
    }
}
