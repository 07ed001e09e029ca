//! Predicates of pixels.

use anyhow::{Result, bail};

/// Predicate of a pixel: masks are where it holds, or the areas of one value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Predicate {
    /// True where the pixel is not 0.
    Binary,
    /// The pixel's value: each but 0 is a mask of its own.
    Labels,
    /// True where the pixel is above the threshold.
    Above(f64),
}

impl Predicate {
    /// Fails unless pixels of this type can be asked it: labels and zeros are of integers,
    /// thresholds of floats.
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
