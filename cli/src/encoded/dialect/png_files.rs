//! PNGs that are label maps of images.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use maskrle::{MaskView, PixelArray};

use super::object::{DialectOptions, OnObject};
use crate::encoded::entry::Object;
use crate::encoded::limits::limits;
use crate::encoded::line_error::{LineError, at_line};
use crate::read::{InputFile, LabelReader, list};

/// The file, or the PNGs of the folder and of those in it, in natural order.
pub fn png_files(path: &Path) -> Vec<InputFile> {
    let mut files = list(&[path.to_owned()], true).files;
    let is_png = |file: &InputFile| {
        let extension = file.path.extension();
        extension.is_some_and(|extension| extension.eq_ignore_ascii_case("png"))
    };
    files.retain(|file| file.path == path || file.error.is_some() || is_png(file));
    files
}

/// Gives each label of the files but 0 to `object`, with its mask and what `beside` makes of the
/// file's pixels, and what that returns to `on`; None is no object.
pub fn read_labels<T>(
    files: Vec<InputFile>,
    options: &DialectOptions<'_>,
    on: &mut OnObject<'_>,
    beside: impl Fn(&LabelReader, &Path, &PixelArray) -> Result<T>,
    object: impl Fn(&Path, &T, i64, MaskView<'_>) -> Result<Option<Object>>,
) -> Result<(), LineError> {
    let reader = LabelReader::new(options.pngs.budget).map_err(at_line(0))?;
    for InputFile { path, error, .. } in files {
        let named = |error: anyhow::Error| match path == options.path {
            true => error,
            false => error.context(path.display().to_string()),
        };
        let read = || {
            if let Some(error) = error {
                return Err(anyhow!(error));
            }
            let pixels = reader.pixels(&path, None)?;
            let beside = beside(&reader, &path, &pixels)?;
            let map = reader.map(&pixels)?;
            drop(pixels);
            Ok((beside, map.view().split_labels_within(&limits())?))
        };
        let (beside, (instances, masks)) = match read() {
            Ok(read) => read,
            Err(error) => {
                on(0, Err(named(error))).map_err(at_line(0))?;
                continue;
            }
        };
        for (instance, mask) in instances.iter().zip(&masks) {
            let object = object(&path, &beside, instance.label, mask).map_err(named);
            if let Some(object) = object.transpose() {
                on(0, object).map_err(at_line(0))?;
            }
        }
    }
    Ok(())
}

/// Name of a file, without folders.
pub fn file_name(path: &Path) -> String {
    let name = path.file_name().map(PathBuf::from);
    name.unwrap_or_else(|| path.to_owned())
        .display()
        .to_string()
}
