//! Reading a file by its type.

use std::path::Path;

use anyhow::{Result, bail};

use super::file::{FileType, open};
use super::folder::InputFile;
use super::input::{Opened, Options, Visit};
use super::png::{self, Picture};
use super::{jpeg, npy, source};
use crate::budget::Budget;

/// Calls `visit` with each input of the files.
pub fn visit(files: Vec<InputFile>, options: &Options, visit: &mut Visit<'_>) -> Result<()> {
    for file in files {
        for source in source::sources(file, options) {
            source.visit(options, &mut |name, opened| match opened {
                Ok(Opened::Masks(input)) => visit(name, Ok(input)),
                Ok(Opened::LeftOut(_)) => Ok(()),
                Err(error) => visit(name, Err(error)),
            })?;
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
    if let Some(picture) = jpeg::picture(path, budget)? {
        return Ok(picture);
    }
    match open(path)? {
        (FileType::Png, file) => png::picture(file, budget),
        _ => bail!("neither a PNG nor a JPEG"),
    }
}
