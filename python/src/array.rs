//! Pixels of numpy arrays, borrowed whatever their strides.

use std::iter;

use half::{bf16, f16};
use maskrle::ndarray::ArrayViewD;
use maskrle::{Masks, Order, Result};
use numpy::{
    Element, PyArray3, PyArrayDescrMethods, PyArrayDyn, PyArrayMethods, PyReadonlyArrayDyn,
    PyUntypedArray, PyUntypedArrayMethods,
};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;

use crate::error::exception;

/// Declares [`Pixels`] and the matches over it from one list of element types.
macro_rules! pixels {
    (integers { $($integer:ident $integer_type:ty,)* } floats { $($float:ident $float_type:ty,)* }) => {
        /// A numpy array of one of the element types that masks are made of.
        pub(crate) enum Pixels<'py> {
            /// numpy's bools are bytes, of which 0 alone is false.
            Bool(PyReadonlyArrayDyn<'py, bool>),
            /// bfloat16, which numpy does not have: bits in an array of uint16.
            Bf16(PyReadonlyArrayDyn<'py, u16>),
            $($integer(PyReadonlyArrayDyn<'py, $integer_type>),)*
            $($float(PyReadonlyArrayDyn<'py, $float_type>),)*
        }

        impl Pixels<'_> {
            /// Masks of the pixels that are not 0. Fails for floats, which need a threshold.
            pub(crate) fn binary(&self) -> PyResult<Masks<'_>> {
                self.binary_along_last(false)
            }

            /// Masks of the pixels that are not 0; if `is_last`, masks of a stack `[h, w, n]`.
            pub(crate) fn binary_along_last(&self, is_last: bool) -> PyResult<Masks<'_>> {
                let masks = match self {
                    Pixels::Bool(array) => {
                        let view = reinterpreted::<bool, u8>(array.as_array());
                        Masks::binary(stack_first(view, is_last))
                    },
                    $(Pixels::$integer(array) => Masks::binary(stack_first(array.as_array(), is_last)),)*
                    Pixels::Bf16(_) $(| Pixels::$float(_))* => {
                        return Err(PyTypeError::new_err(
                            "floats are masks with threshold= (above it) or at_least= alone",
                        ));
                    }
                };
                masks.map_err(exception)
            }

            /// Label maps: masks of several values. Fails for floats.
            pub(crate) fn labels(&self) -> PyResult<Masks<'_>> {
                let masks = match self {
                    Pixels::Bool(array) => Masks::labels(reinterpreted::<bool, u8>(array.as_array())),
                    $(Pixels::$integer(array) => Masks::labels(array.as_array()),)*
                    Pixels::Bf16(_) $(| Pixels::$float(_))* => {
                        return Err(PyTypeError::new_err("labels are integers, not floats"));
                    }
                };
                masks.map_err(exception)
            }

            /// Masks of the floats that are above `level` or, if `inclusive`, at least `level`.
            pub(crate) fn compared(&self, level: f64, inclusive: bool) -> PyResult<Masks<'_>> {
                let masks = match self {
                    Pixels::Bf16(array) => {
                        compare(reinterpreted::<u16, bf16>(array.as_array()), level, inclusive)
                    }
                    $(Pixels::$float(array) => compare(array.as_array(), level, inclusive),)*
                    Pixels::Bool(_) $(| Pixels::$integer(_))* => {
                        return Err(PyTypeError::new_err(
                            "threshold= and at_least= are for floats: integers are foreground \
                             where they are not 0",
                        ));
                    }
                };
                masks.map_err(exception)
            }

            /// Sides of the array.
            pub(crate) fn shape(&self) -> &[usize] {
                match self {
                    Pixels::Bool(array) => array.shape(),
                    Pixels::Bf16(array) => array.shape(),
                    $(Pixels::$integer(array) => array.shape(),)*
                    $(Pixels::$float(array) => array.shape(),)*
                }
            }
        }
    };
}

pixels! {
    integers { U8 u8, I8 i8, U16 u16, I16 i16, U32 u32, I32 i32, U64 u64, I64 i64, }
    floats { F16 f16, F32 f32, F64 f64, }
}

