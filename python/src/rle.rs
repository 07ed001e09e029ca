//! Calls on COCO's dicts, and the dicts that they give.

use std::slice;

use maskrle::{CocoCounts, CocoMask, CocoRle, MaskRuns, Runs, threads_are_there};
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple};
use rayon::prelude::*;

use crate::mask_dict::{at_mask, is_mapping, mask};
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

/// Result of `work` on the masks of several dicts, or of one, with true.
pub(crate) fn with_masks<R: Send>(
    rles: &Bound<'_, PyAny>,
    work: impl FnOnce(Runs) -> maskrle::Result<R> + Send,
) -> PyResult<(R, bool)> {
    let (masks, is_single) = match several(rles)? {
        Some(objects) => (masks(&objects)?, false),
        None => (vec![mask(rles, None)?], true),
    };
    let result = detached_if_long(rles.py(), bytes(&masks), || work(Runs::read(&masks)?))?;
    Ok((result, is_single))
}

/// Results of a call on one mask, or on each of several.
pub(crate) enum Results<R> {
    One(R),
    Each(Vec<R>),
}

/// Results of `work` on the mask of each dict. The masks are not made one stack: that copy took
/// longer than the reading of 100 masks of 12,000 runs.
pub(crate) fn map_masks<R: Send>(
    rles: &Bound<'_, PyAny>,
    work: impl Fn(MaskRuns) -> R + Sync,
) -> PyResult<Results<R>> {
    let Some(objects) = several(rles)? else {
        let mask = mask(rles, None)?;
        let bytes = bytes(slice::from_ref(&mask));
        let result = detached_if_long(rles.py(), bytes, || mask.to_runs().map(&work))?;
        return Ok(Results::One(result));
    };
    let masks = masks(&objects)?;
    let one = |(index, mask): (usize, &CocoMask)| {
        let runs = mask.to_runs().map_err(|error| at_mask(error, Some(index)));
        runs.map(&work)
    };
    let bytes = bytes(&masks);
    let results = detached_if_long(rles.py(), bytes, || {
        if bytes < BYTES_OF_SEVERAL_THREADS || !threads_are_there() {
            masks.iter().enumerate().map(one).collect()
        } else {
            masks.par_iter().enumerate().map(one).collect()
        }
    })?;
    Ok(Results::Each(results))
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

/// The objects of a list, a tuple, an array or whatever else is iterated; None for a single dict.
pub(crate) fn several<'py>(
    objects: &Bound<'py, PyAny>,
) -> PyResult<Option<Vec<Bound<'py, PyAny>>>> {
    if let Ok(list) = objects.cast::<PyList>() {
        Ok(Some(list.iter().collect()))
    } else if let Ok(tuple) = objects.cast::<PyTuple>() {
        Ok(Some(tuple.iter().collect()))
    } else if is_mapping(objects) {
        Ok(None)
    } else {
        let items = objects.try_iter().map_err(|_| {
            PyTypeError::new_err(format!(
                "masks are a dict with size and counts, or a list of such dicts, not {objects}"
            ))
        })?;
        items.collect::<PyResult<_>>().map(Some)
    }
}

/// Masks of several dicts.
pub(crate) fn masks(objects: &[Bound<'_, PyAny>]) -> PyResult<Vec<CocoMask>> {
    let one = |(index, object)| mask(object, Some(index));
    objects.iter().enumerate().map(one).collect()
}
