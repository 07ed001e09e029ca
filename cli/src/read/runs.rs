//! Runs of the masks in files of pixels, for verbs that look at masks and write none.

use anyhow::{Context, Result, bail};
use maskrle::{Backend, Encoder, MaskView, Order};

use super::folder::InputFile;
use super::input::Options;
use super::name::Name;
use super::predicate::Predicate;
use super::visit::{holds_floats, visit};
use crate::budget::Budget;

/// A mask or a label map of an input.
pub struct PixelMask<'a> {
    pub name: &'a Name,
    /// Its place in a stack, counted from 0.
    pub index: Option<u64>,
    /// Column-major runs.
    pub mask: MaskView<'a>,
}

/// Gives each mask of the files to `on`: label maps, or with a threshold the masks where the values
/// are above it. Errors name the input.
pub fn runs(
    files: Vec<InputFile>,
    threshold: Option<f64>,
    budget: Budget,
    on: &mut dyn FnMut(&PixelMask<'_>) -> Result<()>,
) -> Result<()> {
    let predicate = threshold.map_or(Predicate::Labels, Predicate::Above);
    for file in &files {
        if threshold.is_none() && holds_floats(&file.path).unwrap_or(false) {
            bail!(
                "{}: floats need --threshold T: masks are where the values are above T",
                file.name.source
            );
        }
    }
    let encoder = Encoder::builder().backend(Backend::Cpu).build()?;
    let options = Options::new(predicate, budget);
    visit(files, &options, &mut |name, input| {
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
