//! Results of masks that are on the GPU, on their way.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use super::device::{GpuDevice, lock};
use super::encode::{Copied, Recorder};
use super::gpu_masks::GpuMasks;
use super::landing::{Found, InFlight, expected};
use super::session::Pool;
use super::{Gpu, Limits};
use crate::pixel::{ElementType, Labels, Order};
use crate::predicate::Predicate;
use crate::runs::{Runs, Starts, Values};
use crate::{Error, Result};

/// Runs of masks that were recorded into a command encoder: see [`Encoder::record`](crate::Encoder::record). It owns the
/// memory that they are made in.
///
/// Submit the commands, then [`Pending::wait`], or `.await` it on any executor: a thread of its own
/// waits for the device.
#[derive(Debug)]
#[must_use = "the runs are only there after `wait` or `.await`"]
pub struct Pending {
    gpu: Arc<GpuDevice>,
    chunks: Vec<InFlight>,
    pool: Pool,
    shape: [usize; 3],
    order: Order,
    element: ElementType,
    predicate: Predicate,
}

impl Pending {
    /// Waits for the device and gives the runs. Fails if the commands were not submitted, or the
    /// device is lost.
    pub fn wait(self) -> Result<Runs> {
        let Pending {
            gpu,
            chunks,
            pool,
            shape,
            order,
            element,
            predicate,
        } = self;
        let mut parts = Vec::with_capacity(chunks.len());
        gpu.watched(|| {
            if !chunks.is_empty() {
                gpu.wait_for_all()?;
            }
            for mut chunk in chunks {
                parts.push(chunk.land()?);
                pool.give(chunk.scratch);
            }
            Ok(())
        })?;
        Ok(assemble(shape, order, element, predicate, parts))
    }
}

/// What a thread that waits leaves for its future.
#[derive(Default)]
struct Shared {
    result: Option<Result<Runs>>,
    waker: Option<Waker>,
}

impl IntoFuture for Pending {
    type Output = Result<Runs>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<Runs>> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(Waiting {
            pending: Some(self),
            shared: Arc::default(),
        })
    }
}

struct Waiting {
    /// Until a thread has been started.
    pending: Option<Pending>,
    shared: Arc<Mutex<Shared>>,
}

impl Future for Waiting {
    type Output = Result<Runs>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = lock(&self.shared);
        if let Some(result) = state.result.take() {
            return Poll::Ready(result);
        }
        state.waker = Some(context.waker().clone());
        drop(state);
        if let Some(pending) = self.pending.take() {
            let shared = Arc::clone(&self.shared);
            std::thread::spawn(move || {
                let result = pending.wait();
                let mut state = lock(&shared);
                state.result = Some(result);
                if let Some(waker) = state.waker.take() {
                    waker.wake();
                }
            });
        }
        Poll::Pending
    }
}

impl Gpu {
    /// The device, unless it has failed.
    pub(crate) fn wgpu(&self) -> Option<(wgpu::Device, wgpu::Queue)> {
        let (gpu, _) = self.of_buffers().ok()?;
        Some((gpu.device.clone(), gpu.queue.clone()))
    }

    /// The device on which the masks' buffers are: the caller's, or ours.
    fn of_buffers(&self) -> Result<(Arc<GpuDevice>, Pool)> {
        if let Some(given) = &self.given {
            return Ok(given.clone());
        }
        let session = &lock(&self.state).session;
        let session = session
            .as_ref()
            .ok_or_else(|| Error::Gpu(format!("{}: it has failed", self.adapter_name)))?;
        Ok((Arc::clone(&session.gpu), session.pool.clone()))
    }

    /// Runs of masks that are on the GPU.
    pub(crate) fn runs(&self, masks: &GpuMasks, order: Order) -> Result<Runs> {
        let gpu = self.of_buffers()?.0;
        let mut commands = gpu.commands();
        let pending = self.record(&mut commands, masks, order)?;
        gpu.watched(|| {
            gpu.submit(commands);
            Ok(())
        })?;
        pending.wait()
    }

    /// Records the encoding of masks that are on the GPU.
    pub(crate) fn record(
        &self,
        commands: &mut wgpu::CommandEncoder,
        masks: &GpuMasks,
        order: Order,
    ) -> Result<Pending> {
        let (gpu, pool) = self.of_buffers()?;
        let alignment = u64::from(gpu.device.limits().min_storage_buffer_offset_alignment).max(16);
        let Limits { binding, memory } = self.limits;
        let plan = masks.chunks(order, Limits { binding, memory }, alignment)?;
        let predicate = masks.predicate;
        let chunks = gpu.watched(|| {
            let mut chunks = Vec::with_capacity(plan.len());
            for (chunk, pixels) in plan {
                let mut scratch = pool.take(&gpu);
                let count = chunk.placed.len() as u64;
                let (copied, values) = match (predicate, expected(&gpu, &chunk)) {
                    (Predicate::Labels, starts) => {
                        let starts = starts.unwrap_or(u64::from(chunk.words));
                        (
                            Copied::Starts {
                                starts,
                                values: starts,
                            },
                            u64::from(chunk.words),
                        )
                    }
                    (_, Some(starts)) => (
                        Copied::Starts {
                            starts,
                            values: count,
                        },
                        count,
                    ),
                    (_, None) => (Copied::Bits { values: count }, count),
                };
                scratch.hold(&gpu.device, &chunk, values);
                let element_bits = chunk.element_bits;
                let mut recorder = Recorder {
                    gpu: &gpu,
                    commands,
                    scratch: &mut scratch,
                    predicate,
                    element_bits,
                };
                recorder.begin(&chunk);
                recorder.flag(&chunk.windows[0], &pixels, None);
                recorder.scan(&chunk);
                recorder.compact(&chunk, None);
                recorder.values(&chunk, &pixels, 0);
                recorder.copy_back(&chunk, copied);
                let (gpu, chunk) = (Arc::clone(&gpu), Arc::new(chunk));
                chunks.push(InFlight {
                    gpu,
                    chunk,
                    predicate,
                    scratch,
                    copied,
                    pixels: Some(pixels),
                });
            }
            Ok(chunks)
        })?;
        let GpuMasks { shape, element, .. } = *masks;
        Ok(Pending {
            gpu,
            chunks,
            pool,
            shape,
            order,
            element,
            predicate,
        })
    }
}

/// The runs of a stack from those of its chunks.
fn assemble(
    shape: [usize; 3],
    order: Order,
    element: ElementType,
    predicate: Predicate,
    parts: Vec<Found>,
) -> Runs {
    let [n, height, width] = shape;
    let (starts, values): (Vec<_>, Vec<_>) = parts
        .into_iter()
        .map(|part| (part.starts, part.values))
        .unzip();
    let values = values.concat();
    let mut found = Starts::concat(starts);
    // A stack of no pixels has no chunks.
    found.counts.resize(n, 0);
    let mut offsets = vec![0];
    offsets.extend(found.counts.iter().scan(0, |end, &count| {
        *end += u64::from(count);
        Some(*end)
    }));
    let values = match predicate {
        Predicate::Labels => Values::Labels(Labels::of_words(element, &values)),
        Predicate::Binary | Predicate::Above(_) => {
            let mut firsts: Vec<bool> = values.iter().map(|&first| first != 0).collect();
            firsts.resize(n, false);
            Values::Binary(firsts)
        }
    };
    Runs::new(
        order,
        vec![[height as u32, width as u32]; n],
        offsets,
        found.starts,
        values,
    )
}