/// The view with its last axis first, if `is_last`.
fn stack_first<T>(view: ArrayViewD<'_, T>, is_last: bool) -> ArrayViewD<'_, T> {
    if !is_last {
        return view;
    }
    let last = view.ndim() - 1;
    let axes: Vec<usize> = iter::once(last).chain(0..last).collect();
    view.permuted_axes(axes)
}

fn compare<'a, T: maskrle::Float + 'a>(
    view: ArrayViewD<'a, T>,
    level: f64,
    inclusive: bool,
) -> Result<Masks<'a>> {
    if inclusive {
        Masks::at_least(view, level)
    } else {
        Masks::threshold(view, level)
    }
}

impl<'py> Pixels<'py> {
    /// Borrows an array, if its element type is one of those and its bytes lie as this machine's:
    /// None where they do not, and a copy is needed. `bf16` takes uint16 for the bits of bfloat16.
    pub(crate) fn borrow(array: &Bound<'py, PyUntypedArray>, bf16: bool) -> PyResult<Option<Self>> {
        let dtype = array.dtype();
        let native = dtype.is_native_byteorder() != Some(false);
        if !native || !array.is_aligned() {
            return Ok(None);
        }
        Ok(Some(match (dtype.kind(), dtype.itemsize()) {
            (b'b', 1) => Pixels::Bool(typed(array)?),
            (b'u', 2) if bf16 => Pixels::Bf16(typed(array)?),
            (b'u', 1) => Pixels::U8(typed(array)?),
            (b'u', 2) => Pixels::U16(typed(array)?),
            (b'u', 4) => Pixels::U32(typed(array)?),
            (b'u', 8) => Pixels::U64(typed(array)?),
            (b'i', 1) => Pixels::I8(typed(array)?),
            (b'i', 2) => Pixels::I16(typed(array)?),
            (b'i', 4) => Pixels::I32(typed(array)?),
            (b'i', 8) => Pixels::I64(typed(array)?),
            (b'f', 2) => Pixels::F16(typed(array)?),
            (b'f', 4) => Pixels::F32(typed(array)?),
            (b'f', 8) => Pixels::F64(typed(array)?),
            _ => {
                return Err(PyTypeError::new_err(format!(
                    "arrays of {dtype} are no masks: bool, integers of 8 to 64 bits, float16, \
                     bfloat16, float32 and float64 are"
                )));
            }
        }))
    }
}

fn typed<'py, T: Element>(
    array: &Bound<'py, PyUntypedArray>,
) -> PyResult<PyReadonlyArrayDyn<'py, T>> {
    let array = array.cast::<PyArrayDyn<T>>()?;
    array.try_readonly().map_err(|_| {
        PyValueError::new_err("another call is writing to the array: wait until it is done")
    })
}

/// A new array of zeros, which numpy allocates: `MemoryError` where there is no room.
pub(crate) fn zeros<'py, T: Element>(
    py: Python<'py>,
    shape: &[usize; 3],
    order: Order,
) -> PyResult<Bound<'py, PyArray3<T>>> {
    let order = match order {
        Order::RowMajor => "C",
        Order::ColumnMajor => "F",
    };
    let numpy = py.import(intern!(py, "numpy"))?;
    let zeros = numpy.getattr(intern!(py, "zeros"))?;
    Ok(zeros
        .call1((*shape, T::get_dtype(py), order))?
        .cast_into()?)
}

/// Elements as those of another type of their size, for which all bits are a value.
#[allow(
    unsafe_code,
    reason = "ndarray cannot cast views of strides, and no pixel is to be copied"
)]
fn reinterpreted<A: bytemuck::NoUninit, B: bytemuck::AnyBitPattern>(
    view: ArrayViewD<'_, A>,
) -> ArrayViewD<'_, B> {
    const {
        assert!(size_of::<A>() == size_of::<B>() && align_of::<A>() == align_of::<B>());
    }
    let raw = view.raw_view().cast::<B>();
    // SAFETY: shape, strides and lifetime are those of `view`, which borrows initialised elements
    // of the same size and alignment, and all of their bits are values of `B`.
    unsafe { raw.deref_into_view() }
}
