//! Runs to strings, polygons and pixels.

use maskrle::Order;
use numpy::{
    PyArray3, PyArrayDescrMethods, PyArrayMethods, PyReadwriteArray3, PyUntypedArray,
    PyUntypedArrayMethods,
};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

use super::Runs;
use crate::array::zeros;
use crate::encode::{Format, items_of_runs};
use crate::encoder::parse_order;
use crate::process::detached;

#[pymethods]
impl Runs {
    /// COCO's dicts {"size": [h, w], "counts": str}; with compressed=False a list of int.
    ///
    /// Raises:
    ///     ValueError: for label maps.
    ///
    /// >>> import maskrle
    /// >>> maskrle.Runs.from_boxes([[1, 0, 2, 2]], (3, 4)).to_coco()
    /// [{'size': [3, 4], 'counts': '32103'}]
    #[pyo3(signature = (*, compressed = true))]
    fn to_coco<'py>(&self, py: Python<'py>, compressed: bool) -> PyResult<Bound<'py, PyList>> {
        let format = match compressed {
            true => Format::Coco,
            false => Format::CocoCounts,
        };
        self.list(py, format)
    }

    /// Kaggle's pairs of start and length, starts counted from 1: a str for each mask.
    ///
    /// Args:
    ///     order: the scan order of the starts, "column-major" or "row-major".
    ///
    /// Raises:
    ///     ValueError: for another order, and for label maps.
    ///
    /// >>> import maskrle
    /// >>> maskrle.Runs.from_boxes([[1, 0, 2, 2]], (3, 4)).to_kaggle()
    /// ['4 2 7 2']
    #[pyo3(signature = (*, order = "column-major"))]
    fn to_kaggle<'py>(&self, py: Python<'py>, order: &str) -> PyResult<Bound<'py, PyList>> {
        self.list(py, Format::Kaggle(parse_order(order)?))
    }

    /// Values and counts: dicts {"size": [h, w], "order": str, "values": list, "counts": list}.
    ///
    /// Args:
    ///     order: the scan order of the runs, "column-major" or "row-major".
    ///
    /// >>> import maskrle, numpy as np
    /// >>> maskrle.Runs.from_masks(np.array([[5, 5, 0]]), labels=True).to_values()
    /// [{'size': [1, 3], 'order': 'column-major', 'values': [5, 0], 'counts': [2, 1]}]
    #[pyo3(signature = (*, order = "column-major"))]
    fn to_values<'py>(&self, py: Python<'py>, order: &str) -> PyResult<Bound<'py, PyList>> {
        self.list(py, Format::Values(parse_order(order)?))
    }

    /// Outlines of each mask along the edges of pixels: a list of [x0, y0, x1, y1, ...] each, in
    /// pixels.
    ///
    /// Raises:
    ///     ValueError: for label maps.
    ///
    /// >>> import maskrle
    /// >>> maskrle.Runs.from_boxes([[1, 0, 2, 2]], (3, 4)).to_polygons()
    /// [[[1.0, 0.0, 3.0, 0.0, 3.0, 2.0, 1.0, 2.0]]]
    fn to_polygons(&self, py: Python<'_>) -> PyResult<Vec<Vec<Vec<f64>>>> {
        let polygons = detached(py, || self.0.to_polygons())?;
        let outlines = |mask: Vec<maskrle::Polygon>| -> Vec<_> {
            mask.iter().map(maskrle::Polygon::to_coco).collect()
        };
        Ok(polygons.into_iter().map(outlines).collect())
    }

    /// Pixels, [n, h, w], of masks of one size: 0 and 1, or the labels of label maps.
    ///
    /// Args:
    ///     order: how each mask of a new array lies in memory, "row-major" or "column-major".
    ///     out: an array [n, h, w] to write to, of bool or integers and any strides, which is
    ///         returned. None for a new one: uint8, or int64 where there are label maps.
    ///
    /// Raises:
    ///     ValueError: for masks of several sizes, another order, another number or size of masks in
    ///         out, a label that it cannot hold, and for out that is read-only, not aligned, or whose
    ///         elements lie over each other.
    ///     TypeError: for out that is no array of three dimensions and of these types.
    ///     MemoryError: for more pixels than there is memory for.
    ///
    /// >>> import maskrle
    /// >>> maskrle.Runs.from_boxes([[1, 0, 2, 2]], (3, 4)).to_numpy()
    /// array([[[0, 1, 1, 0],
    ///         [0, 1, 1, 0],
    ///         [0, 0, 0, 0]]], dtype=uint8)
    #[pyo3(signature = (*, order = "row-major", out = None))]
    fn to_numpy<'py>(
        &self,
        py: Python<'py>,
        order: &str,
        out: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let order = parse_order(order)?;
        if let Some(out) = out {
            self.decode_into(py, &out)?;
            return Ok(out);
        }
        match self.0.values() {
            maskrle::Values::Binary(_) => self.decoded::<u8>(py, order),
            _ => self.decoded::<i64>(py, order),
        }
    }

    /// Picture for a notebook: the first 256 masks over each other, each in a colour and a box of
    /// its own, sides of 512 pixels at most. None for masks of several sizes, or none at all.
    fn _repr_png_<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        let png = py.detach(|| maskrle_cli::notebook_png(&self.0)).ok()?;
        Some(PyBytes::new(py, &png))
    }
}

