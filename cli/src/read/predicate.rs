//! Predicates of pixels.

use anyhow::{Result, bail};
use maskrle::{Masks, PixelArray};

/// Predicate that makes masks of pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Predicate {
    /// Foreground where the pixel is not 0.
    Binary,
    /// The pixel's value itself: a label map, whose runs are of equal values.
    Labels,
    /// Foreground where the pixel is above the threshold.
    Above(f64),
}

impl Predicate {
    /// Masks that it makes of pixels.
    pub fn masks(self, pixels: &PixelArray) -> maskrle::Result<Masks<'_>> {
        match self {
            Predicate::Binary => pixels.binary(),
            Predicate::Labels => pixels.labels(),
            Predicate::Above(threshold) if pixels.element_type().is_float() => {
                pixels.threshold(threshold)
            }
            // Doubles, which were compared as they were read.
            Predicate::Above(_) => pixels.binary(),
        }
    }

    /// Fails where it does not go with the type of the pixels: `Binary` and `Labels` are for
    /// integers, `Above` is for floats.
    pub fn check(self, is_float: bool, type_name: &str) -> Result<()> {
        match (self, is_float) {
            (Predicate::Binary, true) => {
                bail!("{type_name} needs --threshold T: masks are where the values are above T")
            }
            (Predicate::Labels, true) => {
                bail!("{type_name} cannot be read as labels: --labels is for integers")
            }
            (Predicate::Above(_), false) => {
                bail!(
                    "--threshold is for floats, this is {type_name}: \
                     its masks are where it is not 0"
                )
            }
            _ => Ok(()),
        }
    }
}
