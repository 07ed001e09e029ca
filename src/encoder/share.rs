//! A call's masks between the backends: all on the GPU, or shared with the CPU at the rates at
//! which each has been finishing them.

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::backend::EncodedBy;
use super::late_gpu::LateGpu;
use crate::Result;
use crate::gpu::Gpu;
use crate::pixel::{Masks, Order};

/// All masks on the GPU, but for those that do not fit and those that are left when it fails.
pub(crate) fn by_gpu<P>(
    gpu: &Gpu,
    masks: &Masks<'_>,
    order: Order,
    by_cpu: impl Fn(Range<usize>) -> P,
) -> Vec<(Range<usize>, EncodedBy<P>)> {
    let mut all = Some(0..masks.len());
    let mut parts = Vec::new();
    let left = gpu.encode(
        masks,
        order,
        || all.take(),
        |part| parts.push((part.masks, EncodedBy::Gpu(part.starts))),
    );
    // Only now, when no lock is held: a thread of rayon's that waits may take up another call of
    // ours.
    parts.extend(
        left.into_iter()
            .map(|range| (range.clone(), EncodedBy::Cpu(by_cpu(range)))),
    );
    parts.sort_by_key(|(range, _)| range.start);
    parts
}

/// The masks shared between the GPU, as soon as it is open, and the CPU.
pub(crate) fn by_both<P: Send>(
    gpu: &LateGpu,
    rates: &Rates,
    masks: &Masks<'_>,
    order: Order,
    by_cpu: impl Fn(Range<usize>) -> P + Sync,
) -> Vec<(Range<usize>, EncodedBy<P>)> {
    gpu.start();
    if gpu.ready().is_some_and(Result::is_err) {
        return vec![(0..masks.len(), EncodedBy::Cpu(by_cpu(0..masks.len())))];
    }
    let sizes = Sizes::new(masks);
    let share = Share::new(&sizes, rates);
    let mut parts = std::thread::scope(|scope| {
        let on_gpu = scope.spawn(|| {
            let mut parts = Vec::new();
            let Some(gpu) = wait_for(gpu, &share) else {
                return (parts, Vec::new());
            };
            let mut clock = Instant::now();
            let left = gpu.encode(
                masks,
                order,
                || share.take(Worker::Gpu),
                |part| {
                    share.finished(Worker::Gpu, part.masks.clone(), clock.elapsed());
                    clock = Instant::now();
                    parts.push((part.masks, EncodedBy::Gpu(part.starts)));
                },
            );
            share.leave(Worker::Gpu);
            (parts, left)
        });
        let mut parts = Vec::new();
        while let Some(range) = share.take(Worker::Cpu) {
            let start = Instant::now();
            let part = by_cpu(range.clone());
            share.finished(Worker::Cpu, range.clone(), start.elapsed());
            parts.push((range, EncodedBy::Cpu(part)));
        }
        let (more, left) = on_gpu
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        parts.extend(more);
        parts.extend(
            left.into_iter()
                .map(|range| (range.clone(), EncodedBy::Cpu(by_cpu(range)))),
        );
        parts
    });
    parts.sort_by_key(|(range, _)| range.start);
    parts
}

/// The GPU, unless there is none or all masks are taken before it is open.
fn wait_for<'g>(gpu: &'g LateGpu, share: &Share<'_>) -> Option<&'g Gpu> {
    loop {
        match gpu.ready() {
            Some(opened) => {
                if opened.is_err() {
                    share.leave(Worker::Gpu);
                }
                return opened.as_ref().ok();
            }
            None if share.is_all_taken() => return None,
            None => std::thread::sleep(Duration::from_millis(1)),
        }
    }
}

/// Who encodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Worker {
    Cpu,
    Gpu,
}

impl Worker {
    fn other(self) -> Self {
        if self == Worker::Cpu {
            Worker::Gpu
        } else {
            Worker::Cpu
        }
    }
}

/// Pixels a second of the CPU and the GPU, as far as they are known; kept from call to call.
#[derive(Debug, Default)]
pub(crate) struct Rates(Mutex<[Option<f64>; 2]>);

/// Pixels before each mask, and of all.
struct Sizes(Vec<u64>);

impl Sizes {
    fn new(masks: &Masks<'_>) -> Self {
        let mut before = vec![0];
        before.extend((0..masks.len()).scan(0, |all, index| {
            *all += masks.cost(index);
            Some(*all)
        }));
        Sizes(before)
    }

    fn of(&self, range: &Range<usize>) -> u64 {
        self.0[range.end] - self.0[range.start]
    }

    fn masks(&self) -> usize {
        self.0.len() - 1
    }
}

/// The least that is worth handing out, in pixels: a chunk of the GPU's ring, some milliseconds of
/// a CPU.
const LEAST: u64 = 1 << 22;
/// The most: what is taken cannot be given back.
const MOST: u64 = 1 << 27;

