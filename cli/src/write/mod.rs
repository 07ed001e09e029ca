//! The formats that masks are written in, each in one place for `encode` and for `convert`.
//!
//! A [`Format`] is what the command line calls one; [`open_writer`] makes the [`Writer`] of it. A
//! new format is a variant of the one, an implementation of the other, and a line in
//! [`open_writer`].

mod coco;
mod dialect;
mod extension;
mod format;
mod json;
mod kaggle;
mod mask_info;
mod measures;
mod open;
mod options;
mod writer;

pub use extension::{check_extension, folder_of, usual_format};
pub use format::Format;
pub use json::{MaskObject, ObjectFormat};
pub use kaggle::Columns;
pub use mask_info::{InputMask, MaskInfo, Origin};
pub use measures::{Measures, Wanted};
pub use open::open_writer;
pub use options::WriterOptions;
pub use writer::{EncodedMask, Writer};
