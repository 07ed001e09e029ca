//! The masks of a call between the backends: all on the GPU, or shared with the CPU at the rates at
//! which each has been finishing them.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::backend::EncodedBy;
use super::lazy_gpu::LazyGpu;
use super::work_queue::{PixelSums, Rates, WorkQueue, Worker};
use crate::Result;
use crate::cpu::Cpu;
use crate::gpu::Gpu;
use crate::parallel::Threads;
use crate::pixel::{Masks, Order};
use crate::runs::Boundaries;

/// Results of consecutive masks.
pub(super) type Batch<P> = (Range<usize>, EncodedBy<P>);

/// A call that backends share.
pub(super) struct Call<'c, 'm, C, F> {
    pub(super) cpu: &'c Cpu,
    pub(super) masks: &'c Masks<'m>,
    pub(super) order: Order,
    /// Encodes masks on the CPU.
    pub(super) by_cpu: C,
    /// Makes results of masks whose boundaries the GPU has found.
    pub(super) of_found: F,
}

impl<P, C, F> Call<'_, '_, C, F>
where
    P: Send,
    C: Fn(Range<usize>) -> P + Sync,
    F: Fn(Range<usize>, Boundaries, Threads) -> P + Sync,
{
    /// Encodes all masks on the GPU, but for those that do not fit and those that are left when it
    /// fails. Results of a chunk are made while those after it are on their way.
    pub(super) fn on_gpu(&self, gpu: &Gpu) -> Vec<Batch<P>> {
        let mut all = Some(0..self.masks.len());
        let batches = Mutex::new(Vec::new());
        let (masks, order, level) = (self.masks, self.order, self.cpu.level());
        let left = self.cpu.with_tasks(masks.pixels(), |spawn| {
            gpu.encode(
                masks,
                order,
                level,
                || all.take(),
                |range, found| {
                    let batches = &batches;
                    spawn(Box::new(move |threads| {
                        let results = (self.of_found)(range.clone(), found, threads);
                        let mut batches = batches.lock().unwrap_or_else(PoisonError::into_inner);
                        batches.push((range, EncodedBy::Gpu(results)));
                    }));
                },
            )
        });
        let mut batches = batches.into_inner().unwrap_or_else(PoisonError::into_inner);
        // Only now, when no lock is held: a thread of rayon's that waits may take up another call
        // of ours.
        batches.extend(left.into_iter().map(|range| self.on_cpu(range)));
        in_order(batches)
    }

    /// Encodes masks on the GPU, as soon as it is open, and on the CPU.
    pub(super) fn on_both(&self, gpu: &LazyGpu, rates: &Rates) -> Vec<Batch<P>> {
        if !gpu.start() || gpu.ready().is_some_and(Result::is_err) {
            return vec![self.on_cpu(0..self.masks.len())];
        }
        let sums = PixelSums::new(self.masks);
        let queue = WorkQueue::new(&sums, rates);
        let batches = thread::scope(|scope| {
            let on_gpu = || self.gpu_share(gpu, &queue);
            let gpu_thread = thread::Builder::new().spawn_scoped(scope, on_gpu);
            if let Err(error) = &gpu_thread {
                log::info!("no thread for the GPU, the CPU encodes all: {error}");
                queue.leave(Worker::Gpu);
            }
            let mut batches = Vec::new();
            while let Some(range) = queue.take(Worker::Cpu) {
                let start = Instant::now();
                batches.push(self.on_cpu(range.clone()));
                queue.finished(Worker::Cpu, range, start.elapsed());
            }
            if let Ok(gpu_thread) = gpu_thread {
                let (of_gpu, left) = gpu_thread
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                batches.extend(of_gpu);
                batches.extend(left.into_iter().map(|range| self.on_cpu(range)));
            }
            batches
        });
        in_order(batches)
    }

    /// Encodes the GPU's share of a call. Returns also the masks that are left for the CPU.
    fn gpu_share(
        &self,
        gpu: &LazyGpu,
        queue: &WorkQueue<'_>,
    ) -> (Vec<Batch<P>>, Vec<Range<usize>>) {
        let Some(gpu) = wait_for(gpu, queue) else {
            return (Vec::new(), Vec::new());
        };
        let mut clock = Instant::now();
        let mut batches = Vec::new();
        let left = gpu.encode(
            self.masks,
            self.order,
            self.cpu.level(),
            || queue.take(Worker::Gpu),
            |range, found| {
                // Rayon's threads may all be waiting for this one.
                let results = (self.of_found)(range.clone(), found, Threads::One);
                batches.push((range.clone(), EncodedBy::Gpu(results)));
                queue.finished(Worker::Gpu, range, clock.elapsed());
                clock = Instant::now();
            },
        );
        queue.leave(Worker::Gpu);
        (batches, left)
    }

    fn on_cpu(&self, range: Range<usize>) -> Batch<P> {
        (range.clone(), EncodedBy::Cpu((self.by_cpu)(range)))
    }
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

/// The batches in the order of their masks, whoever encoded them and when.
fn in_order<P>(mut batches: Vec<Batch<P>>) -> Vec<Batch<P>> {
    batches.sort_by_key(|(range, _)| range.start);
    batches
}
