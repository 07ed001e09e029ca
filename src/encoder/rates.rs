//! Rates of the backends, kept from call to call, and the plan of a call that follows from them.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Ratio of both backends' rate together to the CPU's alone from which on a call is shared: below,
/// the GPU's thread and the wait at the end take what is won.
pub(super) const LEAST_GAIN: f64 = 1.05;
/// Ratio below which the CPU's rate alone is measured anew in each shared call: the less is won,
/// the more depends on it. Above, in every `4 * ratio^2`-th: its time is then a few percent.
const CLEAR_GAIN: f64 = 2.0;
/// Share of a call's time that a trial costs at most, even if the CPU stands still meanwhile.
const TRIAL_COST: f64 = 0.04;
/// Share of a call's time that a rehearsal takes beside it: the GPU's upload slows the CPU down by
/// some half meanwhile.
const REHEARSAL: f64 = 1.0 / 12.0;
/// Pixels of a rehearsal's first step, and the number of steps: the last is of 2^23.
const REHEARSED: u64 = 1 << 16;
const REHEARSAL_STEPS: usize = 5;
/// Time that a step may take beyond the work of a rehearsal: a device that answers later is slow.
pub(super) const PATIENCE: Duration = Duration::from_millis(4);
/// Calls that the CPU encodes alone before sharing is tried again: noise does not decide for ever,
/// and a rehearsal's cost is a few percent of theirs. Twice as many after each failure.
const REST: u64 = 16;
const LONGEST_REST: u64 = 1024;

/// Least pixels that are worth handing out: a chunk of the GPU's ring, some milliseconds of a CPU.
pub(super) const LEAST: u64 = 1 << 22;

/// Least pixels of a call that are handed out: a small stack is still worth sixteen parts.
pub(super) fn least_part(pixels: u64) -> u64 {
    (pixels / 16).clamp(1, LEAST)
}

/// Pixels, and the seconds that they took.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Measured {
    pixels: f64,
    seconds: f64,
}

impl Measured {
    pub(super) fn new(pixels: f64, seconds: f64) -> Self {
        let seconds = seconds.max(1e-9);
        Measured { pixels, seconds }
    }

    pub(super) fn add(&mut self, pixels: f64, seconds: f64) {
        *self = Self::new(self.pixels + pixels, self.seconds + seconds);
    }

    /// Lets what was measured weigh no more than so many pixels that come.
    fn fade(&mut self, pixels: f64) {
        if self.pixels > pixels {
            self.seconds *= pixels / self.pixels;
            self.pixels = pixels;
        }
    }

    /// Pixels a second; None if none were measured.
    pub(super) fn rate(&self) -> Option<f64> {
        (self.pixels > 0.0).then(|| self.pixels / self.seconds)
    }
}

/// What is known of masks of one kind.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The CPU while the GPU rests.
    pub(super) alone: Measured,
    /// The CPU while the GPU works: its upload takes memory's bandwidth and a core.
    pub(super) beside: Measured,
    pub(super) gpu: Measured,
    /// Seconds that the GPU's first part of a call takes beside its pixels' time.
    pub(super) latency: f64,
    /// The CPU's rate in the last call that it encoded alone, whatever went on beside it.
    roughly_alone: Option<f64>,
    /// Pixels that the CPU encodes alone before sharing is tried again.
    rest: u64,
    is_dismissed: bool,
    /// Calls of the last rest, or 0 after one that was worth sharing.
    last_rest: u64,
    /// Shared calls since the CPU's rate alone was measured.
    since_alone: u32,
}

/// The rates, which calls on several threads share.
#[derive(Debug, Default)]
pub(super) struct Rates(Mutex<Known>);

/// Plan of a call.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Plan {
    /// The CPU encodes all.
    Alone,
    /// It does, and a rehearsal of the GPU, of at most this time, is worth it meanwhile.
    Rehearsal(Duration),
    Shared(Sharing),
}

/// Rules of a shared call.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Sharing {
    /// The GPU takes part whatever the rates, and what it has taken is waited for.
    Always,
    /// It takes part as long as that is faster.
    IfFaster {
        /// The GPU begins after the CPU's first part.
        begins_alone: bool,
        /// Pixels that the GPU may take before it is known how fast the CPU is beside it.
        trial: u64,
    },
}

impl Known {
    /// Ratio of both backends' rate together to the CPU's alone.
    pub(super) fn gain(&self) -> Option<f64> {
        Some((self.beside.rate()? + self.gpu.rate()?) / self.alone.rate()?)
    }

    /// True if sharing is worth it even if the CPU stands still beside the GPU.
    fn is_gpu_enough(&self) -> bool {
        let rates = self.gpu.rate().zip(self.alone.rate());
        rates.is_some_and(|(gpu, alone)| gpu >= LEAST_GAIN * alone)
    }

    /// Notes that sharing a call of so many pixels is not worth it.
    pub(super) fn dismiss(&mut self, pixels: u64) {
        self.last_rest = (2 * self.last_rest).clamp(REST, LONGEST_REST);
        self.rest = self.last_rest.saturating_mul(pixels);
        self.is_dismissed = true;
    }

