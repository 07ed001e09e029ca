//! Who encodes what: the choice of backend, and the way from starts to [`Runs`].

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::cpu;
use crate::format::CocoRle;
#[cfg(feature = "gpu")]
use crate::gpu::Gpu;
use crate::masks::{Masks, Order};
use crate::question::Question;
use crate::runs::Runs;
use crate::{Error, Result};

/// Where masks are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
pub enum Backend {
    /// The GPU where there is a hardware adapter, else the CPU.
    #[default]
    Auto,
    /// The GPU. Without an adapter, building the encoder fails.
    Gpu,
    /// The CPU.
    Cpu,
}

/// What an encoder was built on, and why: see [`Encoder::backend`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Chosen {
    /// [`Backend::Gpu`] or [`Backend::Cpu`].
    pub backend: Backend,
    /// The GPU's name.
    pub adapter: Option<String>,
    /// Why, in a sentence.
    pub reason: String,
}

/// How many masks each backend has encoded: see [`Encoder::tally`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Tally {
    /// By the CPU.
    pub cpu: u64,
    /// By the GPU.
    pub gpu: u64,
}

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

    /// Whether an adapter that computes on the CPU counts as a GPU. It is slower than the CPU backend: for tests.
    pub fn allow_software(mut self, allow: bool) -> Self {
        self.allow_software = allow;
        self
    }

    /// Bytes that one chunk of masks may take on the GPU, its pixels, scratch and staging together; 256 MiB unless told.
    /// The device's own limits are kept whatever is said here.
    pub fn memory(mut self, bytes: u64) -> Self {
        self.memory = Some(bytes);
        self
    }

    /// Threads of the CPU backend, a pool of its own; 0, unless told, for rayon's global pool, which has one a core.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// The encoder. Fails if [`Backend::Gpu`] was asked for and there is no adapter, saying which were seen and why each
    /// was passed over; and if the system refuses as many threads as were asked for.
    pub fn build(self) -> Result<Encoder> {
        let cpu = cpu::Cpu::new(self.threads)?;
        let cpu_only = |reason: String| Chosen { backend: Backend::Cpu, adapter: None, reason };
        if self.backend == Backend::Cpu {
            return Ok(Encoder::assemble(cpu, cpu_only("the CPU was asked for".into())));
        }
        #[cfg(feature = "gpu")]
        match Gpu::open(&self) {
            Ok(gpu) => {
                let reason = if self.backend == Backend::Gpu { "the GPU was asked for" } else { "there is a GPU" };
                Ok(Encoder::on_gpu(cpu, gpu, reason))
            }
            Err(error) if self.backend == Backend::Gpu => Err(error),
            Err(error) => Ok(Encoder::assemble(cpu, cpu_only(error.to_string()))),
        }
        #[cfg(not(feature = "gpu"))]
        {
            let reason = "this build has no GPU backend (cargo feature `gpu`)";
            match self.backend {
                Backend::Gpu => Err(Error::Gpu(reason.into())),
                _ => Ok(Encoder::assemble(cpu, cpu_only(reason.into()))),
            }
        }
    }
}

/// Encodes stacks of masks. Make one and keep it: device, pipelines and buffers live as long as it does. It can be shared
/// between threads.
///
/// ```
/// use maskrle::{Encoder, Masks};
///
/// let mut mask = ndarray::Array3::<u8>::zeros((1, 4, 5));
/// mask[[0, 1, 2]] = 1;
/// let coco = Encoder::new().coco(&Masks::binary(&mask)?)?;
/// assert_eq!(coco[0].counts, "91:");
/// # Ok::<(), maskrle::Error>(())
/// ```
#[derive(Debug)]
pub struct Encoder {
    cpu: cpu::Cpu,
    #[cfg(feature = "gpu")]
    gpu: Option<Gpu>,
    chosen: Chosen,
    by_cpu: AtomicU64,
    by_gpu: AtomicU64,
}

impl Default for Encoder {
    fn default() -> Self {
        Self::new()
    }
}

/// The runs' starts of a stretch of masks, as both backends give them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Starts {
    /// Mask-relative starts, mask after mask.
    pub(crate) starts: Vec<u32>,
    /// How many of them each mask has.
    pub(crate) counts: Vec<u32>,
}

impl Starts {
    /// The parts of consecutive stretches, as one.
    pub(crate) fn concat(mut parts: Vec<Starts>) -> Starts {
        let mut all = if parts.is_empty() { Starts::default() } else { parts.remove(0) };
        all.starts.reserve_exact(parts.iter().map(|part| part.starts.len()).sum());
        for part in parts {
            all.starts.extend_from_slice(&part.starts);
            all.counts.extend_from_slice(&part.counts);
        }
        all
    }
}

