//! Calls that simulated backends share, in virtual time.

use std::ops::Range;
use std::time::Duration;

use super::pixel_sums::PixelSums;
use super::rates::{PATIENCE, Plan, Rates, Sharing, next_step};
use super::work_queue::{Next, WorkQueue, Worker};

/// Chunks that the GPU has in flight.
const RING: usize = 3;
/// The simulated CPU's rate alone, in pixels a second.
const CPU: f64 = 4e9;

/// A simulated machine.
#[derive(Debug, Clone, Copy)]
struct Machine {
    /// The GPU's rate, as a multiple of the CPU's alone.
    gpu: f64,
    /// Share of the CPU's rate that it loses while the GPU works.
    interference: f64,
    /// Seconds for which the first part of a call is waited for, beside the GPU's work.
    latency: f64,
    /// Most by which noise lengthens the time of a sixty-fourth of a call.
    noise: f64,
}

/// Sequence of calls, with the backends' rates as they are kept from one to the next.
struct Calls {
    masks: u64,
    pixels: u64,
    rates: Rates,
    random: u64,
    /// Share of the masks that the GPU has encoded in the last call.
    by_gpu: f64,
    /// True if they are shared by the rules of `share_always`.
    always: bool,
}

impl Calls {
    fn new(log_pixels: u32, seed: u64) -> Self {
        Calls {
            masks: 256,
            pixels: 1 << (log_pixels - 8),
            rates: Rates::default(),
            random: seed,
            by_gpu: 0.0,
            always: false,
        }
    }

    fn all(&self) -> u64 {
        self.masks * self.pixels
    }

    /// Factor of the time that so many pixels take.
    fn noise(&mut self, machine: &Machine, pixels: u64) -> f64 {
        let draws = (pixels * 64).div_ceil(self.all()).max(1);
        let mut sum = 0.0;
        for _ in 0..draws {
            // splitmix64
            self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut bits = self.random;
            bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            sum += ((bits ^ bits >> 31) >> 11) as f64 / (1u64 << 53) as f64;
        }
        1.0 + machine.noise * (sum / draws as f64 - 0.5) * 2.0
    }

    /// Seconds of the next call.
    fn call(&mut self, machine: &Machine) -> f64 {
        self.by_gpu = 0.0;
        if self.always {
            return self.shared(machine, Sharing::Always);
        }
        match self.rates.plan(self.all()) {
            Plan::Alone => self.alone(machine, None),
            Plan::Rehearsal(time) => self.alone(machine, Some(time.as_secs_f64())),
            Plan::Shared(sharing) => self.shared(machine, sharing),
        }
    }

    /// A call on the CPU, beside a rehearsal of at most some seconds.
    fn alone(&mut self, machine: &Machine, rehearsal: Option<f64>) -> f64 {
        let mut time = self.all() as f64 / CPU * self.noise(machine, self.all());
        if let Some(most) = rehearsal {
            let mut steps = Vec::new();
            while let Some(pixels) = next_step(&steps, most) {
                let work = pixels as f64 / (machine.gpu * CPU);
                let seconds = (work + machine.latency) * self.noise(machine, 1);
                let limit = most + PATIENCE.as_secs_f64();
                time += machine.interference * work.min(limit);
                if seconds > limit {
                    steps = vec![(1, Duration::from_secs_f64(limit))];
                    break;
                }
                steps.push((pixels, Duration::from_secs_f64(seconds)));
            }
            self.rates.rehearsed(&steps);
        }
        let passed = Duration::from_secs_f64(time);
        self.rates
            .encoded_alone(self.all(), passed, rehearsal.is_none());
        time
    }

    fn shared(&mut self, machine: &Machine, sharing: Sharing) -> f64 {
        let sums = PixelSums::of_equal(self.masks, self.pixels);
        let rates = std::mem::take(&mut self.rates);
        let queue = WorkQueue::new(&sums, &rates, sharing);
        let (time, taken) = self.run(machine, &sums, &queue);
        queue.end();
        self.rates = rates;
        self.by_gpu = taken
            .iter()
            .filter(|worker| **worker == Some(Worker::Gpu))
            .count() as f64
            / self.masks as f64;
        assert!(taken.iter().all(Option::is_some), "every mask: {machine:?}");
        time
    }

