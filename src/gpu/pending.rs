//! Results of masks that are on the GPU, on their way.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::device::GpuDevice;
use super::readback::{ChunkRuns, Readback};
use super::scratch::ScratchPool;
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
    pub(super) chunks: Vec<Readback>,
    pub(super) pool: ScratchPool,
    pub(super) masks: usize,
    /// Height and width of each mask.
    pub(super) size: [u32; 2],
    pub(super) order: Order,
    pub(super) element: ElementType,
    pub(super) predicate: Predicate,
}

impl Pending {
    /// Waits for the device and gives the runs. Fails if the commands were not submitted, or the
    /// device is lost.
    pub fn wait(self) -> Result<Runs> {
        let Pending {
            gpu,
            chunks,
            pool,
            masks,
            size,
            order,
            element,
            predicate,
        } = self;
        let mut runs = Vec::with_capacity(chunks.len());
        gpu.with_errors_caught(|| {
            if !chunks.is_empty() {
                gpu.wait_for_all()?;
            }
            for mut chunk in chunks {
                runs.push(chunk.read()?);
                pool.give(chunk.scratch);
            }
            Ok(())
        })?;
        joined(masks, size, order, element, predicate, runs)
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

/// The runs of a stack from those of its chunks.
fn joined(
    masks: usize,
    size: [u32; 2],
    order: Order,
    element: ElementType,
    predicate: Predicate,
    chunks: Vec<ChunkRuns>,
) -> Result<Runs> {
    let (starts, values): (Vec<_>, Vec<_>) = chunks
        .into_iter()
        .map(|chunk| (chunk.starts, chunk.values))
        .unzip();
    let values = values.concat();
    let mut starts = Starts::concat(starts);
    // A stack of no pixels has no chunks.
    starts.counts.resize(masks, 0);
    let sizes = vec![size; masks];
    assemble(order, sizes, starts, |_, _| {
        Ok(match predicate {
            Predicate::Labels => Values::Labels(Labels::of_words(element, &values)),
            Predicate::Binary | Predicate::Above(_) => {
                let mut firsts: Vec<bool> = values.iter().map(|&first| first != 0).collect();
                firsts.resize(masks, false);
                Values::Binary(firsts)
            }
        })
    })
}
