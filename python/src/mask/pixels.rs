//! Pixels to dicts, and back.

use maskrle::{Order, Runs};
use numpy::{PyArrayMethods, PyUntypedArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::array::zeros;
use crate::encoder::default_encoder;
use crate::masks::one_array;
use crate::process::detached_if_long;
use crate::rle::{bytes_dict, bytes_dicts, with_masks};

/// `maskrle.mask.encode`.
#[pyfunction]
pub(crate) fn mask_encode<'py>(bimask: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = bimask.py();
    let pixels = one_array(bimask)?;
    let many = match pixels.shape().len() {
        2 => false,
        3 => true,
        dimensions => {
            return Err(PyValueError::new_err(format!(
                "masks are [h, w] or [h, w, n], not of {dimensions} dimensions"
            )));
        }
    };
    let masks = pixels.binary_along_last(many)?;
    let count = pixels.shape().iter().product();
    let rles = detached_if_long(py, count, || default_encoder()?.coco(&masks))?;
    if many {
        Ok(bytes_dicts(py, &rles)?.into_any())
    } else {
        Ok(bytes_dict(py, &rles[0])?.into_any())
    }
}

/// `maskrle.mask.decode`.
#[pyfunction]
pub(crate) fn mask_decode<'py>(rle_objs: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = rle_objs.py();
    let (runs, single): (Runs, _) = with_masks(rle_objs, Ok)?;
    let Some(&[height, width]) = runs.sizes().first() else {
        return Err(PyValueError::new_err("no masks: their size is not known"));
    };
    if let Some(other) = runs
        .sizes()
        .iter()
        .position(|&size| size != [height, width])
    {
        let size = runs.sizes()[other];
        return Err(PyValueError::new_err(format!(
            "mask {other} is of {size:?} pixels, mask 0 of {:?}: decode them one by one",
            [height, width]
        )));
    }
    let shape = [height as usize, width as usize, runs.len()];
    let array = zeros::<u8>(py, &shape, Order::ColumnMajor)?;
    if !shape.contains(&0) {
        let mut writable = array.readwrite();
        let pixels = writable.as_array_mut().permuted_axes([2, 0, 1]);
        let work = || runs.decode_into(pixels);
        detached_if_long(py, array.len(), work)?;
    }
    match single {
        true => Ok(array.reshape([shape[0], shape[1]])?.into_any()),
        false => Ok(array.into_any()),
    }
}
