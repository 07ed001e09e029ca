//! Polygons, boxes and lists of counts to masks.

use std::iter;

use maskrle::{CocoMask, CocoRle, MaskRuns, Order, Result, Runs};
use numpy::{PyArray1, PyArrayMethods, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::exceptions::{PyOverflowError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::mask_dict::{is_mapping, mask};
use crate::number::side;
use crate::process::detached;
use crate::rle::{bytes_dicts, masks, several};

/// Masks of polygons, of boxes, or of lists of counts.
///
/// The first row tells boxes from polygons, as in pycocotools: rows of 4 numbers are boxes, longer
/// ones are polygons, so that a polygon of two points is taken for a box.
///
/// Args:
///     pyobj: a list of polygons [x0, y0, x1, y1, ...]; a list or array [n, 4] of boxes
///         [x, y, width, height]; a list of dicts {"size": [h, w], "counts": list of int}; or a
///         single one of these. All in pixels.
///     h: height of the masks. Dicts have their own size.
///     w: width of the masks.
///
/// Returns:
///     A list of dicts {"size": [h, w], "counts": bytes}; for a single object one dict.
///
/// Raises:
///     ValueError: for coordinates that are not finite; for counts that are no mask of their
///         size; for an empty list; for an h or w that is no whole number.
///     TypeError: for anything else.
///
/// >>> from maskrle import mask
/// >>> mask.frPyObjects([[1, 1, 4, 1, 4, 3, 1, 3]], 3, 4)
/// [{'size': [3, 4], 'counts': b'421000'}]
#[pyfunction(name = "frPyObjects")]
pub(crate) fn mask_from_objects<'py>(
    pyobj: &Bound<'py, PyAny>,
    h: &Bound<'py, PyAny>,
    w: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let size = size(h, w)?;
    if let Ok(array) = pyobj.cast::<PyUntypedArray>() {
        let shape = array.shape();
        if !matches!(shape, [4] | [0] | [_, 4]) {
            return Err(PyValueError::new_err(format!(
                "an array is of boxes, [n, 4], not of the shape {shape:?}: pass polygons as a list \
                 of rows"
            )));
        }
        return Ok(boxes(pyobj, size)?.into_any());
    }
    let Some(list) = several(pyobj)? else {
        return counts(vec![mask(pyobj, None)?], pyobj.py())?.get_item(0);
    };
    let Some(first) = list.first() else {
        return Err(PyValueError::new_err(
            "an empty list: polygons, boxes or masks cannot be told apart",
        ));
    };
    if is_mapping(first) {
        return Ok(counts(masks(&list)?, pyobj.py())?.into_any());
    }
    match first.len() {
        Ok(4) => Ok(boxes(pyobj, size)?.into_any()),
        Ok(numbers @ 0..4) => Err(PyValueError::new_err(format!(
            "the first row has {numbers} numbers: a box has 4, and a polygon more"
        ))),
        Ok(_) => Ok(polygons(pyobj, size)?.into_any()),
        Err(_) if list.len() == 4 => boxes(&list_of(pyobj)?, size)?.get_item(0),
        Err(_) => polygons(&list_of(pyobj)?, size)?.get_item(0),
    }
}

fn size(h: &Bound<'_, PyAny>, w: &Bound<'_, PyAny>) -> PyResult<[u32; 2]> {
    Ok([side("h", h)?, side("w", w)?])
}

fn list_of<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    Ok(PyList::new(object.py(), [object])?.into_any())
}

/// Masks of boxes.
///
/// Args:
///     bb: boxes [x, y, width, height], an array [n, 4] or a list; in pixels. Where width or height
///         is negative, the box lies left of x or above y.
///     h: height of the masks.
///     w: width of the masks.
///
/// Returns:
///     A list of n dicts {"size": [h, w], "counts": bytes}.
///
/// Raises:
///     ValueError: for other shapes, and for numbers that are not finite.
///
/// >>> from maskrle import mask
/// >>> mask.frBbox([[1, 0, 2, 2]], 3, 4)
/// [{'size': [3, 4], 'counts': b'32103'}]
#[pyfunction(name = "frBbox")]
pub(crate) fn mask_from_boxes<'py>(
    bb: &Bound<'py, PyAny>,
    h: &Bound<'py, PyAny>,
    w: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyList>> {
    boxes(bb, size(h, w)?)
}

fn boxes<'py>(bb: &Bound<'py, PyAny>, size: [u32; 2]) -> PyResult<Bound<'py, PyList>> {
    let boxes = box_rows(bb)?;
    let rles = detached(bb.py(), || {
        boxes
            .iter()
            .map(|&bbox| of_box(bbox, size))
            .collect::<Result<Vec<_>>>()
    })?;
    bytes_dicts(bb.py(), &rles)
}

/// The mask of a box, whose sides may be negative: then its corners are those of a polygon.
fn of_box(bbox: [f64; 4], size: [u32; 2]) -> Result<CocoRle> {
    let [x, y, width, height] = bbox;
    let is_turned = width < 0.0 || height < 0.0;
    if is_turned && bbox.iter().all(|number| number.is_finite()) {
        let (other_x, other_y) = (x + width, y + height);
        let corners = [x, y, x, other_y, other_x, other_y, other_x, y];
        return Runs::from_polygons(size, &[corners])?.mask(0).to_coco();
    }
    MaskRuns::from_bbox(size, Order::ColumnMajor, bbox)?.to_coco()
}

