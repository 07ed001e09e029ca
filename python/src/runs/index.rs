//! Length, indices, slices and iteration.

use numpy::{PyArray1, PyArrayMethods, PyUntypedArray};
use pyo3::exceptions::{PyIndexError, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PySlice;

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
        if let Ok(index) = index.extract::<isize>() {
            return self.selected([position(index, count)?]);
        }
        let py = index.py();
        let numpy = py.import(intern!(py, "numpy"))?;
        let array = numpy.call_method1(intern!(py, "asarray"), (index,))?;
        let array = array.cast_into::<PyUntypedArray>()?;
        if let Ok(bools) = array.cast::<PyArray1<bool>>() {
            return Ok(Self(
                self.0.select_where(&bools.to_vec()?).map_err(exception)?,
            ));
        }
        let is_integer = array
            .getattr(intern!(py, "dtype"))?
            .getattr(intern!(py, "kind"))?;
        let is_empty = array.len()? == 0;
        if !is_empty && !matches!(is_integer.extract::<&str>()?, "i" | "u") {
            return Err(PyTypeError::new_err(
                "masks are picked by an int, a slice, or an array of bools or ints",
            ));
        }
        let positions = array
            .try_iter()?
            .map(|index| position(index?.extract()?, count));
        self.selected(positions.collect::<PyResult<Vec<_>>>()?)
    }

    fn __iter__(runs: Bound<'_, Self>) -> RunsIter {
        RunsIter {
            runs: runs.unbind(),
            next: 0,
        }
    }
}

impl Runs {
    fn selected(&self, positions: impl IntoIterator<Item = usize>) -> PyResult<Self> {
        Ok(Self(self.0.select(positions).map_err(exception)?))
    }
}

/// Position of an index, of which a negative one counts from the end.
fn position(index: isize, count: usize) -> PyResult<usize> {
    let position = if index < 0 {
        count.checked_add_signed(index)
    } else {
        usize::try_from(index).ok()
    };
    position
        .filter(|&position| position < count)
        .ok_or_else(|| PyIndexError::new_err(format!("mask {index} of a stack of {count}")))
}

/// Iterator over the masks of a stack, each a stack of one.
#[pyclass]
struct RunsIter {
    runs: Py<Runs>,
    next: usize,
}

#[pymethods]
impl RunsIter {
    fn __iter__(iter: PyRef<'_, Self>) -> PyRef<'_, Self> {
        iter
    }

    fn __next__(&mut self) -> PyResult<Option<Runs>> {
        let runs = self.runs.get();
        if self.next >= runs.0.len() {
            return Ok(None);
        }
        self.next += 1;
        runs.selected([self.next - 1]).map(Some)
    }
}
