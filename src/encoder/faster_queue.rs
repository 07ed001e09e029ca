//! Rules of the queue where the GPU takes part only as long as that is faster.

use std::time::Duration;

use super::rates::LEAST_GAIN;
use super::work_queue::{Next, State, WorkQueue, Worker};

/// Number of parts of a call at least, so that the rules are asked often.
const PARTS: u64 = 16;
/// Ratio of the time that the GPU takes for a part to the expected one above which it is given up,
/// beside a sixteenth of the call's time: what noise does not explain.
const LATE: f64 = 2.0;

impl WorkQueue<'_> {
    /// The next masks for the CPU, which leaves the last ones to a GPU that finishes them sooner.
    pub(super) fn next_for_cpu(
        &self,
        state: &mut State,
        now: Duration,
        begins_alone: bool,
        trial: u64,
    ) -> Next {
        self.give_up_late(state, now);
        if let Some(range) = state.given_back.pop() {
            return Next::Part(range);
        }
        let left = self.left(state);
        let (cpu, gpu, is_trial, latency) = {
            let known = self.rates.known();
            let (beside, latency) = (known.beside.rate(), state.latency(&known));
            (
                beside.or(known.alone.rate()),
                known.gpu.rate(),
                beside.is_none(),
                latency,
            )
        };
        let (Some(cpu), Some(gpu)) = (cpu, gpu) else {
            return match left {
                0 => Next::Nothing,
                _ => self.take_first(state, self.least.max(self.sums.all() / PARTS)),
            };
        };
        if left == 0 {
            return self.race(state, now, cpu, gpu, latency);
        }
        let all = self.sums.all();
        if begins_alone && state.cpu_parts == 0 {
            return self.take_first(state, self.least.max(all / PARTS));
        }
        if state.has_left[Worker::Gpu as usize] && state.of_gpu.is_empty() {
            return self.take_first(state, left);
        }
        let taken = self.taken(state);
        let by_gpu = (left + taken) as f64 / gpu + latency;
        let share = left as f64 * cpu / (cpu + gpu);
        let least = self
            .sums
            .first_of(&(state.next..self.sums.masks()), self.least / 4);
        let least = self.sums.of(&least);
        if least as f64 / cpu > by_gpu {
            // The GPU finishes all of it sooner, unless it is late.
            let waited = now.saturating_sub(state.progress).as_secs_f64();
            if waited < by_gpu {
                return Next::Wait(Duration::from_secs_f64(by_gpu - waited + 1e-6));
            }
        }
        let most = match is_trial {
            // A quarter of the trial's time.
            true => trial as f64 / gpu * cpu / 4.0,
            false => share / 2.0,
        };
        let most = (most as u64)
            .min(all / PARTS)
            .max(self.least.min(share as u64).max(least));
        self.take_first(state, most)
    }

    /// Gives up a GPU that is later than noise explains.
    fn give_up_late(&self, state: &mut State, now: Duration) {
        if state.of_gpu.is_empty() || state.is_given_up {
            return;
        }
        let first = self.sums.of(&state.of_gpu[0]) as f64;
        let known = &mut *self.rates.known();
        let (Some(cpu), Some(gpu)) = (known.alone.rate(), known.gpu.rate()) else {
            return;
        };
        let waited = now.saturating_sub(state.progress).as_secs_f64();
        let all = self.sums.all();
        let expected = first / gpu + state.latency(known);
        if waited <= LATE * expected + all as f64 / cpu / 16.0 {
            return;
        }
        log::info!("the GPU is late: the CPU encodes the rest of the call");
        known.dismiss(all);
        state.is_given_up = true;
        state.has_left[Worker::Gpu as usize] = true;
        state.worked = state.gpu_worked(now);
        state.given_back.append(&mut state.of_gpu);
    }

    /// The last of the masks that the GPU has not finished, when the CPU has nothing else to do:
    /// whoever finishes them first has encoded them. Nothing that would make the call end later if
    /// the GPU is on time.
    fn race(&self, state: &mut State, now: Duration, cpu: f64, gpu: f64, latency: f64) -> Next {
        let Some(last) = state.of_gpu.last() else {
            return Next::Nothing;
        };
        let taken = self.taken(state);
        let part = last.clone();
        let time = self.sums.of(&part) as f64 / cpu;
        let expected = taken as f64 / gpu + latency;
        let waited = now.saturating_sub(state.progress).as_secs_f64();
        // Of one that is late as much again is expected as it is late.
        if time > (expected - waited).abs() {
            let time = Duration::from_secs_f64((expected + time - waited).max(0.0));
            return Next::Wait(time + Duration::from_micros(1));
        }
        state.cpu.raced = Some(part.clone());
        Next::Part(part)
    }

    /// The next masks for the GPU, as long as sharing is worth it, or in a trial.
    pub(super) fn next_for_gpu(&self, state: &mut State, begins_alone: bool, trial: u64) -> Next {
        let left = self.left(state);
        if left == 0 || state.has_left[Worker::Gpu as usize] {
            return Next::Nothing;
        }
        let later = Next::Wait(Duration::from_secs(1));
        let known = &mut *self.rates.known();
        let Some(gpu) = known.gpu.rate() else {
            return Next::Nothing;
        };
        if begins_alone && state.cpu_parts == 0 || known.alone.rate().is_none() {
            return later;
        }
        let least = self
            .sums
            .first_of(&(state.next..self.sums.masks()), self.least);
        let least = self.sums.of(&least);
        let Some(beside) = known.beside.rate() else {
            let most = least.max(trial / 2).min(self.sums.all() / PARTS);
            return match (least > trial, state.tried + least.max(most) > trial) {
                (true, _) => Next::Nothing,
                (_, true) => later,
                _ => self.take_first(state, most),
            };
        };
        if known.gain().is_some_and(|gain| gain < LEAST_GAIN) {
            known.dismiss(self.sums.all());
            return Next::Nothing;
        }
        let latency = state.latency(known);
        if (self.taken(state) + least) as f64 / gpu + latency > left as f64 / beside {
            return Next::Nothing;
        }
        // What is in flight when the device fails to be as fast is a small part of the call's time.
        let most = self.sums.all() as f64 / (2 * PARTS) as f64 * (gpu / beside).min(1.0);
        let most = most.min(left as f64 * gpu / (gpu + beside) / 2.0);
        self.take_first(state, self.least.max(most as u64))
    }
}
