//! Inputs: what the readers yield, and how they are asked for it.

use anyhow::{Result, bail};

use super::name::Name;
use super::png_channels::Channels;
use super::predicate::Predicate;
use super::resampled::Resampled;
use crate::budget::Budget;
use maskrle::{ElementType, PixelArray};

/// Options of the readers.
#[derive(Debug, Clone)]
pub struct Options {
    /// True if three dimensions are `[h, w, n]`, false if they are `[n, h, w]`.
    pub masks_last: bool,
    /// Predicate of the pixels, which decides the types that are accepted.
    pub predicate: Predicate,
    /// True if labels are read because --labels asks for them, and not for want of a threshold.
    pub are_labels_asked_for: bool,
    /// Bytes of pixels to yield at a time, where masks can be separated without reading them all.
    pub chunk_bytes: u64,
    /// Memory that a mask may take, which is never cut.
    pub budget: Budget,
    /// Reading of the colours of a PNG.
    pub channels: Option<Channels>,
    /// Labels that become background.
    pub ignored: Vec<i128>,
    /// Names of the arrays to take of an archive; if empty, all.
    pub arrays: Vec<String>,
    /// How masks are resampled, which takes floats of up to 32 bits.
    pub resampled: Option<Resampled>,
    /// True if masks are compared with several thresholds, which takes floats.
    pub are_scored: bool,
    /// Words before --layout and --channels, where hints name them: the verb that has them, where
    /// this one lacks them.
    pub hints_at: &'static str,
}

impl Options {
    /// Options of whole files in layout `[n, h, w]`, read in chunks of 16 MiB.
    pub fn new(predicate: Predicate, budget: Budget) -> Self {
        Options {
            masks_last: false,
            predicate,
            are_labels_asked_for: true,
            chunk_bytes: 16 << 20,
            budget,
            channels: None,
            ignored: Vec::new(),
            arrays: Vec::new(),
            resampled: None,
            are_scored: false,
            hints_at: "encode ",
        }
    }

    /// Fails where the predicate does not go with the type of the pixels: floats need a threshold.
    pub fn check_type(&self, element: ElementType) -> Result<()> {
        let name = element.name();
        if let Some(Resampled { option, .. }) = self.resampled
            && !matches!(element, ElementType::F16 | ElementType::F32)
        {
            bail!("{name} is not resampled: {option} takes logits of float16 and float32");
        }
        if self.are_scored && !element.is_float() {
            bail!("{name} has no stability score: --with stability takes floats");
        }
        match self.predicate {
            _ if !element.is_float() => Ok(()),
            Predicate::Above(_) => Ok(()),
            Predicate::Labels if self.are_labels_asked_for => {
                bail!("{name} cannot be read as labels: --labels is for integers")
            }
            Predicate::Labels => {
                bail!("floats need --threshold T: masks are where the values are above T")
            }
            Predicate::Binary => {
                bail!("{name} needs --threshold T: masks are where the values are above T")
            }
        }
    }
}

/// One array or image: masks of one type and size.
pub struct Input<'a> {
    /// True if it has a dimension of masks, even if of one.
    pub is_stack: bool,
    /// Height and width of its masks.
    pub size: [usize; 2],
    /// Number of its masks, and of the bytes of their pixels.
    pub masks: u64,
    pub bytes: u64,
    /// Remark on its shape, which looks like another layout's.
    pub hint: Option<String>,
    pub uses: Uses,
    /// Masks in order, some at a time.
    pub chunks: Box<dyn Iterator<Item = Result<PixelArray>> + 'a>,
}

/// Options that mean something to an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uses {
    /// It has the dimensions that a layout orders.
    pub layout: bool,
    /// Channels, if it is a PNG: the indices of a palette are none.
    pub channels: Option<bool>,
}

/// An input, or an array that is none.
pub enum Opened<'a> {
    Masks(Input<'a>),
    /// An array of this many dimensions that is no mask, beside masks.
    LeftOut(usize),
}

/// A function called with each input, or with the reason why it cannot be read. An error from it
/// ends the reading.
pub type Visit<'v> = dyn FnMut(&Name, Result<Input<'_>>) -> Result<()> + 'v;

/// A function called as [`Visit`] is, with arrays that are left out too.
pub type VisitOpened<'v> = dyn FnMut(&Name, Result<Opened<'_>>) -> Result<()> + 'v;
