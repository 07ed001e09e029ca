//! Reading a file by its type.

use std::path::Path;

use anyhow::{Result, bail};

use super::file::{FileType, open, open_any};
use super::folder::InputFile;
use super::input::{Opened, Options, Visit, VisitOpened};
use super::png::{self, Picture};
use super::source::{Sources, sources};
use super::{jpeg, npy};
use crate::budget::Budget;

/// Calls `visit` with each input of the files.
pub fn visit(files: Vec<InputFile>, options: &Options, visit: &mut Visit<'_>) -> Result<()> {
    visit_opened(files, options, &mut |name, opened| match opened {
        Ok(Opened::Masks(input)) => visit(name, Ok(input)),
        Ok(Opened::LeftOut(_)) => Ok(()),
        Err(error) => visit(name, Err(error)),
    })
}

/// Calls `visit` with each input of the files, and with the arrays that are left out.
pub fn visit_opened(
    files: Vec<InputFile>,
    options: &Options,
    visit: &mut VisitOpened<'_>,
) -> Result<()> {
    for file in files {
        let sources = match sources(file, options) {
            Sources::Known(sources) => sources,
            Sources::Stream(stream) => stream.open(options),
        };
        for source in sources {
            source.visit(options, visit)?;
        }
    }
    Ok(())
}

/// True if a file's pixels are floats, for callers who must choose the predicate. Those of an
/// archive can be of any type.
pub fn holds_floats(path: &Path) -> Result<bool> {
    match open(path)? {
        (FileType::Npy, mut file) => {
            Ok(npy::Header::read(&mut file.reader)?.element()?.0.is_float())
        }
        (FileType::Png, _) => Ok(false),
        (FileType::Npz, _) => bail!("an archive is not one stack"),
    }
}

/// Reads a PNG of any colours, or a JPEG.
pub fn picture(path: &Path, budget: &Budget) -> Result<Picture> {
    let (head, file) = open_any(path)?;
    if jpeg::is_jpeg(&head) {
        return jpeg::picture(file, budget);
    }
    match FileType::of_name(path).or_else(|| FileType::of_bytes(&head)) {
        Some(FileType::Png) => png::picture(file, budget),
        _ => bail!("neither a PNG nor a JPEG"),
    }
}

/// Height and width of a PNG or a JPEG, of which no more than the beginning is read.
pub fn picture_size(path: &Path) -> Result<[u32; 2]> {
    let (head, file) = open_any(path)?;
    if jpeg::is_jpeg(&head) {
        return jpeg::size(file);
    }
    match FileType::of_bytes(&head) {
        Some(FileType::Png) => png::size(file),
        _ => bail!("neither a PNG nor a JPEG"),
    }
}
