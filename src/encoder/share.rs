//! The masks of a call between the backends: all on the GPU, or shared with the CPU at the rates at
//! which each has been finishing them.

use std::ops::Range;
use std::thread;
use std::time::{Duration, Instant};

use fearless_simd::Level;

use super::backend::EncodedBy;
use super::lazy_gpu::LazyGpu;
use super::work_queue::{PixelSums, Rates, WorkQueue, Worker};
use crate::Result;
use crate::gpu::Gpu;
use crate::pixel::{Masks, Order};

/// Results of consecutive masks.
pub(super) type Batch<P> = (Range<usize>, EncodedBy<P>);

/// Encodes all masks on the GPU, but for those that do not fit and those that are left when it
/// fails.
pub(super) fn on_gpu<P>(
    gpu: &Gpu,
    masks: &Masks<'_>,
    order: Order,
    level: Level,
    by_cpu: impl Fn(Range<usize>) -> P,
) -> Vec<Batch<P>> {
    let mut all = Some(0..masks.len());
    let mut batches = Vec::new();
    let left = gpu.encode(
        masks,
        order,
        level,
        || all.take(),
        |range, starts| batches.push((range, EncodedBy::Gpu(starts))),
    );
    // Only now, when no lock is held: a thread of rayon's that waits may take up another call of
    // ours.
    batches.extend(left.into_iter().map(|range| on_cpu(range, &by_cpu)));
    in_order(batches)
}

/// Encodes masks on the GPU, as soon as it is open, and on the CPU.
pub(super) fn on_both<P: Send>(
    gpu: &LazyGpu,
    rates: &Rates,
    masks: &Masks<'_>,
    order: Order,
    level: Level,
    by_cpu: impl Fn(Range<usize>) -> P + Sync,
) -> Vec<Batch<P>> {
    if !gpu.start() || gpu.ready().is_some_and(Result::is_err) {
        return vec![on_cpu(0..masks.len(), &by_cpu)];
    }
    let sums = PixelSums::new(masks);
    let queue = WorkQueue::new(&sums, rates);
    let batches = thread::scope(|scope| {
        let on_gpu = || gpu_share(gpu, &queue, masks, order, level);
        let gpu_thread = thread::Builder::new().spawn_scoped(scope, on_gpu);
        if let Err(error) = &gpu_thread {
            log::info!("no thread for the GPU, the CPU encodes all: {error}");
            queue.leave(Worker::Gpu);
        }
        let mut batches = Vec::new();
        while let Some(range) = queue.take(Worker::Cpu) {
            let start = Instant::now();
            batches.push(on_cpu(range.clone(), &by_cpu));
            queue.finished(Worker::Cpu, range, start.elapsed());
        }
        if let Ok(gpu_thread) = gpu_thread {
            let (of_gpu, left) = gpu_thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            batches.extend(of_gpu);
            batches.extend(left.into_iter().map(|range| on_cpu(range, &by_cpu)));
        }
        batches
    });
    in_order(batches)
}

/// Encodes the GPU's share of a call. Returns also the masks that are left for the CPU.
fn gpu_share<P>(
    gpu: &LazyGpu,
    queue: &WorkQueue<'_>,
    masks: &Masks<'_>,
    order: Order,
    level: Level,
) -> (Vec<Batch<P>>, Vec<Range<usize>>) {
    let mut batches = Vec::new();
    let Some(gpu) = wait_for(gpu, queue) else {
        return (batches, Vec::new());
    };
    let mut clock = Instant::now();
    let left = gpu.encode(
        masks,
        order,
        level,
        || queue.take(Worker::Gpu),
        |range, starts| {
            queue.finished(Worker::Gpu, range.clone(), clock.elapsed());
            clock = Instant::now();
            batches.push((range, EncodedBy::Gpu(starts)));
        },
    );
    queue.leave(Worker::Gpu);
    (batches, left)
}

/// The GPU, unless there is none or all masks are taken before it is open.
fn wait_for<'g>(gpu: &'g LazyGpu, queue: &WorkQueue<'_>) -> Option<&'g Gpu> {
    loop {
        match gpu.ready() {
            Some(opened) => {
                if opened.is_err() {
                    queue.leave(Worker::Gpu);
                }
                return opened.as_ref().ok();
            }
            None if queue.is_empty() => return None,
            None => thread::sleep(Duration::from_millis(1)),
        }
    }
}

fn on_cpu<P>(range: Range<usize>, by_cpu: &impl Fn(Range<usize>) -> P) -> Batch<P> {
    (range.clone(), EncodedBy::Cpu(by_cpu(range)))
}

/// The batches in the order of their masks, whoever encoded them and when.
fn in_order<P>(mut batches: Vec<Batch<P>>) -> Vec<Batch<P>> {
    batches.sort_by_key(|(range, _)| range.start);
    batches
}
