//! Intersection over union, of masks and of boxes.

use maskrle::ndarray::{Array2, ShapeBuilder};
use maskrle::{CocoMask, Runs, box_iou};
use numpy::{PyArray2, ToPyArray};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use super::objects::box_rows;
use crate::process::detached_if_long;
use crate::rle::{bytes, masks, objects};

/// `maskrle.mask.iou`.
#[pyfunction]
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
                Runs::read(&found)?.iou(&Runs::read(&truth)?, &is_crowd)
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
    Ok(column_major(py, &iou).into_any())
}

/// Detections, or ground truth.
enum Items {
    Masks(Vec<CocoMask>),
    Boxes(Vec<[f64; 4]>),
}

impl Items {
    fn read(items: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let (list, false) = objects(items)? {
            let is_dict = |item: &Bound<'_, PyAny>| item.is_instance_of::<PyDict>();
            if !list.is_empty() && list.iter().all(is_dict) {
                return Ok(Items::Masks(masks(&list)?));
            }
        }
        Ok(Items::Boxes(box_rows(items)?))
    }

    fn len(&self) -> usize {
        match self {
            Items::Masks(masks) => masks.len(),
            Items::Boxes(boxes) => boxes.len(),
        }
    }
}

/// Flags of a sequence of bools or numbers.
fn flags(sequence: &Bound<'_, PyAny>) -> PyResult<Vec<bool>> {
    sequence.try_iter()?.map(|flag| flag?.is_truthy()).collect()
}

fn column_major<'py>(py: Python<'py>, iou: &Array2<f64>) -> Bound<'py, PyArray2<f64>> {
    let mut array = Array2::zeros(iou.raw_dim().f());
    array.assign(iou);
    array.to_pyarray(py)
}
