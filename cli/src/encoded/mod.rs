//! Files of encoded masks, read as streams: COCO's datasets and results, JSON lines, CSV.
//!
//! JSON is read by a scanner of our own: what is copied keeps its spelling, numbers without end and
//! the NaN of Python's json among it, which serde_json does not take.
//!
//! An [`EncodedFile`] is a file whose kind was recognised by its content. [`EncodedFile::walk`]
//! shows a JSON file piece by piece, as it stands, to those who write it again;
//! [`EncodedFile::entries`] gives the masks of a file of any kind, each with its runs;
//! [`EncodedFile::entries_where`] makes the runs of those alone that are wanted.

mod content;
mod csv;
mod entries;
mod entry;
mod fields;
mod file;
mod good_polygons;
mod grammar;
mod image;
mod json;
mod json_lines;
mod json_mask;
mod label_map;
mod limits;
mod line_error;
mod location;
mod needs;
mod notes;
mod polygons;
mod rectangles;
mod scanner;
mod skipped;
mod source;
mod union;
mod unpack;
mod usage;
mod value;

pub use self::csv::CsvOptions;
pub use entries::EntryOptions;
pub use entry::{Entry, ImageName};
pub use fields::{AnnotationIds, Fields};
pub use file::{EncodedFile, FileKind};
pub use good_polygons::without_bad_polygons;
pub use image::read_image;
pub use json::{Event, Item};
pub use json_mask::{JsonMask, Rle};
pub use label_map::masks_of;
pub use limits::{bytes_of_runs, limits};
pub use location::{List, Location};
pub use needs::{Need, Needs};
pub use notes::Notes;
pub use rectangles::{Rectangle, rectangles};
pub use skipped::{BadItem, Skipped};
pub use source::Reader;
pub use usage::{check_asked_size, check_view};
pub use value::{Kind, Member, Value, has_key};
