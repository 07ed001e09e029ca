//! A GPU that is opened when it is first needed.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use fearless_simd::Level;

use super::backend::{Backend, ChosenBackend};
use super::kinds::Kind;
use super::rehearsal::{self, Rehearsal};
use crate::Result;
use crate::gpu::{Gpu, Options};

/// A GPU that is opened and prepared when it is first needed, by a thread that no call waits for.
#[derive(Debug)]
pub(crate) struct LazyGpu {
    opening: Arc<Opening>,
    /// The thread that opens or prepares it, or has done so.
    preparer: Mutex<Option<JoinHandle<()>>>,
}

/// The GPU to open, and the result of opening it.
#[derive(Debug)]
struct Opening {
    options: Options,
    opened: OnceLock<Result<Gpu>>,
}

impl Opening {
    fn get(&self) -> &Result<Gpu> {
        self.opened.get_or_init(|| Gpu::open(&self.options))
    }
}

impl Drop for LazyGpu {
    /// A process that ends while a driver is being loaded, or compiles, may crash.
    fn drop(&mut self) {
        let preparer = self
            .preparer
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        join(preparer);
    }
}

impl LazyGpu {
    pub(crate) fn new(options: Options) -> Self {
        LazyGpu {
            opening: Arc::new(Opening {
                options,
                opened: OnceLock::new(),
            }),
            preparer: Mutex::default(),
        }
    }

    /// The GPU or why there is none, once that is known.
    pub(crate) fn ready(&self) -> Option<&Result<Gpu>> {
        self.opening.opened.get()
    }

    /// The GPU or why there is none.
    pub(crate) fn get(&self) -> &Result<Gpu> {
        self.opening.get()
    }

    fn preparer(&self) -> MutexGuard<'_, Option<JoinHandle<()>>> {
        self.preparer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins to open it, if nobody has. False if the system refuses the thread for that.
    pub(crate) fn start(&self) -> bool {
        let mut preparer = self.preparer();
        if preparer.is_none() && self.ready().is_none() {
            let opening = Arc::clone(&self.opening);
            *preparer = spawned(move || {
                opening.get();
            });
        }
        preparer.is_some() || self.ready().is_some()
    }

    /// Begins to open it, if nobody has, and to prepare it for masks of a kind: unless the thread
    /// for that is at work, when a later call begins.
    pub(super) fn prepare(&self, kind: &Arc<Kind>) {
        let kind = Arc::clone(kind);
        self.in_background(move |gpu| rehearsal::prepare(gpu, &kind));
    }

    /// Begins to measure its rate for masks of a kind, by work of at most some time.
    pub(super) fn rehearse(&self, kind: &Arc<Kind>, level: Level, most: Duration) {
        let kind = Arc::clone(kind);
        self.in_background(move |gpu| {
            let kind = &kind;
            Rehearsal {
                gpu,
                kind,
                level,
                most,
            }
            .run();
        });
    }

    /// True if it is being opened or prepared.
    pub(super) fn is_busy(&self) -> bool {
        is_at_work(&self.preparer())
    }

    fn in_background(&self, work: impl FnOnce(&Gpu) + Send + 'static) {
        let mut preparer = self.preparer();
        if is_at_work(&preparer) {
            return;
        }
        join(&mut preparer);
        let opening = Arc::clone(&self.opening);
        *preparer = spawned(move || {
            if let Ok(gpu) = opening.get() {
                work(gpu);
            }
        });
    }

    /// True if a call has begun to open it.
    #[cfg(test)]
    pub(crate) fn is_started(&self) -> bool {
        self.preparer().is_some()
    }

    pub(crate) fn chosen(&self) -> ChosenBackend {
        match self.get() {
            Ok(gpu) => ChosenBackend {
                backend: Backend::Gpu,
                adapter: Some(gpu.adapter_name().to_owned()),
                reason: "there is a GPU: it shares large stacks with the CPU, where that is faster"
                    .into(),
            },
            Err(error) => ChosenBackend {
                backend: Backend::Cpu,
                adapter: None,
                reason: error.to_string(),
            },
        }
    }
}

fn is_at_work(thread: &Option<JoinHandle<()>>) -> bool {
    thread.as_ref().is_some_and(|thread| !thread.is_finished())
}

/// Waits for the thread, if there is one.
fn join(thread: &mut Option<JoinHandle<()>>) {
    if let Some(thread) = thread.take() {
        // A panic has been reported by its own thread.
        let _ = thread.join();
    }
}

/// A thread, unless the system refuses it.
fn spawned(work: impl FnOnce() + Send + 'static) -> Option<JoinHandle<()>> {
    thread::Builder::new()
        .spawn(work)
        .inspect_err(|error| log::info!("no thread to prepare the GPU: {error}"))
        .ok()
}
