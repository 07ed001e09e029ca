//! Who encodes what: the choice of backend, and the way from starts to [`Runs`].

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::builder::Builder;
use crate::cpu;
use crate::format::CocoRle;
#[cfg(feature = "gpu")]
use crate::gpu::{Gpu, GpuWork};
use crate::masks::{Masks, Order};
use crate::question::Question;
use crate::runs::Runs;
#[cfg(feature = "gpu")]
use crate::share::{LateGpu, Rates};
use crate::{Error, Result};

/// Where masks are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "lowercase")
)]
pub enum Backend {
    /// Small stacks on the CPU at once; large ones by the CPU and the GPU together, where there is
    /// a hardware adapter. No adapter is looked for before it is needed.
    #[default]
    Auto,
    /// The GPU. Without an adapter, building the encoder fails.
    Gpu,
    /// The CPU.
    Cpu,
}

/// What an encoder was built on, and why: see [`Encoder::backend`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
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
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Tally {
    /// By the CPU.
    pub cpu: u64,
    /// By the GPU.
    pub gpu: u64,
}

/// Encodes stacks of masks. Make one and keep it: device, pipelines and buffers live as long as it
/// does. It can be shared between threads.
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
    gpu: GpuPlace,
    chosen: OnceLock<Chosen>,
    by_cpu: AtomicU64,
    by_gpu: AtomicU64,
}

/// Where the GPU stands.
#[cfg(feature = "gpu")]
#[derive(Debug)]
enum GpuPlace {
    None,
    /// Every mask goes there.
    Open(Box<Gpu>),
    /// Large stacks are shared with it, once it is open.
    Late {
        gpu: LateGpu,
        rates: Rates,
        from_pixels: u64,
    },
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
        let mut all = if parts.is_empty() {
            Starts::default()
        } else {
            parts.remove(0)
        };
        all.starts
            .reserve_exact(parts.iter().map(|part| part.starts.len()).sum());
        for part in parts {
            all.starts.extend_from_slice(&part.starts);
            all.counts.extend_from_slice(&part.counts);
        }
        all
    }
}

/// What a backend made of consecutive masks.
pub(crate) enum Part<P> {
    Cpu(P),
    #[cfg_attr(
        not(feature = "gpu"),
        expect(dead_code, reason = "only the GPU makes them")
    )]
    Gpu(Starts),
}

impl Encoder {
    /// An encoder that uses the GPU for large stacks where there is a hardware adapter, and else
    /// the CPU. [`Encoder::backend`] says which, and why.
    pub fn new() -> Self {
        Self::builder()
            .build()
            .expect("only a backend that was asked for can be missing")
    }

