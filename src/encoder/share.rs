//! The masks of a call between the backends: all on the GPU, or shared with the CPU, where that is
//! faster, at the rates at which each has been finishing them.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::backend::EncodedBy;
use super::kinds::Kind;
use super::lazy_gpu::LazyGpu;
use super::pixel_sums::PixelSums;
use super::rates::{Plan, Sharing};
use super::work_queue::{Next, WorkQueue, Worker};
use crate::Result;
use crate::cpu::Cpu;
use crate::gpu::{Gpu, HostCall};
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
        let left = self.cpu.with_tasks(self.masks.pixels(), |spawn| {
            gpu.encode(
                self.masks,
                self.host_call(self.cpu.thread_count(self.masks.pixels())),
                None,
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

    /// Encodes masks on the CPU, and on the GPU too where that is faster, by the rates that earlier
    /// calls have measured. Until the GPU is prepared for such masks the CPU encodes all.
    pub(super) fn on_the_faster(&self, gpu: &LazyGpu, kind: &Arc<Kind>) -> Vec<Batch<P>> {
        let sums = PixelSums::new(self.masks);
        let plan = match gpu.ready() {
            Some(Err(_)) => return vec![self.on_cpu(0..self.masks.len())],
            Some(Ok(_)) if kind.is_prepared() => kind.rates.plan(sums.all()),
            _ => {
                gpu.prepare(kind);
                Plan::Alone
            }
        };
        match (plan, gpu.ready()) {
            (Plan::Shared(sharing), Some(Ok(gpu))) => {
                let queue = WorkQueue::new(&sums, &kind.rates, sharing);
                let batches = self.shared(&queue, || Some(gpu));
                queue.end();
                return batches;
            }
            (Plan::Rehearsal(most), _) => gpu.rehearse(kind, self.cpu.level(), most),
            _ => {}
        }
        let is_alone = !gpu.is_busy();
        let begin = Instant::now();
        let batch = self.on_cpu(0..self.masks.len());
        let is_alone = is_alone && !gpu.is_busy();
        kind.rates
            .encoded_alone(sums.all(), begin.elapsed(), is_alone);
        vec![batch]
    }

    /// Encodes masks on the GPU, as soon as it is open, and on the CPU.
    pub(super) fn on_both(&self, gpu: &LazyGpu, kind: &Kind) -> Vec<Batch<P>> {
        if !gpu.start() || gpu.ready().is_some_and(Result::is_err) {
            return vec![self.on_cpu(0..self.masks.len())];
        }
        let sums = PixelSums::new(self.masks);
        let queue = WorkQueue::new(&sums, &kind.rates, Sharing::Always);
        self.shared(&queue, || wait_for(gpu, &queue))
    }

    /// Encodes the masks of a queue on both; `gpu` gives the GPU on the thread that uses it.
    fn shared<'g>(
        &self,
        queue: &WorkQueue<'_>,
        gpu: impl FnOnce() -> Option<&'g Gpu> + Send,
    ) -> Vec<Batch<P>> {
        let clock = Instant::now();
        let batches = thread::scope(|scope| {
            let on_gpu = || {
                let batches = gpu().map(|gpu| self.gpu_share(gpu, queue, clock));
                queue.leave(Worker::Gpu);
                batches.unwrap_or_default()
            };
            let gpu_thread = thread::Builder::new().spawn_scoped(scope, on_gpu);
            if let Err(error) = &gpu_thread {
                log::info!("no thread for the GPU, the CPU encodes all: {error}");
                queue.leave(Worker::Gpu);
            }
            let mut batches = self.cpu_share(queue, clock);
            if let Ok(gpu_thread) = gpu_thread {
                let of_gpu = gpu_thread.join();
                batches.extend(of_gpu.unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
                // What it has taken, and not finished.
                batches.extend(self.cpu_share(queue, clock));
            }
            batches
        });
        in_order(batches)
    }

    /// Encodes the CPU's share of a call.
    fn cpu_share(&self, queue: &WorkQueue<'_>, clock: Instant) -> Vec<Batch<P>> {
        let mut batches = Vec::new();
        loop {
            let changes = queue.changes();
            match queue.take(Worker::Cpu, clock.elapsed()) {
                Next::Part(range) => {
                    let batch = self.on_cpu(range.clone());
                    if queue.finished(Worker::Cpu, &range, clock.elapsed()) {
                        batches.push(batch);
                    }
                }
                Next::Wait(time) => queue.wait(changes, time),
                Next::Nothing => return batches,
            }
        }
    }

    /// Encodes the GPU's share of a call. What it takes and does not finish is the CPU's.
    fn gpu_share(&self, gpu: &Gpu, queue: &WorkQueue<'_>, clock: Instant) -> Vec<Batch<P>> {
        let is_given_up = || queue.gpu_is_given_up();
        let is_given_up: Option<&dyn Fn() -> bool> = match queue.waits_for_gpu() {
            true => None,
            false => Some(&is_given_up),
        };
        let mut batches = Vec::new();
        loop {
            let mut next = Next::Nothing;
            let mut changes = 0;
            gpu.encode(
                self.masks,
                // The other cores have tasks of their own.
                self.host_call(1),
                is_given_up,
                || {
                    changes = queue.changes();
                    next = queue.take(Worker::Gpu, clock.elapsed());
                    match &next {
                        Next::Part(range) => Some(range.clone()),
                        _ => None,
                    }
                },
                |range, found| {
                    // Rayon's threads may all be waiting for this one.
                    let results = (self.of_found)(range.clone(), found, Threads::One);
                    if queue.finished(Worker::Gpu, &range, clock.elapsed()) {
                        batches.push((range, EncodedBy::Gpu(results)));
                    }
                },
            );
            match next {
                Next::Wait(time) if !queue.gpu_is_given_up() => queue.wait(changes, time),
                _ => return batches,
            }
        }
    }

    fn host_call(&self, threads: usize) -> HostCall {
        HostCall {
            order: self.order,
            level: self.cpu.level(),
            threads,
        }
    }

    pub(super) fn on_cpu(&self, range: Range<usize>) -> Batch<P> {
        (range.clone(), EncodedBy::Cpu((self.by_cpu)(range)))
    }
}

/// The GPU, unless there is none or all masks are taken before it is open.
fn wait_for<'g>(gpu: &'g LazyGpu, queue: &WorkQueue<'_>) -> Option<&'g Gpu> {
    loop {
        match gpu.ready() {
            Some(opened) => return opened.as_ref().ok(),
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
