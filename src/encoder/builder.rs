//! Options of an encoder.

use fearless_simd::Level;

use super::backend::{Backend, ChosenBackend};
use super::encode::Encoder;
use crate::cpu::Cpu;
#[cfg(feature = "gpu")]
use crate::gpu::{Gpu, Options};
use crate::{Error, Result};

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
pub struct EncoderBuilder {
    backend: Backend,
    threads: usize,
    simd_level: Option<Level>,
    #[cfg(feature = "gpu")]
    gpu: Options,
    /// Pixels from which on Auto shares a stack with the GPU.
    #[cfg(feature = "gpu")]
    share_from: Option<u64>,
    /// True if Auto shares whatever the rates.
    #[cfg(feature = "gpu")]
    share_always: bool,
}

impl EncoderBuilder {
    /// Sets the backend; [`Backend::Auto`] by default.
    pub fn backend(mut self, backend: Backend) -> Self {
        self.backend = backend;
        self
    }

    /// Takes only adapters whose name contains this, whatever the case.
    #[cfg(feature = "gpu")]
    pub fn adapter(mut self, name: impl Into<String>) -> Self {
        self.gpu.adapter = Some(name.into());
        self
    }

    /// Counts an adapter that computes on the CPU as a GPU, if `allow` is true. It is slower than
    /// the CPU backend: for tests.
    #[cfg(feature = "gpu")]
    pub fn allow_software(mut self, allow: bool) -> Self {
        self.gpu.allow_software = allow;
        self
    }

    /// Sets the bytes that the chunks of masks which are on their way through the GPU may take
    /// together: pixels, scratch and staging; 256 MiB by default. The device's own limits are kept
    /// whatever is set here.
    #[cfg(feature = "gpu")]
    pub fn memory(mut self, bytes: u64) -> Self {
        self.gpu.memory = Some(bytes);
        self
    }

    /// Times the passes of the GPU for [`Encoder::pass_times`], if `time` is true: each chunk in
    /// flight then takes one of the few sets of queries that some devices have.
    #[cfg(feature = "gpu")]
    pub fn time_passes(mut self, time: bool) -> Self {
        self.gpu.time_passes = time;
        self
    }

    /// Sets the number of threads of the CPU backend, a pool of its own; 0, the default, for
    /// rayon's global pool, which has one a core.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// SIMD level of the CPU backend, where a test wants another than the machine's best.
    #[doc(hidden)]
    pub fn simd_level(mut self, level: Level) -> Self {
        self.simd_level = Some(level);
        self
    }

    /// Injects faults.
    #[cfg(feature = "fault-injection")]
    #[doc(hidden)]
    pub fn faults(mut self, faults: crate::gpu::Faults) -> Self {
        self.gpu.faults = faults;
        self
    }

    /// Sets the pixels of a call from which on [`Backend::Auto`] shares its masks between the CPU
    /// and the GPU, where that is faster; 2^25 by default. Fewer the CPU encodes in some
    /// milliseconds, which is less than a device takes to start. To be lowered where a large stack
    /// comes in many calls.
    #[cfg(feature = "gpu")]
    pub fn share_from(mut self, pixels: u64) -> Self {
        self.share_from = Some(pixels);
        self
    }

    /// Has [`Backend::Auto`] share every call of so many pixels ([`EncoderBuilder::share_from`]),
    /// if `always` is true: as soon as the device is open, however slow it has been measured to be,
    /// and masks that it has taken are waited for. Then a call may be slower than on the CPU alone:
    /// to spare the CPU, and for tests.
    ///
    /// ```
    /// use maskrle::{Encoder, Masks};
    ///
    /// let encoder = Encoder::builder().share_from(1 << 20).share_always(true).build()?;
    /// let masks = ndarray::Array3::<u8>::ones((2, 8, 8));
    /// assert_eq!(encoder.coco(&Masks::binary(&masks)?)?.len(), 2);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    #[cfg(feature = "gpu")]
    pub fn share_always(mut self, always: bool) -> Self {
        self.share_always = always;
        self
    }

    /// Builds the encoder. Fails if [`Backend::Gpu`] was asked for and there is no adapter, saying
    /// which were seen and why each was passed over; and if the system refuses as many threads as
    /// were asked for.
    pub fn build(self) -> Result<Encoder> {
        let cpu = match self.simd_level {
            Some(level) => Cpu::at_level(self.threads, level)?,
            None => Cpu::new(self.threads)?,
        };
        #[cfg(feature = "gpu")]
        match self.backend {
            Backend::Auto => {
                let from_pixels = self.share_from;
                return Ok(Encoder::auto(cpu, self.gpu, from_pixels, self.share_always));
            }
            Backend::Gpu => {
                return Ok(Encoder::on_gpu(
                    cpu,
                    Gpu::open(&self.gpu)?,
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
            ChosenBackend {
                backend: Backend::Cpu,
                adapter: None,
                reason: reason.into(),
            },
        ))
    }
}

impl Default for Encoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Encoder {
    /// An encoder that uses the GPU for large stacks where there is a hardware adapter, and else
    /// the CPU. [`Encoder::backend`] gives the choice and its reason.
    pub fn new() -> Self {
        Self::builder()
            .build()
            .expect("by default neither an adapter nor threads are asked for")
    }

    /// An encoder with options.
    pub fn builder() -> EncoderBuilder {
        EncoderBuilder::default()
    }

    /// An encoder on a device that is there already, the one that inference runs on. Its limits,
    /// features and error handler stay as they are; it must have at least wgpu's default limits.
    ///
    /// Masks of the host are uploaded to it; [`Encoder::gpu_runs`] encodes those that are on it.
    /// Should it be lost, masks of the host go through a fresh device of our own on the same
    /// adapter, and then to the CPU.
    #[cfg(feature = "gpu")]
    pub fn with_device(device: wgpu::Device, queue: wgpu::Queue) -> Result<Self> {
        Ok(Self::on_gpu(
            Cpu::new(0)?,
            Gpu::with_device(device, queue)?,
            "its device was given",
        ))
    }
}
