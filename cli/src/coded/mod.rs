//! Files of encoded masks, read as streams: COCO's datasets and results, rows of JSON, CSV.
//!
//! A [`Source`] is a file whose kind was found out. [`Source::walk`] shows a JSON file part by
//! part, as it stands, to those who write it again; [`Source::entries`] gives the masks of any
//! kind, each with its runs.

mod csv;
mod entries;
mod fields;
mod json;
mod mask;
mod rows;
mod watched;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use tempfile::NamedTempFile;

pub use self::csv::Csv;
pub use entries::{Entry, ImageName};
pub use fields::{AnnotationIds, Fields, span};
pub use json::{Event, Item, List, Place, parse};
pub use mask::{Mask, Rle, limits, masks_of};

use crate::coco::{Image, Images};

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A JSON object with annotations: COCO's datasets, Segment Anything's files.
    Dataset,
    /// A JSON list: COCO's results.
    List,
    /// JSON objects, one on each line; or one over several.
    Rows,
    Csv,
    /// Nothing but white space: what encode writes where there are no masks.
    Empty,
}

/// A file of encoded masks, which can be read more than once.
#[derive(Debug)]
pub struct Source {
    /// The path as given.
    pub name: String,
    pub kind: Kind,
    path: PathBuf,
    /// What came out of a pipe, which can be read once.
    _copy: Option<NamedTempFile>,
}

/// The most of a file that is in memory at once: an annotation, a row, a member of a dataset.
const MOST_BYTES: u64 = 64 << 20;

/// Reads a file of text.
pub type Reader = io::Chain<io::Cursor<Vec<u8>>, BufReader<File>>;

/// What Windows programs put before text. Neither JSON nor CSV knows it.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl Source {
    /// Opens a file and looks what it is.
    pub fn open(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let copy = copy_of_pipe(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => anyhow!("{name}: no such file"),
            _ => anyhow!(error).context(name.clone()),
        })?;
        let path = copy.as_ref().map_or(path, NamedTempFile::path).to_owned();
        let mut source = Source {
            name,
            kind: Kind::Empty,
            path,
            _copy: copy,
        };
        source.kind = source.find_kind().map_err(|error| source.at(error))?;
        Ok(source)
    }

    fn find_kind(&self) -> Result<Kind, At> {
        let mut reader = self.reader().map_err(at(0))?;
        let (mut lines, mut first) = (false, None);
        while first.is_none() {
            let buffer = reader
                .fill_buf()
                .context("it cannot be read")
                .map_err(at(0))?;
            if buffer.is_empty() {
                return Ok(Kind::Empty);
            }
            let blank = buffer
                .iter()
                .take_while(|byte| byte.is_ascii_whitespace())
                .count();
            lines |= buffer[..blank].contains(&b'\n');
            first = buffer.get(blank).copied();
            reader.consume(blank);
        }
        match first {
            Some(b'[') => Ok(Kind::List),
            Some(b'{') if json::is_dataset(reader) => Ok(Kind::Dataset),
            Some(b'{') => Ok(Kind::Rows),
            _ if lines => Err(At {
                line: 1,
                error: anyhow!("neither JSON nor CSV: it begins with an empty line"),
            }),
            _ => Ok(Kind::Csv),
        }
    }

    /// From the file's begin, without a byte order mark.
    pub fn reader(&self) -> Result<Reader> {
        let mut file = BufReader::with_capacity(1 << 16, File::open(&self.path)?);
        let mut head = Vec::new();
        (&mut file)
            .take(3)
            .read_to_end(&mut head)
            .context("it cannot be read")?;
        if head == BYTE_ORDER_MARK {
            head.clear();
        }
        Ok(io::Cursor::new(head).chain(file))
    }

    /// Shows a JSON file to `on`, part by part. Errors say the line.
    pub fn walk(&self, on: &mut dyn FnMut(Event<'_>) -> Result<()>) -> Result<()> {
        let reader = self.reader().with_context(|| self.name.clone())?;
        let walked = match self.kind {
            Kind::Dataset => json::walk(reader, json::Shape::Dataset, on),
            Kind::List => json::walk(reader, json::Shape::List, on),
            Kind::Rows => rows::walk(reader, on),
            Kind::Csv | Kind::Empty => Ok(()),
        };
        walked.map_err(|error| self.at(error))
    }

    /// The images that a dataset lists, wherever in the file it does; nothing else of it is kept.
    /// Other files list none. Where there is no list, it is the one `image` that Segment Anything's
    /// files have.
    pub fn images(&self, keeps_names: bool) -> Result<Option<Images>> {
        if self.kind != Kind::Dataset {
            return Ok(None);
        }
        let mut images = Images::default();
        let mut add = |event: Event<'_>| {
            let (place, text, is_only) = match event {
                Event::Item(Item {
                    list: List::Images,
                    place,
                    text,
                }) => (place, text, false),
                Event::Member {
                    key: "image",
                    value,
                } => (json::Place::Image, value, true),
                _ => return Ok(()),
            };
            let image: Image = parse(text).map_err(|error| place.around(error))?;
            let added = if is_only {
                images.add_only(&image, keeps_names)
            } else {
                images.add(&image, keeps_names)
            };
            added.map_err(|error| place.around(error))
        };
        for key in ["images", "image"] {
            let reader = self.reader().with_context(|| self.name.clone())?;
            if json::walk_member(reader, key, &mut add).map_err(|error| self.at(error))? {
                break;
            }
        }
        Ok(Some(images))
    }

    fn at(&self, At { line, error }: At) -> anyhow::Error {
        error.context(if line > 0 {
            format!("{}:{line}", self.name)
        } else {
            self.name.clone()
        })
    }
}

/// What a pipe holds, as a file; None for a file.
fn copy_of_pipe(path: &Path) -> io::Result<Option<NamedTempFile>> {
    let mut file = File::open(path)?;
    if file.metadata()?.is_file() {
        return Ok(None);
    }
    let mut copy = NamedTempFile::new()?;
    io::copy(&mut file, &mut copy)?;
    Ok(Some(copy))
}

/// An error and the line it is in, counted from 1; 0 where none is known.
struct At {
    line: u64,
    error: anyhow::Error,
}

fn at<E: Into<anyhow::Error>>(line: u64) -> impl Fn(E) -> At {
    move |error| At {
        line,
        error: error.into(),
    }
}
