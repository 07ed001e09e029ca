//! The measurement: every result is checked, then backends and limits are timed by turns.

use anyhow::{Context, Result};
use maskrle::Masks;
use rayon::ThreadPool;

use super::args::Args;
use super::backends::Backends;
use super::device::DeviceProbe;
use super::machine;
use super::report::{DeviceLimit, ReadLimit, Report, Residency, Row};
use super::stack::Stack;
use super::support::read;
use super::task::Task;
use super::timed_backend::TimedBackend;
use super::timing::Times;

/// Times the backends that are asked for, and the limits beside them.
pub fn measure(args: &Args, task: Task, stack: &Stack) -> Result<Report> {
    let (masks, bytes) = (stack.masks()?, stack.bytes()?);
    let Backends { mut timed, adapter } = Backends::build(args, stack)?;
    let expected = stack.expected(task.order());
    for backend in &mut timed {
        backend.check(&masks, task, &expected)?;
    }
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(args.threads())
        .build()
        .context("threads")?;
    let device = adapter
        .as_ref()
        .ok()
        .and_then(|name| or_warn(DeviceProbe::open(name, bytes)));
    let mut limits = Limits {
        bytes,
        pool,
        read_by_one: Times::default(),
        read_by_all: Times::default(),
        device,
    };
    time(args.repeat, &mut timed, &mut limits, &masks, task)?;
    warn_of_fallback(&timed);
    let (read_gb_per_s, device_gb_per_s) = (limits.read(), limits.device());
    let results = timed
        .iter()
        .map(|backend| row(backend, task, bytes.len(), &read_gb_per_s, &device_gb_per_s))
        .collect();
    Ok(Report {
        schema: 1,
        machine: machine::description(),
        adapter: adapter.unwrap_or_else(|missing| missing),
        shape: stack.shape(),
        order: task.order(),
        pattern: stack.pattern.clone(),
        read_gb_per_s,
        device_gb_per_s,
        results,
    })
}

/// Times of reading the benched bytes, by the CPU and by the GPU.
struct Limits<'p> {
    bytes: &'p [u8],
    /// Threads of the CPU.
    pool: ThreadPool,
    read_by_one: Times,
    read_by_all: Times,
    device: Option<DeviceProbe<'p>>,
}

impl Limits<'_> {
    /// Times the CPU's reads once more.
    fn time_reads(&mut self) {
        let bytes = self.bytes;
        self.read_by_one.time(|| read::read(bytes));
        let read_by_all = &mut self.read_by_all;
        self.pool
            .install(|| read_by_all.time(|| read::read_parallel(bytes)));
    }

    /// Times the GPU's limits once more; one that fails is not asked again.
    fn time_device(&mut self) {
        self.device = self
            .device
            .take()
            .and_then(|mut device| or_warn(device.measure()).map(|()| device));
    }

    fn read(&self) -> ReadLimit {
        ReadLimit {
            one: self.read_by_one.gb_per_s(self.bytes.len()),
            all: self.read_by_all.gb_per_s(self.bytes.len()),
        }
    }

    fn device(&self) -> DeviceLimit {
        let rates = self.device.as_ref().map(DeviceProbe::rates);
        rates.map_or_else(DeviceLimit::default, |rates| DeviceLimit {
            read: Some(rates.read),
            copy: Some(rates.copy),
            upload: Some(rates.upload),
        })
    }
}

/// Times everything `repeat` times, by turns.
fn time(
    repeat: u32,
    timed: &mut [TimedBackend],
    limits: &mut Limits<'_>,
    masks: &Masks<'_>,
    task: Task,
) -> Result<()> {
    for _ in 0..repeat {
        limits.time_reads();
        for backend in &mut *timed {
            backend.time(masks, task)?;
        }
        limits.time_device();
    }
    Ok(())
}

fn warn_of_fallback(timed: &[TimedBackend]) {
    for backend in timed.iter().filter(|backend| backend.fell_back() > 0) {
        log::warn!(
            "{}: the CPU encoded {} masks of it",
            backend.name,
            backend.fell_back()
        );
    }
}

/// The result of measuring a device, if there is one: a device whose limits cannot be measured is
/// no reason to lose the backends' times.
fn or_warn<T>(measured: Result<T>) -> Option<T> {
    measured
        .inspect_err(|error| log::warn!("the device's limits are not measured: {error:#}"))
        .ok()
}

/// One backend's line, with its rate as a share of the limit that binds it.
fn row(
    backend: &TimedBackend,
    task: Task,
    bytes: usize,
    read: &ReadLimit,
    device: &DeviceLimit,
) -> Row {
    let limit = if backend.residency() == Residency::Device {
        device.read
    } else if backend.uploads() {
        device.upload
    } else if backend.threads == 1 {
        Some(read.one)
    } else {
        Some(read.all)
    };
    let gb_per_s = backend.times.gb_per_s(bytes);
    Row {
        name: backend.name,
        backend: backend.backend,
        residency: backend.residency(),
        output: task.output(),
        threads: backend.threads,
        median_ms: backend.times.median() * 1e3,
        min_ms: backend.times.least() * 1e3,
        gb_per_s,
        fraction_of_limit: limit.map(|limit| gb_per_s / limit),
        passes_ms: backend.passes_ms(),
    }
}
