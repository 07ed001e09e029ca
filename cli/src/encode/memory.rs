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
    bytes: Mutex<Bytes>,
    freed: Condvar,
}

#[derive(Debug, Default)]
struct Bytes {
    taken: u64,
    /// Threads that wait for some: to wake none is a call of the system all the same.
    waiting: usize,
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
        self.state.lock().taken >= self.most
    }

    /// Takes bytes even if they are not there.
    pub fn take(&self, bytes: u64) -> Held {
        self.hold(self.state.lock(), bytes)
    }

    /// Takes bytes as soon as they are there. Whoever holds some must not wait for more.
    pub fn wait_for(&self, bytes: u64) -> Held {
        let is_too_much = |held: &mut Bytes| held.taken > 0 && held.taken + bytes > self.most;
        let mut held = self.state.lock();
        held.waiting += 1;
        let woken = self.state.freed.wait_while(held, is_too_much);
        held = woken.unwrap_or_else(PoisonError::into_inner);
        held.waiting -= 1;
        self.hold(held, bytes)
    }

    fn hold(&self, mut held: MutexGuard<'_, Bytes>, bytes: u64) -> Held {
        held.taken += bytes;
        Held {
            state: self.state.clone(),
            bytes,
        }
    }
}

impl State {
    fn lock(&self) -> MutexGuard<'_, Bytes> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut held = self.state.lock();
        held.taken -= self.bytes;
        if held.waiting > 0 {
            self.state.freed.notify_all();
        }
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
