//! Samples of one mask that is resampled, as f32 whatever their type.

use half::slice::HalfFloatSliceExt;
use half::{bf16, f16};
use ndarray::{ArrayView1, ArrayView2};

use super::typed::{Pixels, mask_of};

/// Samples of one mask, of a type whose values are all values of f32.
pub(crate) enum Samples<'v> {
    F16(ArrayView2<'v, f16>),
    Bf16(ArrayView2<'v, bf16>),
    F32(ArrayView2<'v, f32>),
}

impl<'v> Samples<'v> {
    /// The samples of one mask of an array of floats that are no f64.
    pub(super) fn new(pixels: &'v Pixels<'_>, place: [usize; 2]) -> Self {
        match pixels {
            Pixels::F16(view) => Samples::F16(mask_of(view, place)),
            Pixels::Bf16(view) => Samples::Bf16(mask_of(view, place)),
            Pixels::F32(view) => Samples::F32(mask_of(view, place)),
            _ => unreachable!("no others are resampled"),
        }
    }

    /// All samples row by row, if they are f32 and lie so.
    pub(crate) fn as_rows(&self) -> Option<&[f32]> {
        match self {
            Samples::F32(view) => view.to_slice(),
            _ => None,
        }
    }

    /// One sample.
    pub(crate) fn at(&self, [row, column]: [u32; 2]) -> f32 {
        let place = [row as usize, column as usize];
        match self {
            Samples::F16(view) => view[place].to_f32(),
            Samples::Bf16(view) => view[place].to_f32(),
            Samples::F32(view) => view[place],
        }
    }

    /// Appends the samples of a row at pairs of places, the first and the second of each apart. No
    /// others are read: a row may be one sample that is repeated without end.
    pub(crate) fn gather(&self, row: usize, places: &[[u32; 2]], out: [&mut Vec<f32>; 2]) {
        match self {
            Samples::F16(view) => gather(view.row(row), f16::to_f32, places, out),
            Samples::Bf16(view) => gather(view.row(row), bf16::to_f32, places, out),
            Samples::F32(view) => gather(view.row(row), |sample| sample, places, out),
        }
    }

    /// Appends a row to `out`.
    pub(crate) fn append_row(&self, row: usize, out: &mut Vec<f32>) {
        match self {
            Samples::F16(view) => append_halves(view.row(row), f16::to_f32, out),
            Samples::Bf16(view) => append_halves(view.row(row), bf16::to_f32, out),
            Samples::F32(view) => match view.row(row).to_slice() {
                Some(row) => out.extend_from_slice(row),
                None => out.extend(view.row(row)),
            },
        }
    }
}

/// Appends the samples of a row at pairs of places, the first and the second of each apart.
fn gather<T: Copy>(
    row: ArrayView1<'_, T>,
    convert: fn(T) -> f32,
    places: &[[u32; 2]],
    [first, second]: [&mut Vec<f32>; 2],
) {
    for places in places {
        let [before, after] = places.map(|place| convert(row[place as usize]));
        first.push(before);
        second.push(after);
    }
}

/// Appends floats of 16 bits to `out`, where they lie one after the other by the CPU's instruction.
fn append_halves<T: Copy>(row: ArrayView1<'_, T>, convert: fn(T) -> f32, out: &mut Vec<f32>)
where
    [T]: HalfFloatSliceExt,
{
    let first = out.len();
    match row.to_slice() {
        Some(row) => {
            out.resize(first + row.len(), 0.0);
            row.convert_to_f32_slice(&mut out[first..]);
        }
        None => out.extend(row.iter().map(|&sample| convert(sample))),
    }
}
