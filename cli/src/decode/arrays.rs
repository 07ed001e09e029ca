//! Writes masks as one `.npy` stack or as the arrays of an `.npz`.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use bytemuck::Pod;
use maskrle::MaskView;
use npyz::{AutoSerialize, WriteOptions, WriterBuilder};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::masks::Masks;
use super::paint::paint;
use super::until_error::UntilError;
use crate::output::Output;

/// A file of arrays to write.
#[derive(Debug, Clone, Copy)]
pub struct ArraysFile<'a> {
    pub path: &'a Path,
    /// File that the masks are of, for messages.
    pub source: &'a Path,
    /// Height and width of a stack of no masks.
    pub size_of_none: [u32; 2],
}

/// Writes all masks to `output`, as its extension says.
pub fn write<T: Pod + AutoSerialize + TryFrom<i64>>(
    masks: &Masks,
    output: &ArraysFile<'_>,
) -> Result<()> {
    let is_archive = output
        .path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("npz"));
    if is_archive {
        archive::<T>(masks, output.path)
    } else {
        stack::<T>(masks, output)
    }
}

/// Writes one array `[n, h, w]`.
fn stack<T: Pod + AutoSerialize + TryFrom<i64>>(
    masks: &Masks,
    output: &ArraysFile<'_>,
) -> Result<()> {
    let mut sizes = masks.iter().map(|mask| mask.size());
    let first = sizes.next().unwrap_or(output.size_of_none);
    if let Some(other) = sizes.find(|&size| size != first) {
        let ([h, w], [other_h, other_w]) = (first, other);
        bail!(
            "{}: masks of {h} x {w} and of {other_h} x {other_w} are no stack: \
             write them to a .npz file",
            output.source.display()
        );
    }
    let output = output.path;
    let mut file = Output::create(Some(output))?;
    let written = (|| {
        header::<T>(
            &mut file,
            &[masks.iter().len() as u64, first[0].into(), first[1].into()],
        )?;
        masks
            .iter()
            .try_for_each(|mask| pixels::<T>(&mut file, mask))
    })();
    written.with_context(|| output.display().to_string())?;
    file.finish()
}

/// Writes an array `[h, w]` for each mask.
fn archive<T: Pod + AutoSerialize + TryFrom<i64>>(masks: &Masks, output: &Path) -> Result<()> {
    let mut archive = ZipWriter::new(UntilError::new(Output::create_whole(Some(output))?));
    let written = masks.iter().enumerate().try_for_each(|(index, mask)| {
        let bytes = u64::from(mask.pixels()) * size_of::<T>() as u64;
        let options =
            SimpleFileOptions::default().large_file(bytes >= u64::from(u32::MAX) - (1 << 16));
        archive.start_file(format!("mask_{index}.npy"), options)?;
        let [h, w] = mask.size();
        header::<T>(&mut archive, &[h.into(), w.into()])?;
        pixels::<T>(&mut archive, mask)
    });
    let finished = written.and_then(|()| Ok(archive.finish()?.into_inner()));
    finished
        .with_context(|| output.display().to_string())?
        .finish()
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

/// Appends a mask's pixels in bands of rows: a few bytes of runs may stand for gigabytes.
fn pixels<T: Pod + TryFrom<i64>>(out: &mut impl Write, mask: MaskView<'_>) -> Result<()> {
    /// Most bytes of a band.
    const BAND_BYTES: usize = 64 << 20;
    let [height, width] = mask.size().map(|side| side as usize);
    let rows_at_once = (BAND_BYTES / size_of::<T>())
        .checked_div(width)
        .unwrap_or(height)
        .clamp(1, height.max(1));
    let mut band = vec![T::zeroed(); rows_at_once.min(height) * width];
    for top in (0..height).step_by(rows_at_once) {
        let rows = top..height.min(top + rows_at_once);
        let band = &mut band[..rows.len() * width];
        paint(mask, rows, band)?;
        out.write_all(bytemuck::cast_slice(band))?;
    }
    Ok(())
}
