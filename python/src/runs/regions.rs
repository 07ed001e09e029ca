//! Connected components, holes, dilation and the like, and boundaries.

use maskrle::{Connectivity, Footprint, MorphOp};
use numpy::{PyArray1, PyArray2, ToPyArray};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::Runs;
use crate::arguments::{connectivity, footprint_box, min_area, radius};
use crate::process::detached;

#[pymethods]
impl Runs {
    /// The connected components of each mask as masks of their own.
    ///
    /// Args:
    ///     connectivity: 4 where pixels are neighbours that share an edge, 8 where a corner does.
    ///
    /// Returns:
    ///     The components; and the position of the mask of each, int64.
    ///
    /// Raises:
    ///     ValueError: for another connectivity, and label maps.
    ///     MemoryError: for more than 2**28 runs, or 2**24 masks.
    ///
    /// >>> import maskrle, numpy as np
    /// >>> runs = maskrle.Runs.from_masks(np.array([[1, 1, 0, 1]], bool))
    /// >>> components, masks = runs.connected_components()
    /// >>> components.areas.tolist(), masks.tolist()
    /// ([2, 1], [0, 0])
    #[pyo3(signature = (connectivity = Connectivity::Eight), text_signature = "($self, connectivity=8)")]
    fn connected_components<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = connectivity)] connectivity: Connectivity,
    ) -> PyResult<(Self, Bound<'py, PyArray1<i64>>)> {
        let (components, masks) = detached(py, || self.0.connected_components(connectivity))?;
        let masks = masks.into_iter().map(|mask| mask as i64);
        Ok((Self(components), PyArray1::from_iter(py, masks)))
    }

    /// The largest component of each mask; of several, the first in scan order.
    ///
    /// >>> import maskrle, numpy as np
    /// >>> runs = maskrle.Runs.from_masks(np.array([[1, 0, 1, 1]], bool))
    /// >>> runs.largest_component().to_numpy()[0].tolist()
    /// [[0, 0, 1, 1]]
    #[pyo3(signature = (connectivity = Connectivity::Eight), text_signature = "($self, connectivity=8)")]
    fn largest_component(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = connectivity)] connectivity: Connectivity,
    ) -> PyResult<Self> {
        Ok(Self(detached(py, || {
            self.0.largest_component(connectivity)
        })?))
    }

    /// Each mask without its components of fewer than `min_area` pixels.
    ///
    /// >>> import maskrle, numpy as np
    /// >>> runs = maskrle.Runs.from_masks(np.array([[1, 0, 1, 1]], bool))
    /// >>> runs.remove_small_components(2).to_numpy()[0].tolist()
    /// [[0, 0, 1, 1]]
    #[pyo3(
        signature = (min_area, connectivity = Connectivity::Eight),
        text_signature = "($self, min_area, connectivity=8)"
    )]
    fn remove_small_components(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = min_area)] min_area: u64,
        #[pyo3(from_py_with = connectivity)] connectivity: Connectivity,
    ) -> PyResult<Self> {
        Ok(Self(detached(py, || {
            self.0.remove_small_components(min_area, connectivity)
        })?))
    }

    /// Each mask with its holes filled: the background that no way leads out of.
    ///
    /// Args:
    ///     connectivity: that of the background, 4 or 8; with 4, a ring that is closed by corners
    ///         has a hole, as in `scipy.ndimage.binary_fill_holes`.
    ///
    /// >>> import maskrle, numpy as np
    /// >>> ring = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], bool)
    /// >>> maskrle.Runs.from_masks(ring).fill_holes().areas.tolist()
    /// [9]
    #[pyo3(signature = (connectivity = Connectivity::Four), text_signature = "($self, connectivity=4)")]
    fn fill_holes(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = connectivity)] connectivity: Connectivity,
    ) -> PyResult<Self> {
        Ok(Self(detached(py, || self.0.fill_holes(connectivity))?))
    }

    /// Each mask with the components of its background filled that have fewer than `min_area`
    /// pixels, at the border too.
    ///
    /// >>> import maskrle, numpy as np
    /// >>> runs = maskrle.Runs.from_masks(np.array([[1, 0, 1, 0, 0]], bool))
    /// >>> runs.fill_small_holes(2).to_numpy()[0].tolist()
    /// [[1, 1, 1, 0, 0]]
    #[pyo3(
        signature = (min_area, connectivity = Connectivity::Four),
        text_signature = "($self, min_area, connectivity=4)"
    )]
    fn fill_small_holes(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = min_area)] min_area: u64,
        #[pyo3(from_py_with = connectivity)] connectivity: Connectivity,
    ) -> PyResult<Self> {
        Ok(Self(detached(py, || {
            self.0.fill_small_holes(min_area, connectivity)
        })?))
    }

    /// Each mask dilated: pixels of whose footprint one is set. What lies beyond the mask is
    /// background.
    ///
    /// Args:
    ///     radius: the footprint is a disk of this radius, all pixels at most so far away.
    ///     box: it is a box of this height and width, which are odd.
    ///
    /// Raises:
    ///     ValueError: for both or neither of these, even sides, and label maps.
    ///     MemoryError: for more than 2**28 runs.
    ///
    /// >>> import maskrle
    /// >>> runs = maskrle.Runs.from_boxes([[2, 2, 1, 1]], (5, 5))
    /// >>> runs.dilate(1).areas.tolist(), runs.dilate(box=(3, 3)).areas.tolist()
    /// ([5], [9])
    #[pyo3(signature = (radius = None, *, r#box = None))]
    fn dilate(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = radius)] radius: Option<u32>,
        #[pyo3(from_py_with = footprint_box)] r#box: Option<[u32; 2]>,
    ) -> PyResult<Self> {
        self.morph(py, MorphOp::Dilate, radius, r#box)
    }

    /// Each mask eroded: pixels whose footprint is all set, where what lies beyond the mask counts
    /// as set. `dilate` says what footprints are.
    ///
    /// >>> import maskrle
    /// >>> runs = maskrle.Runs.from_boxes([[1, 1, 5, 5]], (7, 7))
    /// >>> runs.erode(1).areas.tolist()
    /// [9]
    #[pyo3(signature = (radius = None, *, r#box = None))]
    fn erode(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = radius)] radius: Option<u32>,
        #[pyo3(from_py_with = footprint_box)] r#box: Option<[u32; 2]>,
    ) -> PyResult<Self> {
        self.morph(py, MorphOp::Erode, radius, r#box)
    }

    /// Each mask eroded, then dilated: what is narrower than the footprint goes.
    ///
    /// >>> import maskrle, numpy as np
    /// >>> runs = maskrle.Runs.from_masks(np.array([[1, 0, 1, 1, 1]], bool))
    /// >>> runs.open(box=(1, 3)).to_numpy()[0].tolist()
    /// [[0, 0, 1, 1, 1]]
    #[pyo3(signature = (radius = None, *, r#box = None))]
    fn open(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = radius)] radius: Option<u32>,
        #[pyo3(from_py_with = footprint_box)] r#box: Option<[u32; 2]>,
    ) -> PyResult<Self> {
        self.morph(py, MorphOp::Open, radius, r#box)
    }

    /// Each mask dilated, then eroded: gaps that are narrower than the footprint go.
    ///
    /// >>> import maskrle, numpy as np
    /// >>> runs = maskrle.Runs.from_masks(np.array([[0, 0, 1, 0, 1, 0, 0]], bool))
    /// >>> runs.close(box=(1, 3)).to_numpy()[0].tolist()
    /// [[0, 0, 1, 1, 1, 0, 0]]
    #[pyo3(signature = (radius = None, *, r#box = None))]
    fn close(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = radius)] radius: Option<u32>,
        #[pyo3(from_py_with = footprint_box)] r#box: Option<[u32; 2]>,
    ) -> PyResult<Self> {
        self.morph(py, MorphOp::Close, radius, r#box)
    }

    /// The pixels of each mask near its contour, as Boundary IoU has them: those that are eroded
    /// by `dilation_ratio` of the mask's diagonal.
    ///
    /// Raises:
    ///     ValueError: for a ratio that is negative or no number, and label maps.
    ///
    /// >>> import maskrle
    /// >>> maskrle.Runs.from_boxes([[0, 0, 5, 5]], (8, 8)).boundary().areas.tolist()
    /// [16]
    #[pyo3(signature = (dilation_ratio = 0.02))]
    fn boundary(&self, py: Python<'_>, dilation_ratio: f64) -> PyResult<Self> {
        Ok(Self(detached(py, || self.0.boundary(dilation_ratio))?))
    }

    /// Boundary IoU of each mask with each of another stack: float64 [n, m], the iou of their
    /// boundaries.
    ///
    /// >>> import maskrle
    /// >>> runs = maskrle.Runs.from_boxes([[0, 0, 5, 5], [1, 0, 5, 5]], (8, 8))
    /// >>> runs.boundary_iou(runs).round(3).tolist()
    /// [[1.0, 0.333], [0.333, 1.0]]
    #[pyo3(signature = (other, dilation_ratio = 0.02))]
    fn boundary_iou<'py>(
        &self,
        py: Python<'py>,
        other: &Runs,
        dilation_ratio: f64,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let iou = detached(py, || {
            let [own, others] = [&self.0, &other.0].map(|runs| runs.boundary(dilation_ratio));
            own?.iou(&others?, &[])
        })?;
        Ok(iou.to_pyarray(py))
    }
}

impl Runs {
    fn morph(
        &self,
        py: Python<'_>,
        op: MorphOp,
        radius: Option<u32>,
        sides: Option<[u32; 2]>,
    ) -> PyResult<Self> {
        let footprint = match (radius, sides) {
            (Some(radius), None) => Footprint::Disk(radius),
            (None, Some(sides)) => Footprint::Box(sides),
            _ => {
                return Err(PyValueError::new_err(
                    "the footprint is a disk's radius or box=(height, width), one of them",
                ));
            }
        };
        Ok(Self(detached(py, || self.0.morph(op, footprint))?))
    }
}
