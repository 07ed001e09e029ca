//! A GPU that is opened when it is first needed.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};

use super::backend::{Backend, ChosenBackend};
use crate::Result;
use crate::gpu::{Gpu, Options};

/// A GPU that is opened when it is first needed, by a thread that no call waits for.
#[derive(Debug)]
pub(crate) struct LazyGpu {
    opening: Arc<Opening>,
    opener: Mutex<Option<JoinHandle<()>>>,
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
    /// A process that ends while a driver is being loaded may crash.
    fn drop(&mut self) {
        let opener = self
            .opener
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(opener) = opener.take() {
            // A panic has been reported by its own thread.
            let _ = opener.join();
        }
    }
}

impl LazyGpu {
    pub(crate) fn new(options: Options) -> Self {
        LazyGpu {
            opening: Arc::new(Opening {
                options,
                opened: OnceLock::new(),
            }),
            opener: Mutex::default(),
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

    /// Begins to open it, if nobody has. False if the system refuses the thread for that.
    pub(crate) fn start(&self) -> bool {
        let mut opener = self.opener.lock().unwrap_or_else(PoisonError::into_inner);
        if opener.is_none() && self.ready().is_none() {
            let opening = Arc::clone(&self.opening);
            let open = move || {
                opening.get();
            };
            *opener = thread::Builder::new()
                .spawn(open)
                .inspect_err(|error| log::info!("no thread to open the GPU: {error}"))
                .ok();
        }
        opener.is_some() || self.ready().is_some()
    }

    /// True if a call has begun to open it.
    #[cfg(test)]
    pub(crate) fn is_started(&self) -> bool {
        let opener = self.opener.lock().unwrap_or_else(PoisonError::into_inner);
        opener.is_some()
    }

    pub(crate) fn chosen(&self) -> ChosenBackend {
        match self.get() {
            Ok(gpu) => ChosenBackend {
                backend: Backend::Gpu,
                adapter: Some(gpu.adapter_name().to_owned()),
                reason: "there is a GPU: it shares large stacks with the CPU".into(),
            },
            Err(error) => ChosenBackend {
                backend: Backend::Cpu,
                adapter: None,
                reason: error.to_string(),
            },
        }
    }
}
