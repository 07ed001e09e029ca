//! Files of encoded masks, read as streams: COCO's datasets and results, JSON lines, CSV, and
//! dialects, which are not told by their content.
//!
//! An [`EncodedFile`] is a file whose kind was recognised by its content. [`EncodedFile::walk`]
//! shows a JSON file piece by piece, as it stands, to those who write it again;
//! [`EncodedFile::entries`] gives the masks of a file of any kind, each with its runs;
//! [`EncodedFile::entries_where`] makes the runs of those alone that are wanted.

mod bytes;
mod categories;
mod csv;
mod dialect;
mod entries;
mod entry;
mod fields;
mod file;
mod image;
mod json;
mod limits;
mod line_error;
mod looks;
mod mask;
mod needs;
mod notes;
mod skipped;
mod usage;
mod without_mask;

pub use self::bytes::Reader;
pub use self::categories::categories;
pub use self::csv::{CsvOptions, Survey};
pub use self::dialect::{Dialect, PngOptions};
pub use entries::EntryOptions;
pub use entry::{Entry, ImageName};
pub use fields::{AnnotationIds, Fields};
pub use file::{EncodedFile, FileKind};
pub use image::read_image;
pub use json::{Event, Item, Kind, List, Location, Member, Value, has_key};
pub use limits::{bytes_of_runs, limits};
pub use mask::{JsonMask, Rectangle, Rle, masks_of, rectangles, without_bad_polygons};
pub use needs::{Need, Needs};
pub use notes::Notes;
pub use skipped::{BadItem, Skipped};
pub use usage::{check_asked_size, check_view};
pub use without_mask::WithoutMask;
