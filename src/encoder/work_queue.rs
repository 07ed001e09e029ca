//! The queue from which both backends take the masks of a call. Times are since the call's begin.

use std::ops::Range;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::pixel_sums::PixelSums;
use super::rates::{Known, Rates, Sharing, least_part};

/// A backend that takes masks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Worker {
    Cpu,
    Gpu,
}

/// Answer to a worker that asks for masks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    Part(Range<usize>),
    /// Nothing now: to be asked again when the queue has changed, or after this time.
    Wait(Duration),
    /// Nothing any more.
    Nothing,
}

/// Most pixels that are handed out at a time: what is taken cannot be given back.
pub(super) const MOST: u64 = 1 << 27;
/// Least share of a part's time in which the GPU worked from which on the part tells the CPU's rate
/// beside it.
const BESIDE: f64 = 0.5;
/// Most of a part's time in which the GPU worked for it to tell the CPU's rate alone.
const ALONE: f64 = 0.02;

/// Hands out the masks of a call from the first on.
pub(super) struct WorkQueue<'s> {
    pub(super) sums: &'s PixelSums,
    pub(super) rates: &'s Rates,
    sharing: Sharing,
    /// Least pixels that are handed out.
    pub(super) least: u64,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
pub(super) struct State {
    /// The first mask that nobody has taken.
    pub(super) next: usize,
    /// True for a worker that takes no more.
    pub(super) has_left: [bool; 2],
    pub(super) cpu: CpuPart,
    pub(super) cpu_parts: usize,
    /// Masks that the GPU has taken and nobody has finished, in order.
    pub(super) of_gpu: Vec<Range<usize>>,
    /// Masks that were the GPU's, when it was given up.
    pub(super) given_back: Vec<Range<usize>>,
    pub(super) is_given_up: bool,
    /// Time that the GPU has worked, but for that since it was last idle, and the end of that.
    pub(super) worked: Duration,
    pub(super) at_work_since: Duration,
    /// Its last progress: masks finished, or taken when it had none.
    pub(super) progress: Duration,
    /// Parts that the GPU has finished, and the CPU above.
    pub(super) gpu_parts: usize,
    /// Pixels that the GPU has taken so far.
    pub(super) tried: u64,
    /// Number of changes so far.
    pub(super) changes: u64,
}

/// The part that the CPU is encoding.
#[derive(Debug, Default)]
pub(super) struct CpuPart {
    begin: Duration,
    /// Time that the GPU had worked then.
    gpu_worked: Duration,
    /// The masks, if they are the GPU's too.
    pub(super) raced: Option<Range<usize>>,
}

impl State {
    /// Time that the GPU has worked so far.
    pub(super) fn gpu_worked(&self, now: Duration) -> Duration {
        match self.of_gpu.is_empty() {
            true => self.worked,
            false => self.worked + now.saturating_sub(self.at_work_since),
        }
    }

    /// Seconds for which the GPU is waited for beside its work: in its first part of a call.
    pub(super) fn latency(&self, known: &Known) -> f64 {
        match self.gpu_parts {
            0 => known.latency,
            _ => 0.0,
        }
    }

    /// Takes masks from those that the GPU has taken, if they are all there still.
    fn remove_from_gpu(&mut self, range: &Range<usize>, now: Duration) -> bool {
        let holds = |taken: &Range<usize>| taken.start <= range.start && range.end <= taken.end;
        let Some(index) = self.of_gpu.iter().position(holds) else {
            return false;
        };
        let taken = self.of_gpu.remove(index);
        self.worked += now.saturating_sub(self.at_work_since);
        self.at_work_since = self.at_work_since.max(now);
        let rest = [taken.start..range.start, range.end..taken.end];
        let rest = rest.into_iter().filter(|range| !range.is_empty());
        self.of_gpu.splice(index..index, rest);
        true
    }
}

