//! Ways in which datasets and tools of the field write masks, beside the formats of
//! [`mod@crate::format`].
//!
//! Each is a plain type, made from one mask's runs and checked on the way back by its `to_runs`.
//! They are there with the feature `dialects`; the command reads and writes the files around them.
//!
//! | Type | Is | Order | Written by |
//! |---|---|---|---|
//! | [`NuImagesRle`] | base64 of COCO's string | column-major | nuImages |
//! | [`OpenImagesRle`] | base64 of zlib of COCO's string | column-major | Open Images challenges |
//! | [`MotsLine`] | a line: frame, object, class, size, COCO's string | column-major | MOTS |
//! | [`CvatMask`] | counts within the tight box, and the box | row-major | CVAT |
//! | [`YoloSegment`] | a line: class, and points as shares of the sides | none | YOLO |
//! | [`LabelStudioRle`] | packed runs of RGBA bytes | row-major | Label Studio |

mod bits;
mod check;
mod cvat;
mod label_studio;
mod mots;
mod wrapped;
mod yolo;

pub use cvat::CvatMask;
pub use label_studio::LabelStudioRle;
pub use mots::MotsLine;
pub use wrapped::{NuImagesRle, OpenImagesRle};
pub use yolo::YoloSegment;
