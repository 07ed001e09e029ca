//! Writes masks as one `.npy` stack or as the arrays of an `.npz`.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use bytemuck::Pod;
use maskrle::MaskView;
use npyz::{AutoSerialize, WriteOptions, WriterBuilder};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::bands::pixels;
use super::masks::MaskFile;
use super::survey::Survey;
use super::until_error::UntilError;
use crate::output::Output;
use crate::text::output_name;

/// A file of arrays to write.
#[derive(Debug, Clone, Copy)]
pub struct ArraysFile<'a> {
    pub path: &'a Path,
    /// File that the masks are of, for messages.
    pub source: &'a Path,
    /// Height and width of a stack of no masks.
    pub size_of_none: [u32; 2],
    /// Properties of the masks.
    pub survey: &'a Survey,
}

/// The file was written to since the first reading, which its arrays' headers are of.
const CHANGED: &str = "the file changes while it is read";

/// Writes all masks to `output`, as its extension says.
pub fn write<T: Pod + AutoSerialize + TryFrom<i64>>(
    masks: &MaskFile<'_>,
    output: &ArraysFile<'_>,
) -> Result<()> {
    let is_archive = output
        .path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("npz"));
    if is_archive {
        archive::<T>(masks, output)
    } else {
        stack::<T>(masks, output)
    }
}

/// Writes one array `[n, h, w]`.
fn stack<T: Pod + AutoSerialize + TryFrom<i64>>(
    masks: &MaskFile<'_>,
    output: &ArraysFile<'_>,
) -> Result<()> {
    let survey = output.survey;
    let named = || output.source.display().to_string();
    let size = survey
        .common_size(output.size_of_none)
        .with_context(named)?;
    let shape = [survey.masks, size[0].into(), size[1].into()];
    check_shape(shape, size_of::<T>()).with_context(named)?;
    let mut file = Output::create(Some(output.path))?;
    let mut written = header::<T>(&mut file, &shape);
    if written.is_ok() {
        let mut left = survey.masks;
        written = masks.write_each(&mut |mask| {
            ensure!(left > 0 && mask.size() == size, CHANGED);
            left -= 1;
            pixels::<T>(&mut file, mask)
        });
        written = written.and_then(|()| {
            ensure!(left == 0, CHANGED);
            Ok(())
        });
    }
    written.with_context(|| output_name(output.path))?;
    file.finish()
}

/// Writes an array `[h, w]` for each mask.
fn archive<T: Pod + AutoSerialize + TryFrom<i64>>(
    masks: &MaskFile<'_>,
    output: &ArraysFile<'_>,
) -> Result<()> {
    let mut archive = ZipWriter::new(UntilError::new(Output::create_whole(Some(output.path))?));
    let mut index = 0u64;
    let written = masks.write_each(&mut |mask: MaskView<'_>| {
        let bytes = u64::from(mask.pixels()) * size_of::<T>() as u64;
        let options =
            SimpleFileOptions::default().large_file(bytes >= u64::from(u32::MAX) - (1 << 16));
        archive.start_file(format!("mask_{index}.npy"), options)?;
        index += 1;
        let [h, w] = mask.size();
        header::<T>(&mut archive, &[h.into(), w.into()])?;
        pixels::<T>(&mut archive, mask)
    });
    let finished = written.and_then(|()| Ok(archive.finish()?.into_inner()));
    finished.with_context(|| output_name(output.path))?.finish()
}

/// Fails where no array can have this shape. Its pixels are written as they are made, so that no
/// other limit is needed.
fn check_shape(shape: [u64; 3], element_bytes: usize) -> Result<()> {
    let bytes = shape.iter().try_fold(element_bytes as u64, |bytes, &side| {
        bytes
            .checked_mul(side.max(1))
            .filter(|&bytes| i64::try_from(bytes).is_ok())
    });
    if bytes.is_none() {
        let [n, h, w] = shape;
        bail!("{n} masks of {h} x {w}: no array is as large");
    }
    Ok(())
}

/// Writes what comes before the pixels of an array.
fn header<T: AutoSerialize>(out: &mut impl Write, shape: &[u64]) -> Result<()> {
    WriteOptions::<T>::new()
        .default_dtype()
        .shape(shape)
        .writer(out)
        .write_header_only()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check_shape;

    #[test]
    fn arrays_are_of_bytes_that_can_be_counted() {
        let most = u64::from(u32::MAX);
        for (shape, bytes, fits) in [
            ([0, 0, 0], 8, true),
            ([1000, 65_535, 65_537], 1, true),
            ([1 << 31, most, 1], 1, true),
            ([1 << 31, most, 1], 2, false),
            ([0, most, most], 1, false),
            ([u64::MAX, 1, 1], 1, false),
        ] {
            assert_eq!(check_shape(shape, bytes).is_ok(), fits, "{shape:?}");
        }
    }
}
