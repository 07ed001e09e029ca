//! Reads masks from files: every file is one input or several, every input a stream of chunks.

mod folder;
mod interleaved;
mod npy;
mod npy_header;
mod npz;
mod pixels;
mod png;

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{Cursor, Read};
use std::path::Path;

use anyhow::{Context, Result, bail};

pub use pixels::{Pixels, Question};

/// What the readers are told.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Whether three dimensions are `[h, w, n]`, and not `[n, h, w]`.
    pub masks_last: bool,
    /// What is asked of the pixels: it decides which types are accepted.
    pub question: Question,
    /// Bytes of pixels to yield at a time, where masks can be told apart without reading them all.
    pub chunk_bytes: u64,
}

/// One array or image: masks of one type and size.
pub struct Input<'a> {
    /// Whether it has a dimension of masks, even if of one.
    pub is_stack: bool,
    /// Height and width of its masks.
    pub size: [usize; 2],
    /// Its masks, in order, some at a time.
    pub chunks: Box<dyn Iterator<Item = Result<Pixels>> + 'a>,
}

/// What an input is called.
#[derive(Debug, Clone)]
pub struct Name {
    /// The path as given, and the array's name in an archive.
    pub source: String,
    /// The file's stem, and the array's name in an archive: Kaggle's `ImageId`.
    pub id: String,
    /// The path's last part, and the array's name in an archive: COCO's `file_name`.
    pub file_name: String,
    /// The file's stem, or in an archive the array's name: what an image of the same name is found
    /// by.
    pub stem: String,
}

impl Name {
    fn of_file(path: &Path) -> Self {
        let text = |part: Option<&OsStr>| {
            part.unwrap_or(path.as_os_str())
                .to_string_lossy()
                .into_owned()
        };
        let stem = text(path.file_stem());
        let file_name = text(path.file_name());
        Name {
            source: path.display().to_string(),
            id: stem.clone(),
            file_name,
            stem,
        }
    }

    fn of_array(&self, array: &str) -> Self {
        Name {
            source: format!("{}:{array}", self.source),
            id: format!("{}_{array}", self.id),
            file_name: format!("{}:{array}", self.file_name),
            stem: array.to_owned(),
        }
    }
}

/// Called with each input or why it cannot be read. An error from it ends the reading.
pub type Visit<'v> = dyn FnMut(&Name, Result<Input<'_>>) -> Result<()> + 'v;

/// The files that `path` stands for: itself, or those in the folder that it is.
pub fn files(path: &Path) -> Result<Vec<std::path::PathBuf>> {
    if path.is_dir() {
        folder::files(path)
    } else {
        Ok(vec![path.to_owned()])
    }
}

/// How many bytes a file has; 0 if that cannot be told.
pub fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |found| found.len())
}

/// Calls `visit` with each input of a file.
pub fn visit(path: &Path, options: &Options, visit: &mut Visit<'_>) -> Result<()> {
    let name = Name::of_file(path);
    match open(path) {
        Ok((Kind::Npz, file)) => npz::visit(&name, file, options, visit),
        Ok((Kind::Npy, file)) => visit(&name, npy::input(file.reader, file.size, options)),
        Ok((Kind::Png, file)) => visit(&name, png::input(file, options)),
        Err(error) => visit(&name, Err(error)),
    }
}

/// Whether a file's pixels are floats, for those who must choose the question. Those of an archive
/// can be of any type.
pub fn holds_floats(path: &Path) -> Result<bool> {
    match open(path)? {
        (Kind::Npy, mut file) => Ok(npy_header::Header::read(&mut file.reader)?
            .element
            .is_float()),
        (Kind::Png, _) => Ok(false),
        (Kind::Npz, _) => bail!("an archive is not one stack"),
    }
}

/// An image's colours.
pub struct Picture {
    /// Height and width.
    pub size: [u32; 2],
    /// Red, green and blue of each pixel, along the rows.
    pub pixels: Vec<[u8; 3]>,
}

/// Reads a PNG of any colours.
pub fn picture(path: &Path) -> Result<Picture> {
    match open(path)? {
        (Kind::Png, file) => png::picture(file),
        _ => bail!("not a PNG"),
    }
}

/// Whether a file is named as one of pixels is, not of runs.
pub fn is_named_pixels(path: &Path) -> bool {
    Kind::of_name(path).is_some()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Npy,
    Npz,
    Png,
}

/// The extensions that are read.
const ACCEPTED: &str = ".npy, .npz and .png files, and folders of them";

impl Kind {
    fn of_name(path: &Path) -> Option<Self> {
        match path
            .extension()?
            .to_string_lossy()
            .to_ascii_lowercase()
            .as_str()
        {
            "npy" => Some(Kind::Npy),
            "npz" => Some(Kind::Npz),
            "png" => Some(Kind::Png),
            _ => None,
        }
    }

    fn of_bytes(head: &[u8]) -> Option<Self> {
        let kinds: [(&[u8], Kind); 3] = [
            (npy_header::MAGIC, Kind::Npy),
            (b"PK\x03\x04", Kind::Npz),
            (b"\x89PNG\r\n\x1a\n", Kind::Png),
        ];
        kinds
            .into_iter()
            .find(|(magic, _)| head.starts_with(magic))
            .map(|(_, kind)| kind)
    }
}

/// An open file, before its first byte.
struct Source {
    file: File,
    reader: Box<dyn Read>,
    /// How many bytes it has, where that is known: not for a pipe.
    size: Option<u64>,
}

fn open(path: &Path) -> Result<(Kind, Source)> {
    let mut file = File::open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => anyhow::anyhow!("no such file or folder"),
        _ => error.into(),
    })?;
    let found = file.metadata()?;
    let size = found.is_file().then_some(found.len());
    let mut head = Vec::new();
    (&mut file)
        .take(8)
        .read_to_end(&mut head)
        .context("it cannot be read")?;
    if head.is_empty() {
        bail!("the file is empty");
    }
    let Some(kind) = Kind::of_name(path).or_else(|| Kind::of_bytes(&head)) else {
        bail!("not a file of masks: {ACCEPTED} are read");
    };
    let rest = file.try_clone()?;
    Ok((
        kind,
        Source {
            file,
            reader: Box::new(Cursor::new(head).chain(rest)),
            size,
        },
    ))
}

/// For sizes in messages.
fn bytes(count: u128) -> String {
    format!("{count} byte{}", if count == 1 { "" } else { "s" })
}