/// Masks of polygons, a mask each.
///
/// Args:
///     poly: polygons [x0, y0, x1, y1, ...], in pixels, the edges of a pixel at whole numbers. The
///         last number of an odd row is dropped, as pycocotools does.
///     h: height of the masks.
///     w: width of the masks.
///
/// Returns:
///     A list of dicts {"size": [h, w], "counts": bytes}: for a polygon without a point, of a mask
///     without foreground.
///
/// Raises:
///     ValueError: for coordinates that are not finite, or so large that pycocotools is undefined.
///
/// >>> from maskrle import mask
/// >>> mask.frPoly([[0, 0, 3, 0, 0, 3]], 3, 4)
/// [{'size': [3, 4], 'counts': b'021O7'}]
#[pyfunction(name = "frPoly")]
pub(crate) fn mask_from_polygons<'py>(
    poly: &Bound<'py, PyAny>,
    h: &Bound<'py, PyAny>,
    w: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyList>> {
    polygons(poly, size(h, w)?)
}

fn polygons<'py>(poly: &Bound<'py, PyAny>, size: [u32; 2]) -> PyResult<Bound<'py, PyList>> {
    let polygons = polygon_rows(poly)?;
    let rles = detached(poly.py(), || {
        Runs::from_polygons(size, &polygons)?.to_coco()
    })?;
    bytes_dicts(poly.py(), &rles)
}

/// Masks of lists of counts.
///
/// Args:
///     ucRles: a list of dicts {"size": [h, w], "counts": list of int, bytes or str}.
///     h: not used, as in pycocotools: the dicts have their size.
///     w: not used.
///
/// Returns:
///     A list of dicts {"size": [h, w], "counts": bytes}.
///
/// Raises:
///     ValueError: for counts that are no mask of their size.
///
/// >>> from maskrle import mask
/// >>> mask.frUncompressedRLE([{"size": [2, 3], "counts": [1, 5]}], 2, 3)
/// [{'size': [2, 3], 'counts': b'15'}]
#[pyfunction(name = "frUncompressedRLE")]
pub(crate) fn mask_from_counts<'py>(
    ucRles: &Bound<'py, PyAny>,
    h: &Bound<'py, PyAny>,
    w: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyList>> {
    let _ = (h, w);
    let masks = match several(ucRles)? {
        Some(objects) => masks(&objects)?,
        None => vec![mask(ucRles, None)?],
    };
    counts(masks, ucRles.py())
}

fn counts(masks: Vec<CocoMask>, py: Python<'_>) -> PyResult<Bound<'_, PyList>> {
    let strings: Vec<_> = detached(py, || masks.iter().map(compressed).collect())?;
    bytes_dicts(py, &strings)
}

/// The string of a mask, whose counts are checked.
fn compressed(mask: &CocoMask) -> Result<CocoRle> {
    mask.to_runs()?.to_coco()
}

/// Numbers of a list of ints and floats, which numpy would take longer to look through. None for
/// all else.
fn listed(object: &Bound<'_, PyAny>) -> Option<Vec<f64>> {
    let list = object.cast::<PyList>().ok()?;
    list.iter().map(|number| number.extract().ok()).collect()
}

/// Numbers of an object that numpy makes an array of.
fn numbers<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyUntypedArray>> {
    let py = object.py();
    let numpy = py.import(intern!(py, "numpy"))?;
    let array = numpy
        .call_method1(intern!(py, "asarray"), (object, intern!(py, "float64")))
        .map_err(|error| match error.is_instance_of::<PyOverflowError>(py) {
            true => PyValueError::new_err(format!("coordinates: {}", error.value(py))),
            false => error,
        })?;
    Ok(array.cast_into::<PyUntypedArray>()?)
}

/// Boxes of an array `[n, 4]` or `[4]`, or of a list.
pub(crate) fn box_rows(object: &Bound<'_, PyAny>) -> PyResult<Vec<[f64; 4]>> {
    let row = |row: Bound<'_, PyAny>| <[f64; 4]>::try_from(listed(&row)?).ok();
    if let Ok(list) = object.cast::<PyList>()
        && let Some(rows) = list.iter().map(row).collect()
    {
        return Ok(rows);
    }
    let array = numbers(object)?;
    match *array.shape() {
        [0] | [0, 4] | [4] | [_, 4] => {}
        ref shape => {
            return Err(PyValueError::new_err(format!(
                "boxes are four numbers each, an array [n, 4], not one of the shape {shape:?}"
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
/// twice changes nothing, and of fewer than three, or of none, pycocotools makes a mask too.
fn coordinates(polygon: &Bound<'_, PyAny>) -> PyResult<Vec<f64>> {
    let mut flat = match listed(polygon) {
        Some(numbers) => numbers,
        None => row_of_array(&numbers(polygon)?)?,
    };
    flat.truncate(flat.len() / 2 * 2);
    let last = flat.last_chunk().copied().unwrap_or([0.0; 2]);
    let missing = 6usize.saturating_sub(flat.len()) / 2;
    flat.extend(iter::repeat_n(last, missing).flatten());
    Ok(flat)
}

fn row_of_array(array: &Bound<'_, PyUntypedArray>) -> PyResult<Vec<f64>> {
    if array.ndim() != 1 {
        return Err(PyValueError::new_err(format!(
            "a polygon is a row of numbers x0, y0, x1, y1, ..., not an array of the shape {:?}",
            array.shape()
        )));
    }
    flattened(array)
}

fn flattened(array: &Bound<'_, PyUntypedArray>) -> PyResult<Vec<f64>> {
    let flat = array.call_method0(intern!(array.py(), "ravel"))?;
    Ok(flat.cast_into::<PyArray1<f64>>()?.to_vec()?)
}
