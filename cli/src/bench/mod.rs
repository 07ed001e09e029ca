//! `maskrle bench`: how fast each backend encodes a stack, as a share of what the machine's memory
//! allows.

mod contestant;
mod device;
mod input;
mod machine;
mod report;
mod stack;
mod support;
mod timing;

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::builder::PossibleValue;
use clap::error::ErrorKind;
use clap::{Args, ValueEnum};
use maskrle::{Backend, Order};

use self::contestant::{Contestant, Task};
use self::device::Device;
use self::report::{DeviceLimit, ReadLimit, Report, Residency, Row};
use self::stack::Stack;
use self::support::patterns::Pattern;
use self::support::read;
use self::timing::Times;
use crate::options::OrderArg;

/// Time each backend on a stack of masks, beside what memory allows
///
/// Every result is first compared with that of a plain loop. Backends and limits are then timed by
/// turns; rates are those of the least times. Integers are encoded as binary masks, floats as
/// logits: above 0 or not.
#[derive(Debug, Args)]
pub struct Options {
    /// A stack to bench, read into memory first; without it, one is made
    #[arg(value_name = "INPUT.npy", conflicts_with_all = ["shape", "pattern"])]
    input: Option<PathBuf>,
    /// Shape of the stack that is made
    #[arg(long, value_name = "N,H,W", default_value = "64,1024,1024", value_parser = parse_shape)]
    shape: [usize; 3],
    /// What the stack that is made shows
    #[arg(long, value_enum, default_value_t = Pattern::Blobs)]
    pattern: Pattern,
    /// Scan order of the runs
    #[arg(long, value_enum, default_value_t = OrderArg::Column)]
    order: OrderArg,
    /// Runs' starts, or COCO's strings, which are column-major; coco unless the order is row
    #[arg(long, value_enum)]
    output: Option<Output>,
    /// Which backends to bench
    #[arg(long, value_enum, default_value_t = Which::All)]
    backend: Which,
    /// Threads of the CPU, at most 1024; 0 is one a core
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=1024))]
    threads: u16,
    /// How often to time each
    #[arg(long, value_name = "N", default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..))]
    repeat: u32,
    /// Let an adapter that computes on the CPU count as a GPU
    #[arg(long)]
    allow_software: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    Starts,
    Coco,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Which {
    All,
    Auto,
    Gpu,
    Cpu,
}

/// Benches and prints.
pub fn run(options: Options) -> Result<()> {
    let task = options.task().unwrap_or_else(|usage| usage.exit());
    let stack = match &options.input {
        Some(path) => input::load(path)?,
        None => Stack::made(options.pattern, options.shape)?,
    };
    let report = bench(&options, task, &stack)?;
    let text = if options.json {
        serde_json::to_string(&report)?
    } else {
        report.table()
    };
    writeln!(io::stdout(), "{text}").context("standard output")
}

impl Options {
    /// What is asked of the backends, or a usage error.
    fn task(&self) -> Result<Task, clap::Error> {
        match (self.output, self.order) {
            (Some(Output::Coco), OrderArg::Row) => Err(clap::Error::raw(
                ErrorKind::ArgumentConflict,
                "coco is column-major by definition: --output coco and --order row do not go together\n",
            )),
            (Some(Output::Coco) | None, OrderArg::Column) => Ok(Task::Coco),
            (Some(Output::Starts), OrderArg::Column) => Ok(Task::Starts(Order::ColumnMajor)),
            (Some(Output::Starts) | None, OrderArg::Row) => Ok(Task::Starts(Order::RowMajor)),
        }
    }

    fn threads(&self) -> usize {
        if self.threads == 0 {
            machine::cores()
        } else {
            usize::from(self.threads)
        }
    }
}

/// `N,H,W`, none of them 0.
fn parse_shape(text: &str) -> Result<[usize; 3], String> {
    let sides: Vec<usize> = text
        .split(',')
        .map(|side| side.trim().parse())
        .collect::<Result<_, _>>()
        .unwrap_or_default();
    let shape = <[usize; 3]>::try_from(sides).map_err(|_| "three numbers are needed, N,H,W")?;
    let mask = shape[1]
        .checked_mul(shape[2])
        .filter(|&pixels| u32::try_from(pixels).is_ok());
    let stack = mask
        .ok_or("a mask has fewer than 2^32 pixels")?
        .checked_mul(shape[0]);
    match stack {
        Some(0) => Err("there is nothing to time without pixels".into()),
        Some(pixels) if isize::try_from(pixels).is_ok() => Ok(shape),
        _ => Err("no memory holds so many pixels".into()),
    }
}

/// The backends asked for, and the GPU's name or why there is none.
struct Field {
    contestants: Vec<Contestant>,
    adapter: Result<String, String>,
}

