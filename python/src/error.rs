//! The library's errors as exceptions of Python.

use maskrle::Error;
use pyo3::PyErr;
use pyo3::exceptions::{PyMemoryError, PyRuntimeError, PyValueError};

/// The exception for an error of the library, with its text: `MemoryError` for limits,
/// `RuntimeError` for a GPU that cannot do it, `ValueError` for all else.
pub(crate) fn exception(error: Error) -> PyErr {
    let text = error.to_string();
    match error {
        Error::Limit(_) => PyMemoryError::new_err(text),
        Error::Gpu(_) => PyRuntimeError::new_err(text),
        _ => PyValueError::new_err(text),
    }
}
