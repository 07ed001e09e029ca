//! Options of an encoder.

use crate::encoder::{Backend, Chosen, Encoder};
#[cfg(feature = "gpu")]
use crate::gpu::{Faults, Gpu};
use crate::{Error, Result, cpu};

/// Options of an [`Encoder`].
///
/// ```
/// use maskrle::{Backend, Encoder};
///
/// let encoder = Encoder::builder().backend(Backend::Cpu).threads(1).build()?;
/// assert_eq!(encoder.backend().backend, Backend::Cpu);
/// # Ok::<(), maskrle::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Builder {
    backend: Backend,
    pub(crate) adapter: Option<String>,
    pub(crate) allow_software: bool,
    pub(crate) memory: Option<u64>,
    threads: usize,
    /// Pixels from which on Auto shares a stack with the GPU.
    #[cfg(feature = "gpu")]
    pub(crate) share_from: Option<u64>,
    #[cfg(feature = "gpu")]
    pub(crate) faults: Faults,
}

impl Builder {
    /// Which backend to use; [`Backend::Auto`] unless told.
    pub fn backend(mut self, backend: Backend) -> Self {
        self.backend = backend;
        self
    }

    /// Only adapters whose name contains this, whatever the case.
    pub fn adapter(mut self, name: impl Into<String>) -> Self {
        self.adapter = Some(name.into());
        self
    }

    /// Whether an adapter that computes on the CPU counts as a GPU. It is slower than the CPU
    /// backend: for tests.
    pub fn allow_software(mut self, allow: bool) -> Self {
        self.allow_software = allow;
        self
    }

    /// Bytes that the chunks of masks which are on their way through the GPU may take together,
    /// pixels, scratch and staging; 256 MiB unless told. The device's own limits are kept whatever
    /// is said here.
    pub fn memory(mut self, bytes: u64) -> Self {
        self.memory = Some(bytes);
        self
    }

    /// Threads of the CPU backend, a pool of its own; 0, unless told, for rayon's global pool,
    /// which has one a core.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// Faults that a test wants.
    #[cfg(feature = "gpu")]
    #[doc(hidden)]
    pub fn faults(mut self, faults: Faults) -> Self {
        self.faults = faults;
        self
    }

    /// Pixels of a call from which on [`Backend::Auto`] shares its masks between the CPU and the
    /// GPU; 2^25 unless told. Fewer the CPU encodes in some milliseconds, which is less than a
    /// device takes to start. To be lowered where a large stack comes in many calls.
    #[cfg(feature = "gpu")]
    pub fn share_from(mut self, pixels: u64) -> Self {
        self.share_from = Some(pixels);
        self
    }

    /// The encoder. Fails if [`Backend::Gpu`] was asked for and there is no adapter, saying which
    /// were seen and why each was passed over; and if the system refuses as many threads as were
    /// asked for.
    pub fn build(self) -> Result<Encoder> {
        let cpu = cpu::Cpu::new(self.threads)?;
        #[cfg(feature = "gpu")]
        match self.backend {
            Backend::Auto => return Ok(Encoder::auto(cpu, self)),
            Backend::Gpu => {
                return Ok(Encoder::on_gpu(
                    cpu,
                    Gpu::open(&self)?,
                    "the GPU was asked for",
                ));
            }
            Backend::Cpu => {}
        }
        let reason = match self.backend {
            Backend::Cpu => "the CPU was asked for",
            _ => "this build has no GPU backend (cargo feature `gpu`)",
        };
        if self.backend == Backend::Gpu {
            return Err(Error::Gpu(reason.into()));
        }
        Ok(Encoder::on_cpu(
            cpu,
            Chosen {
                backend: Backend::Cpu,
                adapter: None,
                reason: reason.into(),
            },
        ))
    }
}
