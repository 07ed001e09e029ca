//! The compiled half of the Python package `maskrle`; `python/maskrle` is its face.

mod arguments;
mod array;
mod command;
mod encode;
mod encoder;
mod error;
mod instances;
#[allow(non_snake_case, reason = "arguments are named as pycocotools' are")]
mod mask;
mod mask_dict;
mod masks;
mod number;
mod process;
mod progress;
mod rle;
mod runs;

/// The compiled half of maskrle.
#[pyo3::pymodule(gil_used = false)]
mod _maskrle {
    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        crate::process::refuse_other_interpreters(module.py())
    }

    #[pymodule_export]
    use crate::command::run_command;
    #[pymodule_export]
    use crate::encoder::Encoder;
    #[pymodule_export]
    use crate::instances::{find_instances, paste_masks};
    #[pymodule_export]
    use crate::process::after_fork;
    #[pymodule_export]
    use crate::runs::Runs;

    #[pymodule_export]
    use crate::encoder::encode_masks;

    #[pymodule_export]
    use crate::mask::{
        mask_area, mask_decode, mask_encode, mask_from_boxes, mask_from_counts, mask_from_objects,
        mask_from_polygons, mask_iou, mask_merge, mask_to_bbox,
    };
}
