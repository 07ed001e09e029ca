//! Memory that several threads share.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Bytes that may be taken, by whoever shares them.
#[derive(Debug, Clone)]
pub struct Memory {
    most: u64,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    taken: Mutex<u64>,
    freed: Condvar,
}

/// Bytes that are taken until this is dropped.
#[derive(Debug)]
pub struct Held {
    state: Arc<State>,
    bytes: u64,
}

impl Memory {
    pub fn new(most: u64) -> Self {
        Memory {
            most,
            state: Arc::default(),
        }
    }

    /// True if all bytes are taken.
    pub fn is_full(&self) -> bool {
        *self.state.lock() >= self.most
    }

    /// Takes bytes even if they are not there.
    pub fn take(&self, bytes: u64) -> Held {
        self.hold(self.state.lock(), bytes)
    }

    /// Takes bytes as soon as they are there. Whoever holds some must not wait for more.
    pub fn wait_for(&self, bytes: u64) -> Held {
        let mut taken = self.state.lock();
        while *taken > 0 && *taken + bytes > self.most {
            taken = self
                .state
                .freed
                .wait(taken)
                .unwrap_or_else(PoisonError::into_inner);
        }
        self.hold(taken, bytes)
    }

    fn hold(&self, mut taken: MutexGuard<'_, u64>, bytes: u64) -> Held {
        *taken += bytes;
        Held {
            state: self.state.clone(),
            bytes,
        }
    }
}

impl State {
    fn lock(&self) -> MutexGuard<'_, u64> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        *self.state.lock() -= self.bytes;
        self.state.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::Memory;

    #[test]
    fn no_more_is_held_than_there_is() {
        let memory = Memory::new(10);
        let first = memory.wait_for(6);
        assert!(!memory.is_full());
        std::thread::scope(|scope| {
            let second = scope.spawn(|| memory.wait_for(5));
            std::thread::sleep(std::time::Duration::from_millis(20));
            assert!(!second.is_finished());
            drop(first);
            let second = second.join().expect("it waits, and no more");
            let third = memory.take(5);
            assert!(memory.is_full());
            drop((second, third));
        });
        // One that is larger than all has it alone.
        drop(memory.wait_for(11));
        assert!(!memory.is_full());
    }
}
