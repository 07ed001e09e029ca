//! Pixels in memory, in the types that the library encodes.

use maskrle::ndarray::Array3;
use maskrle::{Masks, f16};

use super::predicate::Predicate;

/// Masks `[n, height, width]`, in the strides that their file has.
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
    /// Masks as the library takes them.
    pub fn masks(&self, predicate: Predicate) -> maskrle::Result<Masks<'_>> {
        macro_rules! integers {
            ($array:expr) => {
                if predicate == Predicate::Labels {
                    Masks::labels($array)
                } else {
                    Masks::binary($array)
                }
            };
        }
        // The readers call `Predicate::check` first: pixels of floats come with a threshold, and
        // the NaN, which the library refuses, stands in for none.
        let threshold = if let Predicate::Above(threshold) = predicate {
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

    /// Number of bytes that the pixels take.
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