impl<'s> WorkQueue<'s> {
    pub(super) fn new(sums: &'s PixelSums, rates: &'s Rates, sharing: Sharing) -> Self {
        WorkQueue {
            sums,
            rates,
            sharing,
            least: least_part(sums.all()),
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, state: &mut State) {
        state.changes += 1;
        self.changed.notify_all();
    }

    /// Number of changes so far, for [`WorkQueue::wait`].
    pub(super) fn changes(&self) -> u64 {
        self.lock().changes
    }

    /// Waits until there are more changes, at most for a time.
    pub(super) fn wait(&self, changes: u64, time: Duration) {
        let is_same = |state: &mut State| state.changes == changes;
        let waited = self.changed.wait_timeout_while(self.lock(), time, is_same);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    /// True if all masks are taken.
    pub(super) fn is_empty(&self) -> bool {
        self.lock().next == self.sums.masks()
    }

    /// True if what the GPU still has is not waited for.
    pub(super) fn gpu_is_given_up(&self) -> bool {
        self.lock().is_given_up
    }

    /// True if what the GPU has taken is waited for, however long it takes.
    pub(super) fn waits_for_gpu(&self) -> bool {
        self.sharing == Sharing::Always
    }

    /// Notes the end of the call.
    pub(super) fn end(&self) {
        if self.sharing != Sharing::Always && self.lock().tried > 0 {
            self.rates.shared(self.sums.all());
        }
    }

    /// Notes that a worker takes no more. What the GPU has not finished is the CPU's.
    pub(super) fn leave(&self, worker: Worker) {
        let state = &mut *self.lock();
        state.has_left[worker as usize] = true;
        if worker == Worker::Gpu {
            let State {
                of_gpu, given_back, ..
            } = state;
            given_back.append(of_gpu);
        }
        self.change(state);
    }

    /// The next masks for a worker: half of its share of what is left, by its rate, so that parts
    /// shrink towards the end.
    pub(super) fn take(&self, worker: Worker, now: Duration) -> Next {
        let state = &mut *self.lock();
        let next = match self.sharing {
            Sharing::Always => self.next_by_share(state, worker),
            Sharing::IfFaster {
                begins_alone,
                trial,
            } => match worker {
                Worker::Cpu => self.next_for_cpu(state, now, begins_alone, trial),
                Worker::Gpu => self.next_for_gpu(state, begins_alone, trial),
            },
        };
        match &next {
            Next::Part(range) => self.note_taken(state, worker, range, now),
            Next::Nothing => state.has_left[worker as usize] = true,
            Next::Wait(_) => return next,
        }
        self.change(state);
        next
    }

    fn note_taken(&self, state: &mut State, worker: Worker, range: &Range<usize>, now: Duration) {
        if worker == Worker::Cpu {
            state.cpu.begin = now;
            state.cpu.gpu_worked = state.gpu_worked(now);
            return;
        }
        if state.of_gpu.is_empty() {
            let latency = state.latency(&self.rates.known());
            (state.at_work_since, state.progress) = (now + Duration::from_secs_f64(latency), now);
        }
        state.of_gpu.push(range.clone());
        state.tried += self.sums.of(range);
    }

    /// Takes the first masks that nobody has taken.
    pub(super) fn take_first(&self, state: &mut State, most: u64) -> Next {
        let left = state.next..self.sums.masks();
        let range = self.sums.first_of(&left, most.min(MOST));
        state.next = range.end;
        Next::Part(range)
    }

    pub(super) fn left(&self, state: &State) -> u64 {
        self.sums.of(&(state.next..self.sums.masks()))
    }

    /// Pixels that the GPU has taken and nobody has finished.
    pub(super) fn taken(&self, state: &State) -> u64 {
        state.of_gpu.iter().map(|range| self.sums.of(range)).sum()
    }

    /// Nothing when nothing is left, or the other would finish all of it before this worker had
    /// finished the least part.
    fn next_by_share(&self, state: &mut State, worker: Worker) -> Next {
        if worker == Worker::Cpu
            && let Some(range) = state.given_back.pop()
        {
            return Next::Part(range);
        }
        let left = self.left(state);
        if left == 0 || state.has_left[worker as usize] {
            return Next::Nothing;
        }
        let (cpu, gpu) = {
            let known = self.rates.known();
            let cpu = known.beside.rate().or(known.alone.rate());
            (cpu, known.gpu.rate())
        };
        let (own, other, other_has_left) = match worker {
            Worker::Cpu => (cpu, gpu, state.has_left[Worker::Gpu as usize]),
            Worker::Gpu => (gpu, cpu, state.has_left[Worker::Cpu as usize]),
        };
        let most = match (own, other) {
            (Some(own), Some(other)) => {
                let least = self.least.min(left) as f64;
                if !other_has_left && least / own > left as f64 / other {
                    return Next::Nothing;
                }
                (left as f64 * own / (own + other) / 2.0) as u64
            }
            _ => self.least,
        };
        self.take_first(state, most.max(self.least))
    }

    /// Notes that a worker has finished masks. False if the other one has finished them before:
    /// then its results are the ones.
    pub(super) fn finished(&self, worker: Worker, masks: &Range<usize>, now: Duration) -> bool {
        let state = &mut *self.lock();
        let pixels = self.sums.of(masks) as f64;
        let is_first = match worker {
            Worker::Cpu => self.cpu_finished(state, masks, pixels, now),
            Worker::Gpu => self.gpu_finished(state, masks, pixels, now),
        };
        self.change(state);
        is_first
    }

    fn cpu_finished(
        &self,
        state: &mut State,
        masks: &Range<usize>,
        pixels: f64,
        now: Duration,
    ) -> bool {
        let time = now.saturating_sub(state.cpu.begin).as_secs_f64().max(1e-9);
        let worked = state.gpu_worked(now).saturating_sub(state.cpu.gpu_worked);
        let beside = worked.as_secs_f64().min(time);
        state.cpu_parts += 1;
        let known = &mut *self.rates.known();
        if beside <= ALONE * time {
            known.alone.add(pixels, time);
        } else if beside >= BESIDE * time
            && let Some(alone) = known.alone.rate().or((beside == time).then_some(0.0))
        {
            // Less what it has done while the GPU rested.
            let pixels = (pixels - alone * (time - beside)).max(pixels / 16.0);
            known.beside.add(pixels, beside);
        }
        match state.cpu.raced.take() {
            Some(_) => {
                let is_first = state.remove_from_gpu(masks, now);
                if is_first && state.of_gpu.is_empty() {
                    state.is_given_up = true;
                }
                is_first
            }
            None => true,
        }
    }

    fn gpu_finished(
        &self,
        state: &mut State,
        masks: &Range<usize>,
        pixels: f64,
        now: Duration,
    ) -> bool {
        let time = now.saturating_sub(state.progress).as_secs_f64();
        state.progress = now;
        let known = &mut *self.rates.known();
        if !state.is_given_up {
            let work = (time - state.latency(known)).max(time / 8.0);
            known.gpu.add(pixels, work);
        }
        state.gpu_parts += 1;
        if state.remove_from_gpu(masks, now) {
            return true;
        }
        // What the CPU has not finished of them is not the GPU's any more.
        let is_among =
            |taken: &mut Range<usize>| masks.start <= taken.start && taken.end <= masks.end;
        let among = state.of_gpu.extract_if(.., is_among);
        state.given_back.extend(among);
        false
    }
}
