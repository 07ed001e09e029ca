//! Pixels to dicts, and back.

use maskrle::{MaskRuns, threads_are_there};
use numpy::{Element, PyArrayDyn, PyArrayMethods, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyTuple;
use rayon::prelude::*;

use crate::encoder::default_encoder;
use crate::masks::one_array;
use crate::process::detached_if_long;
use crate::rle::{Results, bytes_dict, bytes_dicts, map_masks};

/// Encode masks: pixels that are not 0 are foreground.
///
/// Args:
///     bimask: one mask [h, w], or n masks [h, w, n]; bool or integers, of any strides.
///
/// Returns:
///     {"size": [h, w], "counts": bytes} for one mask, a list of n such dicts for n.
///
/// Raises:
///     ValueError: for other numbers of dimensions.
///     TypeError: for floats.
///
/// >>> import numpy as np
/// >>> from maskrle import mask
/// >>> mask.encode(np.eye(3, dtype=np.uint8))
/// {'size': [3, 3], 'counts': b'013000'}
#[pyfunction(name = "encode")]
pub(crate) fn mask_encode<'py>(bimask: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = bimask.py();
    if let Ok(array) = bimask.cast::<PyUntypedArray>() {
        is_stack(array.ndim())?;
    }
    let pixels = one_array(bimask)?;
    let is_stack = is_stack(pixels.shape().len())?;
    let masks = pixels.binary_along_last(is_stack)?;
    let count = pixels.shape().iter().product();
    let rles = detached_if_long(py, count, || default_encoder()?.coco(&masks))?;
    if is_stack {
        Ok(bytes_dicts(py, &rles)?.into_any())
    } else {
        Ok(bytes_dict(py, &rles[0])?.into_any())
    }
}

/// True for masks `[h, w, n]`, false for one mask `[h, w]`.
fn is_stack(dimensions: usize) -> PyResult<bool> {
    match dimensions {
        2 => Ok(false),
        3 => Ok(true),
        _ => Err(PyValueError::new_err(format!(
            "masks are [h, w] or [h, w, n], not of {dimensions} dimensions"
        ))),
    }
}

/// Decode masks.
///
/// Args:
///     rleObjs: one dict {"size": [h, w], "counts": bytes, str or list of int}, or a list of n
///         dicts of one size.
///
/// Returns:
///     uint8, Fortran-ordered, of 0 and 1: [h, w] for one dict, [h, w, n] for a list.
///
/// Raises:
///     ValueError: for counts that are no mask of this size, which pycocotools takes for one; for
///         masks of several sizes; for an empty list, whose size nobody knows.
///     MemoryError: for a mask of more pixels than a call may make of a few bytes.
///
/// >>> from maskrle import mask
/// >>> mask.decode({"size": [2, 3], "counts": b"15"})
/// array([[0, 1, 1],
///        [1, 1, 1]], dtype=uint8)
#[pyfunction(name = "decode")]
pub(crate) fn mask_decode<'py>(
    rleObjs: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyArrayDyn<u8>>> {
    let py = rleObjs.py();
    let (masks, is_single) = match map_masks(rleObjs, |mask| mask)? {
        Results::One(mask) => (vec![mask], true),
        Results::Each(masks) => (masks, false),
    };
    let [height, width] = one_size(&masks)?;
    let array = match is_single {
        true => zeros(py, (height, width).into_pyobject(py)?)?,
        false => zeros(py, (height, width, masks.len()).into_pyobject(py)?)?,
    };
    let mut writable = array.readwrite();
    let pixels = writable.as_slice_mut()?;
    detached_if_long(py, pixels.len(), || {
        paint_all(&masks, pixels);
        Ok(())
    })?;
    drop(writable);
    Ok(array)
}

/// The size that all masks have.
fn one_size(masks: &[MaskRuns]) -> PyResult<[u32; 2]> {
    let Some(size) = masks.first().map(MaskRuns::size) else {
        return Err(PyValueError::new_err("no masks: their size is not known"));
    };
    match masks.iter().position(|mask| mask.size() != size) {
        None => Ok(size),
        Some(index) => Err(PyValueError::new_err(format!(
            "mask {index} is of {:?} pixels, mask 0 of {size:?}: decode them one by one",
            masks[index].size()
        ))),
    }
}

/// A new Fortran-ordered array of zeros, which numpy allocates: `MemoryError` where there is no
/// room. Pages that nothing is written to take no time.
fn zeros<'py>(py: Python<'py>, shape: Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyArrayDyn<u8>>> {
    static ZEROS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let zeros = ZEROS.import(py, "numpy", "zeros")?;
    let array = zeros.call1((shape, u8::get_dtype(py), intern!(py, "F")))?;
    Ok(array.cast_into()?)
}

/// Pixels of masks that are worth several threads: tens of microseconds.
const PIXELS_OF_SEVERAL_THREADS: usize = 1 << 18;

/// Writes 1 where masks are foreground to their pixels, column-major, all of which are 0.
fn paint_all(masks: &[MaskRuns], pixels: &mut [u8]) {
    let of_mask = pixels.len() / masks.len();
    if of_mask == 0 {
        return;
    }
    if pixels.len() < PIXELS_OF_SEVERAL_THREADS || !threads_are_there() {
        pixels
            .chunks_exact_mut(of_mask)
            .zip(masks)
            .for_each(|(pixels, mask)| paint(mask, pixels));
    } else {
        pixels
            .par_chunks_exact_mut(of_mask)
            .zip(masks)
            .for_each(|(pixels, mask)| paint(mask, pixels));
    }
}

fn paint(mask: &MaskRuns, pixels: &mut [u8]) {
    for (start, count) in mask.foreground() {
        pixels[start as usize..][..count as usize].fill(1);
    }
}
