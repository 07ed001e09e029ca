//! Reading a file by its type.

use std::path::Path;

use anyhow::{Result, bail};

use super::file::{FileType, open};
use super::input::{Options, Visit};
use super::name::Name;
use super::png::Picture;
use super::{jpeg, npy, npz, png};
use crate::budget::Budget;

/// Calls `visit` with each input of a file.
pub fn visit(path: &Path, options: &Options, visit: &mut Visit<'_>) -> Result<()> {
    let name = Name::of_file(path);
    match open(path) {
        Ok((FileType::Npz, file)) => npz::visit(&name, file, options, visit),
        Ok((FileType::Npy, file)) => visit(&name, npy::input(file.reader, file.size, options)),
        Ok((FileType::Png, file)) => visit(&name, png::input(file, options)),
        Err(error) => visit(&name, Err(error)),
    }
}

/// True if a file's pixels are floats, for callers who must choose the predicate. Those of an
/// archive can be of any type.
pub fn holds_floats(path: &Path) -> Result<bool> {
    match open(path)? {
        (FileType::Npy, mut file) => Ok(npy::Header::read(&mut file.reader)?.element.is_float()),
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
        (FileType::Png, file) => png::picture(file),
        _ => bail!("neither a PNG nor a JPEG"),
    }
}
