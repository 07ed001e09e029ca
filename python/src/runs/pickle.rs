//! Runs to bytes and back, for pickle and copy.

use maskrle::{Labels, Order, Values};
use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};

use super::Runs;
use crate::encoder::parse_order;
use crate::error::exception;

/// Declares how the values of label maps become bytes of one of these types, and come back.
macro_rules! label_types {
    ($($variant:ident $type:ty, $name:literal;)*) => {
        fn label_bytes(labels: &Labels) -> PyResult<(&'static str, Vec<u8>)> {
            match labels {
                Labels::Bool(labels) => {
                    Ok(("bool", labels.iter().map(|&label| u8::from(label)).collect()))
                }
                $(Labels::$variant(labels) => {
                    Ok(($name, bytemuck::cast_slice(labels).to_vec()))
                })*
                _ => Err(PyValueError::new_err("labels of a type that is not pickled yet")),
            }
        }

        fn values(name: &str, bytes: &[u8]) -> PyResult<Values> {
            let bools = || bytes.iter().map(|&byte| byte != 0).collect();
            Ok(match name {
                "binary" => Values::Binary(bools()),
                "bool" => Values::Labels(Labels::Bool(bools())),
                $($name => Values::Labels(Labels::$variant(numbers::<$type>(bytes)?)),)*
                _ => return Err(PyValueError::new_err(format!("values of {name:?}"))),
            })
        }
    };
}

label_types! {
    U8 u8, "uint8";
    I8 i8, "int8";
    U16 u16, "uint16";
    I16 i16, "int16";
    U32 u32, "uint32";
    I32 i32, "int32";
    U64 u64, "uint64";
    I64 i64, "int64";
}

#[pymethods]
impl Runs {
    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let rebuild = py.get_type::<Runs>().getattr(intern!(py, "_from_parts"))?;
        let (name, values) = match self.0.values() {
            Values::Binary(values) => (
                "binary",
                values.iter().map(|&value| u8::from(value)).collect(),
            ),
            Values::Labels(labels) => label_bytes(labels)?,
            _ => return Err(PyValueError::new_err("values that are not pickled yet")),
        };
        let parts = (
            self.0.order().to_string(),
            PyBytes::new(py, bytemuck::cast_slice(self.0.sizes())),
            PyBytes::new(py, bytemuck::cast_slice(self.0.offsets())),
            PyBytes::new(py, bytemuck::cast_slice(self.0.starts())),
            name,
            PyBytes::new(py, &values),
        );
        Ok((rebuild, parts.into_pyobject(py)?))
    }

    /// Runs of what `__reduce__` gave. All of it is checked.
    #[staticmethod]
    fn _from_parts(
        order: &str,
        sizes: &[u8],
        offsets: &[u8],
        starts: &[u8],
        name: &str,
        bytes: &[u8],
    ) -> PyResult<Self> {
        let order: Order = parse_order(order)?;
        let runs = maskrle::Runs::from_parts(
            order,
            numbers(sizes)?,
            numbers(offsets)?,
            numbers(starts)?,
            values(name, bytes)?,
        );
        Ok(Self(runs.map_err(exception)?))
    }
}

/// Numbers of bytes, which need not be aligned.
fn numbers<T: bytemuck::AnyBitPattern>(bytes: &[u8]) -> PyResult<Vec<T>> {
    if !bytes.len().is_multiple_of(size_of::<T>()) {
        return Err(PyValueError::new_err("bytes that end within a number"));
    }
    let number = |chunk| bytemuck::pod_read_unaligned(chunk);
    Ok(bytes.chunks_exact(size_of::<T>()).map(number).collect())
}
