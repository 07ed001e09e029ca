//! COCO's dicts of one mask each: `{"size": [h, w], "counts": ...}`.

use maskrle::{CocoCounts, CocoMask, CocoRle, Error, MaskRuns, Runs};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple};
use rayon::prelude::*;

use crate::error::exception;
use crate::process::detached_if_long;

/// A mask's dict with the compressed string as bytes, which is pycocotools' own.
pub(crate) fn bytes_dict<'py>(py: Python<'py>, rle: &CocoRle) -> PyResult<Bound<'py, PyDict>> {
    dict(py, rle.size, PyBytes::new(py, rle.counts.as_bytes()))
}

/// A list of [`bytes_dict`] of each mask.
pub(crate) fn bytes_dicts<'py>(py: Python<'py>, rles: &[CocoRle]) -> PyResult<Bound<'py, PyList>> {
    let dicts = rles.iter().map(|rle| bytes_dict(py, rle));
    PyList::new(py, dicts.collect::<PyResult<Vec<_>>>()?)
}

/// A mask's dict with the compressed string as str, which JSON takes.
pub(crate) fn str_dict<'py>(py: Python<'py>, rle: &CocoRle) -> PyResult<Bound<'py, PyDict>> {
    dict(py, rle.size, PyString::new(py, &rle.counts))
}

/// A mask's dict with a list of counts, as SAM writes it.
pub(crate) fn counts_dict<'py>(py: Python<'py>, rle: &CocoCounts) -> PyResult<Bound<'py, PyDict>> {
    dict(py, rle.size, PyList::new(py, &rle.counts)?)
}

fn dict<'py>(
    py: Python<'py>,
    size: [u32; 2],
    counts: impl IntoPyObject<'py>,
) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item(intern!(py, "size"), PyList::new(py, size)?)?;
    dict.set_item(intern!(py, "counts"), counts)?;
    Ok(dict)
}

/// Result of `work` on the masks of a list or tuple of dicts, or of one dict, with true.
pub(crate) fn with_masks<R: Send>(
    rles: &Bound<'_, PyAny>,
    work: impl FnOnce(Runs) -> maskrle::Result<R> + Send,
) -> PyResult<(R, bool)> {
    let (objects, is_single) = objects(rles)?;
    let masks = masks(&objects)?;
    let result = detached_if_long(rles.py(), bytes(&masks), || work(Runs::read(&masks)?))?;
    Ok((result, is_single))
}

/// Results of `work` on each mask of a list or tuple of dicts, or of one dict, with true. The masks
/// are not made one stack: that copy took longer than the reading of 100 masks of 12,000 runs.
pub(crate) fn map_masks<R: Send>(
    rles: &Bound<'_, PyAny>,
    work: impl Fn(MaskRuns) -> R + Sync,
) -> PyResult<(Vec<R>, bool)> {
    let (objects, is_single) = objects(rles)?;
    let masks = masks(&objects)?;
    let several = (!is_single).then_some(());
    let one = |(index, mask): (usize, &CocoMask)| {
        mask.to_runs()
            .map(&work)
            .map_err(|error| at_mask(error, several.map(|()| index)))
    };
    let bytes = bytes(&masks);
    let results = detached_if_long(rles.py(), bytes, || {
        if bytes < BYTES_OF_SEVERAL_THREADS {
            masks.iter().enumerate().map(one).collect()
        } else {
            masks.par_iter().enumerate().map(one).collect()
        }
    })?;
    Ok((results, is_single))
}

/// Bytes of counts above which masks are worth several threads: about 50 us of reading.
const BYTES_OF_SEVERAL_THREADS: usize = 1 << 15;

/// Bytes of the masks' counts.
pub(crate) fn bytes(masks: &[CocoMask]) -> usize {
    let of_mask = |mask: &CocoMask| match mask {
        CocoMask::Rle(rle) => rle.counts.len(),
        CocoMask::Counts(rle) => size_of_val(rle.counts.as_slice()),
        _ => usize::MAX,
    };
    masks.iter().map(of_mask).fold(0, usize::saturating_add)
}

/// The objects of a list or tuple, or the one object that it is, with true.
pub(crate) fn objects<'py>(
    objects: &Bound<'py, PyAny>,
) -> PyResult<(Vec<Bound<'py, PyAny>>, bool)> {
    if let Ok(list) = objects.cast::<PyList>() {
        Ok((list.iter().collect(), false))
    } else if let Ok(tuple) = objects.cast::<PyTuple>() {
        Ok((tuple.iter().collect(), false))
    } else {
        Ok((vec![objects.clone()], true))
    }
}

/// Masks of dicts whose counts are bytes, str, or a list of numbers.
pub(crate) fn masks(objects: &[Bound<'_, PyAny>]) -> PyResult<Vec<CocoMask>> {
    let one = |(index, object)| mask(object, (objects.len() > 1).then_some(index));
    objects.iter().enumerate().map(one).collect()
}

/// The mask of a dict; `index` says in an error which one of several it is.
fn mask(object: &Bound<'_, PyAny>, index: Option<usize>) -> PyResult<CocoMask> {
    let py = object.py();
    let member = |name| -> PyResult<Bound<'_, PyAny>> {
        let Ok(dict) = object.cast::<PyDict>() else {
            return Err(PyTypeError::new_err(format!(
                "{}a mask is a dict with size and counts, not {}",
                place(index),
                object.get_type().name()?
            )));
        };
        dict.get_item(name)?
            .ok_or_else(|| PyValueError::new_err(format!("{}the dict has no {name}", place(index))))
    };
    let size = member(intern!(py, "size"))?;
    let size = sides(&size).map_err(|_| {
        PyValueError::new_err(format!(
            "{}size is [height, width], two whole numbers up to {}, not {size}",
            place(index),
            u32::MAX
        ))
    })?;
    let counts = member(intern!(py, "counts"))?;
    let string = if let Ok(bytes) = counts.cast::<PyBytes>() {
        CocoRle::from_bytes(size, bytes.as_bytes())
    } else if let Ok(text) = counts.cast::<PyString>() {
        CocoRle::from_bytes(size, text.to_cow()?.as_bytes())
    } else {
        let counts = counts.extract::<Vec<u32>>().map_err(|_| {
            PyTypeError::new_err(format!(
                "{}counts are bytes, str, or a list of whole numbers up to {}",
                place(index),
                u32::MAX
            ))
        })?;
        return Ok(CocoMask::Counts(CocoCounts { size, counts }));
    };
    string
        .map(CocoMask::Rle)
        .map_err(|error| exception(at_mask(error, index)))
}

/// Height and width of a sequence of two; a list, which it mostly is, without asking what it is.
fn sides(size: &Bound<'_, PyAny>) -> PyResult<[u32; 2]> {
    match size.cast::<PyList>() {
        Ok(list) if list.len() == 2 => {
            Ok([list.get_item(0)?.extract()?, list.get_item(1)?.extract()?])
        }
        _ => size.extract(),
    }
}

fn place(index: Option<usize>) -> String {
    index.map_or_else(String::new, |index| format!("mask {index}: "))
}

/// The error, with the mask that it is about.
fn at_mask(error: Error, index: Option<usize>) -> Error {
    match error {
        Error::Format { at, what, .. } => Error::Format {
            mask: index,
            at,
            what,
        },
        other => other,
    }
}
