//! Masks that are resampled: samples to run starts, and no pixel that need not be evaluated.

mod bounds;
mod cells;
mod columns;
mod lines;
mod made;
mod pixels;
mod scan;
mod starts;
#[cfg(test)]
mod tests;
mod weights;

pub(crate) use made::{MadeScratch, with_rows};
pub(crate) use pixels::ResampledPixels;
pub(crate) use scan::ResampleScratch;