/// Hands out the masks of a call from the first on.
struct Share<'s> {
    sizes: &'s Sizes,
    rates: &'s Rates,
    least: u64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    next: usize,
    has_left: [bool; 2],
}

impl<'s> Share<'s> {
    fn new(sizes: &'s Sizes, rates: &'s Rates) -> Self {
        // A small stack is still worth sixteen parts.
        let least = (sizes.of(&(0..sizes.masks())) / 16).clamp(1, LEAST);
        Share {
            sizes,
            rates,
            least,
            state: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_all_taken(&self) -> bool {
        self.lock().next == self.sizes.masks()
    }

    /// A worker takes no more.
    fn leave(&self, worker: Worker) {
        self.lock().has_left[worker as usize] = true;
    }

    /// The next masks for a worker: half of its share of what is left, by its rate, so that parts
    /// shrink towards the end. None when nothing is left, or the other would finish all of it
    /// before this worker had finished the least part.
    fn take(&self, worker: Worker) -> Option<Range<usize>> {
        let mut state = self.lock();
        let (first, end) = (state.next, self.sizes.masks());
        let left = self.sizes.of(&(first..end));
        if first == end || state.has_left[worker as usize] {
            return None;
        }
        let rates = *self.rates.0.lock().unwrap_or_else(PoisonError::into_inner);
        let most = match (rates[worker as usize], rates[worker.other() as usize]) {
            (Some(own), Some(other)) => {
                let least = self.least.min(left);
                if !state.has_left[worker.other() as usize]
                    && least as f64 / own > left as f64 / other
                {
                    state.has_left[worker as usize] = true;
                    return None;
                }
                (left as f64 * own / (own + other) / 2.0) as u64
            }
            _ => self.least,
        };
        let most = most.clamp(self.least, MOST);
        let before = self.sizes.0[first];
        // At least one mask, and as many more as fit.
        let fitting =
            self.sizes.0[first + 1..=end].partition_point(|&pixels| pixels - before <= most);
        state.next = first + fitting.max(1);
        Some(first..state.next)
    }

    /// A worker has finished masks that it had taken, which took so long.
    fn finished(&self, worker: Worker, masks: Range<usize>, time: Duration) {
        let rate = self.sizes.of(&masks) as f64 / time.as_secs_f64().max(1e-6);
        let rates = &mut *self.rates.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Half the last rate, so that one odd chunk does not decide.
        let known = &mut rates[worker as usize];
        *known = Some(known.map_or(rate, |before| (before + rate) / 2.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two workers of which one takes `slow` times as long a mask, each by a clock of its own that
    /// only its work moves: what each took, and how long the first of them to end waited.
    fn shared(slow: u32) -> (usize, usize, Duration) {
        const MASK: Duration = Duration::from_micros(400);
        let sizes = Sizes((0..=600).map(|index| index << 20).collect());
        let rates = Rates::default();
        let share = Share::new(&sizes, &rates);
        let workers = [(Worker::Cpu, MASK), (Worker::Gpu, MASK * slow)];
        let (mut clocks, mut taken) = ([Duration::ZERO; 2], [const { Vec::new() }; 2]);
        let mut at_work = vec![0, 1];
        while let Some(&next) = at_work.iter().min_by_key(|&&worker| clocks[worker]) {
            let (worker, each) = workers[next];
            match share.take(worker) {
                Some(range) => {
                    let time = each * range.len() as u32;
                    clocks[next] += time;
                    share.finished(worker, range.clone(), time);
                    taken[next].extend(range);
                }
                None => at_work.retain(|&worker| worker != next),
            }
        }
        let mut all = taken.concat();
        all.sort_unstable();
        assert_eq!(all, (0..600).collect::<Vec<_>>(), "every mask once");
        (
            taken[0].len(),
            taken[1].len(),
            clocks[0].abs_diff(clocks[1]),
        )
    }

    #[test]
    fn the_faster_takes_more_and_neither_waits_long() {
        let (cpu, gpu, _) = shared(1);
        assert!(cpu > 150 && gpu > 150, "{cpu} and {gpu}");
        let (cpu, gpu, wait) = shared(5);
        assert!(cpu > 2 * gpu && gpu > 0, "{cpu} and {gpu}");
        // The least part is 4 masks, 8 ms of the slower one; all take some 200.
        assert!(wait < Duration::from_millis(20), "{wait:?}");
    }

    #[test]
    fn one_that_leaves_leaves_the_rest_to_the_other() {
        let sizes = Sizes((0..=10).map(|index| index << 20).collect());
        let rates = Rates(Mutex::new([Some(1.0), Some(1e12)]));
        let share = Share::new(&sizes, &rates);
        assert_eq!(
            share.take(Worker::Cpu),
            None,
            "the other is done with all of it sooner"
        );
        let share = Share::new(&sizes, &rates);
        share.leave(Worker::Gpu);
        assert!(share.take(Worker::Cpu).is_some());
    }
}
