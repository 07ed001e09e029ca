//! One backend of the bench: built, checked against the reference, timed.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result};
use maskrle::{Backend, CocoRle, Encoder, GpuMasks, Masks, Runs};

use super::report::Residency;
use super::stack::{Expected, Stack};
use super::task::Task;
use super::timing::Times;

/// One backend and its times.
pub struct TimedBackend {
    pub name: &'static str,
    /// Backend that was asked for.
    pub backend: Backend,
    pub threads: usize,
    pub encoder: Encoder,
    pub times: Times,
    /// The masks on the encoder's device; None where they are on the host.
    resident: Option<GpuMasks>,
    /// The GPU's time in each pass before the timed calls, which does not count.
    passes_before: BTreeMap<&'static str, Duration>,
}

/// The result of one call.
enum CallResult {
    Runs(Runs),
    Coco(Vec<CocoRle>),
}

impl TimedBackend {
    /// A backend that has not been timed yet.
    pub fn new(
        name: &'static str,
        backend: Backend,
        threads: usize,
        allow_software: bool,
    ) -> maskrle::Result<Self> {
        let encoder = Encoder::builder()
            .backend(backend)
            .threads(threads)
            .allow_software(allow_software)
            .time_passes(true)
            .build()?;
        let times = Times::default();
        Ok(TimedBackend {
            name,
            backend,
            threads,
            encoder,
            times,
            resident: None,
            passes_before: BTreeMap::new(),
        })
    }

    /// Renames it and uploads the masks to its device, before anything is timed.
    pub fn on_device(self, name: &'static str, stack: &Stack) -> Result<Self> {
        let (device, queue) = self.encoder.wgpu().context("the encoder has no device")?;
        let resident = Some(stack.on_device(&device, &queue)?);
        Ok(TimedBackend {
            name,
            resident,
            ..self
        })
    }

    /// Residency of the pixels before each call.
    pub fn residency(&self) -> Residency {
        if self.resident.is_some() {
            Residency::Device
        } else {
            Residency::Host
        }
    }

    /// Encodes once, untimed, and compares the result with what it must be.
    pub fn check(&mut self, masks: &Masks<'_>, task: Task, expected: &Expected) -> Result<()> {
        let encoded = self.encode(masks, task).with_context(|| self.name)?;
        match encoded {
            CallResult::Runs(runs) => expected.check_runs(&runs),
            CallResult::Coco(rles) => expected.check_coco(&rles),
        }
        .with_context(|| self.name)?;
        self.passes_before = self.encoder.pass_times();
        Ok(())
    }

    /// Encodes once, timed.
    pub fn time(&mut self, masks: &Masks<'_>, task: Task) -> Result<()> {
        let mut times = std::mem::take(&mut self.times);
        let encoded = times.time(|| self.encode(masks, task));
        self.times = times;
        encoded.map(drop).with_context(|| self.name)
    }

    fn encode(&self, masks: &Masks<'_>, task: Task) -> maskrle::Result<CallResult> {
        match (task, &self.resident) {
            (Task::Starts(order), None) => self.encoder.runs(masks, order).map(CallResult::Runs),
            (Task::Starts(order), Some(masks)) => {
                self.encoder.gpu_runs(masks, order).map(CallResult::Runs)
            }
            (Task::Coco, None) => self.encoder.coco(masks).map(CallResult::Coco),
            (Task::Coco, Some(masks)) => self.encoder.gpu_coco(masks).map(CallResult::Coco),
        }
    }

    /// Mean time of each GPU pass that timed calls went through, in ms; None where no GPU reports
    /// it.
    pub fn passes_ms(&self) -> Option<BTreeMap<&'static str, f64>> {
        let passes = self.encoder.pass_times();
        let mean = |(pass, total): (&'static str, Duration)| {
            let before = self.passes_before.get(pass).copied().unwrap_or_default();
            let taken = total.saturating_sub(before);
            let mean = taken.as_secs_f64() * 1e3 / self.times.len() as f64;
            (taken > Duration::ZERO).then_some((pass, mean))
        };
        (!passes.is_empty()).then(|| passes.into_iter().filter_map(mean).collect())
    }

    /// Number of masks that were to be encoded on a GPU and were not: they did not fit, or it
    /// failed. The time is then not the GPU's alone.
    pub fn fell_back(&self) -> u64 {
        if self.uploads() {
            self.encoder.tally().cpu
        } else {
            0
        }
    }

    /// True if all masks cross to a GPU: then the upload is its limit, not the reading.
    pub fn uploads(&self) -> bool {
        self.backend == Backend::Gpu && self.resident.is_none()
    }
}
