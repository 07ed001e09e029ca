//! Results of masks that are on the GPU, on their way.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::completion::Completion;
use super::device::GpuDevice;
use super::masks::GpuMasks;
use super::readback::{ChunkRuns, Readback};
use super::scratch::ScratchPool;
use crate::parallel::Threads;
use crate::pixel::{ElementType, Labels, Order};
use crate::predicate::Predicate;
use crate::runs::{Runs, Starts, Values, assemble};
use crate::{Error, Result};

/// Runs of masks that were recorded into a command encoder: see
/// [`Encoder::record`](crate::Encoder::record). It owns the memory that they are made in.
///
/// Submit the commands, then [`Pending::wait`], or `.await` it on any executor: a thread of its own
/// waits for the device.
#[derive(Debug)]
#[must_use = "the runs are only there after `wait` or `.await`"]
pub struct Pending {
    pub(super) gpu: Arc<GpuDevice>,
    pub(super) chunks: Vec<RecordedChunk>,
    pub(super) pool: ScratchPool,
    pub(super) stack: DeviceStack,
}

/// A chunk that was recorded into the caller's commands.
#[derive(Debug)]
pub(super) struct RecordedChunk {
    pub(super) readback: Readback,
    pub(super) completion: Completion,
}

/// Facts of a stack on the device that its runs are assembled by.
#[derive(Debug)]
pub(super) struct DeviceStack {
    masks: usize,
    /// Height and width of each mask.
    size: [u32; 2],
    order: Order,
    element: ElementType,
    predicate: Predicate,
    /// Threads that make starts of bits.
    threads: Threads,
}

impl Pending {
    /// Waits for the device and gives the runs. Fails if the device is lost, or the commands were
    /// not submitted: at once if they were dropped or the device has nothing to do, or else after
    /// two minutes.
    pub fn wait(self) -> Result<Runs> {
        let Pending {
            gpu,
            chunks,
            pool,
            stack,
        } = self;
        let mut runs = Vec::with_capacity(chunks.len());
        gpu.with_errors_caught(|| {
            // They were submitted together, and are done together.
            if let Some(last) = chunks.last() {
                gpu.wait_for(&last.completion, &last.readback.scratch.readback)?;
            }
            for RecordedChunk { mut readback, .. } in chunks {
                runs.push(readback.read()?);
                pool.give(readback.scratch);
            }
            Ok(())
        })?;
        stack.runs(runs)
    }
}

impl IntoFuture for Pending {
    type Output = Result<Runs>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<Runs>> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let (sender, receiver) = oneshot::async_channel();
            let pending = Arc::new(Mutex::new(Some(self)));
            let take = {
                let pending = Arc::clone(&pending);
                move || {
                    pending
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .take()
                }
            };
            let wait = {
                let take = take.clone();
                // A receiver that was dropped wants no result.
                move || take().map(|pending| sender.send(pending.wait()))
            };
            if thread::Builder::new().spawn(wait).is_err()
                && let Some(pending) = take()
            {
                return pending.wait();
            }
            receiver.await.unwrap_or_else(|_| {
                let why = "the thread that waits for the device has panicked";
                Err(Error::Gpu(why.into()))
            })
        })
    }
}

impl DeviceStack {
    pub(super) fn new(masks: &GpuMasks, order: Order, threads: Threads) -> Self {
        DeviceStack {
            masks: masks.len(),
            size: masks.size(),
            order,
            element: masks.element,
            predicate: masks.predicate,
            threads,
        }
    }

    /// The runs of the stack from those of its chunks.
    pub(super) fn runs(self, chunks: Vec<ChunkRuns>) -> Result<Runs> {
        let (starts, values): (Vec<_>, Vec<_>) = chunks
            .into_iter()
            .map(|chunk| (chunk.boundaries.into_starts(self.threads), chunk.values))
            .unzip();
        let values = values.concat();
        let mut starts = Starts::concat(starts);
        // A stack of no pixels has no chunks.
        starts.counts.resize(self.masks, 0);
        let sizes = vec![self.size; self.masks];
        assemble(self.order, sizes, starts, |_, _| {
            Ok(match self.predicate {
                Predicate::Labels => Values::Labels(Labels::of_words(self.element, &values)),
                Predicate::Binary | Predicate::Above(_) => {
                    let mut firsts: Vec<bool> = values.iter().map(|&first| first != 0).collect();
                    firsts.resize(self.masks, false);
                    Values::Binary(firsts)
                }
            })
        })
    }
}
