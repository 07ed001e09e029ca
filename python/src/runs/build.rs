//! Runs from pixels, and from what others wrote.

use maskrle::{KaggleRle, MaskRuns, Order};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};

use super::Runs;
use crate::arguments::Size;
use crate::encoder::{default_encoder, parse_order, runs};
use crate::mask::{box_rows, polygon_rows};
use crate::masks::Asked;
use crate::process::detached;
use crate::rle::with_masks;

#[pymethods]
impl Runs {
    /// Encodes masks: what maskrle.encode takes, as runs.
    ///
    /// Args:
    ///     masks: [h, w], [n, h, w] or [b, k, h, w] (b * k masks), or a list of such arrays; see
    ///         maskrle.encode.
    ///     threshold: floats above it are foreground.
    ///     at_least: floats of at least it are foreground.
    ///     labels: true for label maps, whose runs have values.
    ///     size: (height, width) to which threshold's and at_least's floats are resampled.
    ///     order: scan order of the runs, "column-major" or "row-major".
    ///
    /// Raises:
    ///     ValueError, TypeError, MemoryError: as maskrle.encode.
    ///
    /// >>> import maskrle, numpy as np
    /// >>> maskrle.Runs.from_masks(np.array([[0.2, 0.9]], np.float32), threshold=0.5)
    /// <Runs: 1 mask of 1 x 2, column-major, 2 runs>
    #[classmethod]
    #[pyo3(signature = (
        masks, *, threshold = None, at_least = None, labels = false, size = None,
        order = "column-major",
    ))]
    fn from_masks(
        _class: &Bound<'_, PyType>,
        masks: &Bound<'_, PyAny>,
        threshold: Option<f64>,
        at_least: Option<f64>,
        labels: bool,
        size: Option<Size>,
        order: &str,
    ) -> PyResult<Self> {
        let asked = Asked::new(threshold, at_least, labels, size)?;
        runs(masks, &asked, parse_order(order)?, default_encoder)
    }

    /// Reads COCO's dicts.
    ///
    /// Args:
    ///     rles: one dict {"size": [h, w], "counts": str, bytes or list of int}, or a list of them.
    ///
    /// Raises:
    ///     ValueError: for counts that are no mask of their size, with mask and place.
    ///     TypeError: for what is no dict, and for counts of other types.
    ///
    /// >>> import maskrle
    /// >>> maskrle.Runs.from_coco({"size": [2, 3], "counts": "15"}).areas.tolist()
    /// [5]
    #[classmethod]
    fn from_coco(_class: &Bound<'_, PyType>, rles: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self(with_masks(rles, Ok)?.0))
    }

    /// Reads Kaggle's pairs of start and length, starts counted from 1.
    ///
    /// Args:
    ///     pairs: one string, or a list of strings.
    ///     size: (height, width) of the masks.
    ///     order: the scan order of the starts, "column-major" or "row-major".
    ///
    /// Raises:
    ///     ValueError: for pairs that are no mask of this size, with mask and pair.
    ///     TypeError: for what is neither a str nor a list of str.
    ///
    /// >>> import maskrle
    /// >>> maskrle.Runs.from_kaggle("2 3", (3, 2)).to_numpy()[0].tolist()
    /// [[0, 1], [1, 0], [1, 0]]
    #[classmethod]
    #[pyo3(signature = (pairs, size, *, order = "column-major"))]
    fn from_kaggle(
        _class: &Bound<'_, PyType>,
        pairs: &Bound<'_, PyAny>,
        size: Size,
        order: &str,
    ) -> PyResult<Self> {
        let order = parse_order(order)?;
        let texts = match pairs.cast::<PyString>() {
            Ok(text) => vec![text.clone()],
            Err(_) => pairs.extract().map_err(|_| {
                PyTypeError::new_err("pairs are a str, or a list of str, one for each mask")
            })?,
        };
        // Of a surrogate, which UTF-8 does not have, the error then tells the place.
        let texts = texts.iter().map(|text| text.to_string_lossy().into_owned());
        let size = size.0;
        let rle = |pairs| KaggleRle { size, order, pairs };
        let rles: Vec<_> = texts.map(rle).collect();
        Ok(Self(detached(pairs.py(), || maskrle::Runs::read(&rles))?))
    }

    /// Rasterises polygons as pycocotools does, a mask each.
    ///
    /// Args:
    ///     polygons: a list of [x0, y0, x1, y1, ...], or an array [n, 2 * points], in pixels.
    ///     size: (height, width) of the masks.
    ///
    /// Raises:
    ///     ValueError: for rows that are no polygon, and for coordinates that are not finite.
    ///
    /// >>> import maskrle
    /// >>> maskrle.Runs.from_polygons([[1, 1, 4, 1, 4, 3, 1, 3]], (3, 4)).areas.tolist()
    /// [6]
    #[classmethod]
    fn from_polygons(
        _class: &Bound<'_, PyType>,
        polygons: &Bound<'_, PyAny>,
        size: Size,
    ) -> PyResult<Self> {
        let py = polygons.py();
        let polygons = polygon_rows(polygons)?;
        Ok(Self(detached(py, || {
            maskrle::Runs::from_polygons(size.0, &polygons)
        })?))
    }

    /// Makes a mask of each box.
    ///
    /// Args:
    ///     boxes: an array [n, 4] or a list of [x, y, width, height], in pixels.
    ///     size: (height, width) of the masks.
    ///
    /// Raises:
    ///     ValueError: for rows that are no box, and for sides that are negative or not finite.
    ///
    /// >>> import maskrle
    /// >>> maskrle.Runs.from_boxes([[1, 0, 2, 2]], (3, 4)).areas.tolist()
    /// [4]
    #[classmethod]
    fn from_boxes(
        _class: &Bound<'_, PyType>,
        boxes: &Bound<'_, PyAny>,
        size: Size,
    ) -> PyResult<Self> {
        let rows = box_rows(boxes)?;
        let runs = detached(boxes.py(), || {
            let mask = |&row| MaskRuns::from_bbox(size.0, Order::ColumnMajor, row);
            let masks = rows.iter().map(mask).collect::<maskrle::Result<Vec<_>>>()?;
            maskrle::Runs::from_masks(&masks)
        })?;
        Ok(Self(runs))
    }

    /// Puts stacks of one scan order behind each other.
    ///
    /// Args:
    ///     stacks: a list of Runs, at least one, all binary or all label maps.
    ///
    /// Raises:
    ///     ValueError: for no stacks, and for stacks that do not go together.
    ///
    /// >>> import maskrle
    /// >>> square = maskrle.Runs.from_boxes([[0, 0, 2, 2]], (3, 4))
    /// >>> len(maskrle.Runs.concat([square, square]))
    /// 2
    #[classmethod]
    fn concat(_class: &Bound<'_, PyType>, stacks: Vec<PyRef<'_, Runs>>) -> PyResult<Self> {
        let py = _class.py();
        let Some(first) = stacks.first() else {
            return Err(PyValueError::new_err("no stacks to put together"));
        };
        let order = first.0.order();
        let stacks: Vec<&maskrle::Runs> = stacks.iter().map(|stack| &stack.0).collect();
        if stacks.iter().any(|stack| stack.order() != order) {
            return Err(PyValueError::new_err(
                "stacks of both scan orders: bring them to one with to_order",
            ));
        }
        let masks = || stacks.iter().flat_map(|stack| stack.iter());
        Ok(Self(detached(py, || maskrle::Runs::from_masks(masks()))?))
    }
}
