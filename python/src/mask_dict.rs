//! Reads COCO's dicts of one mask each: `{"size": [h, w], "counts": ...}`.

use maskrle::{CocoCounts, CocoMask, CocoRle, Error};
use numpy::PyUntypedArray;
use pyo3::exceptions::{PyKeyError, PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{
    PyByteArray, PyBytes, PyDict, PyList, PyMapping, PyMemoryView, PySequence, PyString,
};

use crate::arguments::shown;
use crate::error::exception;
use crate::number::whole;

/// True for a dict, and for any other mapping.
pub(crate) fn is_mapping(object: &Bound<'_, PyAny>) -> bool {
    object.is_instance_of::<PyDict>() || object.cast::<PyMapping>().is_ok()
}

/// The mask of a dict; `index` says in an error which one of several it is.
pub(crate) fn mask(object: &Bound<'_, PyAny>, index: Option<usize>) -> PyResult<CocoMask> {
    let py = object.py();
    let size = member(object, intern!(py, "size"), index)?;
    let size = sides(&size).ok_or_else(|| {
        PyValueError::new_err(format!(
            "{}size is [height, width], two whole numbers up to {}, not {size}",
            place(index),
            u32::MAX
        ))
    })?;
    let counts = member(object, intern!(py, "counts"), index)?;
    if let Ok(bytes) = counts.cast::<PyBytes>() {
        compressed(size, bytes.as_bytes(), index)
    } else if let Ok(text) = counts.cast::<PyString>() {
        // Of a surrogate, which UTF-8 does not have, the error then tells the place.
        compressed(size, text.to_string_lossy().as_bytes(), index)
    } else if let Ok(bytes) = counts.cast::<PyByteArray>() {
        compressed(size, &bytes.to_vec(), index)
    } else if counts.is_instance_of::<PyMemoryView>() {
        let bytes = counts.call_method0(intern!(py, "tobytes"))?;
        compressed(size, bytes.cast::<PyBytes>()?.as_bytes(), index)
    } else {
        let counts = numbers(&counts, index)?;
        Ok(CocoMask::Counts(CocoCounts { size, counts }))
    }
}

fn member<'py>(
    object: &Bound<'py, PyAny>,
    name: &Bound<'py, PyString>,
    index: Option<usize>,
) -> PyResult<Bound<'py, PyAny>> {
    let found = match object.cast::<PyDict>() {
        Ok(dict) => dict.get_item(name)?,
        Err(_) if is_mapping(object) => match object.get_item(name) {
            Err(error) if error.is_instance_of::<PyKeyError>(object.py()) => None,
            found => Some(found?),
        },
        Err(_) => {
            return Err(PyTypeError::new_err(format!(
                "{}a mask is a dict with size and counts, not {}",
                place(index),
                object.get_type().name()?
            )));
        }
    };
    found.ok_or_else(|| PyValueError::new_err(format!("{}the dict has no {name}", place(index))))
}

/// Height and width of a sequence of two; a list, which it mostly is, without asking what it is.
fn sides(size: &Bound<'_, PyAny>) -> Option<[u32; 2]> {
    let [height, width] = match size.cast::<PyList>() {
        Ok(list) if list.len() == 2 => [list.get_item(0).ok()?, list.get_item(1).ok()?],
        _ => size.extract().ok()?,
    };
    Some([whole(&height)?, whole(&width)?])
}

fn compressed(size: [u32; 2], counts: &[u8], index: Option<usize>) -> PyResult<CocoMask> {
    CocoRle::from_bytes(size, counts)
        .map(CocoMask::Rle)
        .map_err(|error| exception(at_mask(error, index)))
}

/// Numbers of a sequence or an array.
fn numbers(counts: &Bound<'_, PyAny>, index: Option<usize>) -> PyResult<Vec<u32>> {
    let list = if counts.is_instance_of::<PyUntypedArray>() {
        counts.call_method0(intern!(counts.py(), "tolist"))?
    } else {
        counts.clone()
    };
    let sequence = list.cast::<PySequence>().map_err(|_| {
        PyTypeError::new_err(format!(
            "{}counts are bytes, str, or a list of whole numbers up to {}, not {}",
            place(index),
            u32::MAX,
            type_name(counts),
        ))
    })?;
    let number = |(at, count): (usize, PyResult<Bound<'_, PyAny>>)| {
        let count = count?;
        whole(&count).ok_or_else(|| {
            let place = index.map_or_else(String::new, |index| format!("mask {index}, "));
            PyValueError::new_err(format!(
                "{place}count {at}: it is a whole number from 0 to {}, not {}",
                u32::MAX,
                shown(&count)
            ))
        })
    };
    sequence.try_iter()?.enumerate().map(number).collect()
}

fn type_name(object: &Bound<'_, PyAny>) -> String {
    let name = object.get_type().name();
    name.map_or_else(|_| "this".into(), |name| name.to_string())
}

fn place(index: Option<usize>) -> String {
    index.map_or_else(String::new, |index| format!("mask {index}: "))
}

/// The error, with the mask that it is about.
pub(crate) fn at_mask(error: Error, index: Option<usize>) -> Error {
    match error {
        Error::Format { at, what, .. } => Error::Format {
            mask: index,
            at,
            what,
        },
        other => other,
    }
}
