//! Runs of the masks in files of pixels, for verbs that look at masks and write none.

use std::path::Path;

use anyhow::{Context, Result, bail};
use maskrle::{Backend, Encoder, MaskView, Order};

use super::folder::files;
use super::input::Options;
use super::name::Name;
use super::predicate::Predicate;
use super::visit::{holds_floats, visit};

/// A mask or a label map of an input.
pub struct PixelMask<'a> {
    pub name: &'a Name,
    /// Its place in a stack, counted from 0.
    pub index: Option<u64>,
    /// Column-major runs.
    pub mask: MaskView<'a>,
}

/// Bytes of pixels that are read at a time, where masks can be separated.
const CHUNK_BYTES: u64 = 16 << 20;

/// Gives each mask of a file, or of the files in a folder, to `on`: label maps, or with a threshold
/// the masks where the values are above it. Errors name the input.
pub fn runs(
    path: &Path,
    threshold: Option<f64>,
    on: &mut dyn FnMut(&PixelMask<'_>) -> Result<()>,
) -> Result<()> {
    let encoder = Encoder::builder().backend(Backend::Cpu).build()?;
    for file in files(path).with_context(|| path.display().to_string())? {
        runs_of_file(&file, threshold, &encoder, on)?;
    }
    Ok(())
}

fn runs_of_file(
    path: &Path,
    threshold: Option<f64>,
    encoder: &Encoder,
    on: &mut dyn FnMut(&PixelMask<'_>) -> Result<()>,
) -> Result<()> {
    let predicate = threshold.map_or(Predicate::Labels, Predicate::Above);
    if threshold.is_none() && holds_floats(path).unwrap_or(false) {
        bail!(
            "{}: floats need --threshold T: masks are where the values are above T",
            path.display()
        );
    }
    let options = Options {
        masks_last: false,
        predicate,
        chunk_bytes: CHUNK_BYTES,
    };
    visit(path, &options, &mut |name, input| {
        let read = || -> Result<()> {
            let input = input?;
            let mut count = 0..;
            for pixels in input.chunks {
                let pixels = pixels?;
                for mask in &encoder.runs(&predicate.masks(&pixels)?, Order::ColumnMajor)? {
                    let index = count.next().filter(|_| input.is_stack);
                    on(&PixelMask { name, index, mask })?;
                }
            }
            Ok(())
        };
        read().with_context(|| name.source.clone())
    })
}
