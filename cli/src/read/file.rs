//! Files of pixels: their types, and opening them.

use std::fs::{self, File};
use std::io::{self, Cursor, Read};
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};

use super::npy;
use crate::file_kind;

/// Type of a file of pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileType {
    Npy,
    Npz,
    Png,
}

/// Files that are read, for messages.
pub const ACCEPTED: &str = ".npy, .npz and .png files, and folders of them";

/// Path that stands for standard input.
pub const STANDARD_INPUT: &str = "-";

impl FileType {
    /// The type that a file's extension names.
    pub fn of_name(path: &Path) -> Option<Self> {
        match path
            .extension()?
            .to_string_lossy()
            .to_ascii_lowercase()
            .as_str()
        {
            "npy" => Some(FileType::Npy),
            "npz" => Some(FileType::Npz),
            "png" => Some(FileType::Png),
            _ => None,
        }
    }

    /// The type of a file that begins with these bytes.
    pub fn of_bytes(head: &[u8]) -> Option<Self> {
        let kinds: [(&[u8], FileType); 3] = [
            (npy::MAGIC, FileType::Npy),
            (b"PK\x03\x04", FileType::Npz),
            (b"\x89PNG\r\n\x1a\n", FileType::Png),
        ];
        kinds
            .into_iter()
            .find(|(magic, _)| head.starts_with(magic))
            .map(|(_, kind)| kind)
    }
}

/// An open file, before its first byte.
pub struct OpenFile {
    /// All bytes of the file, from the first on.
    pub reader: Box<dyn Read + Send>,
    /// Number of its bytes, where that is known: not for a pipe.
    pub size: Option<u64>,
}

/// Opens a file of pixels, whose type is that of its name or else of its first bytes.
pub fn open(path: &Path) -> Result<(FileType, OpenFile)> {
    let (head, file) = open_any(path)?;
    match (FileType::of_name(path), file_kind::of_bytes(&head)) {
        (Some(kind), None) => Ok((kind, file)),
        (Some(_), Some((kind, _))) => bail!("{kind}, whatever its name says: {ACCEPTED} are read"),
        (None, other) => match (FileType::of_bytes(&head), other) {
            (Some(kind), _) => Ok((kind, file)),
            (None, Some((kind, _))) => bail!("{kind}, not a file of masks: {ACCEPTED} are read"),
            (None, None) if matches!(head.first(), Some(b'{' | b'[')) => {
                bail!("JSON, whose masks are encoded: `maskrle convert` reads it")
            }
            (None, None) => bail!("not a file of masks: {ACCEPTED} are read"),
        },
    }
}

/// Opens a file, of which it returns the first bytes too.
pub fn open_any(path: &Path) -> Result<(Vec<u8>, OpenFile)> {
    if path.as_os_str() == STANDARD_INPUT {
        return begin(io::stdin(), None);
    }
    let file = open_file(path)?;
    let metadata = file.metadata()?;
    let size = metadata.is_file().then_some(metadata.len());
    begin(file, size)
}

/// Opens a file whatever it is.
pub fn open_file(path: &Path) -> Result<File> {
    File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound if is_named_output(path) => {
            anyhow!("no such file or folder: the file to write is named by -o")
        }
        io::ErrorKind::NotFound => anyhow!("no such file or folder"),
        _ => error.into(),
    })
}

/// True if a file is called as those that are written, and none that is read.
fn is_named_output(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| ["json", "jsonl", "ndjson", "csv"].contains(&extension))
}

/// Looks at the first bytes, and no more, of what may be a pipe without end.
fn begin(mut rest: impl Read + Send + 'static, size: Option<u64>) -> Result<(Vec<u8>, OpenFile)> {
    let mut head = Vec::new();
    (&mut rest)
        .take(8)
        .read_to_end(&mut head)
        .context("it cannot be read")?;
    if head.is_empty() {
        bail!("the file is empty");
    }
    let reader = Box::new(Cursor::new(head.clone()).chain(rest));
    Ok((head, OpenFile { reader, size }))
}

/// Number of a file's bytes; 0 if the system does not say it.
pub fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// True if a file's name is that of a file of pixels, not of runs.
pub fn is_named_pixels(path: &Path) -> bool {
    FileType::of_name(path).is_some()
}
