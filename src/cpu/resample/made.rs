//! Steps before the last, whose pixels are the next one's samples: one mask's in memory at a time.

use fearless_simd::Level;
use ndarray::ArrayView2;

use super::pixels::make_all;
use crate::pixel::Samples;

/// Memory for pixels of steps, kept from mask to mask.
#[derive(Default)]
pub(crate) struct MadeScratch(Vec<Vec<f32>>);

/// Bytes that are kept for the next call at most.
const MOST_KEPT: usize = 1 << 24;

impl MadeScratch {
    /// Gives back memory that only large masks need.
    pub(crate) fn shrink(&mut self) {
        let samples: usize = self.0.iter().map(Vec::capacity).sum();
        if samples * size_of::<f32>() > MOST_KEPT {
            self.0 = Vec::new();
        }
    }
}

/// Calls `work` with the samples, which are in memory then.
pub(crate) fn with_rows(
    level: Level,
    samples: &Samples<'_>,
    scratch: &mut MadeScratch,
    work: &mut dyn FnMut(&Samples<'_>),
) {
    let Some((before, resample)) = samples.step() else {
        return work(samples);
    };
    let mut made = scratch.0.pop().unwrap_or_default();
    with_rows(level, before, scratch, &mut |before| {
        make_all(level, before, resample, &mut made);
    });
    let size = resample.to().map(|side| side as usize);
    let view = ArrayView2::from_shape(size, &made).expect("so many were made");
    work(&Samples::of_f32(view));
    scratch.0.push(made);
}
