//! Pixels as callers have them: arrays, tensors, and lists of these.

use std::mem::{Discriminant, discriminant};

use maskrle::{BitOrder, Masks};
use numpy::{PyReadonlyArrayDyn, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyList;

use crate::arguments::Size;
use crate::array::Pixels;
use crate::error::exception;

/// Predicate of the pixels, and the size that masks are seen at.
#[derive(Clone, Copy, Default)]
pub(crate) struct Asked {
    threshold: Option<f64>,
    at_least: Option<f64>,
    labels: bool,
    size: Option<Size>,
}

impl Asked {
    /// The predicate that a call asks for. Fails where predicates exclude each other.
    pub(crate) fn new(
        threshold: Option<f64>,
        at_least: Option<f64>,
        labels: bool,
        size: Option<Size>,
    ) -> PyResult<Self> {
        let predicates = [threshold.is_some(), at_least.is_some(), labels];
        if predicates.iter().filter(|&&is_given| is_given).count() > 1 {
            return Err(PyValueError::new_err(
                "threshold=, at_least= and labels= exclude each other",
            ));
        }
        Ok(Asked {
            threshold,
            at_least,
            labels,
            size,
        })
    }
}

/// One array of the caller's, or of what was made of it.
pub(crate) enum Array<'py> {
    Pixels(Pixels<'py>),
    /// Masks that were compared on another device: a bit a pixel, the lowest bit first, rows
    /// padded to whole bytes; and their width.
    Packed(PyReadonlyArrayDyn<'py, u8>, usize),
}

impl Array<'_> {
    pub(crate) fn shape(&self) -> &[usize] {
        match self {
            Array::Pixels(pixels) => pixels.shape(),
            Array::Packed(bytes, _) => bytes.shape(),
        }
    }

    /// Element type, which masks of one batch share; None for packed masks.
    fn element_type(&self) -> Option<Discriminant<Pixels<'_>>> {
        match self {
            Array::Pixels(pixels) => Some(discriminant(pixels)),
            Array::Packed(..) => None,
        }
    }

    /// Masks of the array.
    pub(crate) fn masks(&self, asked: &Asked) -> PyResult<Masks<'_>> {
        let dimensions = self.shape().len();
        if !(2..=4).contains(&dimensions) {
            let ending = if dimensions == 1 { "" } else { "s" };
            return Err(PyValueError::new_err(format!(
                "an array of {dimensions} dimension{ending}: masks are [h, w], [n, h, w] or \
                 [b, k, h, w]"
            )));
        }
        let masks = match self {
            Array::Packed(bytes, width) => {
                Masks::packed(bytes.as_array(), *width, BitOrder::Little).map_err(exception)?
            }
            Array::Pixels(pixels) => match (asked.threshold, asked.at_least, asked.labels) {
                (Some(level), _, _) => pixels.compared(level, false)?,
                (_, Some(level), _) => pixels.compared(level, true)?,
                (_, _, true) => pixels.labels()?,
                _ => pixels.binary()?,
            },
        };
        match asked.size {
            Some(Size(size)) => masks.resized(size).map_err(exception),
            None => Ok(masks),
        }
    }
}

/// Arguments of a call: one array, or a list of them.
pub(crate) enum Input<'py> {
    One(Array<'py>),
    List(Vec<Array<'py>>),
}

impl<'py> Input<'py> {
    /// Reads what a call was given. `as_samples` keeps floats of another device as they are.
    pub(crate) fn read(
        pixels: &Bound<'py, PyAny>,
        asked: &Asked,
        as_samples: bool,
    ) -> PyResult<Self> {
        if let Some(pixels) = borrowed(pixels)? {
            return Ok(Input::One(Array::Pixels(pixels)));
        }
        let prepared = prepare(pixels, asked, as_samples || asked.size.is_some())?;
        match prepared.cast::<PyList>() {
            Ok(list) => {
                let arrays = list.iter().map(|array| prepared_array(&array));
                Ok(Input::List(arrays.collect::<PyResult<_>>()?))
            }
            Err(_) => Ok(Input::One(prepared_array(&prepared)?)),
        }
    }

    /// Masks of all arrays together, in their order. Fails for arrays of several element types.
    pub(crate) fn masks(&self, asked: &Asked) -> PyResult<Masks<'_>> {
        match self {
            Input::One(array) => array.masks(asked),
            Input::List(arrays) => batch(arrays, asked),
        }
    }

    /// Masks of all arrays, in their order: a batch of each neighbours of one element type.
    pub(crate) fn batches(&self, asked: &Asked) -> PyResult<Vec<Masks<'_>>> {
        match self {
            Input::List(arrays) if !arrays.is_empty() => arrays
                .chunk_by(|array, next| array.element_type() == next.element_type())
                .map(|alike| batch(alike, asked))
                .collect(),
            _ => Ok(vec![self.masks(asked)?]),
        }
    }

    /// Items of the masks, an item each, in lists as the arrays have dimensions: one item for
    /// `[h, w]`, a list for `[n, h, w]`, a list of lists for `[b, k, h, w]`.
    pub(crate) fn nested(
        &self,
        py: Python<'py>,
        mut items: impl Iterator<Item = PyResult<Bound<'py, PyAny>>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let mut one = |array: &Array<'py>| {
            let shape = array.shape();
            nested(py, &shape[..shape.len().saturating_sub(2)], &mut items)
        };
        match self {
            Input::One(array) => one(array),
            Input::List(arrays) => {
                let items = arrays.iter().map(one).collect::<PyResult<Vec<_>>>()?;
                Ok(PyList::new(py, items)?.into_any())
            }
        }
    }
}

