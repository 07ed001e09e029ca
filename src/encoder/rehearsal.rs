//! Preparation of the GPU for masks of a kind, beside calls that do not wait for it: its shaders,
//! and its rate.

use std::time::{Duration, Instant};

use fearless_simd::Level;
use half::f16;
use ndarray::{Array2, ArrayView2, s};

use super::kinds::Kind;
use super::rates::{LEAST, PATIENCE, next_step};
use crate::Result;
use crate::gpu::{Gpu, HostCall};
use crate::pixel::{BitOrder, Integer, Masks};
use crate::predicate::Predicate;

/// Side of a mask of which steps of a rehearsal are made.
const SIDE: usize = 1 << 10;

/// Compiles what masks of a kind need.
pub(super) fn prepare(gpu: &Gpu, kind: &Kind) {
    match gpu.prepare(kind.element_bits, kind.predicate, LEAST) {
        Ok(()) => kind.set_prepared(),
        Err(error) => log::info!("the GPU is not prepared, the CPU encodes all: {error}"),
    }
}

/// A rehearsal of masks of a kind.
pub(super) struct Rehearsal<'r> {
    pub(super) gpu: &'r Gpu,
    pub(super) kind: &'r Kind,
    /// The CPU's SIMD level.
    pub(super) level: Level,
    /// Time that the work of all steps may take.
    pub(super) most: Duration,
}

/// Masks of rows of pixels.
type OfRows<T> = for<'a> fn(ArrayView2<'a, T>) -> Result<Masks<'a>>;

impl Rehearsal<'_> {
    /// Measures the GPU's rate.
    pub(super) fn run(&self) {
        let steps = match (self.kind.predicate, self.kind.element_bits) {
            (_, 1) => {
                self.steps::<u8>(SIDE / 8, |rows| Masks::packed(rows, SIDE, BitOrder::Little))
            }
            (Predicate::Above(_), 16) => {
                self.steps::<f16>(SIDE, |rows| Masks::threshold(rows, 0.0))
            }
            (Predicate::Above(_), _) => self.steps::<f32>(SIDE, |rows| Masks::threshold(rows, 0.0)),
            (_, 8) => self.steps_of_integers::<u8>(),
            (_, 16) => self.steps_of_integers::<u16>(),
            (_, _) => self.steps_of_integers::<u32>(),
        };
        match steps {
            Ok(steps) => self.kind.rates.rehearsed(&steps),
            Err(error) => log::info!("no rehearsal of the GPU: {error}"),
        }
    }

    fn steps_of_integers<T: Integer + Clone + Default>(&self) -> Result<Vec<(u64, Duration)>> {
        match self.kind.predicate {
            Predicate::Labels => self.steps::<T>(SIDE, |rows| Masks::labels(rows)),
            _ => self.steps::<T>(SIDE, |rows| Masks::binary(rows)),
        }
    }

    /// Pixels and time of each step, of empty masks of rows of so many elements.
    fn steps<T: Clone + Default>(
        &self,
        width: usize,
        masks: OfRows<T>,
    ) -> Result<Vec<(u64, Duration)>> {
        let rows = Array2::<T>::default((SIDE, width));
        let limit = self.most + PATIENCE;
        let mut steps = Vec::new();
        while let Some(pixels) = next_step(&steps, self.most.as_secs_f64()) {
            let height = pixels as usize / SIDE;
            let of_height = || masks(rows.slice(s![..height.min(SIDE), ..]));
            let parts: Result<Vec<_>> = (0..height.div_ceil(SIDE)).map(|_| of_height()).collect();
            let step = Masks::batch(parts?)?;
            let call = HostCall {
                order: self.kind.order,
                level: self.level,
                threads: 1,
            };
            let begin = Instant::now();
            let (mut all, mut done) = (Some(0..step.len()), 0);
            self.gpu.encode(
                &step,
                call,
                Some(&|| begin.elapsed() > limit),
                || all.take(),
                |masks, _| done += masks.len(),
            );
            if done < step.len() {
                // Too slow, or busy with another call, or it has failed.
                return Ok(vec![(1, limit)]);
            }
            steps.push((pixels, begin.elapsed()));
        }
        Ok(steps)
    }
}
