//! A file of encoded masks: what it holds, and how it is read.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};

use super::bytes::{Reader, Source};
use super::dialect::Dialect;
use super::image::read_image;
use super::json::{self, Event, Item, Location, has_key};
use super::line_error::{LineError, at_line};
use super::needs::{Need, Needs};
use crate::coco::Images;
use crate::text::input_name;

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
    /// Of the dialect that --from names.
    Dialect(Dialect),
    /// Nothing but white space, which encode writes where there are no masks.
    Empty,
}

/// A file of encoded masks, which can be read more than once.
#[derive(Debug)]
pub struct EncodedFile {
    /// Path as it was given, for messages.
    pub name: String,
    pub kind: FileKind,
    /// Members that are read beside the masks; by default all must be of their types.
    pub needs: Needs,
    pub path: PathBuf,
    /// Text of the file; None of a folder or a PNG, which some dialects are.
    source: Option<Source>,
}

impl EncodedFile {
    /// Opens a file, or standard input where the path is `-`, and recognises its kind.
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_as(path, None)
    }

    /// [`EncodedFile::open`] of a file of a dialect, which is not recognised.
    pub fn open_as(path: &Path, dialect: Option<Dialect>) -> Result<Self> {
        let name = input_name(path);
        let has_text = dialect.is_none_or(|dialect| dialect.is_text(path));
        let source = has_text.then(|| Source::open(path).with_context(|| name.clone()));
        let mut opened = EncodedFile {
            name,
            kind: FileKind::Empty,
            needs: Needs::all(Need::Written),
            path: path.to_owned(),
            source: source.transpose()?,
        };
        opened.kind = match dialect {
            Some(dialect) => FileKind::Dialect(dialect),
            None => opened.find_kind().map_err(|error| opened.locate(error))?,
        };
        if opened.kind == FileKind::Empty {
            check_may_be_empty(path).with_context(|| opened.name.clone())?;
        }
        Ok(opened)
    }

    /// The file, of which these members are read.
    pub fn with_needs(self, needs: Needs) -> Self {
        EncodedFile { needs, ..self }
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
        let source = self.source.as_ref().context("it is no text")?;
        source.reader()
    }

    /// Shows a JSON file to `on`, piece by piece. Errors say the line.
    pub fn walk(&self, on: &mut dyn FnMut(Event<'_>) -> Result<()>) -> Result<()> {
        let reader = self.reader().with_context(|| self.name.clone())?;
        let walked = match self.kind {
            FileKind::Dataset => json::walk_dataset(reader, on),
            FileKind::List => json::walk_list(reader, on),
            FileKind::Rows => json::walk_lines(reader, on),
            FileKind::Csv | FileKind::Dialect(_) | FileKind::Empty => Ok(()),
        };
        walked.map_err(|error| self.locate(error))
    }

    /// Images that a dataset lists, wherever in the file the list is; nothing else of the file is
    /// kept. None for files of other kinds. In Segment Anything's files, which have no list, it is
    /// the one `image`. Names of files are read as far as they are needed.
    pub fn images(&self, names: Need) -> Result<Option<Images>> {
        if self.kind != FileKind::Dataset {
            return Ok(None);
        }
        let mut images = Images::default();
        let mut add = |event: Event<'_>| match event {
            Event::Item(Item { location, text, .. }) => {
                let image = read_image(location, text, names)?;
                images.add(image).map_err(|error| location.locate(error))
            }
            Event::Member { key, value } if has_key(key, "image") => {
                let image = read_image(Location::Image, value, names)?;
                images.add_only(image)
            }
            _ => Ok(()),
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

/// Fails where a file of nothing is called as one that has something even without masks.
fn check_may_be_empty(path: &Path) -> Result<()> {
    let name = path.to_string_lossy().to_ascii_lowercase();
    let unpacked = [".gz", ".zst"]
        .iter()
        .find_map(|end| name.strip_suffix(end));
    let name = unpacked.unwrap_or(&name);
    if name.ends_with(".csv") || name.ends_with(".tsv") {
        bail!("the file is empty: CSV without rows has a header");
    }
    if name.ends_with(".json") {
        bail!("the file is empty, which JSON never is: JSON lines without rows are in a .jsonl");
    }
    Ok(())
}