impl Runs {
    fn list<'py>(&self, py: Python<'py>, format: Format) -> PyResult<Bound<'py, PyList>> {
        let items = items_of_runs(py, format, &self.0)?;
        PyList::new(py, items.collect::<PyResult<Vec<_>>>()?)
    }

    fn decoded<'py, T: maskrle::Integer + numpy::Element>(
        &self,
        py: Python<'py>,
        order: Order,
    ) -> PyResult<Bound<'py, PyAny>> {
        let sizes = self.0.sizes();
        let [height, width] = sizes.first().copied().unwrap_or_default();
        let shape = [sizes.len(), height as usize, width as usize];
        let array = match order {
            Order::RowMajor => zeros::<T>(py, &shape, Order::RowMajor)?,
            Order::ColumnMajor => {
                let transposed = [shape[0], shape[2], shape[1]];
                let array = zeros::<T>(py, &transposed, Order::RowMajor)?;
                array.permute(Some([0, 2, 1]))?
            }
        };
        if !shape.contains(&0) {
            let mut writable = array.readwrite();
            let pixels = writable.as_array_mut();
            detached(py, || self.0.decode_into(pixels))?;
        }
        Ok(array.into_any())
    }

    fn decode_into(&self, py: Python<'_>, out: &Bound<'_, PyAny>) -> PyResult<()> {
        self.check_out(out)?;
        macro_rules! try_types {
            ($($type:ty)*) => {
                $(if let Ok(array) = out.cast::<PyArray3<$type>>() {
                    let mut array: PyReadwriteArray3<'_, $type> = array
                        .try_readwrite()
                        .map_err(|error| PyValueError::new_err(format!("out: {error}")))?;
                    let pixels = array.as_array_mut();
                    return detached(py, || self.0.decode_into(pixels));
                })*
            };
        }
        try_types!(u8 bool i64 i32 u16 i8 i16 u32 u64);
        Err(no_output(out))
    }

    /// Fails for what is no array of three dimensions whose elements each have a place of their
    /// own.
    fn check_out(&self, out: &Bound<'_, PyAny>) -> PyResult<()> {
        let Ok(array) = out.cast::<PyUntypedArray>() else {
            return Err(no_output(out));
        };
        if !out.is_exact_instance_of::<PyUntypedArray>() {
            let numpy = out.py().import(intern!(out.py(), "numpy.ma"))?;
            if out.is_instance(&numpy.getattr(intern!(out.py(), "MaskedArray"))?)? {
                return Err(no_output(out));
            }
        }
        if array.ndim() != 3 {
            return Err(PyTypeError::new_err(format!(
                "out is [n, h, w], with {} masks, not an array of the shape {:?}",
                self.0.len(),
                array.shape()
            )));
        }
        if !array.is_aligned() {
            return Err(PyValueError::new_err(
                "out: its elements are not aligned in memory",
            ));
        }
        if overlaps(array.shape(), array.strides(), array.dtype().itemsize()) {
            return Err(PyValueError::new_err(
                "out: its elements lie over each other in memory, as those of a broadcast array do",
            ));
        }
        Ok(())
    }
}

fn no_output(out: &Bound<'_, PyAny>) -> PyErr {
    let found = match out.cast::<PyUntypedArray>() {
        Ok(array) => format!("{} of {}", type_name(out), array.dtype()),
        Err(_) => type_name(out),
    };
    PyTypeError::new_err(format!(
        "out is an array [n, h, w] of bool or integers, in this machine's byte order, not {found}"
    ))
}

fn type_name(object: &Bound<'_, PyAny>) -> String {
    let name = object.get_type().name();
    name.map_or_else(|_| "this".into(), |name| name.to_string())
}

/// True if elements of an array could lie over each other: false only where each axis steps over
/// all that the axes of smaller steps span, as in every array that numpy allocates or slices.
fn overlaps(shape: &[usize], strides: &[isize], item: usize) -> bool {
    if shape.contains(&0) {
        return false;
    }
    let mut axes: Vec<(usize, usize)> = strides
        .iter()
        .map(|stride| stride.unsigned_abs())
        .zip(shape.iter().copied())
        .filter(|&(_, side)| side > 1)
        .collect();
    axes.sort_unstable();
    let mut span = item;
    axes.into_iter().any(|(stride, side)| {
        let is_within = stride < span;
        span = span.saturating_add(stride.saturating_mul(side - 1));
        is_within
    })
}
