//! Areas, boxes, unions and intersections.

use maskrle::{CocoRle, SetOp};
use numpy::{PyArray1, PyArray2, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::rle::{bytes_dict, map_masks, with_masks};

/// `maskrle.mask.area`.
#[pyfunction]
pub(crate) fn mask_area<'py>(rle_objs: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = rle_objs.py();
    let (areas, is_single) = map_masks(rle_objs, |mask| mask.area())?;
    // A mask has at most u32::MAX pixels.
    let areas = areas.into_iter().map(|area| area as u32);
    let array = PyArray1::from_iter(py, areas).into_any();
    if is_single {
        array.get_item(0)
    } else {
        Ok(array)
    }
}

/// `maskrle.mask.toBbox`.
#[pyfunction]
pub(crate) fn mask_to_bbox<'py>(rle_objs: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = rle_objs.py();
    let (boxes, is_single) = map_masks(rle_objs, |mask| mask.bbox())?;
    let numbers = boxes.iter().flatten().map(|&side| f64::from(side));
    let array = PyArray1::from_iter(py, numbers);
    if is_single {
        return Ok(array.into_any());
    }
    let array: Bound<'py, PyArray2<f64>> = array.reshape([boxes.len(), 4])?;
    Ok(array.into_any())
}

/// `maskrle.mask.merge`.
#[pyfunction]
pub(crate) fn mask_merge<'py>(
    rle_objs: &Bound<'py, PyAny>,
    intersect: bool,
) -> PyResult<Bound<'py, PyDict>> {
    let py = rle_objs.py();
    let op = if intersect {
        SetOp::Intersection
    } else {
        SetOp::Union
    };
    let (merged, _) = with_masks(rle_objs, |runs| {
        if runs.is_empty() {
            return Ok(CocoRle::default());
        }
        runs.merge(op)?.to_coco()
    })?;
    bytes_dict(py, &merged)
}