    /// Steps from event to event: the CPU's part done, the GPU's part done, a wait over.
    fn run(
        &mut self,
        machine: &Machine,
        sums: &PixelSums,
        queue: &WorkQueue<'_>,
    ) -> (f64, Vec<Option<Worker>>) {
        let mut by = vec![None; self.masks as usize];
        let mut now = 0.0;
        let at = |now: f64| Duration::from_secs_f64(now);
        // Parts with the work that is left of them: pixels of the CPU, seconds of the GPU.
        let mut cpu: Option<(Range<usize>, f64)> = None;
        let (mut cpu_wakes, mut cpu_is_done) = (0.0, false);
        let mut gpu: Vec<(Range<usize>, f64, f64)> = Vec::new();
        let (mut has_begun, mut gpu_is_done) = (false, false);
        for _ in 0..100_000 {
            if queue.gpu_is_given_up() {
                gpu.clear();
                if !gpu_is_done {
                    queue.leave(Worker::Gpu);
                }
                gpu_is_done = true;
            }
            while !gpu_is_done && gpu.len() < RING {
                match queue.take(Worker::Gpu, at(now)) {
                    Next::Part(range) => {
                        let pixels = sums.of(&range);
                        let latency = if has_begun { 0.0 } else { machine.latency };
                        has_begun = true;
                        let noise = self.noise(machine, pixels);
                        let seconds = pixels as f64 / (machine.gpu * CPU) * noise;
                        gpu.push((range, latency * noise, seconds));
                    }
                    Next::Wait(_) => break,
                    Next::Nothing if gpu.is_empty() => {
                        queue.leave(Worker::Gpu);
                        gpu_is_done = true;
                    }
                    Next::Nothing => break,
                }
            }
            if cpu.is_none() && (!cpu_is_done || gpu_is_done) && now >= cpu_wakes {
                match queue.take(Worker::Cpu, at(now)) {
                    Next::Part(range) => {
                        let pixels = sums.of(&range);
                        let work = pixels as f64 * self.noise(machine, pixels);
                        cpu = Some((range, work));
                    }
                    Next::Wait(time) => cpu_wakes = now + time.as_secs_f64(),
                    Next::Nothing => cpu_is_done = true,
                }
            }
            // While it is waited for, nothing is copied.
            let rate = match gpu.first() {
                Some((_, 0.0, _)) => CPU * (1.0 - machine.interference),
                _ => CPU,
            };
            let events = [
                cpu.as_ref().map(|(_, work)| work / rate),
                gpu.first()
                    .map(|(_, latency, seconds)| if *latency > 0.0 { *latency } else { *seconds }),
                (cpu.is_none() && !cpu_is_done).then_some(cpu_wakes - now),
            ];
            let Some(step) = events.into_iter().flatten().reduce(f64::min) else {
                match gpu_is_done {
                    true => return (now, by),
                    false => continue,
                }
            };
            let step = step.max(0.0);
            now += step;
            let mut has_changed = false;
            if let Some((_, work)) = &mut cpu {
                *work -= step * rate;
            }
            match gpu.first_mut() {
                Some((_, latency, _)) if *latency > 0.0 => {
                    *latency -= step;
                    if *latency < 1e-12 {
                        *latency = 0.0;
                    }
                }
                Some((_, _, seconds)) => *seconds -= step,
                None => {}
            }
            if let Some((range, work)) = &cpu
                && *work <= 1e-3
            {
                if queue.finished(Worker::Cpu, range, at(now)) {
                    by[range.clone()].fill(Some(Worker::Cpu));
                }
                cpu = None;
                has_changed = true;
            }
            if let Some((range, 0.0, seconds)) = gpu.first()
                && *seconds <= 1e-12
            {
                if queue.finished(Worker::Gpu, range, at(now)) {
                    by[range.clone()].fill(Some(Worker::Gpu));
                }
                gpu.remove(0);
                has_changed = true;
            }
            if has_changed {
                cpu_wakes = now;
            }
        }
        panic!("no end: {machine:?}");
    }
}

/// Every machine of the grid.
fn machines() -> impl Iterator<Item = Machine> {
    let gpus = [
        0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1.0, 1.5, 3.0, 10.0, 50.0,
    ];
    gpus.into_iter().flat_map(|gpu| {
        [0.0, 0.15, 0.3, 0.45, 0.6]
            .into_iter()
            .flat_map(move |interference| {
                [0.0, 2e-4, 2e-3].into_iter().flat_map(move |latency| {
                    [0.0, 0.15, 0.3].map(|noise| Machine {
                        gpu,
                        interference,
                        latency,
                        noise,
                    })
                })
            })
    })
}

/// Seconds of a call on the CPU alone.
fn alone(calls: &Calls) -> f64 {
    calls.all() as f64 / CPU
}

/// Number of calls of a sequence.
const CALLS: usize = 11;

/// Times of a sequence of calls, the CPU's alone being 1: on a machine that is another one from a
/// call on, if there is one.
fn times(calls: &mut Calls, machine: &Machine, later: Option<(usize, Machine)>) -> [f64; CALLS] {
    let each = alone(calls);
    std::array::from_fn(|call| match &later {
        Some((from, machine)) if call >= *from => calls.call(machine) / each,
        _ => calls.call(machine) / each,
    })
}

/// A machine whose GPU is fifty times as slow from the fifth call on.
fn slows(machine: Machine) -> Option<(usize, Machine)> {
    let gpu = machine.gpu / 50.0;
    Some((4, Machine { gpu, ..machine }))
}

