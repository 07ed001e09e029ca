//! Sources: what is encoded on its own, on any thread.

use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, anyhow, bail};

use super::archive::{Archive, ArrayEntry};
use super::file::{FileType, OpenFile, open, open_file};
use super::folder::InputFile;
use super::ignored::background;
use super::input::{Input, Opened, Options, VisitOpened};
use super::name::Name;
use super::npy::{self, Header};
use super::png_mask;
use crate::temporary::{MOST_COPIED, copy_of_pipe};

/// A file, or an array of an archive.
pub struct Source {
    pub name: Name,
    /// Bytes that it takes of its file.
    pub size: u64,
    /// Index of its file, where files are counted.
    pub file: usize,
    place: Place,
}

/// The place where a source is.
enum Place {
    File(PathBuf),
    Array(Arc<Archive>, usize),
    /// Something that can be read but once, open, until it is visited.
    Opened(Mutex<Option<(FileType, OpenFile)>>),
    /// Nowhere, for this reason.
    Bad(String),
}

/// The sources in a file.
pub enum Sources {
    Known(Vec<Source>),
    /// They are known once it is opened, and that may wait for whoever writes it.
    Stream(Stream),
}

/// Something that can be read but once, such as a pipe.
pub struct Stream {
    path: PathBuf,
    name: Name,
}

/// The sources in a file: the arrays of an archive, or the file itself.
pub fn sources(file: InputFile, options: &Options) -> Sources {
    let InputFile { path, name, .. } = file;
    if let Some(error) = file.error {
        return Sources::Known(vec![Source::new(name, 0, Place::Bad(error))]);
    }
    let Some(size) = file.size else {
        return Sources::Stream(Stream { path, name });
    };
    // Without a name that says its type, a file is looked at.
    let kind = FileType::of_name(&path).map_or_else(|| open(&path).map(|(kind, _)| kind), Ok);
    Sources::Known(match kind {
        Ok(FileType::Npz) => arrays_or_error(name, archive(&path), options),
        Ok(FileType::Npy | FileType::Png) => vec![Source::new(name, size, Place::File(path))],
        Err(error) => vec![Source::bad(name, &error)],
    })
}

impl Stream {
    /// The arrays of an archive, which is copied to the temporary folder, or the only source.
    pub fn open(self, options: &Options) -> Vec<Source> {
        let name = self.name;
        match open(&self.path) {
            Ok((FileType::Npz, file)) => arrays_or_error(name, copied(file), options),
            Ok(opened) => {
                let place = Place::Opened(Mutex::new(Some(opened)));
                vec![Source::new(name, 0, place)]
            }
            Err(error) => vec![Source::bad(name, &error)],
        }
    }
}

/// An archive in the copy of a stream.
fn copied(mut stream: OpenFile) -> Result<Archive> {
    const BEGINNING: &[u8] = b"PK";
    let mut head = Vec::new();
    let length = BEGINNING.len() as u64;
    (&mut stream.reader).take(length).read_to_end(&mut head)?;
    if head != BEGINNING {
        bail!("not a .npz file: it does not begin as a zip archive does");
    }
    let mut all = Cursor::new(head).chain(stream.reader);
    Archive::open(copy_of_pipe(&mut all, MOST_COPIED)?)
}

fn archive(path: &Path) -> Result<Archive> {
    // An empty file is called so.
    open(path)?;
    Archive::open(open_file(path)?)
}

/// The arrays of an archive that is called `name`, or the reason why there are none.
fn arrays_or_error(name: Name, archive: Result<Archive>, options: &Options) -> Vec<Source> {
    match archive.and_then(|archive| arrays(&name, archive, options)) {
        Ok(arrays) => arrays,
        Err(error) => vec![Source::bad(name, &error)],
    }
}

fn arrays(name: &Name, archive: Archive, options: &Options) -> Result<Vec<Source>> {
    let archive = Arc::new(archive);
    let arrays = archive.arrays(&options.arrays)?.into_iter();
    let source = |array: ArrayEntry| {
        let place = Place::Array(archive.clone(), array.index);
        Source::new(name.of_array(&array.name), array.size, place)
    };
    Ok(arrays.map(source).collect())
}

impl Source {
    fn new(name: Name, size: u64, place: Place) -> Self {
        Source {
            name,
            size,
            file: 0,
            place,
        }
    }

    fn bad(name: Name, error: &anyhow::Error) -> Self {
        Source::new(name, 0, Place::Bad(format!("{error:#}")))
    }

    /// The source, of the file of this index.
    pub fn of_file(self, file: usize) -> Self {
        Source { file, ..self }
    }

    /// True if it can be read but once, and in full.
    pub fn is_stream(&self) -> bool {
        matches!(self.place, Place::Opened(_))
    }

    /// Opens it, and calls `visit` with what it is.
    pub fn visit(&self, options: &Options, visit: &mut VisitOpened<'_>) -> Result<()> {
        let visit = &mut |opened: Result<Opened<'_>>| {
            let opened = opened.map(|opened| without_ignored(opened, options));
            visit(&self.name, opened)
        };
        let file = match &self.place {
            Place::Bad(why) => return visit(Err(anyhow!("{why}"))),
            Place::Array(archive, index) => return archive.visit(*index, options, visit),
            Place::File(path) => open(path),
            Place::Opened(file) => {
                let file = file.lock().unwrap_or_else(PoisonError::into_inner).take();
                file.context("it can be read but once")
            }
        };
        let input = file.and_then(|(kind, file)| input(kind, file, options));
        visit(input.map(Opened::Masks))
    }
}

/// Opens an array or an image.
fn input(kind: FileType, mut file: OpenFile, options: &Options) -> Result<Input<'static>> {
    match kind {
        FileType::Png => png_mask::input(file, options),
        FileType::Npy | FileType::Npz => {
            let header = Header::read(&mut file.reader)?;
            npy::input(header, file.reader, file.size, options)
        }
    }
}

/// Masks whose ignored labels are background.
fn without_ignored<'a>(opened: Opened<'a>, options: &Options) -> Opened<'a> {
    match opened {
        Opened::Masks(input) if !options.ignored.is_empty() => {
            let labels = options.ignored.clone();
            let chunks = input.chunks.map(move |pixels| {
                let mut pixels = pixels?;
                background(&mut pixels, &labels);
                Ok(pixels)
            });
            Opened::Masks(Input {
                chunks: Box::new(chunks),
                ..input
            })
        }
        opened => opened,
    }
}
