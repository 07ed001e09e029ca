//! Masks with areas, boxes and stability scores, and masks pasted into boxes.

use maskrle::{CocoInstance, InstanceOptions, Paste};
use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::encoder::default_encoder;
use crate::error::exception;
use crate::mask::box_rows;
use crate::masks::{Asked, Input};
use crate::process::detached;
use crate::rle::str_dict;

/// `maskrle.instances`.
#[pyfunction]
pub(crate) fn find_instances<'py>(
    masks: &Bound<'py, PyAny>,
    threshold: Option<f64>,
    at_least: Option<f64>,
    size: Option<[u32; 2]>,
    stability_offset: Option<f64>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = masks.py();
    let asked = Asked::new(threshold, at_least, false, size)?;
    // Scores compare floats twice more: their device's comparison would leave bits alone.
    let input = Input::read(masks, &asked, stability_offset.is_some())?;
    let pixels = input.masks(&asked)?;
    let options = match stability_offset {
        Some(offset) => InstanceOptions::new().stability_offset(offset),
        None => InstanceOptions::new(),
    };
    let found = detached(py, || default_encoder()?.instances_with(&pixels, options))?;
    let dicts = found
        .iter()
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
    size: [u32; 2],
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
    let pixels = pixels.pasted(&boxes, size, paste).map_err(exception)?;
    let rles = detached(py, || default_encoder()?.coco(&pixels))?;
    let dicts = rles.iter().map(|rle| str_dict(py, rle));
    PyList::new(py, dicts.collect::<PyResult<Vec<_>>>()?)
}