/// Calls whatever happens take at most 5 % longer, all in all, than on the CPU alone, with the same
/// noise.
#[test]
fn calls_take_no_longer_than_on_the_cpu_alone() {
    for machine in machines() {
        for log_pixels in 25..=30 {
            for (seed, later) in [(1, None), (2, None), (3, slows(machine))] {
                let mut on_cpu = Calls::new(log_pixels, seed);
                let each = alone(&on_cpu);
                let expected: f64 = (0..CALLS).map(|_| on_cpu.alone(&machine, None)).sum();
                let times = times(&mut Calls::new(log_pixels, seed), &machine, later);
                let sum: f64 = times.iter().sum();
                assert!(
                    sum * each <= 1.05 * expected,
                    "2^{log_pixels}, {machine:?}: {times:.3?}"
                );
            }
        }
    }
}

/// Nor does any call but two kinds: one beside which a rehearsal finds out that the device is far
/// slower than the CPU (up to 18 %), and one in which a device becomes 50 times as slow (34 %).
#[test]
fn no_call_takes_longer_but_by_surprise() {
    for machine in machines().filter(|machine| machine.noise == 0.0) {
        for log_pixels in 25..=30 {
            let times = times(&mut Calls::new(log_pixels, 1), &machine, None);
            let case = format!("2^{log_pixels}, {machine:?}: {times:.3?}");
            assert_eq!(times[0], 1.0, "{case}");
            let rehearsed = if machine.gpu <= 0.1 { 1.18 } else { 1.05 };
            assert!(times[1] <= rehearsed, "{case}");
            assert!(times[2..].iter().all(|&time| time <= 1.05), "{case}");
            let slowed = self::times(&mut Calls::new(log_pixels, 1), &machine, slows(machine));
            let case = format!("2^{log_pixels}, {machine:?}: {slowed:.3?}");
            assert!(slowed[4..].iter().all(|&time| time <= 1.35), "{case}");
            assert!(slowed[5..].iter().all(|&time| time <= 1.05), "{case}");
        }
    }
}

/// A GPU that is at least as fast, and does not slow the CPU down, is used to nine tenths of what
/// both can do.
#[test]
fn a_fast_gpu_is_used() {
    let is_fast = |machine: &Machine| machine.gpu >= 1.0 && machine.interference == 0.0;
    for machine in machines().filter(is_fast) {
        for log_pixels in 25..=30 {
            for seed in [1, 2] {
                let mut calls = Calls::new(log_pixels, seed);
                let latency = machine.latency / alone(&calls);
                // Of one that answers late the calls of the rehearsal are too short.
                if latency > 1.0 / 32.0 {
                    continue;
                }
                let times = times(&mut calls, &machine, None);
                let mean = times[3..].iter().sum::<f64>() / (CALLS - 3) as f64;
                let ideal = 1.0 / (1.0 + machine.gpu) + latency;
                assert!(
                    mean <= ideal / 0.9,
                    "2^{log_pixels}, {machine:?}: {ideal:.3}, {times:.3?}"
                );
            }
        }
    }
}

/// Where the CPU loses more beside the GPU than that wins, all is the CPU's.
#[test]
fn an_upload_that_slows_the_cpu_down_is_left_out() {
    let is_slower = |machine: &Machine| machine.gpu < machine.interference && machine.noise == 0.0;
    for machine in machines().filter(is_slower) {
        for log_pixels in 25..=30 {
            let mut calls = Calls::new(log_pixels, 1);
            let times = times(&mut calls, &machine, None);
            let case = format!("2^{log_pixels}, {machine:?}: {times:.3?}");
            assert_eq!(times[4..], [1.0; CALLS - 4], "{case}");
            assert_eq!(calls.by_gpu, 0.0, "{case}");
        }
    }
}

/// A GPU that was slow is tried again, and used once it is fast.
#[test]
fn sharing_is_tried_again() {
    let slow = Machine {
        gpu: 0.1,
        interference: 0.3,
        latency: 0.0,
        noise: 0.1,
    };
    let fast = Machine { gpu: 3.0, ..slow };
    let mut calls = Calls::new(27, 1);
    times(&mut calls, &slow, None);
    assert_eq!(calls.by_gpu, 0.0);
    (0..20).for_each(|_| {
        calls.call(&fast);
    });
    assert!(calls.by_gpu > 0.5, "{}", calls.by_gpu);
}

/// The rules by which whatever the GPU has taken is waited for do not keep to any of this: the
/// simulation shows it.
#[test]
fn rules_that_wait_for_the_gpu_are_found_out() {
    let slow = Machine {
        gpu: 0.05,
        interference: 0.45,
        latency: 2e-4,
        noise: 0.0,
    };
    let mut calls = Calls::new(27, 1);
    calls.always = true;
    let times = times(&mut calls, &slow, slows(slow));
    assert!(times[..4].iter().all(|&time| time > 2.0), "{times:.3?}");
    assert!(times[4] > 10.0, "{times:.3?}");
}
