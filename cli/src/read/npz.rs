//! `.npz`: a zip archive of `.npy` files.
//!
//! Each array is an input of its own, `file.npz:name`: a bad one is an error by that name, and the
//! good ones beside it are encoded.

use anyhow::{Context, Result, anyhow};
use zip::ZipArchive;

use super::file::OpenFile;
use super::input::{Options, Visit};
use super::name::Name;
use super::npy;

/// Calls `visit` with each array, in the archive's order.
pub fn visit(name: &Name, file: OpenFile, options: &Options, visit: &mut Visit<'_>) -> Result<()> {
    let mut archive = match ZipArchive::new(std::io::BufReader::new(file.file)) {
        Ok(archive) => archive,
        Err(error) => return visit(name, Err(anyhow!("not a .npz file: {error}"))),
    };
    let mut is_empty = true;
    for index in 0..archive.len() {
        let file_name = match archive.name_for_index(index) {
            Some(Ok(file_name)) => file_name.into_owned(),
            _ => format!("entry {index}"),
        };
        if file_name.ends_with('/') {
            continue;
        }
        is_empty = false;
        let array = name.of_array(file_name.strip_suffix(".npy").unwrap_or(&file_name));
        match archive.by_index(index).context("it cannot be read") {
            Ok(entry) => {
                let size = entry.size();
                visit(&array, npy::input(entry, Some(size), options))?;
            }
            Err(error) => visit(&array, Err(error))?,
        }
    }
    if is_empty {
        visit(name, Err(anyhow!("no array in it")))
    } else {
        Ok(())
    }
}
