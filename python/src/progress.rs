//! Long calls in parts, with a report after each.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::arguments::{Size, is_off};

/// Result of `encode` on masks; of their parts, one by one, if the caller wants reports.
pub(crate) fn in_parts<'py>(
    masks: &Bound<'py, PyAny>,
    size: Option<Size>,
    progress: Option<&Bound<'py, PyAny>>,
    encode: impl Fn(&Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let Some(progress) = progress.filter(|progress| !is_off(progress)) else {
        return encode(masks);
    };
    let py = masks.py();
    let module = py.import(intern!(py, "maskrle._progress"))?;
    let arguments = (masks, size.map(|size| size.0), progress);
    let parts = module.call_method1(intern!(py, "parts"), arguments)?;
    let all = PyList::empty(py);
    let mut single = None;
    for part in parts.try_iter()? {
        let encoded = encode(&part?)?;
        match encoded.is_instance_of::<PyList>() {
            true => all
                .call_method1(intern!(py, "extend"), (encoded,))
                .map(drop)?,
            false => single = Some(encoded),
        }
    }
    Ok(single.unwrap_or(all.into_any()))
}
