//! Writes masks as one `.npy` stack or as the arrays of an `.npz`.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use bytemuck::Pod;
use maskrle::{MaskRuns, Runs};
use npyz::{AutoSerialize, WriteOptions, WriterBuilder};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::paint::paint;
use crate::output::AtomicFile;

/// The masks of a file: the runs of each.
#[derive(Debug, Default)]
pub struct Masks(Vec<Runs>);

impl Masks {
    /// Adds the next one.
    pub fn push(&mut self, mask: Runs) {
        self.0.push(mask);
    }

    /// The masks, in the order of the rows.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = MaskRuns<'_>> {
        self.0
            .iter()
            .map(|runs| runs.get(0).expect("a row is one mask"))
    }
}

/// The types that arrays are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    I64,
}

impl Element {
    /// The smallest that holds every value of every mask.
    pub fn smallest(masks: &Masks) -> Self {
        let (mut low, mut high) = (0, 1);
        // Of a binary mask it is known: looking at all its runs would say no more.
        for value in masks
            .iter()
            .filter(|mask| !mask.is_binary())
            .flat_map(|mask| mask.values())
        {
            (low, high) = (low.min(value), high.max(value));
        }
        let holds = |min: i64, max: i64| min <= low && high <= max;
        match () {
            () if holds(0, u8::MAX.into()) => Element::U8,
            () if holds(i8::MIN.into(), i8::MAX.into()) => Element::I8,
            () if holds(0, u16::MAX.into()) => Element::U16,
            () if holds(i16::MIN.into(), i16::MAX.into()) => Element::I16,
            () if holds(0, u32::MAX.into()) => Element::U32,
            () if holds(i32::MIN.into(), i32::MAX.into()) => Element::I32,
            // One row may hold negative values and another those above i32.
            () => Element::I64,
        }
    }
}

/// Where masks are written.
#[derive(Debug, Clone, Copy)]
pub struct Output<'a> {
    pub path: &'a Path,
    /// Height and width of a stack of no masks.
    pub size_of_none: [u32; 2],
}

/// Writes all masks to `output`, as its extension says.
pub fn write<T: Pod + AutoSerialize + TryFrom<i64>>(
    masks: &Masks,
    output: &Output<'_>,
) -> Result<()> {
    let is_archive = output
        .path
        .extension()
        .is_some_and(|extension| extension == "npz");
    if is_archive {
        archive::<T>(masks, output.path)
    } else {
        stack::<T>(masks, output)
    }
}

fn stack<T: Pod + AutoSerialize + TryFrom<i64>>(masks: &Masks, output: &Output<'_>) -> Result<()> {
    let mut sizes = masks.iter().map(|mask| mask.size());
    let first = sizes.next().unwrap_or(output.size_of_none);
    if let Some(other) = sizes.find(|&size| size != first) {
        let ([h, w], [other_h, other_w]) = (first, other);
        bail!(
            "masks of {h} x {w} and of {other_h} x {other_w} are no stack: write them to a .npz file"
        );
    }
    let output = output.path;
    let mut file = AtomicFile::create(output)?;
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

fn archive<T: Pod + AutoSerialize + TryFrom<i64>>(masks: &Masks, output: &Path) -> Result<()> {
    let mut archive = ZipWriter::new(AtomicFile::create(output)?);
    let written = masks.iter().enumerate().try_for_each(|(index, mask)| {
        let bytes = u64::from(mask.pixels()) * size_of::<T>() as u64;
        let options =
            SimpleFileOptions::default().large_file(bytes >= u64::from(u32::MAX) - (1 << 16));
        archive.start_file(format!("mask_{index}.npy"), options)?;
        let [h, w] = mask.size();
        header::<T>(&mut archive, &[h.into(), w.into()])?;
        pixels::<T>(&mut archive, mask)
    });
    let finished = written.and_then(|()| Ok(archive.finish()?));
    finished
        .with_context(|| output.display().to_string())?
        .finish()
}

fn header<T: AutoSerialize>(out: &mut impl Write, shape: &[u64]) -> Result<()> {
    WriteOptions::<T>::new()
        .default_dtype()
        .shape(shape)
        .writer(out)
        .write_header_only()?;
    Ok(())
}

/// Appends a mask's pixels, some rows at a time: a few bytes of runs may stand for gigabytes.
fn pixels<T: Pod + TryFrom<i64>>(out: &mut impl Write, mask: MaskRuns<'_>) -> Result<()> {
    const STRIPE_BYTES: usize = 64 << 20;
    let [height, width] = mask.size().map(|side| side as usize);
    let rows_at_once = (STRIPE_BYTES / size_of::<T>())
        .checked_div(width)
        .unwrap_or(height)
        .clamp(1, height.max(1));
    let mut stripe = vec![T::zeroed(); rows_at_once.min(height) * width];
    for top in (0..height).step_by(rows_at_once) {
        let rows = top..height.min(top + rows_at_once);
        let stripe = &mut stripe[..rows.len() * width];
        paint(mask, rows, stripe)?;
        out.write_all(bytemuck::cast_slice(stripe))?;
    }
    Ok(())
}
