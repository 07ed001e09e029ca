//! A file of encoded masks: what it holds, and how it is read.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use tempfile::NamedTempFile;

use super::json::{self, Event, Item};
use super::json_lines;
use super::json_text::parse;
use super::line_error::{LineError, at_line};
use super::location::{List, Location};
use crate::coco::{Image, Images};

/// Kind of a file, by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A JSON object with annotations: COCO's datasets, Segment Anything's files.
    Dataset,
    /// A JSON list: COCO's results.
    List,
    /// JSON objects, one on each line; or one over several.
    Rows,
    Csv,
    /// Nothing but white space, which encode writes where there are no masks.
    Empty,
}

/// A file of encoded masks, which can be read more than once.
#[derive(Debug)]
pub struct EncodedFile {
    /// Path as it was given, for messages.
    pub name: String,
    pub kind: FileKind,
    path: PathBuf,
    /// Copy of a pipe, which itself can be read only once.
    _copy: Option<NamedTempFile>,
}

/// Reader of a file, without its byte order mark.
pub type Reader = io::Chain<io::Cursor<Vec<u8>>, BufReader<File>>;

/// Bytes that Windows programs put before text. Neither JSON nor CSV allows them.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl EncodedFile {
    /// Opens a file and recognises its kind.
    pub fn open(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let copy = copy_of_pipe(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => anyhow!("{name}: no such file"),
            _ => anyhow!(error).context(name.clone()),
        })?;
        let path = copy.as_ref().map_or(path, NamedTempFile::path).to_owned();
        let mut opened = EncodedFile {
            name,
            kind: FileKind::Empty,
            path,
            _copy: copy,
        };
        opened.kind = opened.find_kind().map_err(|error| opened.locate(error))?;
        Ok(opened)
    }

    fn find_kind(&self) -> Result<FileKind, LineError> {
        let mut reader = self.reader().map_err(at_line(0))?;
        let (mut lines, mut first) = (false, None);
        while first.is_none() {
            let buffer = reader
                .fill_buf()
                .context("it cannot be read")
                .map_err(at_line(0))?;
            if buffer.is_empty() {
                return Ok(FileKind::Empty);
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
            Some(b'[') => Ok(FileKind::List),
            Some(b'{') if json::is_dataset(reader) => Ok(FileKind::Dataset),
            Some(b'{') => Ok(FileKind::Rows),
            _ if lines => Err(LineError {
                line: 1,
                error: anyhow!("neither JSON nor CSV: it begins with an empty line"),
            }),
            _ => Ok(FileKind::Csv),
        }
    }

    /// Opens the file once more, at its beginning.
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

    /// Shows a JSON file to `on`, piece by piece. Errors say the line.
    pub fn walk(&self, on: &mut dyn FnMut(Event<'_>) -> Result<()>) -> Result<()> {
        let reader = self.reader().with_context(|| self.name.clone())?;
        let walked = match self.kind {
            FileKind::Dataset => json::walk(reader, json::Shape::Dataset, on),
            FileKind::List => json::walk(reader, json::Shape::List, on),
            FileKind::Rows => json_lines::walk(reader, on),
            FileKind::Csv | FileKind::Empty => Ok(()),
        };
        walked.map_err(|error| self.locate(error))
    }

    /// Images that a dataset lists, wherever in the file the list is; nothing else of the file is
    /// kept. None for files of other kinds. In Segment Anything's files, which have no list, it is
    /// the one `image`.
    pub fn images(&self, keeps_names: bool) -> Result<Option<Images>> {
        if self.kind != FileKind::Dataset {
            return Ok(None);
        }
        let mut images = Images::default();
        let mut add = |event: Event<'_>| {
            let (location, text, is_only) = match event {
                Event::Item(Item {
                    list: List::Images,
                    location,
                    text,
                    ..
                }) => (location, text, false),
                Event::Member {
                    key: "image",
                    value,
                } => (Location::Image, value, true),
                _ => return Ok(()),
            };
            let image: Image = parse(text).map_err(|error| location.locate(error))?;
            let added = if is_only {
                images.add_only(&image, keeps_names)
            } else {
                images.add(&image, keeps_names)
            };
            added.map_err(|error| location.locate(error))
        };
        for key in ["images", "image"] {
            let reader = self.reader().with_context(|| self.name.clone())?;
            if json::walk_member(reader, key, &mut add).map_err(|error| self.locate(error))? {
                break;
            }
        }
        Ok(Some(images))
    }

    /// Adds the name of the file and the line to an error.
    pub fn locate(&self, LineError { line, error }: LineError) -> anyhow::Error {
        error.context(if line > 0 {
            format!("{}:{line}", self.name)
        } else {
            self.name.clone()
        })
    }
}

/// Temporary file with the content of a pipe; None for a file.
fn copy_of_pipe(path: &Path) -> io::Result<Option<NamedTempFile>> {
    let mut file = File::open(path)?;
    if file.metadata()?.is_file() {
        return Ok(None);
    }
    let mut copy = NamedTempFile::new()?;
    io::copy(&mut file, &mut copy)?;
    Ok(Some(copy))
}
