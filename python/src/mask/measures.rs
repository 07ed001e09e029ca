//! Areas, boxes, unions and intersections.

use maskrle::ndarray::arr2;
use maskrle::{CocoRle, SetOp};
use numpy::{PyArray1, ToPyArray};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::rle::{Results, bytes_dict, map_masks, with_masks};

/// Number of foreground pixels.
///
/// Args:
///     rleObjs: one dict {"size": [h, w], "counts": bytes, str or list of int}, or a list of them.
///
/// Returns:
///     uint32: a scalar for one dict, an array [n] for a list.
///
/// Raises:
///     ValueError: for counts that are no mask of this size.
///
/// >>> from maskrle import mask
/// >>> int(mask.area({"size": [2, 3], "counts": b"15"}))
/// 5
#[pyfunction(name = "area")]
pub(crate) fn mask_area<'py>(rleObjs: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = rleObjs.py();
    // A mask has at most u32::MAX pixels.
    match map_masks(rleObjs, |mask| mask.area() as u32)? {
        // A scalar of an array is made in half the time of one that numpy.uint32 makes.
        Results::One(area) => PyArray1::from_slice(py, &[area]).get_item(0),
        Results::Each(areas) => Ok(PyArray1::from_slice(py, &areas).into_any()),
    }
}

/// Smallest boxes around the foreground.
///
/// Args:
///     rleObjs: one dict {"size": [h, w], "counts": bytes, str or list of int}, or a list of them.
///
/// Returns:
///     float64 [x, y, width, height] in pixels, zeros for a mask without foreground: [4] for one
///     dict, [n, 4] for a list.
///
/// Raises:
///     ValueError: for counts that are no mask of this size.
///
/// >>> from maskrle import mask
/// >>> mask.toBbox({"size": [3, 3], "counts": [4, 2, 1, 1, 1]}).tolist()
/// [1.0, 1.0, 2.0, 2.0]
#[pyfunction(name = "toBbox")]
pub(crate) fn mask_to_bbox<'py>(rleObjs: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = rleObjs.py();
    Ok(
        match map_masks(rleObjs, |mask| mask.bbox().map(f64::from))? {
            Results::One(bbox) => PyArray1::from_slice(py, &bbox).into_any(),
            Results::Each(boxes) => arr2(&boxes).to_pyarray(py).into_any(),
        },
    )
}

/// Union of masks, or their intersection.
///
/// Args:
///     rleObjs: a list of dicts {"size": [h, w], "counts": bytes, str or list of int}, of one size.
///     intersect: true for the intersection.
///
/// Returns:
///     {"size": [h, w], "counts": bytes}; of an empty list {"size": [0, 0], "counts": b""}.
///
/// Raises:
///     ValueError: for masks of several sizes, for which pycocotools answers an empty mask; for
///         counts that are no mask of this size.
///     TypeError: for an intersect that is neither a bool nor a number.
///
/// >>> from maskrle import mask
/// >>> left, right = {"size": [1, 3], "counts": [0, 2, 1]}, {"size": [1, 3], "counts": [1, 2]}
/// >>> mask.merge([left, right], intersect=True)
/// {'size': [1, 3], 'counts': b'111'}
#[pyfunction(name = "merge")]
#[pyo3(signature = (rleObjs, intersect = false))]
pub(crate) fn mask_merge<'py>(
    rleObjs: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = is_true)] intersect: bool,
) -> PyResult<Bound<'py, PyDict>> {
    let op = if intersect {
        SetOp::Intersection
    } else {
        SetOp::Union
    };
    let (merged, _) = with_masks(rleObjs, |runs| {
        if runs.is_empty() {
            return Ok(CocoRle::default());
        }
        runs.merge(op)?.to_coco()
    })?;
    bytes_dict(rleObjs.py(), &merged)
}

/// True for a bool that is, and for a number whose whole part is not 0, as C has it.
fn is_true(flag: &Bound<'_, PyAny>) -> PyResult<bool> {
    if let Ok(flag) = flag.extract() {
        return Ok(flag);
    }
    let number: f64 = flag.extract().map_err(|_| {
        PyTypeError::new_err(format!("intersect is a bool or a number, not {flag}"))
    })?;
    Ok(number.trunc() != 0.0)
}
