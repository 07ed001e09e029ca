//! Values of runs of a label map, in the element type of its pixels.

use std::ops::Range;

use super::element::{Integer, Labels, with_labels};
use crate::error::Position;
use crate::{Error, Result};

impl Labels {
    /// The values as a slice of `T`, if that is their type.
    pub fn as_slice<T: Integer>(&self) -> Option<&[T]> {
        T::slice(self)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        with_labels!(self, values => values.len())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Value `index`, whatever its type.
    ///
    /// # Panics
    /// If there is no such value.
    pub fn get(&self, index: usize) -> i64 {
        with_labels!(self, values => i64::from(values[index]))
    }

    /// Values as the narrowest type that holds them all: u8, i8, u16, i16, u32 or i32.
    pub(crate) fn narrowest(values: &[i64]) -> Result<Self> {
        (all(values).map(Labels::U8))
            .or_else(|| all(values).map(Labels::I8))
            .or_else(|| all(values).map(Labels::U16))
            .or_else(|| all(values).map(Labels::I16))
            .or_else(|| all(values).map(Labels::U32))
            .or_else(|| all(values).map(Labels::I32))
            .ok_or_else(|| {
                Error::format(
                    Position::Values,
                    "no 32-bit type, signed or unsigned, holds them all",
                )
            })
    }

    /// The values of a range.
    pub(crate) fn part(&self, range: Range<usize>) -> Self {
        match self {
            Labels::Bool(values) => Labels::Bool(values[range].to_vec()),
            Labels::U8(values) => Labels::U8(values[range].to_vec()),
            Labels::I8(values) => Labels::I8(values[range].to_vec()),
            Labels::U16(values) => Labels::U16(values[range].to_vec()),
            Labels::I16(values) => Labels::I16(values[range].to_vec()),
            Labels::U32(values) => Labels::U32(values[range].to_vec()),
            Labels::I32(values) => Labels::I32(values[range].to_vec()),
        }
    }

    /// All values of several, one after the other: as the first one's type, or, where it does not
    /// hold them all, as the narrowest that does.
    pub(crate) fn concat(parts: &[&Labels]) -> Result<Self> {
        let all: Vec<i64> = parts
            .iter()
            .flat_map(|part| (0..part.len()).map(|index| part.get(index)))
            .collect();
        parts
            .first()
            .map_or_else(|| Labels::narrowest(&all), |first| first.of_same_type(&all))
    }

    /// Values as the type of these labels, or, where it does not hold them all, as the narrowest
    /// that does.
    pub(crate) fn of_same_type(&self, values: &[i64]) -> Result<Self> {
        let same = match self {
            Labels::Bool(_) if values.iter().all(|&value| matches!(value, 0 | 1)) => Some(
                Labels::Bool(values.iter().map(|&value| value != 0).collect()),
            ),
            Labels::Bool(_) => None,
            Labels::U8(_) => all(values).map(Labels::U8),
            Labels::I8(_) => all(values).map(Labels::I8),
            Labels::U16(_) => all(values).map(Labels::U16),
            Labels::I16(_) => all(values).map(Labels::I16),
            Labels::U32(_) => all(values).map(Labels::U32),
            Labels::I32(_) => all(values).map(Labels::I32),
        };
        same.map_or_else(|| Labels::narrowest(values), Ok)
    }
}

/// Values as `T`, if it holds them all.
fn all<T: TryFrom<i64>>(values: &[i64]) -> Option<Vec<T>> {
    values
        .iter()
        .map(|&value| T::try_from(value).ok())
        .collect()
}