    /// An encoder with options.
    pub fn builder() -> Builder {
        Builder::default()
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
            cpu::Cpu::new(0)?,
            Gpu::with_device(device, queue)?,
            "its device was given",
        ))
    }

    #[cfg(feature = "gpu")]
    pub(crate) fn on_gpu(cpu: cpu::Cpu, gpu: Gpu, reason: &str) -> Self {
        let adapter = Some(gpu.adapter_name().to_owned());
        let chosen = Chosen {
            backend: Backend::Gpu,
            adapter,
            reason: reason.into(),
        };
        Encoder {
            gpu: GpuPlace::Open(Box::new(gpu)),
            ..Self::on_cpu(cpu, chosen)
        }
    }

    #[cfg(feature = "gpu")]
    pub(crate) fn auto(cpu: cpu::Cpu, options: Builder) -> Self {
        let from_pixels = options.share_from.unwrap_or(SHARED_PIXELS);
        let gpu = LateGpu::new(options);
        Encoder {
            gpu: GpuPlace::Late {
                gpu,
                rates: Rates::default(),
                from_pixels,
            },
            ..Self::unchosen(cpu)
        }
    }

    pub(crate) fn on_cpu(cpu: cpu::Cpu, chosen: Chosen) -> Self {
        let encoder = Self::unchosen(cpu);
        encoder.chosen.get_or_init(|| logged(chosen));
        encoder
    }

    fn unchosen(cpu: cpu::Cpu) -> Self {
        Encoder {
            cpu,
            #[cfg(feature = "gpu")]
            gpu: GpuPlace::None,
            chosen: OnceLock::new(),
            by_cpu: AtomicU64::new(0),
            by_gpu: AtomicU64::new(0),
        }
    }

    /// What was chosen, and why. With [`Backend::Auto`], the first call looks for an adapter, if no
    /// large stack has before.
    pub fn backend(&self) -> &Chosen {
        self.chosen.get_or_init(|| {
            #[cfg(feature = "gpu")]
            if let GpuPlace::Late { gpu, .. } = &self.gpu {
                return logged(gpu.chosen());
            }
            unreachable!("only Auto chooses late")
        })
    }

    /// How many masks each backend has encoded so far. A GPU that fails hands its masks to the CPU:
    /// it shows here.
    pub fn tally(&self) -> Tally {
        Tally {
            cpu: self.by_cpu.load(Ordering::Relaxed),
            gpu: self.by_gpu.load(Ordering::Relaxed),
        }
    }

    /// The time that each GPU pass has taken so far, by the device's own timestamps; empty without
    /// a GPU that has them.
    pub fn pass_times(&self) -> BTreeMap<&'static str, Duration> {
        #[cfg(feature = "gpu")]
        if let Some(gpu) = self.open_gpu() {
            return gpu.pass_times();
        }
        BTreeMap::new()
    }

    /// What a GPU has been asked to do so far; nothing without one.
    #[cfg(feature = "gpu")]
    pub fn gpu_work(&self) -> GpuWork {
        self.open_gpu().map(Gpu::work).unwrap_or_default()
    }

    /// The device and queue that the encoder uses, for buffers of [`crate::GpuMasks`]; none without
    /// a GPU. With [`Backend::Auto`], the first call opens it, if no large stack has before.
    #[cfg(feature = "gpu")]
    pub fn wgpu(&self) -> Option<(wgpu::Device, wgpu::Queue)> {
        self.gpu().ok()?.wgpu()
    }

    /// The GPU, if it is open already.
    #[cfg(feature = "gpu")]
    pub(crate) fn open_gpu(&self) -> Option<&Gpu> {
        match &self.gpu {
            GpuPlace::None => None,
            GpuPlace::Open(gpu) => Some(gpu),
            GpuPlace::Late { gpu, .. } => gpu.ready().and_then(|opened| opened.as_ref().ok()),
        }
    }

    /// The GPU, which is opened if it has to be.
    #[cfg(feature = "gpu")]
    pub(crate) fn gpu(&self) -> Result<&Gpu> {
        match &self.gpu {
            GpuPlace::None => Err(Error::Gpu(
                "this encoder has no GPU: see Encoder::with_device".into(),
            )),
            GpuPlace::Open(gpu) => Ok(gpu),
            GpuPlace::Late { gpu, .. } => gpu.get().as_ref().map_err(Clone::clone),
        }
    }

    /// Counts masks that the GPU has encoded from its own memory.
    #[cfg(feature = "gpu")]
    pub(crate) fn count_gpu(&self, masks: usize) {
        self.by_gpu.fetch_add(masks as u64, Ordering::Relaxed);
    }

    #[cfg(feature = "gpu")]
    pub(crate) fn cpu(&self) -> &cpu::Cpu {
        &self.cpu
    }

    /// The runs of all masks, in the given scan order.
    pub fn runs(&self, masks: &Masks<'_>, order: Order) -> Result<Runs> {
        let parts = self.parts(masks, order, |range| self.cpu.starts(masks, order, range));
        let starts = parts.into_iter().map(|(_, part)| match part {
            Part::Cpu(starts) | Part::Gpu(starts) => starts,
        });
        let starts = Starts::concat(starts.collect());
        Ok(crate::assemble::runs(masks, order, starts))
    }

    /// The masks as COCO's compressed RLE. Fails on labels: a label map is not one COCO mask but
    /// one for each label.
    pub fn coco(&self, masks: &Masks<'_>) -> Result<Vec<CocoRle>> {
        if masks.question() == Question::Labels {
            return Err(Error::Input(
                "labels are no COCO masks: take their runs, and MaskRuns::split_labels".into(),
            ));
        }
        let mut parts = self.parts(masks, Order::ColumnMajor, |range| {
            self.cpu.coco(masks, range)
        });
        // Thousands of tiny masks: moving their strings once more takes a thirtieth of their time.
        if let [(_, Part::Cpu(all))] = &mut parts[..] {
            return Ok(std::mem::take(all));
        }
        let strings = parts.into_iter().map(|(range, part)| match part {
            Part::Cpu(strings) => strings,
            Part::Gpu(starts) => self.cpu.coco_of_starts(masks, range, &starts),
        });
        Ok(strings.flatten().collect())
    }

    /// The masks by whatever backends encode them, in order. `by_cpu` is what the CPU makes of
    /// some.
    fn parts<P: Send>(
        &self,
        masks: &Masks<'_>,
        order: Order,
        by_cpu: impl Fn(Range<usize>) -> P + Sync,
    ) -> Vec<(Range<usize>, Part<P>)> {
        #[cfg(not(feature = "gpu"))]
        let _ = order;
        #[cfg(feature = "gpu")]
        let parts = match &self.gpu {
            GpuPlace::Open(gpu) => crate::share::by_gpu(gpu, masks, order, by_cpu),
            GpuPlace::Late {
                gpu,
                rates,
                from_pixels,
            } if masks.pixels() >= *from_pixels => {
                crate::share::by_both(gpu, rates, masks, order, by_cpu)
            }
            _ => vec![(0..masks.len(), Part::Cpu(by_cpu(0..masks.len())))],
        };
        #[cfg(not(feature = "gpu"))]
        let parts = vec![(0..masks.len(), Part::Cpu(by_cpu(0..masks.len())))];
        for (range, part) in &parts {
            let counter = if matches!(part, Part::Cpu(_)) {
                &self.by_cpu
            } else {
                &self.by_gpu
            };
            counter.fetch_add(range.len() as u64, Ordering::Relaxed);
        }
        parts
    }
}

/// Pixels from which on a stack is shared with the GPU: the CPU encodes fewer in some milliseconds,
/// which is less than a device takes to start.
#[cfg(feature = "gpu")]
const SHARED_PIXELS: u64 = 1 << 25;

fn logged(chosen: Chosen) -> Chosen {
    let Chosen {
        backend,
        adapter,
        reason,
    } = &chosen;
    log::info!(
        "encoding on the {backend:?} ({}): {reason}",
        adapter.as_deref().unwrap_or("no adapter")
    );
    chosen
}