impl Encoder {
    /// An encoder on the GPU where there is a hardware adapter, else on the CPU. [`Encoder::backend`] says which, and why.
    pub fn new() -> Self {
        Self::builder().build().expect("only a backend that was asked for can be missing")
    }

    /// An encoder with options.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// An encoder on a device that is there already, the one that inference runs on. Its limits, features and error handler
    /// stay as they are; it must have at least wgpu's default limits.
    #[cfg(feature = "gpu")]
    pub fn with_device(device: wgpu::Device, queue: wgpu::Queue) -> Result<Self> {
        Ok(Self::on_gpu(cpu::Cpu::new(0)?, Gpu::with_device(device, queue)?, "its device was given"))
    }

    #[cfg(feature = "gpu")]
    fn on_gpu(cpu: cpu::Cpu, gpu: Gpu, reason: &str) -> Self {
        let adapter = Some(gpu.adapter_name().to_owned());
        let chosen = Chosen { backend: Backend::Gpu, adapter, reason: reason.into() };
        Encoder { gpu: Some(gpu), ..Self::assemble(cpu, chosen) }
    }

    fn assemble(cpu: cpu::Cpu, chosen: Chosen) -> Self {
        log::info!(
            "encoding on the {:?} ({}): {}",
            chosen.backend,
            chosen.adapter.as_deref().unwrap_or("no adapter"),
            chosen.reason
        );
        Encoder {
            cpu,
            #[cfg(feature = "gpu")]
            gpu: None,
            chosen,
            by_cpu: AtomicU64::new(0),
            by_gpu: AtomicU64::new(0),
        }
    }

    /// What was chosen, and why.
    pub fn backend(&self) -> &Chosen {
        &self.chosen
    }

    /// How many masks each backend has encoded so far. A GPU that fails hands its masks to the CPU: it shows here.
    pub fn tally(&self) -> Tally {
        Tally { cpu: self.by_cpu.load(Ordering::Relaxed), gpu: self.by_gpu.load(Ordering::Relaxed) }
    }

    /// The time that each GPU pass has taken so far, by the device's own timestamps; empty without a GPU that has them.
    pub fn pass_times(&self) -> BTreeMap<&'static str, Duration> {
        #[cfg(feature = "gpu")]
        if let Some(gpu) = &self.gpu {
            return gpu.pass_times();
        }
        BTreeMap::new()
    }

    /// The runs of all masks, in the given scan order.
    pub fn runs(&self, masks: &Masks<'_>, order: Order) -> Result<Runs> {
        let starts = self.starts(masks, order);
        Ok(crate::assemble::runs(masks, order, starts))
    }

    /// The masks as COCO's compressed RLE. Fails on labels: a label map is not one COCO mask but one for each label.
    pub fn coco(&self, masks: &Masks<'_>) -> Result<Vec<CocoRle>> {
        if masks.question() == Question::Labels {
            return Err(Error::Input("labels are no COCO masks: take their runs, and MaskRuns::split_labels".into()));
        }
        if self.chosen.backend == Backend::Gpu {
            let runs = self.runs(masks, Order::ColumnMajor)?;
            return self.cpu.install(|| coco_of(&runs));
        }
        self.by_cpu.fetch_add(masks.len() as u64, Ordering::Relaxed);
        Ok(self.cpu.coco(masks))
    }

    fn starts(&self, masks: &Masks<'_>, order: Order) -> Starts {
        #[cfg(feature = "gpu")]
        if let Some(gpu) = &self.gpu {
            let (starts, by_gpu) = gpu.starts(masks, order, |range| self.cpu.starts(masks, order, range));
            self.by_gpu.fetch_add(by_gpu, Ordering::Relaxed);
            self.by_cpu.fetch_add(masks.len() as u64 - by_gpu, Ordering::Relaxed);
            return starts;
        }
        self.by_cpu.fetch_add(masks.len() as u64, Ordering::Relaxed);
        self.cpu.starts(masks, order, 0..masks.len())
    }
}

#[cfg(feature = "rayon")]
fn coco_of(runs: &Runs) -> Result<Vec<CocoRle>> {
    use rayon::prelude::*;
    let mask = |index| CocoRle::try_from(runs.get(index).expect("the index is below len"));
    (0..runs.len()).into_par_iter().map(mask).collect()
}

#[cfg(not(feature = "rayon"))]
fn coco_of(runs: &Runs) -> Result<Vec<CocoRle>> {
    runs.iter().map(CocoRle::try_from).collect()
}