fn batch<'a>(arrays: &'a [Array<'_>], asked: &Asked) -> PyResult<Masks<'a>> {
    let masks = arrays.iter().map(|array| array.masks(asked));
    Masks::batch(masks.collect::<PyResult<Vec<_>>>()?).map_err(exception)
}

fn nested<'py>(
    py: Python<'py>,
    counts: &[usize],
    items: &mut impl Iterator<Item = PyResult<Bound<'py, PyAny>>>,
) -> PyResult<Bound<'py, PyAny>> {
    let Some((&count, inner)) = counts.split_first() else {
        return items
            .next()
            .unwrap_or_else(|| Err(PyValueError::new_err("fewer masks than the array has")));
    };
    let lists = (0..count).map(|_| nested(py, inner, items));
    let lists = lists.collect::<PyResult<Vec<_>>>()?;
    Ok(PyList::new(py, lists)?.into_any())
}

/// The one array that `pixels` is, whose masks are where it is not 0.
pub(crate) fn one_array<'py>(pixels: &Bound<'py, PyAny>) -> PyResult<Pixels<'py>> {
    match Input::read(pixels, &Asked::default(), true)? {
        Input::One(Array::Pixels(pixels)) => Ok(pixels),
        _ => Err(PyValueError::new_err(
            "masks are one array, not a list of arrays",
        )),
    }
}

/// Pixels of a numpy array that need no copy, and whose class, numpy's own, hides none.
fn borrowed<'py>(pixels: &Bound<'py, PyAny>) -> PyResult<Option<Pixels<'py>>> {
    match pixels.cast_exact::<PyUntypedArray>() {
        Ok(array) if has_dimensions(array) => Pixels::borrow(array, false),
        _ => Ok(None),
    }
}

fn has_dimensions(array: &Bound<'_, PyUntypedArray>) -> bool {
    array.ndim() > 0
}

/// A tuple (array, kind, width) of what is no numpy array, or not as it must lie in memory, or a
/// list of such tuples: `prepare` of `maskrle/_arrays.py`.
fn prepare<'py>(
    pixels: &Bound<'py, PyAny>,
    asked: &Asked,
    as_samples: bool,
) -> PyResult<Bound<'py, PyAny>> {
    static PREPARE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = pixels.py();
    let prepare = PREPARE.get_or_try_init(py, || {
        let module = py.import(intern!(py, "maskrle._arrays"))?;
        Ok::<_, PyErr>(module.getattr(intern!(py, "prepare"))?.unbind())
    })?;
    let arguments = (
        pixels,
        asked.threshold,
        asked.at_least,
        asked.labels,
        as_samples,
    );
    prepare.bind(py).call1(arguments)
}

fn prepared_array<'py>(tuple: &Bound<'py, PyAny>) -> PyResult<Array<'py>> {
    let (array, kind, width): (Bound<'py, PyUntypedArray>, String, usize) = tuple.extract()?;
    if kind == "packed" {
        return Ok(Array::Packed(array.extract()?, width));
    }
    match Pixels::borrow(&array, kind == "bfloat16")? {
        Some(pixels) => Ok(Array::Pixels(pixels)),
        None => Err(PyValueError::new_err(format!(
            "an array of {} cannot be read",
            array.dtype()
        ))),
    }
}
