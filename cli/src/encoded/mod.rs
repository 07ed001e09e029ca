//! Files of encoded masks, read as streams: COCO's datasets and results, JSON lines, CSV.
//!
//! An [`EncodedFile`] is a file whose kind was recognised by its content. [`EncodedFile::walk`]
//! shows a JSON file piece by piece, as it stands, to those who write it again;
//! [`EncodedFile::entries`] gives the masks of a file of any kind, each with its runs;
//! [`EncodedFile::entries_where`] makes the runs of those alone that are wanted.

mod csv;
mod entries;
mod entry;
mod fields;
mod file;
mod json;
mod json_lines;
mod json_mask;
mod json_text;
mod label_map;
mod limits;
mod line_error;
mod location;
mod metered_reader;
mod polygons;
mod rectangles;

pub use self::csv::CsvOptions;
pub use entry::{Entry, ImageName};
pub use fields::{AnnotationIds, Fields};
pub use file::{EncodedFile, FileKind, Reader};
pub use json::{Event, Item};
pub use json_mask::{JsonMask, Rle};
pub use json_text::{parse, span};
pub use label_map::masks_of;
pub use limits::{bytes_of_runs, limits};
pub use location::{List, Location};
pub use rectangles::{Rectangle, rectangles};
