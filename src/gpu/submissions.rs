//! Submissions to a device, and waits for them: for ours by their number, for the caller's by the
//! buffer that they map.

use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use wgpu::{Buffer, CommandEncoder, PollStatus, PollType, SubmissionIndex};

use super::completion::{CallbackState, Completion};
use super::device::{GpuDevice, try_lock};
use super::faults::Fault;
use crate::{Error, Result};

/// Time that a submission may take before its device counts as lost. A software adapter needs
/// seconds for a chunk.
const PATIENCE: Duration = Duration::from_secs(120);
/// Time for which whoever waits for commands of the caller's asks without a pause: the pause would
/// be most of what a small mask takes.
const EAGERNESS: Duration = Duration::from_micros(500);
/// Longest pause between two questions then.
const LONGEST_PAUSE: Duration = Duration::from_millis(1);

/// A submission, with its number among ours if it has one.
#[derive(Debug, Clone)]
pub(super) struct Submitted(Option<u64>, SubmissionIndex);

impl GpuDevice {
    pub(super) fn submit(&self, commands: CommandEncoder) -> Submitted {
        let commands = commands.finish();
        // Whoever waited here might wait for itself: a submission calls callbacks of the caller's,
        // and these may encode. Of one without a number the device is asked each time.
        let mut last = try_lock(&self.submitting);
        let index = self.queue.submit([commands]);
        self.work.submits.fetch_add(1, Ordering::Relaxed);
        let number = last.as_mut().map(|last| {
            **last += 1;
            **last
        });
        Submitted(number, index)
    }

    /// Waits until a submission is done, if that is not known already.
    pub(super) fn wait(&self, submitted: &Submitted) -> Result<()> {
        if self.is_known_done(submitted) {
            return Ok(());
        }
        self.work.waits.fetch_add(1, Ordering::Relaxed);
        match self.ask(submitted, PATIENCE)? {
            true => Ok(()),
            false => Err(self.wait_failed(wgpu::PollError::Timeout)),
        }
    }

    /// Waits for a submission, at most for a time. True if it is done.
    pub(super) fn is_done_within(&self, submitted: &Submitted, time: Duration) -> Result<bool> {
        Ok(self.is_known_done(submitted) || self.ask(submitted, time)?)
    }

    fn is_known_done(&self, Submitted(number, _): &Submitted) -> bool {
        number.is_some_and(|number| number <= self.done.load(Ordering::Relaxed))
    }

    /// Asks the device for a submission, at most for a time. True if it is done, which then is
    /// known.
    fn ask(&self, Submitted(number, index): &Submitted, time: Duration) -> Result<bool> {
        if self.faults.strikes(Fault::Timeout) {
            return Err(self.wait_failed(wgpu::PollError::Timeout));
        }
        let wait = PollType::Wait {
            submission_index: Some(index.clone()),
            timeout: Some(time),
        };
        match self.device.poll(wait) {
            Ok(_) => {
                self.done.fetch_max(number.unwrap_or(0), Ordering::Relaxed);
                Ok(true)
            }
            Err(wgpu::PollError::Timeout) => Ok(false),
            Err(error) => Err(self.wait_failed(error)),
        }
    }

    fn wait_failed(&self, error: wgpu::PollError) -> Error {
        self.fault(format!("waiting for it failed: {error}"))
    }

    /// Waits for commands that the caller submits, of which only the buffer that they map is known,
    /// and for no other. It asks the device again and again, and holds no lock of wgpu's in
    /// between, where a wait for all submissions would hold one until the last is done.
    pub(super) fn wait_for(&self, completion: &Completion, mapped: &Buffer) -> Result<()> {
        self.work.waits.fetch_add(1, Ordering::Relaxed);
        let begun = Instant::now();
        let mut pause = Duration::from_micros(10);
        loop {
            let polled = self.device.poll(PollType::Poll);
            let is_idle = polled.as_ref().is_ok_and(PollStatus::is_queue_empty);
            match completion.wait(Duration::ZERO) {
                CallbackState::Called => return Ok(()),
                CallbackState::Expected if !is_idle => {}
                // Another thread is about to call it, once other callbacks let it.
                CallbackState::Expected if mapped.get_mapped_range(0..4).is_ok() => return Ok(()),
                CallbackState::Expected | CallbackState::Dropped => {
                    return Err(self.fault("the recorded commands have not been submitted"));
                }
            }
            polled.map_err(|error| self.wait_failed(error))?;
            let waited = begun.elapsed();
            if waited > PATIENCE {
                return Err(self.wait_failed(wgpu::PollError::Timeout));
            }
            if waited < EAGERNESS {
                thread::yield_now();
            } else {
                completion.wait(pause);
                pause = LONGEST_PAUSE.min(2 * pause);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::adapter;
    use super::super::options::Options;
    use super::*;

    #[test]
    fn a_submission_that_is_known_to_be_done_is_not_waited_for() {
        let options = Options {
            allow_software: true,
            ..Options::default()
        };
        let seen = adapter::enumerate();
        let Ok(chosen) = adapter::choose(&seen, &options) else {
            assert!(!crate::gpu::is_required(), "no adapter");
            return;
        };
        let gpu = GpuDevice::open(&seen[chosen], &options).expect("it gives a device");
        let waits = || gpu.work.waits.load(Ordering::Relaxed);
        let [first, second, third] = [(); 3].map(|()| gpu.submit(gpu.commands()));
        let is_done = gpu.is_done_within(&second, Duration::from_secs(60));
        assert!(is_done.expect("it works"), "a minute for no work");
        for done in [&first, &second] {
            gpu.wait(done).expect("it works");
            assert_eq!(waits(), 0);
        }
        for _ in 0..2 {
            gpu.wait(&third).expect("it works");
            assert_eq!(waits(), 1);
        }
    }
}
