//! Arguments whose errors say their names, and what they would have to be.

use std::fmt::Display;

use maskrle::Connectivity;
use pyo3::conversion::FromPyObjectOwned;
use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBool;

/// Height and width of masks: the keyword `size`.
#[derive(Clone, Copy)]
pub(crate) struct Size(pub(crate) [u32; 2]);

impl<'a, 'py> FromPyObject<'a, 'py> for Size {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let wanted = format!("(height, width), two whole numbers from 0 to {}", u32::MAX);
        value
            .extract()
            .map(Size)
            .map_err(refused("size", &value, wanted))
    }
}

/// A box of x, y, width and height: the argument `bbox`.
pub(crate) struct Bbox(pub(crate) [u32; 4]);

impl<'a, 'py> FromPyObject<'a, 'py> for Bbox {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let wanted = format!(
            "(x, y, width, height), four whole numbers from 0 to {}",
            u32::MAX
        );
        value
            .extract()
            .map(Bbox)
            .map_err(refused("bbox", &value, wanted))
    }
}

/// Declares functions that read a whole number of the name and type given.
macro_rules! whole_numbers {
    ($($name:ident: $type:ty, to $last:expr;)*) => {
        $(pub(crate) fn $name(value: &Bound<'_, PyAny>) -> PyResult<$type> {
            let wanted = format!("a whole number from 0 to {}", $last);
            value.extract().map_err(refused(stringify!($name), value, wanted))
        })*
    };
}

whole_numbers! {
    left: u32, to u32::MAX;
    right: u32, to u32::MAX;
    top: u32, to u32::MAX;
    bottom: u32, to u32::MAX;
    down: u32, to u32::MAX;
    across: u32, to u32::MAX;
    radius: Option<u32>, to u32::MAX;
    min_area: u64, to "2**64 - 1";
    threads: Option<usize>, to "1024, or None for one a core";
    memory: Option<u64>, to "2**64 - 1, or None for 256 MiB";
}

/// A number of quarter turns: the argument `turns`.
pub(crate) fn turns(value: &Bound<'_, PyAny>) -> PyResult<i32> {
    let wanted = "a whole number from -2**31 to 2**31 - 1";
    value.extract().map_err(refused("turns", value, wanted))
}

/// A map that keeps parallels: the argument `matrix`.
pub(crate) fn affine(value: &Bound<'_, PyAny>) -> PyResult<[[f64; 3]; 2]> {
    let wanted = "2 x 3 numbers, rows of an affine map";
    value.extract().map_err(refused("matrix", value, wanted))
}

/// A homography: the argument `matrix`.
pub(crate) fn homography(value: &Bound<'_, PyAny>) -> PyResult<[[f64; 3]; 3]> {
    let wanted = "3 x 3 numbers, rows of a perspective map";
    value.extract().map_err(refused("matrix", value, wanted))
}

/// Sides of a footprint: the keyword `box`.
pub(crate) fn footprint_box(value: &Bound<'_, PyAny>) -> PyResult<Option<[u32; 2]>> {
    let wanted = "(height, width), two odd whole numbers";
    value.extract().map_err(refused("box", value, wanted))
}

/// Neighbours of a pixel: the argument `connectivity`.
pub(crate) fn connectivity(value: &Bound<'_, PyAny>) -> PyResult<Connectivity> {
    let connectivity = match value.extract() {
        Ok(4) => Ok(Connectivity::Four),
        Ok(8) => Ok(Connectivity::Eight),
        Ok(_) => Err(PyValueError::new_err("")),
        Err(error) => Err(error),
    };
    connectivity.map_err(refused("connectivity", value, "4 or 8"))
}

/// Labels of masks: the argument `labels`.
pub(crate) fn labels(value: &Bound<'_, PyAny>) -> PyResult<Option<Vec<i64>>> {
    let wanted = "a list of whole numbers from -2**63 to 2**63 - 1, or None for 1, 2, 3, ...";
    let numbers = (!value.is_none()).then(|| items(value));
    numbers
        .transpose()
        .map_err(refused("labels", value, wanted))
}

/// Scores of masks: the argument `scores`.
pub(crate) fn scores(value: &Bound<'_, PyAny>) -> PyResult<Vec<f64>> {
    items(value).map_err(refused(
        "scores",
        value,
        "a list of numbers, one for each mask",
    ))
}

/// Flags of masks, bools or ints of 0 and 1: the argument `is_crowd`.
pub(crate) fn is_crowd(value: &Bound<'_, PyAny>) -> PyResult<Option<Vec<bool>>> {
    if value.is_none() {
        return Ok(None);
    }
    let wanted = "a list of True and False, or of 1 and 0, one for each of other";
    let flag = |flag: Bound<'_, PyAny>| {
        if let Ok(flag) = flag.extract::<bool>() {
            return Ok(flag);
        }
        match flag.extract::<i64>() {
            Ok(0) => Ok(false),
            Ok(1) => Ok(true),
            Ok(_) => Err(PyValueError::new_err("")),
            Err(error) => Err(error),
        }
    };
    let flags = || {
        value
            .try_iter()?
            .map(|item| flag(item?))
            .collect::<PyResult<Vec<_>>>()
    };
    flags()
        .map(Some)
        .map_err(refused("is_crowd", value, wanted))
}

/// Numbers of whatever is iterated.
fn items<'py, T: FromPyObjectOwned<'py>>(value: &Bound<'py, PyAny>) -> PyResult<Vec<T>> {
    let item = |item: PyResult<Bound<'py, PyAny>>| item?.extract().map_err(Into::into);
    value.try_iter()?.map(item).collect()
}

/// True for a keyword that is None or False.
pub(crate) fn is_off(value: &Bound<'_, PyAny>) -> bool {
    value.is_none() || value.is(&*PyBool::new(value.py(), false))
}

/// The error for a value that is not what it would have to be: a `TypeError` of another type, a
/// `ValueError` of another length or range. What the value itself raised otherwise stays.
fn refused<'a>(
    name: &'a str,
    value: &'a Bound<'_, PyAny>,
    wanted: impl Display + 'a,
) -> impl FnOnce(PyErr) -> PyErr + 'a {
    move |error| {
        let py = value.py();
        let text = || format!("{name}={}: it is {wanted}", shown(value));
        if error.is_instance_of::<PyTypeError>(py) {
            PyTypeError::new_err(text())
        } else if error.is_instance_of::<PyValueError>(py)
            || error.is_instance_of::<PyOverflowError>(py)
        {
            PyValueError::new_err(text())
        } else {
            error
        }
    }
}

/// The value as Python shows it, in one line and not at length.
pub(crate) fn shown(value: &Bound<'_, PyAny>) -> String {
    /// Characters of a long value that are shown.
    const SHOWN: usize = 60;
    let text = match value.repr() {
        Ok(text) => text.to_string_lossy().into_owned(),
        Err(_) => return "...".into(),
    };
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line,
    }
}
