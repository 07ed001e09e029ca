//! Set algebra, and masks cropped, padded, flipped, turned, tiled, resized and warped.

use maskrle::SetOp;
use numpy::PyArray1;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::Runs;
use crate::arguments::{
    Bbox, Size, across, affine, bottom, down, homography, labels, left, right, top, turns,
};
use crate::process::detached;

type Int64s<'py> = Bound<'py, PyArray1<i64>>;

#[pymethods]
impl Runs {
    /// All masks merged to one.
    ///
    /// Args:
    ///     op: "union", "intersection", "difference" (the first without the others) or "xor".
    ///
    /// Raises:
    ///     ValueError: for another op, no masks, masks of several sizes, and label maps.
    ///
    /// >>> import maskrle
    /// >>> runs = maskrle.Runs.from_boxes([[0, 0, 2, 2], [1, 0, 2, 2]], (3, 4))
    /// >>> runs.merge().areas.tolist(), runs.merge("intersection").areas.tolist()
    /// ([6], [2])
    #[pyo3(signature = (op = "union"))]
    fn merge(&self, py: Python<'_>, op: &str) -> PyResult<Self> {
        let op = match op {
            "union" => SetOp::Union,
            "intersection" => SetOp::Intersection,
            "difference" => SetOp::Difference,
            "xor" => SetOp::Xor,
            _ => {
                return Err(PyValueError::new_err(format!(
                    "op={op:?}: \"union\", \"intersection\", \"difference\" and \"xor\" are known"
                )));
            }
        };
        Ok(Self(detached(py, || Ok(self.0.merge(op)?.into()))?))
    }

    fn __or__(&self, py: Python<'_>, other: &Runs) -> PyResult<Self> {
        self.pairs(py, other, SetOp::Union)
    }

    fn __and__(&self, py: Python<'_>, other: &Runs) -> PyResult<Self> {
        self.pairs(py, other, SetOp::Intersection)
    }

    fn __sub__(&self, py: Python<'_>, other: &Runs) -> PyResult<Self> {
        self.pairs(py, other, SetOp::Difference)
    }

    fn __xor__(&self, py: Python<'_>, other: &Runs) -> PyResult<Self> {
        self.pairs(py, other, SetOp::Xor)
    }

    fn __invert__(&self, py: Python<'_>) -> PyResult<Self> {
        Ok(Self(detached(py, || self.0.complement())?))
    }

    /// The part of each mask within a box.
    ///
    /// Args:
    ///     bbox: (x, y, width, height), in pixels, within the masks.
    ///
    /// Raises:
    ///     ValueError: for a box that goes beyond a mask.
    ///
    /// >>> import maskrle
    /// >>> maskrle.Runs.from_boxes([[0, 0, 2, 2]], (3, 4)).crop((1, 0, 2, 3)).to_numpy()[0].tolist()
    /// [[1, 0], [1, 0], [0, 0]]
    fn crop(&self, py: Python<'_>, bbox: Bbox) -> PyResult<Self> {
        Ok(Self(detached(py, || self.0.crop(bbox.0))?))
    }

