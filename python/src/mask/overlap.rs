//! Intersection over union, of masks and of boxes.

use maskrle::ndarray::{Array2, ShapeBuilder};
use maskrle::{CocoMask, Result, Runs, box_iou};
use numpy::{PyArray2, PyReadonlyArray1, ToPyArray};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyInt, PyList};

use super::objects::box_rows;
use crate::mask_dict::is_mapping;
use crate::process::detached_if_long;
use crate::rle::{bytes, masks, several};

/// Intersection over union of each of dt with each of gt.
///
/// Masks of different sizes have -1 where their boxes overlap, and 0 where they do not, as in
/// pycocotools.
///
/// Args:
///     dt: detections: a list of dicts {"size": [h, w], "counts": bytes, str or list of int}, or
///         boxes [x, y, width, height] as an array [n, 4] or a list.
///     gt: ground truth, likewise.
///     pyiscrowd: for each of gt, 0 or 1, or a bool: true where it is a crowd. Then the
///         intersection is divided by the area of the detection alone.
///
/// Returns:
///     float64 [len(dt), len(gt)], Fortran-ordered; an empty list where either is empty.
///
/// Raises:
///     ValueError: for a pyiscrowd of another length than gt; for counts that are no mask of their
///         size.
///     TypeError: where one is masks and the other boxes.
///
/// >>> from maskrle import mask
/// >>> mask.iou([[0, 0, 2, 2]], [[1, 0, 2, 2], [5, 5, 1, 1]], [False, False]).round(3).tolist()
/// [[0.333, 0.0]]
#[pyfunction(name = "iou")]
pub(crate) fn mask_iou<'py>(
    dt: &Bound<'py, PyAny>,
    gt: &Bound<'py, PyAny>,
    pyiscrowd: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = dt.py();
    let is_crowd = flags(pyiscrowd)?;
    let (found, truth) = (Items::read(dt)?, Items::read(gt)?);
    if is_crowd.len() != truth.len() {
        return Err(PyValueError::new_err(format!(
            "pyiscrowd has {} entries, and gt {}",
            is_crowd.len(),
            truth.len()
        )));
    }
    if found.len() == 0 || truth.len() == 0 {
        return Ok(PyList::empty(py).into_any());
    }
    // A pair of boxes takes less than so many bytes of counts do.
    let pairs = found.len().saturating_mul(truth.len()).saturating_mul(256);
    let iou = match (found, truth) {
        (Items::Masks(found), Items::Masks(truth)) => {
            let bytes = bytes(&found).saturating_add(bytes(&truth));
            detached_if_long(py, pairs.saturating_add(bytes), || {
                iou_of_masks(&Runs::read(&found)?, &Runs::read(&truth)?, &is_crowd)
            })?
        }
        (Items::Boxes(found), Items::Boxes(truth)) => {
            detached_if_long(py, pairs, || box_iou(&found, &truth, &is_crowd))?
        }
        _ => {
            return Err(PyTypeError::new_err(
                "dt and gt are both masks, or both boxes",
            ));
        }
    };
    Ok(column_major(py, iou).into_any())
}

/// Detections, or ground truth.
enum Items {
    Masks(Vec<CocoMask>),
    Boxes(Vec<[f64; 4]>),
}

impl Items {
    fn read(items: &Bound<'_, PyAny>) -> PyResult<Self> {
        let is_list_of_mappings = !items.is_instance_of::<numpy::PyUntypedArray>()
            && items.get_item(0).is_ok_and(|first| is_mapping(&first));
        if is_list_of_mappings && let Some(objects) = several(items)? {
            Ok(Items::Masks(masks(&objects)?))
        } else {
            Ok(Items::Boxes(box_rows(items)?))
        }
    }

    fn len(&self) -> usize {
        match self {
            Items::Masks(masks) => masks.len(),
            Items::Boxes(boxes) => boxes.len(),
        }
    }
}

/// Flags of a list of bools or whole numbers, or of what numpy makes uint8 of, as pycocotools does.
fn flags(pyiscrowd: &Bound<'_, PyAny>) -> PyResult<Vec<bool>> {
    let py = pyiscrowd.py();
    let flag = |flag: Bound<'_, PyAny>| match flag.cast_exact::<PyBool>() {
        Ok(flag) => Some(flag.is_true()),
        Err(_) => Some(flag.cast_exact::<PyInt>().ok()?.extract::<u8>().ok()? != 0),
    };
    if let Ok(list) = pyiscrowd.cast::<PyList>()
        && let Some(flags) = list.iter().map(flag).collect()
    {
        return Ok(flags);
    }
    let wrong = |error: PyErr| {
        let text = format!("pyiscrowd is 0 or 1 for each of gt: {}", error.value(py));
        if error.is_instance_of::<PyTypeError>(py) {
            PyTypeError::new_err(text)
        } else {
            PyValueError::new_err(text)
        }
    };
    let numpy = py.import(intern!(py, "numpy"))?;
    let array = numpy
        .call_method1(intern!(py, "array"), (pyiscrowd, intern!(py, "uint8")))
        .map_err(wrong)?;
    let array: PyReadonlyArray1<'_, u8> = array
        .extract()
        .map_err(|_| PyValueError::new_err("pyiscrowd is a list, 0 or 1 for each of gt"))?;
    Ok(array.as_array().iter().map(|&flag| flag != 0).collect())
}

/// Overlap of masks, which may be of several sizes.
fn iou_of_masks(found: &Runs, truth: &Runs, is_crowd: &[bool]) -> Result<Array2<f64>> {
    let size = found.sizes()[0];
    let is_of_size = |runs: &Runs| runs.sizes().iter().all(|&other| other == size);
    if is_of_size(found) && is_of_size(truth) {
        return found.iou(truth, is_crowd);
    }
    let boxes = |runs: &Runs| -> Vec<_> {
        let bboxes = runs.bboxes().into_iter();
        bboxes.map(|bbox| bbox.map(f64::from)).collect()
    };
    let overlap = box_iou(&boxes(found), &boxes(truth), is_crowd)?;
    let mut iou = overlap.mapv_into(|overlap| if overlap > 0.0 { -1.0 } else { 0.0 });
    let mut sizes = found.sizes().to_vec();
    sizes.sort_unstable();
    sizes.dedup();
    for size in sizes {
        let of_size = |runs: &Runs| -> Vec<usize> {
            let sizes = runs.sizes();
            (0..runs.len())
                .filter(|&index| sizes[index] == size)
                .collect()
        };
        let (rows, columns) = (of_size(found), of_size(truth));
        let is_crowd: Vec<_> = columns.iter().map(|&column| is_crowd[column]).collect();
        let (found, truth) = (
            found.select(rows.iter().copied())?,
            truth.select(columns.iter().copied())?,
        );
        for ((row, column), &overlap) in found.iou(&truth, &is_crowd)?.indexed_iter() {
            iou[[rows[row], columns[column]]] = overlap;
        }
    }
    Ok(iou)
}

/// The array in memory by columns, which is not copied where it is so.
fn column_major<'py>(py: Python<'py>, iou: Array2<f64>) -> Bound<'py, PyArray2<f64>> {
    if iou.t().is_standard_layout() {
        return PyArray2::from_owned_array(py, iou);
    }
    let mut array = Array2::zeros(iou.raw_dim().f());
    array.assign(&iou);
    array.to_pyarray(py)
}
