//! Work outside of Python's lock, in a process that may have been forked.
//!
//! A forked process has none of its parent's threads: work for rayon's global pool would wait for
//! ever, and so would a lock that one of these threads held. What holds locks or threads is
//! therefore made anew in each process, and nothing here takes a lock to find it.

use std::array;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use maskrle::{Error, Result};
use pyo3::exceptions::PyImportError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use rayon::ThreadPool;

use crate::error::exception;

/// Processes, each forked from the one before, of which all may use the package.
const MOST_FORKS: usize = 16;

/// Pixels or bytes up to which work keeps Python's lock. The library starts no threads for so few.
const KEPT_LOCK: usize = 1 << 12;

/// Number of forks between the process that Python was started in and this one.
static FORKS: AtomicUsize = AtomicUsize::new(0);

/// Pool of each forked process.
static POOLS: ByProcess<ThreadPool> = ByProcess::new();

/// A value that each process makes for itself.
pub(crate) struct ByProcess<T>([OnceLock<T>; MOST_FORKS]);

impl<T> ByProcess<T> {
    pub(crate) const fn new() -> Self {
        Self([const { OnceLock::new() }; MOST_FORKS])
    }

    /// The value of this process, which `make` makes where it is not there yet.
    pub(crate) fn get(&self, make: impl FnOnce() -> Result<T>) -> Result<&T> {
        let forks = FORKS.load(Ordering::Relaxed);
        let slot = self.0.get(forks).ok_or_else(|| {
            Error::Limit(format!(
                "this process was forked {forks} times, and maskrle works in processes forked up \
                 to {} times",
                MOST_FORKS - 1
            ))
        })?;
        if let Some(value) = slot.get() {
            return Ok(value);
        }
        let value = make()?;
        Ok(slot.get_or_init(|| value))
    }
}

impl<T> Default for ByProcess<T> {
    fn default() -> Self {
        Self(array::from_fn(|_| OnceLock::new()))
    }
}

/// Fails in any interpreter of this process but the first, whose objects the module keeps. CPython
/// asks modules for this from 3.12 on, and loads them before.
pub(crate) fn refuse_other_interpreters(py: Python<'_>) -> PyResult<()> {
    static FIRST: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let sys = py.import(intern!(py, "sys"))?;
    match FIRST.get_or_init(py, || sys.clone().unbind()).is(&sys) {
        true => Ok(()),
        false => Err(PyImportError::new_err(
            "maskrle works in the first interpreter of a process that imports it, and in no other",
        )),
    }
}

/// Notes that this process was forked. Python calls it in the child after each fork.
#[pyfunction]
pub(crate) fn after_fork() {
    FORKS.fetch_add(1, Ordering::Relaxed);
}

/// True in a process that was forked from another that had Python.
pub(crate) fn is_forked() -> bool {
    FORKS.load(Ordering::Relaxed) > 0
}

/// Result of `work`, which runs without Python's lock, on threads of this process.
pub(crate) fn detached<R: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<R> + Send,
) -> PyResult<R> {
    py.detach(|| {
        if !is_forked() {
            return work();
        }
        POOLS.get(new_pool)?.install(work)
    })
    .map_err(exception)
}

/// As [`detached`], but keeps Python's lock for work on few pixels or bytes, which takes some
/// microseconds: to give the lock up and take it again costs 0.1 of one, and more where others
/// wait.
pub(crate) fn detached_if_long<R: Send>(
    py: Python<'_>,
    pixels_or_bytes: usize,
    work: impl FnOnce() -> Result<R> + Send,
) -> PyResult<R> {
    if pixels_or_bytes > KEPT_LOCK {
        detached(py, work)
    } else {
        work().map_err(exception)
    }
}

fn new_pool() -> Result<ThreadPool> {
    rayon::ThreadPoolBuilder::new()
        .build()
        .map_err(|error| Error::Limit(format!("no threads can be started: {error}")))
}