    /// Each mask with background around it.
    ///
    /// Args:
    ///     left: columns before it, in pixels.
    ///     right: columns after it.
    ///     top: rows above it.
    ///     bottom: rows below it.
    ///
    /// Raises:
    ///     ValueError: for numbers below 0 or above 2**32 - 1.
    ///     MemoryError: for masks of more than 2**32 - 1 pixels.
    ///
    /// >>> import maskrle
    /// >>> maskrle.Runs.from_boxes([[0, 0, 1, 1]], (1, 2)).pad(left=1, top=1).to_numpy()[0].tolist()
    /// [[0, 0, 0], [0, 1, 0]]
    #[pyo3(signature = (*, left = 0, right = 0, top = 0, bottom = 0))]
    fn pad(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = left)] left: u32,
        #[pyo3(from_py_with = right)] right: u32,
        #[pyo3(from_py_with = top)] top: u32,
        #[pyo3(from_py_with = bottom)] bottom: u32,
    ) -> PyResult<Self> {
        Ok(Self(detached(py, || {
            self.0.pad([top, bottom, left, right])
        })?))
    }

    /// Each mask with left and right exchanged.
    ///
    /// >>> import maskrle
    /// >>> maskrle.Runs.from_boxes([[0, 0, 1, 1]], (1, 3)).flip_left_right().boxes.tolist()
    /// [[2, 0, 1, 1]]
    fn flip_left_right(&self, py: Python<'_>) -> PyResult<Self> {
        Ok(Self(detached(py, || Ok(self.0.flip_left_right()))?))
    }

    /// Each mask with top and bottom exchanged.
    ///
    /// >>> import maskrle
    /// >>> maskrle.Runs.from_boxes([[0, 0, 1, 1]], (3, 1)).flip_up_down().boxes.tolist()
    /// [[0, 2, 1, 1]]
    fn flip_up_down(&self, py: Python<'_>) -> PyResult<Self> {
        Ok(Self(detached(py, || Ok(self.0.flip_up_down()))?))
    }

    /// Each mask with rows and columns exchanged: the runs stay, and their scan order is the other.
    ///
    /// >>> import maskrle
    /// >>> maskrle.Runs.from_boxes([[0, 1, 2, 1]], (3, 4)).transpose().boxes.tolist()
    /// [[1, 0, 1, 2]]
    fn transpose(&self, py: Python<'_>) -> PyResult<Self> {
        Ok(Self(detached(py, || Ok(self.0.transpose()))?))
    }

    /// Each mask turned by quarter turns, those above 0 against the clock, as by `numpy.rot90`.
    ///
    /// >>> import maskrle
    /// >>> maskrle.Runs.from_boxes([[2, 0, 1, 1]], (2, 3)).rot90().to_numpy()[0].tolist()
    /// [[1, 0], [0, 0], [0, 0]]
    #[pyo3(signature = (turns = 1))]
    fn rot90(&self, py: Python<'_>, #[pyo3(from_py_with = turns)] turns: i32) -> PyResult<Self> {
        Ok(Self(detached(py, || Ok(self.0.rot90(turns)))?))
    }

    /// Each mask `down` times below itself and `across` times beside itself.
    ///
    /// Raises:
    ///     ValueError: for numbers below 0 or above 2**32 - 1.
    ///     MemoryError: for masks of more than 2**32 - 1 pixels, and more than 2**28 runs.
    ///
    /// >>> import maskrle
    /// >>> maskrle.Runs.from_boxes([[0, 0, 1, 1]], (1, 2)).tile(across=2).to_numpy()[0].tolist()
    /// [[1, 0, 1, 0]]
    #[pyo3(signature = (down = 1, across = 1))]
    fn tile(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = down)] down: u32,
        #[pyo3(from_py_with = across)] across: u32,
    ) -> PyResult<Self> {
        Ok(Self(detached(py, || self.0.tile([down, across]))?))
    }

    /// Each mask in another size: the pixels that `cv2.resize` takes with `INTER_NEAREST`.
    ///
    /// Args:
    ///     size: (height, width) of all masks.
    ///
    /// Raises:
    ///     ValueError: for masks without pixels.
    ///     MemoryError: for masks of more than 2**32 - 1 pixels, and more than 2**28 runs.
    ///
    /// >>> import maskrle
    /// >>> maskrle.Runs.from_boxes([[0, 0, 1, 1]], (1, 2)).resize_nearest((1, 6)).areas.tolist()
    /// [3]
    fn resize_nearest(&self, py: Python<'_>, size: Size) -> PyResult<Self> {
        Ok(Self(detached(py, || self.0.resize_nearest(size.0))?))
    }

    /// Each mask warped by an affine map: `cv2.warpAffine` with `INTER_NEAREST`.
    ///
    /// Each pixel (x, y) of a result is the one of column floor(sx + 0.5) and row floor(sy + 0.5),
    /// where (sx, sy) is what the inverse matrix makes of (x, y), in float64, and 0 where there is
    /// no such pixel.
    ///
    /// Args:
    ///     matrix: 2 x 3 numbers, which take (x, y, 1) of a mask to (x, y) of the result, columns
    ///         before rows.
    ///     size: (height, width) of all results.
    ///
    /// Raises:
    ///     ValueError: for a matrix that has no inverse, or numbers that are not finite.
    ///     MemoryError: for masks of more than 2**32 - 1 pixels, and more than 2**28 runs.
    ///
    /// >>> import maskrle
    /// >>> runs = maskrle.Runs.from_boxes([[0, 0, 1, 1]], (1, 2))
    /// >>> runs.warp_affine([[2, 0, 1], [0, 1, 0]], (1, 4)).to_numpy()[0].tolist()
    /// [[1, 1, 0, 0]]
    fn warp_affine(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = affine)] matrix: [[f64; 3]; 2],
        size: Size,
    ) -> PyResult<Self> {
        Ok(Self(detached(py, || self.0.warp_affine(matrix, size.0))?))
    }

    /// Each mask warped by a perspective map, as by `warp_affine`: `cv2.warpPerspective` with
    /// `INTER_NEAREST`.
    ///
    /// Args:
    ///     matrix: 3 x 3 numbers, which take (x, y, 1) of a mask to (x w, y w, w) of the result.
    ///     size: (height, width) of all results.
    ///
    /// Raises:
    ///     ValueError: for a matrix that has no inverse, or numbers that are not finite.
    ///     MemoryError: for masks of more than 2**32 - 1 pixels, and more than 2**28 runs.
    ///
    /// >>> import maskrle
    /// >>> runs = maskrle.Runs.from_boxes([[2, 0, 2, 1]], (1, 4))
    /// >>> matrix = [[6, 0, 0], [0, 1, 0], [1, 0, 3]]  # column x to 6 x / (x + 3)
    /// >>> runs.warp_perspective(matrix, (1, 4)).to_numpy()[0].tolist()
    /// [[0, 0, 1, 1]]
    fn warp_perspective(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = homography)] matrix: [[f64; 3]; 3],
        size: Size,
    ) -> PyResult<Self> {
        Ok(Self(detached(py, || {
            self.0.warp_perspective(matrix, size.0)
        })?))
    }

    /// Label maps split to a binary mask for each label but 0.
    ///
    /// Returns:
    ///     The masks; the label of each, int64; and the position of the map of each, int64.
    ///
    /// >>> import maskrle, numpy as np
    /// >>> runs = maskrle.Runs.from_masks(np.array([[0, 7, 7, 9]]), labels=True)
    /// >>> masks, labels, maps = runs.split_labels()
    /// >>> labels.tolist(), masks.areas.tolist()
    /// ([7, 9], [2, 1])
    fn split_labels<'py>(&self, py: Python<'py>) -> PyResult<(Self, Int64s<'py>, Int64s<'py>)> {
        let (instances, masks) = detached(py, || self.0.split_labels())?;
        let labels = PyArray1::from_iter(py, instances.iter().map(|instance| instance.label));
        let maps = instances.iter().map(|instance| instance.map as i64);
        Ok((Self(masks), labels, PyArray1::from_iter(py, maps)))
    }

    /// One label map of all masks; where they overlap, the later one wins.
    ///
    /// Args:
    ///     labels: an int for each mask, not 0, which is the background's; None for 1, 2, 3, ...
    ///
    /// Raises:
    ///     ValueError: for labels that are not these, no masks, masks of several sizes, and label
    ///         maps.
    ///
    /// >>> import maskrle
    /// >>> runs = maskrle.Runs.from_boxes([[0, 0, 2, 1], [1, 0, 1, 1]], (1, 3))
    /// >>> runs.to_label_map([5, 7]).to_numpy()[0].tolist()
    /// [[5, 7, 0]]
    #[pyo3(signature = (labels = None))]
    fn to_label_map(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = labels)] labels: Option<Vec<i64>>,
    ) -> PyResult<Self> {
        let labels = labels.unwrap_or_else(|| (1..=self.0.len() as i64).collect());
        Ok(Self(detached(py, || {
            Ok(self.0.to_label_map(labels)?.into())
        })?))
    }
}

impl Runs {
    fn pairs(&self, py: Python<'_>, other: &Runs, op: SetOp) -> PyResult<Self> {
        Ok(Self(detached(py, || self.0.merge_pairs(&other.0, op))?))
    }
}
