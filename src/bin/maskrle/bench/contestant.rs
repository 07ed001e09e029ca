//! The backends that are benched: built, checked against the reference, timed.

use anyhow::{Context, Result};
use maskrle::{Backend, CocoRle, Encoder, Masks, Order, Runs};

use super::stack::Expected;
use super::timing::Times;

/// What is asked of a backend.
#[derive(Debug, Clone, Copy)]
pub enum Task {
    /// Runs, in this order.
    Starts(Order),
    /// COCO strings.
    Coco,
}

impl Task {
    pub fn order(self) -> Order {
        match self {
            Task::Starts(order) => order,
            Task::Coco => Order::ColumnMajor,
        }
    }

    /// The output's name in the report.
    pub fn output(self) -> &'static str {
        match self {
            Task::Starts(_) => "starts",
            Task::Coco => "coco",
        }
    }
}

/// One backend and its times.
pub struct Contestant {
    pub name: &'static str,
    /// As it was asked for.
    pub backend: Backend,
    pub threads: usize,
    pub encoder: Encoder,
    pub times: Times,
}

enum Encoded {
    Runs(Runs),
    Coco(Vec<CocoRle>),
}

impl Contestant {
    pub fn new(name: &'static str, backend: Backend, threads: usize, allow_software: bool) -> maskrle::Result<Self> {
        let encoder = Encoder::builder().backend(backend).threads(threads).allow_software(allow_software).build()?;
        Ok(Contestant { name, backend, threads, encoder, times: Times::default() })
    }

    /// Encodes once, untimed, and compares the result with what it must be.
    pub fn check(&self, masks: &Masks<'_>, task: Task, expected: &Expected) -> Result<()> {
        let encoded = encode(&self.encoder, masks, task).with_context(|| self.name)?;
        match encoded {
            Encoded::Runs(runs) => expected.check_runs(&runs),
            Encoded::Coco(rles) => expected.check_coco(&rles),
        }
        .with_context(|| self.name)
    }

    /// Encodes once, timed.
    pub fn time(&mut self, masks: &Masks<'_>, task: Task) -> Result<()> {
        self.times.time(|| encode(&self.encoder, masks, task)).with_context(|| self.name)?;
        Ok(())
    }

    /// Whether the masks cross to a GPU: then the upload is its limit, not the reading.
    pub fn uploads(&self) -> bool {
        self.encoder.backend().backend == Backend::Gpu
    }
}

fn encode(encoder: &Encoder, masks: &Masks<'_>, task: Task) -> maskrle::Result<Encoded> {
    match task {
        Task::Starts(order) => encoder.runs(masks, order).map(Encoded::Runs),
        Task::Coco => encoder.coco(masks).map(Encoded::Coco),
    }
}
