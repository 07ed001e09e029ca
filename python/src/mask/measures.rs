//! Areas, boxes, unions and intersections.

use maskrle::{CocoRle, Runs, SetOp};
use numpy::{PyArray1, PyArray2, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::process::detached;
use crate::rle::{bytes_dict, masks, objects};

/// `maskrle.mask.area`.
#[pyfunction]
pub(crate) fn mask_area<'py>(rle_objs: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = rle_objs.py();
    let (runs, single) = read(rle_objs)?;
    let areas = detached(py, || Ok(runs.areas()))?;
    // A mask has at most u32::MAX pixels.
    let areas = areas.into_iter().map(|area| area as u32);
    let array = PyArray1::from_iter(py, areas).into_any();
    if single { array.get_item(0) } else { Ok(array) }
}

/// `maskrle.mask.toBbox`.
#[pyfunction]
pub(crate) fn mask_to_bbox<'py>(rle_objs: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = rle_objs.py();
    let (runs, single) = read(rle_objs)?;
    let boxes = detached(py, || Ok(runs.bboxes()))?;
    let numbers = boxes.iter().flatten().map(|&side| f64::from(side));
    let array = PyArray1::from_iter(py, numbers);
    if single {
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
    let (runs, _) = read(rle_objs)?;
    if runs.is_empty() {
        return bytes_dict(py, &CocoRle::default());
    }
    let op = if intersect {
        SetOp::Intersection
    } else {
        SetOp::Union
    };
    let merged = detached(py, || runs.merge(op)?.to_coco())?;
    bytes_dict(py, &merged)
}

/// The masks of a list of dicts, or of one dict, with true.
fn read(rle_objs: &Bound<'_, PyAny>) -> PyResult<(Runs, bool)> {
    let (objects, single) = objects(rle_objs)?;
    let masks = masks(&objects)?;
    Ok((detached(rle_objs.py(), || Runs::read(&masks))?, single))
}
