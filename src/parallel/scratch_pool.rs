//! Scratch that is kept from call to call: a small mask is encoded sooner than new memory is had.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Mutex;

/// Scratch that a [`ScratchPool`] keeps.
pub(crate) trait PooledScratch {
    /// Gives back memory that only large masks need.
    fn shrink(&mut self);
}

/// Scratch that no call uses now, as much as has been used at a time.
/// In boxes: moved to and fro, the two or three KiB of one take a tenth of the call that encodes a
/// mask of 65 x 65.
#[allow(clippy::vec_box, reason = "boxes are what is moved")]
pub(crate) struct ScratchPool<S>(Mutex<Vec<Box<S>>>);

impl<S> Default for ScratchPool<S> {
    fn default() -> Self {
        ScratchPool(Mutex::new(Vec::new()))
    }
}

impl<S> fmt::Debug for ScratchPool<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScratchPool")
    }
}

impl<S: PooledScratch> ScratchPool<S> {
    /// Scratch that was used before, or, if there is none, new.
    pub(crate) fn take(&self, new: impl FnOnce() -> S) -> ScratchGuard<'_, S> {
        let kept = self.kept().pop();
        ScratchGuard {
            scratch: Some(kept.unwrap_or_else(|| Box::new(new()))),
            pool: self,
        }
    }

    #[allow(clippy::vec_box, reason = "boxes are what is moved")]
    fn kept(&self) -> std::sync::MutexGuard<'_, Vec<Box<S>>> {
        // A panic while it was locked leaves it whole: nothing is done but to push and to pop.
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Scratch in use, which goes back to its pool when this is dropped.
pub(crate) struct ScratchGuard<'p, S: PooledScratch> {
    /// There until it is dropped.
    scratch: Option<Box<S>>,
    pool: &'p ScratchPool<S>,
}

impl<S: PooledScratch> Deref for ScratchGuard<'_, S> {
    type Target = S;

    fn deref(&self) -> &S {
        self.scratch.as_ref().expect("nothing but drop takes it")
    }
}

impl<S: PooledScratch> DerefMut for ScratchGuard<'_, S> {
    fn deref_mut(&mut self) -> &mut S {
        self.scratch.as_mut().expect("nothing but drop takes it")
    }
}

impl<S: PooledScratch> Drop for ScratchGuard<'_, S> {
    fn drop(&mut self) {
        // A panic may have left anything in it.
        if let Some(mut scratch) = self.scratch.take().filter(|_| !std::thread::panicking()) {
            scratch.shrink();
            self.pool.kept().push(scratch);
        }
    }
}
