//! Sources: what is encoded on its own, on any thread.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};

use super::archive::Archive;
use super::file::{FileType, OpenFile, open, open_file};
use super::folder::InputFile;
use super::ignored::background;
use super::input::{Input, Opened, Options, VisitOpened};
use super::name::Name;
use super::npy::{self, Header};
use super::png_mask;
use crate::temporary::temporary_file;

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
    /// Something that can be read but once, and that may be an archive.
    Stream(PathBuf),
    Array(Arc<Archive>, usize),
    /// Nowhere, for this reason.
    Bad(String),
}

/// The sources in a file: the arrays of an archive, or the file itself.
pub fn sources(file: InputFile, options: &Options) -> Vec<Source> {
    let InputFile { path, name, .. } = file;
    let size = file.size.unwrap_or(0);
    let one = |name, place| {
        vec![Source {
            name,
            size,
            file: 0,
            place,
        }]
    };
    if let Some(error) = file.error {
        return one(name, Place::Bad(error));
    }
    if file.size.is_none() {
        return one(name, Place::Stream(path));
    }
    // Without a name that says its type, a file is looked at.
    let kind = FileType::of_name(&path).map_or_else(|| open(&path).map(|(kind, _)| kind), Ok);
    match kind {
        Ok(FileType::Npz) => match archive(&path) {
            Ok(archive) => arrays(name, archive, options),
            Err(error) => one(name, Place::Bad(format!("{error:#}"))),
        },
        Ok(FileType::Npy | FileType::Png) => one(name, Place::File(path)),
        Err(error) => one(name, Place::Bad(format!("{error:#}"))),
    }
}

fn archive(path: &Path) -> Result<Archive> {
    // An empty file is called so.
    open(path)?;
    Archive::open(open_file(path)?)
}

/// The arrays of an archive that is called `name`.
fn arrays(name: Name, archive: Archive, options: &Options) -> Vec<Source> {
    let archive = Arc::new(archive);
    match archive.arrays(&options.arrays) {
        Ok(arrays) => arrays
            .into_iter()
            .map(|array| Source {
                name: name.of_array(&array.name),
                size: array.size,
                file: 0,
                place: Place::Array(archive.clone(), array.index),
            })
            .collect(),
        Err(error) => vec![Source {
            name,
            size: 0,
            file: 0,
            place: Place::Bad(format!("{error:#}")),
        }],
    }
}

impl Source {
    /// The source, of the file of this index.
    pub fn of_file(self, file: usize) -> Self {
        Source { file, ..self }
    }

    /// True if it can be read but once, and in full.
    pub fn is_stream(&self) -> bool {
        matches!(self.place, Place::Stream(_))
    }

    /// Opens it, and calls `visit` with what it is; for a stream that is an archive, with each of
    /// its arrays.
    pub fn visit(&self, options: &Options, visit: &mut VisitOpened<'_>) -> Result<()> {
        let visit = &mut |name: &Name, opened: Result<Opened<'_>>| {
            visit(name, opened.map(|opened| without_ignored(opened, options)))
        };
        match &self.place {
            Place::Bad(why) => visit(&self.name, Err(anyhow!("{why}"))),
            Place::Array(archive, index) => {
                archive.visit(*index, options, |opened| visit(&self.name, opened))
            }
            Place::File(path) => {
                let input = open(path).and_then(|(kind, file)| input(kind, file, options));
                visit(&self.name, input.map(Opened::Masks))
            }
            Place::Stream(path) => match open(path) {
                Ok((FileType::Npz, file)) => self.visit_archive(file, options, visit),
                Ok((kind, file)) => {
                    visit(&self.name, input(kind, file, options).map(Opened::Masks))
                }
                Err(error) => visit(&self.name, Err(error)),
            },
        }
    }

    /// Visits the arrays of an archive that can be read but once.
    fn visit_archive(
        &self,
        file: OpenFile,
        options: &Options,
        visit: &mut VisitOpened<'_>,
    ) -> Result<()> {
        match copied(file).and_then(Archive::open) {
            Ok(archive) => arrays(self.name.clone(), archive, options)
                .iter()
                .try_for_each(|array| array.visit(options, visit)),
            Err(error) => visit(&self.name, Err(error)),
        }
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

/// Copy of a stream in the temporary folder, where it can be read at any position.
fn copied(mut stream: OpenFile) -> Result<File> {
    let mut file = temporary_file()?;
    io::copy(&mut stream.reader, &mut file).context("it cannot be copied")?;
    Ok(file)
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
