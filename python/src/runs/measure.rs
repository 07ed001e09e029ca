//! Areas, boxes, centroids, moments, iou and nms.

use maskrle::ndarray::Array2;
use numpy::{PyArray1, PyArray2, ToPyArray};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::Runs;
use crate::arguments::{is_crowd, scores};
use crate::process::detached;

#[pymethods]
impl Runs {
    /// Number of foreground pixels of each mask: int64 [n].
    ///
    /// >>> import maskrle
    /// >>> maskrle.Runs.from_boxes([[0, 0, 2, 2], [1, 0, 1, 2]], (3, 4)).areas.tolist()
    /// [4, 2]
    #[getter]
    fn areas<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<i64>>> {
        let areas = detached(py, || Ok(self.0.areas()))?;
        // A mask has at most u32::MAX pixels.
        Ok(PyArray1::from_iter(
            py,
            areas.into_iter().map(|area| area as i64),
        ))
    }

    /// Smallest box around the foreground of each mask: int64 [n, 4] of x, y, width and height, in
    /// pixels; zeros where there is none.
    ///
    /// >>> import maskrle
    /// >>> maskrle.Runs.from_boxes([[1, 0, 2, 3]], (3, 4)).boxes.tolist()
    /// [[1, 0, 2, 3]]
    #[getter]
    fn boxes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<i64>>> {
        let boxes = detached(py, || Ok(self.0.bboxes()))?;
        let array = Array2::from_shape_fn((boxes.len(), 4), |(mask, side)| {
            i64::from(boxes[mask][side])
        });
        Ok(array.to_pyarray(py))
    }

    /// Mean of the foreground pixels of each mask: float64 [n, 2] of x and y, nan where there is
    /// none. The middle of the first pixel is (0, 0).
    ///
    /// >>> import maskrle
    /// >>> maskrle.Runs.from_boxes([[1, 0, 2, 3]], (3, 4)).centroids.tolist()
    /// [[1.5, 1.0]]
    #[getter]
    fn centroids<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let centroids = detached(py, || Ok(self.0.centroids()))?;
        let array = Array2::from_shape_fn((centroids.len(), 2), |(mask, axis)| {
            centroids[mask].map_or(f64::NAN, |centroid| centroid[axis])
        });
        Ok(array.to_pyarray(py))
    }

    /// Moments of each mask: float64 [n, 10], `m00`, `m10`, `m01`, `m20`, `m11`, `m02`, `m30`,
    /// `m21`, `m12` and `m03`, where `m21` is the sum of x * x * y over the foreground pixels, as in
    /// `cv2.moments` with `binaryImage`.
    ///
    /// >>> import maskrle
    /// >>> maskrle.Runs.from_boxes([[1, 0, 2, 1]], (3, 4)).moments[0, :3].tolist()
    /// [2.0, 3.0, 0.0]
    #[getter]
    fn moments<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let moments = detached(py, || Ok(self.0.moments()))?;
        let mut rows = Vec::with_capacity(10 * moments.len());
        for m in &moments {
            let row = [
                m.m00, m.m10, m.m01, m.m20, m.m11, m.m02, m.m30, m.m21, m.m12, m.m03,
            ];
            rows.extend(row.map(|moment| moment as f64));
        }
        let array = Array2::from_shape_vec((moments.len(), 10), rows);
        Ok(array.expect("ten moments a mask").to_pyarray(py))
    }

    /// Intersection over union of each mask with each of another stack: float64 [n, m].
    ///
    /// Args:
    ///     other: m masks of the same sizes.
    ///     is_crowd: for each of other, True or 1 where the intersection is divided by this mask's
    ///         area alone; None for none of them.
    ///
    /// Raises:
    ///     ValueError: for masks of several sizes or both scan orders, for label maps, and for more
    ///         or fewer flags than other has masks.
    ///     MemoryError: for more than 2**27 pairs.
    ///
    /// >>> import maskrle
    /// >>> runs = maskrle.Runs.from_boxes([[0, 0, 2, 2], [1, 0, 2, 2]], (3, 4))
    /// >>> runs.iou(runs).round(3).tolist()
    /// [[1.0, 0.333], [0.333, 1.0]]
    #[pyo3(signature = (other, is_crowd = None))]
    fn iou<'py>(
        &self,
        py: Python<'py>,
        other: &Runs,
        #[pyo3(from_py_with = is_crowd)] is_crowd: Option<Vec<bool>>,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let is_crowd = is_crowd.unwrap_or_default();
        Ok(detached(py, || self.0.iou(&other.0, &is_crowd))?.to_pyarray(py))
    }

    /// Positions of the masks that non-maximum suppression keeps, best first: int64.
    ///
    /// Args:
    ///     scores: a number for each mask, a list or an array [n].
    ///     iou_threshold: a mask goes that has a higher iou with a better one.
    ///
    /// Raises:
    ///     ValueError: for more or fewer scores than masks, for nan, for masks of several sizes, and
    ///         for label maps.
    ///
    /// >>> import maskrle
    /// >>> runs = maskrle.Runs.from_boxes([[0, 0, 2, 2], [0, 0, 2, 3]], (3, 4))
    /// >>> runs.nms([0.4, 0.9], 0.5).tolist()
    /// [1]
    fn nms<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = scores)] scores: Vec<f64>,
        iou_threshold: f64,
    ) -> PyResult<Bound<'py, PyArray1<i64>>> {
        let kept = detached(py, || self.0.nms(&scores, iou_threshold))?;
        let positions = kept.into_iter().map(i64::try_from);
        let positions = positions.collect::<Result<Vec<_>, _>>();
        let positions = positions.map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(PyArray1::from_vec(py, positions))
    }
}
