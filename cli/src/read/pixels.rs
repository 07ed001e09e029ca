//! Pixels in memory, in the types that the library encodes.

use anyhow::{Result, bail};
use maskrle::ndarray::Array3;
use maskrle::{Masks, f16};

/// What is asked of the pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Question {
    /// Is it non-zero?
    Binary,
    /// Which value is it?
    Labels,
    /// Is it above this?
    Above(f64),
}

impl Question {
    /// Whether it can be asked of floats, or of integers.
    pub fn check(self, is_float: bool, type_name: &str) -> Result<()> {
        match (self, is_float) {
            (Question::Binary, true) => {
                bail!("{type_name} needs --threshold T: masks are where the values are above T")
            }
            (Question::Labels, true) => {
                bail!("{type_name} cannot be read as labels: --labels is for integers")
            }
            (Question::Above(_), false) => {
                bail!(
                    "--threshold is for floats, this is {type_name}: its masks are where it is not 0"
                )
            }
            _ => Ok(()),
        }
    }
}

/// Masks `[n, height, width]`, in whatever strides their file has them.
#[derive(Debug)]
pub enum Pixels {
    U8(Array3<u8>),
    I8(Array3<i8>),
    U16(Array3<u16>),
    I16(Array3<i16>),
    U32(Array3<u32>),
    I32(Array3<i32>),
    F16(Array3<f16>),
    F32(Array3<f32>),
}

impl Pixels {
    /// The masks, as the library takes them.
    pub fn masks(&self, question: Question) -> maskrle::Result<Masks<'_>> {
        macro_rules! integers {
            ($array:expr) => {
                if question == Question::Labels {
                    Masks::labels($array)
                } else {
                    Masks::binary($array)
                }
            };
        }
        // The readers ask `Question::check` first; a NaN, which the library refuses, cannot come
        // from there.
        let threshold = if let Question::Above(threshold) = question {
            threshold
        } else {
            f64::NAN
        };
        match self {
            Pixels::U8(array) => integers!(array),
            Pixels::I8(array) => integers!(array),
            Pixels::U16(array) => integers!(array),
            Pixels::I16(array) => integers!(array),
            Pixels::U32(array) => integers!(array),
            Pixels::I32(array) => integers!(array),
            Pixels::F16(array) => Masks::threshold(array, threshold),
            Pixels::F32(array) => Masks::threshold(array, threshold),
        }
    }

    /// How many bytes they take.
    pub fn bytes(&self) -> u64 {
        let (pixels, width) = match self {
            Pixels::U8(array) => (array.len(), 1),
            Pixels::I8(array) => (array.len(), 1),
            Pixels::U16(array) => (array.len(), 2),
            Pixels::I16(array) => (array.len(), 2),
            Pixels::U32(array) => (array.len(), 4),
            Pixels::I32(array) => (array.len(), 4),
            Pixels::F16(array) => (array.len(), 2),
            Pixels::F32(array) => (array.len(), 4),
        };
        pixels as u64 * width
    }
}
