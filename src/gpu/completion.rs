//! Completion of work that the caller submits, as the callback of a map tells it.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// State of a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum CallbackState {
    #[default]
    Expected,
    Called,
    /// Dropped without a call, as that of commands which are never submitted.
    Dropped,
}

/// State of the map of a buffer that the work writes.
#[derive(Debug, Clone, Default)]
pub(super) struct Completion(Arc<(Mutex<CallbackState>, Condvar)>);

/// The callback's hold on a completion.
struct Teller(Completion);

impl Completion {
    /// The callback to map the buffer with. A map that has failed shows when the buffer is read.
    pub(super) fn callback(
        &self,
    ) -> impl FnOnce(Result<(), wgpu::BufferAsyncError>) + Send + 'static {
        let teller = Teller(self.clone());
        move |_| teller.0.become_state(CallbackState::Called)
    }

    /// Waits for at most `time` for the callback, and gives its state.
    pub(super) fn wait(&self, time: Duration) -> CallbackState {
        let changed = &self.0.1;
        let is_expected = |state: &mut CallbackState| *state == CallbackState::Expected;
        match changed.wait_timeout_while(self.state(), time, is_expected) {
            Ok((state, _)) => *state,
            Err(poisoned) => *poisoned.into_inner().0,
        }
    }

    /// Leaves the state in which the callback is expected.
    fn become_state(&self, next: CallbackState) {
        let mut state = self.state();
        if *state == CallbackState::Expected {
            *state = next;
            self.0.1.notify_all();
        }
    }

    fn state(&self) -> MutexGuard<'_, CallbackState> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        self.0.become_state(CallbackState::Dropped);
    }
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Instant;

    use super::*;

    #[test]
    fn whoever_waits_is_told_by_the_callback() {
        let completion = Completion::default();
        let callback = completion.callback();
        for time in [Duration::ZERO, Duration::from_millis(1)] {
            assert_eq!(completion.wait(time), CallbackState::Expected);
        }
        let begun = Instant::now();
        let other = thread::spawn(move || {
            // Most often the other thread waits by then.
            thread::sleep(Duration::from_millis(20));
            callback(Err(wgpu::BufferAsyncError));
        });
        for time in [Duration::from_secs(60), Duration::ZERO] {
            assert_eq!(completion.wait(time), CallbackState::Called);
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "nobody told it");
        other.join().expect("the callback does not panic");
    }

    #[test]
    fn a_callback_that_is_never_called_is_known_to_be_dropped() {
        let completion = Completion::default();
        drop(completion.callback());
        assert_eq!(completion.wait(Duration::ZERO), CallbackState::Dropped);
    }
}
