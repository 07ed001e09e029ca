//! Whole numbers of callers, which are ints or floats, of Python or of numpy.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyInt;

/// The number, if it is whole and from 0 to `u32::MAX`.
pub(crate) fn whole(number: &Bound<'_, PyAny>) -> Option<u32> {
    if let Ok(number) = number.cast_exact::<PyInt>() {
        return number.extract().ok();
    }
    let number: f64 = number.extract().ok()?;
    let whole = number as u32;
    (f64::from(whole) == number).then_some(whole)
}

/// The side of a mask that the argument `name` is.
pub(crate) fn side(name: &str, number: &Bound<'_, PyAny>) -> PyResult<u32> {
    whole(number).ok_or_else(|| {
        PyValueError::new_err(format!(
            "{name} is a whole number from 0 to {}, not {number}",
            u32::MAX
        ))
    })
}
