//! Masks with areas, boxes and stability scores, and masks pasted into boxes.

use maskrle::{CocoInstance, InstanceOptions, Paste};
use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::arguments::Size;
use crate::encoder::default_encoder;
use crate::error::exception;
use crate::mask::box_rows;
use crate::masks::{Asked, Input};
use crate::process::detached;
use crate::progress::in_parts;
use crate::rle::str_dict;

/// `maskrle.instances`.
#[pyfunction]
#[pyo3(signature = (masks, threshold, at_least, size, stability_offset, progress = None))]
pub(crate) fn find_instances<'py>(
    masks: &Bound<'py, PyAny>,
    threshold: Option<f64>,
    at_least: Option<f64>,
    size: Option<Size>,
    stability_offset: Option<f64>,
    progress: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let asked = Asked::new(threshold, at_least, false, size)?;
    let options = match stability_offset {
        Some(offset) => InstanceOptions::new().stability_offset(offset),
        None => InstanceOptions::new(),
    };
    in_parts(masks, size, progress, |masks| {
        instances(masks, &asked, options, stability_offset.is_some())
    })
}

fn instances<'py>(
    masks: &Bound<'py, PyAny>,
    asked: &Asked,
    options: InstanceOptions,
    has_score: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let py = masks.py();
    // Scores compare floats twice more: their device's comparison would leave bits alone.
    let input = Input::read(masks, asked, has_score)?;
    let batches = input.batches(asked)?;
    let found = detached(py, || {
        let encoder = default_encoder()?;
        let found = batches
            .iter()
            .map(|masks| encoder.instances_with(masks, options));
        found.collect::<maskrle::Result<Vec<_>>>()
    })?;
    let dicts = found
        .iter()
        .flatten()
        .map(|instance| Ok(dict(py, instance)?.into_any()));
    input.nested(py, dicts)
}

fn dict<'py>(py: Python<'py>, instance: &CocoInstance) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    let segmentation = str_dict(py, &instance.segmentation)?;
    dict.set_item(intern!(py, "segmentation"), segmentation)?;
    dict.set_item(intern!(py, "area"), instance.area)?;
    dict.set_item(intern!(py, "bbox"), PyList::new(py, instance.bbox)?)?;
    if let Some(score) = instance.stability_score {
        dict.set_item(intern!(py, "stability_score"), score)?;
    }
    Ok(dict)
}

/// `maskrle.paste`.
#[pyfunction]
pub(crate) fn paste_masks<'py>(
    masks: &Bound<'py, PyAny>,
    boxes: &Bound<'py, PyAny>,
    size: Size,
    threshold: f64,
    like: &str,
) -> PyResult<Bound<'py, PyList>> {
    let py = masks.py();
    // detectron2 compares by >=, and torchvision's callers by >.
    let (paste, is_inclusive) = match like {
        "detectron2" => (Paste::GridSample, true),
        "torchvision" => (Paste::Torchvision, false),
        _ => {
            return Err(PyValueError::new_err(format!(
                "like={like:?}: \"detectron2\" and \"torchvision\" are known"
            )));
        }
    };
    let above = (!is_inclusive).then_some(threshold);
    let at_least = is_inclusive.then_some(threshold);
    let asked = Asked::new(above, at_least, false, None)?;
    let input = Input::read(masks, &asked, true)?;
    // References compute in float32.
    let corners = |row: &[f64; 4]| row.map(|coordinate| coordinate as f32);
    let boxes: Vec<_> = box_rows(boxes)?.iter().map(corners).collect();
    let pixels = input.masks(&asked)?;
    let pixels = pixels.pasted(&boxes, size.0, paste).map_err(exception)?;
    let rles = detached(py, || default_encoder()?.coco(&pixels))?;
    let dicts = rles.iter().map(|rle| str_dict(py, rle));
    PyList::new(py, dicts.collect::<PyResult<Vec<_>>>()?)
}
