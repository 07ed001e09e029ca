//! A GPU that is opened when it is first needed.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;

use super::backend::{Backend, Chosen};
use crate::Result;
use crate::gpu::{Gpu, Options};

/// A GPU that is opened when it is first needed, by a thread that no call waits for.
#[derive(Debug)]
pub(crate) struct LateGpu {
    place: Arc<Place>,
    opener: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Place {
    options: Options,
    opened: OnceLock<Result<Gpu>>,
}

impl Place {
    fn get(&self) -> &Result<Gpu> {
        self.opened.get_or_init(|| Gpu::open(&self.options))
    }
}

impl Drop for LateGpu {
    /// A process that ends while a driver is being loaded may crash.
    fn drop(&mut self) {
        let opener = self
            .opener
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(opener) = opener.take() {
            // A panic has been told by its own thread.
            let _ = opener.join();
        }
    }
}

impl LateGpu {
    pub(crate) fn new(options: Options) -> Self {
        LateGpu {
            place: Arc::new(Place {
                options,
                opened: OnceLock::new(),
            }),
            opener: Mutex::default(),
        }
    }

    /// The GPU or why there is none, once that is known.
    pub(crate) fn ready(&self) -> Option<&Result<Gpu>> {
        self.place.opened.get()
    }

    /// The GPU or why there is none.
    pub(crate) fn get(&self) -> &Result<Gpu> {
        self.place.get()
    }

    /// Begins to open it.
    pub(crate) fn start(&self) {
        let mut opener = self.opener.lock().unwrap_or_else(PoisonError::into_inner);
        if opener.is_none() && self.ready().is_none() {
            let place = Arc::clone(&self.place);
            *opener = Some(std::thread::spawn(move || {
                place.get();
            }));
        }
    }

    pub(crate) fn chosen(&self) -> Chosen {
        match self.get() {
            Ok(gpu) => Chosen {
                backend: Backend::Gpu,
                adapter: Some(gpu.adapter_name().to_owned()),
                reason: "there is a GPU: it shares large stacks with the CPU".into(),
            },
            Err(error) => Chosen {
                backend: Backend::Cpu,
                adapter: None,
                reason: error.to_string(),
            },
        }
    }
}
