//! Length, indices, slices and iteration.

use std::sync::atomic::{AtomicUsize, Ordering};

use numpy::{PyArray1, PyArrayDescrMethods, PyArrayMethods, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::exceptions::{PyIndexError, PyOverflowError, PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PySlice, PyTuple};

use super::Runs;
use crate::error::exception;

#[pymethods]
impl Runs {
    fn __len__(&self) -> usize {
        self.0.len()
    }

    /// Masks of an int (a stack of one), a slice, or an array or list of bools or ints.
    fn __getitem__(&self, index: &Bound<'_, PyAny>) -> PyResult<Self> {
        let count = self.0.len();
        if let Ok(slice) = index.cast::<PySlice>() {
            let slice = slice.indices(isize::try_from(count)?)?;
            let at = |step: usize| (slice.start + step as isize * slice.step) as usize;
            return self.selected((0..slice.slicelength).map(at));
        }
        if let Some(position) = position(index, count)? {
            return self.selected([position]);
        }
        let array = index_array(index)?;
        if let Ok(bools) = array.cast::<PyArray1<bool>>() {
            let bools: Vec<bool> = bools.try_readonly()?.as_array().iter().copied().collect();
            return Ok(Self(self.0.select_where(&bools).map_err(exception)?));
        }
        let positions = array
            .try_iter()?
            .map(|index| position(&index?, count)?.ok_or_else(no_index));
        self.selected(positions.collect::<PyResult<Vec<_>>>()?)
    }

    fn __iter__(runs: Bound<'_, Self>) -> RunsIterator {
        RunsIterator {
            runs: runs.unbind(),
            next: AtomicUsize::new(0),
        }
    }
}

impl Runs {
    fn selected(&self, positions: impl IntoIterator<Item = usize>) -> PyResult<Self> {
        Ok(Self(self.0.select(positions).map_err(exception)?))
    }
}

/// Position of an int, of which a negative one counts from the end; None for what is no int.
fn position(index: &Bound<'_, PyAny>, count: usize) -> PyResult<Option<usize>> {
    if index.is_instance_of::<PyBool>() {
        return Err(no_index());
    }
    let number = match index.extract::<isize>() {
        Ok(number) => Some(number),
        Err(error) if error.is_instance_of::<PyOverflowError>(index.py()) => None,
        Err(_) => return Ok(None),
    };
    let position = number.and_then(|number| match number < 0 {
        true => count.checked_add_signed(number),
        false => usize::try_from(number).ok(),
    });
    match position.filter(|&position| position < count) {
        Some(position) => Ok(Some(position)),
        None => Err(PyIndexError::new_err(format!(
            "mask {index} of a stack of {count}"
        ))),
    }
}

/// Array of one dimension of bools, ints or, for ints beyond 64 bits, objects.
fn index_array<'py>(index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyUntypedArray>> {
    if index.is_instance_of::<PyTuple>() {
        return Err(PyIndexError::new_err(
            "a stack has one axis, that of its masks: several are picked by a list, not by a tuple",
        ));
    }
    let py = index.py();
    let numpy = py.import(intern!(py, "numpy"))?;
    let array = numpy
        .call_method1(intern!(py, "asarray"), (index,))
        .map_err(
            |error| match error.is_instance_of::<PyValueError>(index.py()) {
                true => no_index(),
                false => error,
            },
        )?;
    let array = array.cast_into::<PyUntypedArray>()?;
    let is_empty = array.shape().contains(&0);
    match array.ndim() {
        1 if is_empty || matches!(array.dtype().kind(), b'b' | b'i' | b'u' | b'O') => Ok(array),
        0 | 1 => Err(no_index()),
        dimensions => Err(PyIndexError::new_err(format!(
            "an index array has one dimension, not {dimensions}"
        ))),
    }
}

fn no_index() -> PyErr {
    PyTypeError::new_err(
        "masks are picked by an int, a slice, or a list or array of ints, or of a bool for each mask",
    )
}

/// Iterator over the masks of a stack, each a stack of one.
#[pyclass(frozen, module = "maskrle")]
struct RunsIterator {
    runs: Py<Runs>,
    next: AtomicUsize,
}

#[pymethods]
impl RunsIterator {
    fn __iter__(iterator: PyRef<'_, Self>) -> PyRef<'_, Self> {
        iterator
    }

    fn __next__(&self) -> PyResult<Option<Runs>> {
        let runs = self.runs.get();
        let next = |next: usize| (next < runs.0.len()).then_some(next + 1);
        match self
            .next
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, next)
        {
            Ok(position) => runs.selected([position]).map(Some),
            Err(_) => Ok(None),
        }
    }
}