    fn plan(&mut self, pixels: u64) -> Plan {
        if self.rest > 0 {
            return Plan::Alone;
        }
        if std::mem::take(&mut self.is_dismissed) {
            (self.beside, self.gpu) = Default::default();
        }
        let Some(cpu) = self.alone.rate().or(self.roughly_alone) else {
            return Plan::Alone;
        };
        let Some(gpu) = self.gpu.rate() else {
            let time = REHEARSAL * pixels as f64 / cpu;
            return Plan::Rehearsal(Duration::from_secs_f64(time));
        };
        let least = least_part(pixels) as f64;
        let beside = self.beside.rate();
        let gain = (beside.unwrap_or(cpu) + gpu) / cpu;
        if gain < LEAST_GAIN {
            self.dismiss(pixels);
            return Plan::Alone;
        }
        let trial = match beside {
            Some(_) => 0,
            None => trial_pixels(pixels as f64, cpu, gpu) as u64,
        };
        // No part that the GPU may take, or that is done before the CPU has done the rest.
        if beside.is_none() && trial < least as u64
            || least / gpu + self.latency > pixels as f64 / cpu / 2.0
        {
            // Where it has been worth it, it will be in a larger call.
            if beside.is_none() {
                self.dismiss(pixels);
            }
            return Plan::Alone;
        }
        self.alone.fade(pixels as f64 / 8.0);
        self.beside.fade(pixels as f64 / 2.0);
        self.gpu.fade(pixels as f64 / 2.0);
        let begins_alone = self.alone.rate().is_none()
            || beside.is_some() && gain < CLEAR_GAIN
            || f64::from(self.since_alone) >= 4.0 * gain * gain;
        self.since_alone = match begins_alone {
            true => 0,
            false => self.since_alone.saturating_add(1),
        };
        Plan::Shared(Sharing::IfFaster {
            begins_alone,
            trial,
        })
    }
}

/// Pixels that the GPU may take of a call in a trial. At worst the CPU stands still meanwhile, and
/// the GPU's own share of the work makes up for a part of that.
fn trial_pixels(pixels: f64, cpu: f64, gpu: f64) -> f64 {
    let slower = cpu / gpu - 1.0;
    if slower <= 0.0 {
        return pixels;
    }
    (TRIAL_COST * pixels / slower).min(pixels / 16.0)
}

/// Pixels of the next step of a rehearsal, which is to take at most some seconds of work; None if
/// it would take more. The first two are the least that tell work from waiting.
pub(super) fn next_step(steps: &[(u64, Duration)], most: f64) -> Option<u64> {
    match steps {
        [] => return Some(REHEARSED),
        [_] => return Some(2 * REHEARSED),
        _ => {}
    }
    let rate = rate_and_latency(steps, 16.0)?.0.rate()?;
    let all: u64 = steps.iter().map(|(pixels, _)| pixels).sum();
    let next = 4 * steps.last()?.0;
    ((all + next) as f64 / rate <= most && steps.len() < REHEARSAL_STEPS).then_some(next)
}

/// A device's rate, and the seconds that it takes whatever the pixels.
fn rate_and_latency(steps: &[(u64, Duration)], most: f64) -> Option<(Measured, f64)> {
    let (first, first_time) = steps.first()?;
    let (last, last_time) = steps.last()?;
    if steps.len() == 1 {
        return Some((Measured::new(*last as f64, last_time.as_secs_f64()), 0.0));
    }
    let time = last_time.as_secs_f64();
    // Noise may make the longer step the faster one.
    let work = (time - first_time.as_secs_f64()).max(time / most);
    let work = work / (last - first) as f64 * *last as f64;
    Some((
        Measured::new(*last as f64, work.min(time)),
        (time - work).max(0.0),
    ))
}

impl Rates {
    /// Rates in pixels a second: of the CPU, alone and beside the GPU, and of the GPU.
    #[cfg(test)]
    pub(super) fn of(cpu: f64, gpu: f64) -> Self {
        let rates = Rates::default();
        rates.set(cpu, gpu);
        rates
    }

    #[cfg(test)]
    pub(super) fn set(&self, cpu: f64, gpu: f64) {
        let known = &mut *self.known();
        *known = Known::default();
        known.alone = Measured::new(cpu, 1.0);
        known.beside = Measured::new(cpu, 1.0);
        known.gpu = Measured::new(gpu, 1.0);
    }

    pub(super) fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The plan of a call of so many pixels.
    pub(super) fn plan(&self, pixels: u64) -> Plan {
        self.known().plan(pixels)
    }

    /// Notes a call that the CPU has encoded alone; `is_alone` is false if the GPU was prepared
    /// meanwhile.
    pub(super) fn encoded_alone(&self, pixels: u64, time: Duration, is_alone: bool) {
        let known = &mut *self.known();
        let call = Measured::new(pixels as f64, time.as_secs_f64());
        known.roughly_alone = call.rate();
        known.rest = known.rest.saturating_sub(pixels);
        if is_alone {
            known.alone.fade(call.pixels / 2.0);
            known.alone.add(call.pixels, call.seconds);
        }
    }

    /// Notes a rehearsal of the GPU.
    pub(super) fn rehearsed(&self, steps: &[(u64, Duration)]) {
        let Some((gpu, latency)) = rate_and_latency(steps, 8.0) else {
            return;
        };
        let known = &mut *self.known();
        known.gpu = gpu;
        known.latency = latency;
        known.beside = Measured::default();
    }

    /// Notes the end of a shared call of so many pixels, some of which the GPU has taken.
    pub(super) fn shared(&self, pixels: u64) {
        let known = &mut *self.known();
        match known.gain() {
            Some(_) if !known.is_dismissed => known.last_rest = 0,
            // A trial too short to tell is one that failed, unless the GPU has done almost all.
            None if !known.is_dismissed && !known.is_gpu_enough() => known.dismiss(pixels),
            _ => {}
        }
    }
}
