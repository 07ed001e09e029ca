//! The queue from which both backends take the masks of a call.

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::pixel::Masks;
use crate::runs::offsets;

/// A backend that takes masks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Worker {
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
pub(super) struct Rates(Mutex<[Option<f64>; 2]>);

/// Exclusive prefix sums of the masks' pixels, and the pixels of all.
pub(super) struct PixelSums(Vec<u64>);

impl PixelSums {
    pub(super) fn new(masks: &Masks<'_>) -> Self {
        PixelSums(offsets((0..masks.len()).map(|index| masks.cost(index))))
    }

    fn of(&self, range: &Range<usize>) -> u64 {
        self.0[range.end] - self.0[range.start]
    }

    fn masks(&self) -> usize {
        self.0.len() - 1
    }
}

/// Least pixels that are worth handing out: a chunk of the GPU's ring, some milliseconds of a CPU.
const LEAST: u64 = 1 << 22;
/// Most pixels that are handed out at a time: what is taken cannot be given back.
const MOST: u64 = 1 << 27;

/// Hands out the masks of a call from the first on.
pub(super) struct WorkQueue<'s> {
    sums: &'s PixelSums,
    rates: &'s Rates,
    /// Least pixels that are handed out.
    least: u64,
    handed_out: Mutex<HandedOut>,
}

#[derive(Debug, Default)]
struct HandedOut {
    /// The first mask that nobody has taken.
    next: usize,
    /// True for a worker that takes no more.
    has_left: [bool; 2],
}

impl<'s> WorkQueue<'s> {
    pub(super) fn new(sums: &'s PixelSums, rates: &'s Rates) -> Self {
        // A small stack is still worth sixteen parts.
        let least = (sums.of(&(0..sums.masks())) / 16).clamp(1, LEAST);
        WorkQueue {
            sums,
            rates,
            least,
            handed_out: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HandedOut> {
        self.handed_out
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// True if all masks are taken.
    pub(super) fn is_empty(&self) -> bool {
        self.lock().next == self.sums.masks()
    }

    /// Notes that a worker takes no more.
    pub(super) fn leave(&self, worker: Worker) {
        self.lock().has_left[worker as usize] = true;
    }

    /// The next masks for a worker: half of its share of what is left, by its rate, so that parts
    /// shrink towards the end. None when nothing is left, or the other would finish all of it
    /// before this worker had finished the least part.
    pub(super) fn take(&self, worker: Worker) -> Option<Range<usize>> {
        let mut state = self.lock();
        let (first, end) = (state.next, self.sums.masks());
        let left = self.sums.of(&(first..end));
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
        let before = self.sums.0[first];
        // At least one mask, and as many more as fit.
        let fitting =
            self.sums.0[first + 1..=end].partition_point(|&pixels| pixels - before <= most);
        state.next = first + fitting.max(1);
        Some(first..state.next)
    }

    /// Notes that a worker has finished masks, and the time that it took.
    pub(super) fn finished(&self, worker: Worker, masks: Range<usize>, time: Duration) {
        let rate = self.sums.of(&masks) as f64 / time.as_secs_f64().max(1e-6);
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
    /// only its work moves: the number of masks that each took, and the time that the first of them
    /// to end waited.
    fn shared(slow: u32) -> (usize, usize, Duration) {
        const MASK: Duration = Duration::from_micros(400);
        let sums = PixelSums((0..=600).map(|index| index << 20).collect());
        let rates = Rates::default();
        let queue = WorkQueue::new(&sums, &rates);
        let workers = [(Worker::Cpu, MASK), (Worker::Gpu, MASK * slow)];
        let (mut clocks, mut taken) = ([Duration::ZERO; 2], [const { Vec::new() }; 2]);
        let mut at_work = vec![0, 1];
        while let Some(&next) = at_work.iter().min_by_key(|&&worker| clocks[worker]) {
            let (worker, each) = workers[next];
            match queue.take(worker) {
                Some(range) => {
                    let time = each * range.len() as u32;
                    clocks[next] += time;
                    queue.finished(worker, range.clone(), time);
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
        let sums = PixelSums((0..=10).map(|index| index << 20).collect());
        let rates = Rates(Mutex::new([Some(1.0), Some(1e12)]));
        let queue = WorkQueue::new(&sums, &rates);
        assert_eq!(
            queue.take(Worker::Cpu),
            None,
            "the other is done with all of it sooner"
        );
        let queue = WorkQueue::new(&sums, &rates);
        queue.leave(Worker::Gpu);
        assert!(queue.take(Worker::Cpu).is_some());
    }

    /// Without rates, each takes the least part: a sixteenth of a small stack, 2^22 pixels of a
    /// large one; and one mask at least.
    #[test]
    fn the_least_part_is_a_sixteenth_and_at_most_2_to_the_22() {
        for (masks, pixels, taken) in [
            (64, 1 << 10, 4),
            (15, 1 << 10, 1),
            (16, 1 << 10, 1),
            (17, 1 << 10, 1),
            (31, 1 << 10, 1),
            (32, 1 << 10, 2),
            (33, 1 << 10, 2),
            (47, 1 << 10, 2),
            (48, 1 << 10, 3),
            (64, LEAST / 4 - 1, 4),
            (64, LEAST / 4, 4),
            (64, LEAST / 4 + 1, 3),
            (64, LEAST + 1, 1),
        ] {
            let sums = PixelSums((0..=masks).map(|index| index * pixels).collect());
            let rates = Rates::default();
            let range = WorkQueue::new(&sums, &rates).take(Worker::Cpu);
            assert_eq!(range, Some(0..taken), "{masks} masks of {pixels} pixels");
        }
    }

    /// However fast a worker is, it takes no more than 2^27 pixels at a time.
    #[test]
    fn the_most_is_2_to_the_27() {
        for (pixels, taken) in [(MOST / 8 - 1, 8), (MOST / 8, 8), (MOST / 8 + 1, 7)] {
            let sums = PixelSums((0..=1000).map(|index| index * pixels).collect());
            let rates = Rates(Mutex::new([Some(1e12), Some(1.0)]));
            let range = WorkQueue::new(&sums, &rates).take(Worker::Cpu);
            assert_eq!(range, Some(0..taken), "masks of {pixels} pixels");
        }
    }
}
