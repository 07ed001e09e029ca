//! Memory that is kept from call to call: a small mask is encoded sooner than new memory is had.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Mutex;

/// Memory that is kept.
pub(crate) trait Reused {
    /// Gives back what only large masks need.
    fn shrink(&mut self);
}

/// What no call uses now, as many as have been used at a time.
pub(crate) struct Memories<M>(Mutex<Vec<M>>);

impl<M> Default for Memories<M> {
    fn default() -> Self {
        Memories(Mutex::new(Vec::new()))
    }
}

impl<M> fmt::Debug for Memories<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Memories")
    }
}

impl<M: Reused> Memories<M> {
    /// Some that was used before, or, if there is none, new.
    pub(crate) fn take(&self, new: impl FnOnce() -> M) -> Lent<'_, M> {
        let kept = self.kept().pop();
        Lent {
            memory: Some(kept.unwrap_or_else(new)),
            memories: self,
        }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Vec<M>> {
        // A panic while it was locked leaves it whole: nothing is done but to push and to pop.
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Comes back to its memories when it is dropped.
pub(crate) struct Lent<'p, M: Reused> {
    /// There until it is dropped.
    memory: Option<M>,
    memories: &'p Memories<M>,
}

impl<M: Reused> Deref for Lent<'_, M> {
    type Target = M;

    fn deref(&self) -> &M {
        self.memory.as_ref().expect("it is there")
    }
}

impl<M: Reused> DerefMut for Lent<'_, M> {
    fn deref_mut(&mut self) -> &mut M {
        self.memory.as_mut().expect("it is there")
    }
}

impl<M: Reused> Drop for Lent<'_, M> {
    fn drop(&mut self) {
        // A panic may have left anything in it.
        if let Some(mut memory) = self.memory.take().filter(|_| !std::thread::panicking()) {
            memory.shrink();
            self.memories.kept().push(memory);
        }
    }
}
