//! The class, and what it says of itself.

use maskrle::Order;
use maskrle::ndarray::Array2;
use numpy::{PyArray2, ToPyArray};
use pyo3::prelude::*;

/// A stack of encoded masks: runs of pixels of one value, in scan order.
///
/// All work is done on runs, never on pixels, and no pixel is made but by to_numpy. Stacks never
/// change: each method gives a new one. An index or a slice gives a stack too, an index one of a
/// single mask.
///
/// >>> import maskrle, numpy as np
/// >>> stack = np.zeros((2, 4, 5), np.uint8)
/// >>> stack[0, 1:3, 2:4] = 1
/// >>> runs = maskrle.Runs.from_masks(stack)
/// >>> runs
/// <Runs: 2 masks of 4 x 5, column-major, 6 runs>
/// >>> runs.areas.tolist(), runs.boxes.tolist()
/// ([4, 0], [[2, 1, 2, 2], [0, 0, 0, 0]])
#[pyclass(frozen, eq, module = "maskrle")]
#[derive(PartialEq)]
pub(crate) struct Runs(pub(crate) maskrle::Runs);

#[pymethods]
impl Runs {
    /// Sizes of the masks: uint32 [n, 2], of height and width, in pixels.
    ///
    /// >>> import maskrle
    /// >>> maskrle.Runs.from_boxes([[0, 0, 2, 2]], (3, 4)).sizes.tolist()
    /// [[3, 4]]
    #[getter]
    fn sizes<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray2<u32>> {
        let sizes = self.0.sizes();
        Array2::from_shape_fn((sizes.len(), 2), |(mask, side)| sizes[mask][side]).to_pyarray(py)
    }

    /// Scan order of the runs: "column-major" or "row-major".
    ///
    /// >>> import maskrle
    /// >>> maskrle.Runs.from_boxes([[0, 0, 2, 2]], (3, 4)).order
    /// 'column-major'
    #[getter]
    fn order(&self) -> String {
        self.0.order().to_string()
    }

    /// True if all masks are of foreground and background alone, not label maps.
    ///
    /// >>> import maskrle, numpy as np
    /// >>> maskrle.Runs.from_masks(np.array([[0, 7]]), labels=True).is_binary
    /// False
    #[getter]
    fn is_binary(&self) -> bool {
        matches!(self.0.values(), maskrle::Values::Binary(_))
    }

    /// These masks, with runs in the scan order that is asked for.
    ///
    /// Args:
    ///     order: "row-major" or "column-major".
    ///
    /// Raises:
    ///     ValueError: for another order.
    ///
    /// >>> import maskrle
    /// >>> maskrle.Runs.from_boxes([[0, 0, 2, 2]], (3, 4)).to_order("row-major")
    /// <Runs: 1 mask of 3 x 4, row-major, 4 runs>
    fn to_order(&self, py: Python<'_>, order: &str) -> PyResult<Self> {
        let order: Order = crate::encoder::parse_order(order)?;
        Ok(Self(crate::process::detached(py, || {
            self.0.to_order(order)
        })?))
    }

    fn __repr__(&self) -> String {
        let count = self.0.len();
        let mut sizes = self.0.sizes().to_vec();
        sizes.dedup();
        let size = match sizes.as_slice() {
            [] => String::new(),
            [[height, width]] => format!(" of {height} x {width}"),
            _ => " of several sizes".into(),
        };
        format!(
            "<Runs: {count} mask{}{size}, {}, {} runs>",
            if count == 1 { "" } else { "s" },
            self.0.order(),
            self.0.starts().len()
        )
    }
}
