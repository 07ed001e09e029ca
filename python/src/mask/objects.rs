//! Polygons, boxes and lists of counts to masks.

use std::iter;

use maskrle::{CocoMask, CocoRle, MaskRuns, Order, Runs};
use numpy::{PyArray1, PyArrayMethods, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::process::detached;
use crate::rle::{bytes_dicts, masks, objects};

/// `maskrle.mask.frPyObjects`.
#[pyfunction]
pub(crate) fn mask_from_objects<'py>(
    pyobj: &Bound<'py, PyAny>,
    h: u32,
    w: u32,
) -> PyResult<Bound<'py, PyAny>> {
    if pyobj.is_instance_of::<PyUntypedArray>() {
        return Ok(mask_from_boxes(pyobj, h, w)?.into_any());
    }
    if pyobj.is_instance_of::<PyDict>() {
        return mask_from_counts(&list_of(pyobj)?)?.get_item(0);
    }
    let (list, false) = objects(pyobj)? else {
        return Err(PyTypeError::new_err(format!(
            "polygons, boxes or masks are a list, an array or a dict, not {}",
            pyobj.get_type().name()?
        )));
    };
    let Some(first) = list.first() else {
        return Err(PyValueError::new_err(
            "an empty list: polygons, boxes or masks cannot be told apart",
        ));
    };
    if first.is_instance_of::<PyDict>() {
        return Ok(mask_from_counts(pyobj)?.into_any());
    }
    match first.len() {
        Ok(4) => Ok(mask_from_boxes(pyobj, h, w)?.into_any()),
        Ok(_) => Ok(mask_from_polygons(pyobj, h, w)?.into_any()),
        Err(_) if list.len() == 4 => mask_from_boxes(&list_of(pyobj)?, h, w)?.get_item(0),
        Err(_) => mask_from_polygons(&list_of(pyobj)?, h, w)?.get_item(0),
    }
}

fn list_of<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    Ok(PyList::new(object.py(), [object])?.into_any())
}

/// `maskrle.mask.frBbox`.
#[pyfunction]
pub(crate) fn mask_from_boxes<'py>(
    bb: &Bound<'py, PyAny>,
    h: u32,
    w: u32,
) -> PyResult<Bound<'py, PyList>> {
    let boxes = box_rows(bb)?;
    let rles = detached(bb.py(), || {
        let rle = |&bbox| MaskRuns::from_bbox([h, w], Order::ColumnMajor, bbox)?.to_coco();
        boxes.iter().map(rle).collect::<maskrle::Result<Vec<_>>>()
    })?;
    bytes_dicts(bb.py(), &rles)
}

/// `maskrle.mask.frPoly`.
#[pyfunction]
pub(crate) fn mask_from_polygons<'py>(
    poly: &Bound<'py, PyAny>,
    h: u32,
    w: u32,
) -> PyResult<Bound<'py, PyList>> {
    let polygons = polygon_rows(poly)?;
    let rles = detached(poly.py(), || {
        Runs::from_polygons([h, w], &polygons)?.to_coco()
    })?;
    bytes_dicts(poly.py(), &rles)
}

/// `maskrle.mask.frUncompressedRLE`.
#[pyfunction]
pub(crate) fn mask_from_counts<'py>(rles: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
    let masks = masks(&objects(rles)?.0)?;
    let strings: Vec<_> = detached(rles.py(), || masks.iter().map(compressed).collect())?;
    bytes_dicts(rles.py(), &strings)
}

/// The string of a mask, whose counts are checked.
fn compressed(mask: &CocoMask) -> maskrle::Result<CocoRle> {
    mask.to_runs()?.to_coco()
}

/// Numbers of an object that numpy makes an array of.
fn numbers<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyUntypedArray>> {
    let py = object.py();
    let numpy = py.import(intern!(py, "numpy"))?;
    let array = numpy.call_method1(intern!(py, "asarray"), (object, intern!(py, "float64")))?;
    Ok(array.cast_into::<PyUntypedArray>()?)
}

/// Boxes of an array `[n, 4]` or `[4]`, or of a list.
pub(crate) fn box_rows(object: &Bound<'_, PyAny>) -> PyResult<Vec<[f64; 4]>> {
    let array = numbers(object)?;
    match *array.shape() {
        [0] | [0, 4] | [4] | [_, 4] => {}
        ref shape => {
            return Err(PyValueError::new_err(format!(
                "boxes are [x, y, width, height], an array [n, 4], not one of the shape {shape:?}"
            )));
        }
    }
    let flat = flattened(&array)?;
    Ok(flat.as_chunks::<4>().0.to_vec())
}

/// Coordinates of each polygon of a list.
pub(crate) fn polygon_rows(polygons: &Bound<'_, PyAny>) -> PyResult<Vec<Vec<f64>>> {
    let rows = polygons.try_iter()?;
    rows.map(|polygon| coordinates(&polygon?)).collect()
}

/// Coordinates of a polygon: an even number, and of three points at least. A point that is there
/// twice changes nothing, and of fewer than three pycocotools makes a mask too.
fn coordinates(polygon: &Bound<'_, PyAny>) -> PyResult<Vec<f64>> {
    let array = numbers(polygon)?;
    if array.ndim() != 1 {
        return Err(PyValueError::new_err(format!(
            "a polygon is a row of numbers x0, y0, x1, y1, ..., not an array of the shape {:?}",
            array.shape()
        )));
    }
    let mut flat = flattened(&array)?;
    flat.truncate(flat.len() / 2 * 2);
    if let &[.., x, y] = flat.as_slice() {
        let missing = 6usize.saturating_sub(flat.len()) / 2;
        flat.extend(iter::repeat_n([x, y], missing).flatten());
    }
    Ok(flat)
}

fn flattened(array: &Bound<'_, PyUntypedArray>) -> PyResult<Vec<f64>> {
    let flat = array.call_method0(intern!(array.py(), "ravel"))?;
    Ok(flat.cast_into::<PyArray1<f64>>()?.to_vec()?)
}
