//! The library's errors as exceptions of Python.

use maskrle::Error;
use pyo3::PyErr;
use pyo3::exceptions::{PyMemoryError, PyRuntimeError, PyValueError};

/// Ends of the library's texts that name its own functions, and what they are in Python.
const ADVICE: [(&str, &str); 3] = [
    (
        "take their runs, and MaskRuns::split_labels",
        "format=\"values\" writes them, and split_labels of Runs.from_masks(..., labels=True) makes \
         masks of them",
    ),
    (
        "it takes a threshold, see Masks::threshold",
        "it takes threshold= or at_least=, and floats",
    ),
    (": see Encoder::with_device", ""),
];

/// The exception for an error of the library, with its text: `MemoryError` for limits,
/// `RuntimeError` for a GPU that cannot do it, `ValueError` for all else.
pub(crate) fn exception(error: Error) -> PyErr {
    let text = in_words_of_python(error.to_string());
    match error {
        Error::Limit(_) => PyMemoryError::new_err(text),
        Error::Gpu(_) => PyRuntimeError::new_err(text),
        _ => PyValueError::new_err(text),
    }
}

fn in_words_of_python(text: String) -> String {
    if let Some((found, _)) = text.split_once(": Limits::") {
        return format!("{found}: hand over fewer masks at a time");
    }
    let words = ADVICE.iter().find_map(|(library, python)| {
        let before = text.strip_suffix(library)?;
        Some(format!("{before}{python}"))
    });
    words.unwrap_or(text)
}