impl Field {
    fn build(options: &Options, stack: &Stack) -> Result<Self> {
        let threads = options.threads();
        let new = |name, backend, threads| {
            Contestant::new(name, backend, threads, options.allow_software)
        };
        let mut contestants = Vec::new();
        let mut adapter = Err("the GPU was not asked for".into());
        if matches!(options.backend, Which::All | Which::Cpu) {
            contestants.push(new("cpu-1", Backend::Cpu, 1)?);
            if threads > 1 {
                contestants.push(new("cpu-all", Backend::Cpu, threads)?);
            }
        }
        if matches!(options.backend, Which::All | Which::Auto) {
            let auto = new("auto", Backend::Auto, threads)?;
            let chosen = auto.encoder.backend();
            adapter = chosen.adapter.clone().ok_or_else(|| chosen.reason.clone());
            contestants.push(auto);
        }
        if matches!(options.backend, Which::All | Which::Gpu) {
            match new("gpu", Backend::Gpu, threads) {
                Ok(gpu) => {
                    adapter = gpu
                        .encoder
                        .backend()
                        .adapter
                        .clone()
                        .ok_or_else(|| "it has no name".into());
                    contestants.push(gpu);
                    let resident =
                        new("gpu-device", Backend::Gpu, threads)?.on_device("gpu-device", stack);
                    let resident = resident.inspect_err(|error| {
                        log::warn!("masks on the device are not benched: {error:#}")
                    });
                    contestants.extend(resident.ok());
                }
                Err(missing) if options.backend == Which::All => adapter = Err(missing.to_string()),
                Err(missing) => return Err(missing.into()),
            }
        }
        Ok(Field {
            contestants,
            adapter,
        })
    }
}

impl ValueEnum for Pattern {
    fn value_variants<'a>() -> &'a [Self] {
        &[Pattern::Blobs, Pattern::Noise, Pattern::Empty]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Pattern::Blobs => PossibleValue::new("blobs")
                .help("A few ellipses: about 1460 column-major runs in 1024 x 1024 pixels"),
            Pattern::Noise => PossibleValue::new("noise")
                .help("Every pixel set or not by chance, one as often as the other"),
            Pattern::Empty => PossibleValue::new("empty").help("Nothing set"),
        })
    }
}

/// A value's name on the command line.
fn name(value: impl ValueEnum) -> String {
    value
        .to_possible_value()
        .map_or_else(String::new, |value| value.get_name().to_owned())
}

fn bench(options: &Options, task: Task, stack: &Stack) -> Result<Report> {
    let (masks, bytes) = (stack.masks()?, stack.bytes()?);
    let Field {
        mut contestants,
        adapter,
    } = Field::build(options, stack)?;
    let expected = stack.expected(task.order());
    for contestant in &mut contestants {
        contestant.check(&masks, task, &expected)?;
    }
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads())
        .build()
        .context("threads")?;
    let mut device = adapter
        .as_ref()
        .ok()
        .and_then(|name| told(Device::open(name, bytes)));
    let [mut read_by_one, mut read_by_all] = [Times::default(), Times::default()];
    for _ in 0..options.repeat {
        read_by_one.time(|| read::read(bytes));
        pool.install(|| read_by_all.time(|| read::read_parallel(bytes)));
        for contestant in &mut contestants {
            contestant.time(&masks, task)?;
        }
        device = device.and_then(|mut device| told(device.measure()).map(|()| device));
    }
    for contestant in contestants
        .iter()
        .filter(|contestant| contestant.fell_back() > 0)
    {
        log::warn!(
            "{}: the CPU encoded {} masks of it",
            contestant.name,
            contestant.fell_back()
        );
    }
    let read_gb_per_s = ReadLimit {
        one: read_by_one.gb_per_s(bytes.len()),
        all: read_by_all.gb_per_s(bytes.len()),
    };
    let rates = device.map(|device| device.rates());
    let device_gb_per_s = rates.map_or_else(DeviceLimit::default, |rates| DeviceLimit {
        read: Some(rates.read),
        copy: Some(rates.copy),
        upload: Some(rates.upload),
    });
    let row = |contestant| {
        row(
            contestant,
            task,
            bytes.len(),
            &read_gb_per_s,
            &device_gb_per_s,
        )
    };
    let results = contestants.iter().map(row).collect();
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

/// What a device gave, if it did: one that fails to tell its limits is no reason to lose the
/// results.
fn told<T>(measured: Result<T>) -> Option<T> {
    measured
        .inspect_err(|error| log::warn!("the device's limits are not measured: {error:#}"))
        .ok()
}

/// One contestant's line, measured against the limit that binds it.
fn row(
    contestant: &Contestant,
    task: Task,
    bytes: usize,
    read: &ReadLimit,
    device: &DeviceLimit,
) -> Row {
    let limit = if contestant.residency() == Residency::Device {
        device.read
    } else if contestant.uploads() {
        device.upload
    } else if contestant.threads == 1 {
        Some(read.one)
    } else {
        Some(read.all)
    };
    let gb_per_s = contestant.times.gb_per_s(bytes);
    Row {
        name: contestant.name,
        backend: contestant.backend,
        residency: contestant.residency(),
        output: task.output(),
        threads: contestant.threads,
        median_ms: contestant.times.median() * 1e3,
        min_ms: contestant.times.least() * 1e3,
        gb_per_s,
        fraction_of_limit: limit.map(|limit| gb_per_s / limit),
        passes_ms: contestant.passes_ms(),
    }
}
