//! The encoder: its backends, and the way from starts to [`Runs`].

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

#[cfg(feature = "gpu")]
use super::backend::Backend;
use super::backend::{ChosenBackend, EncodedBy, Tally};
#[cfg(feature = "gpu")]
use super::kinds::Kinds;
#[cfg(feature = "gpu")]
use super::lazy_gpu::LazyGpu;
#[cfg(feature = "gpu")]
use super::share::Call;
use crate::cpu;
use crate::format::CocoRle;
#[cfg(feature = "gpu")]
use crate::gpu::{Gpu, GpuWork, Options};
use crate::parallel::{Threads, concat};
use crate::pixel::{Masks, Order};
use crate::predicate::Predicate;
use crate::runs::{Boundaries, Runs, Starts, begins_with_foreground};
use crate::{Error, Result};

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
    pub(super) cpu: cpu::Cpu,
    #[cfg(feature = "gpu")]
    gpu: GpuState,
    chosen: OnceLock<ChosenBackend>,
    by_cpu: AtomicU64,
    by_gpu: AtomicU64,
}

/// The GPU of an encoder.
#[cfg(feature = "gpu")]
#[derive(Debug)]
enum GpuState {
    None,
    /// Every mask goes there.
    Open(Box<Gpu>),
    /// Large stacks are shared with it, once it is open.
    Lazy {
        gpu: LazyGpu,
        kinds: Kinds,
        from_pixels: u64,
        /// True if they are shared whatever the rates.
        always: bool,
    },
}

impl Encoder {
    #[cfg(feature = "gpu")]
    pub(crate) fn on_gpu(cpu: cpu::Cpu, gpu: Gpu, reason: &str) -> Self {
        let adapter = Some(gpu.adapter_name().to_owned());
        let chosen = ChosenBackend {
            backend: Backend::Gpu,
            adapter,
            reason: reason.into(),
        };
        Encoder {
            gpu: GpuState::Open(Box::new(gpu)),
            ..Self::on_cpu(cpu, chosen)
        }
    }

    #[cfg(feature = "gpu")]
    pub(crate) fn auto(
        cpu: cpu::Cpu,
        options: Options,
        share_from: Option<u64>,
        always: bool,
    ) -> Self {
        let from_pixels = share_from.unwrap_or(SHARED_PIXELS);
        let gpu = LazyGpu::new(options);
        Encoder {
            gpu: GpuState::Lazy {
                gpu,
                kinds: Kinds::default(),
                from_pixels,
                always,
            },
            ..Self::unchosen(cpu)
        }
    }

    pub(crate) fn on_cpu(cpu: cpu::Cpu, chosen: ChosenBackend) -> Self {
        let encoder = Self::unchosen(cpu);
        encoder.chosen.get_or_init(|| logged(chosen));
        encoder
    }

    fn unchosen(cpu: cpu::Cpu) -> Self {
        Encoder {
            cpu,
            #[cfg(feature = "gpu")]
            gpu: GpuState::None,
            chosen: OnceLock::new(),
            by_cpu: AtomicU64::new(0),
            by_gpu: AtomicU64::new(0),
        }
    }

    /// The backend that was chosen, and why. With [`Backend::Auto`], the first call looks for an
    /// adapter, if no large stack has before.
    pub fn backend(&self) -> &ChosenBackend {
        self.chosen.get_or_init(|| {
            #[cfg(feature = "gpu")]
            if let GpuState::Lazy { gpu, .. } = &self.gpu {
                return logged(gpu.chosen());
            }
            unreachable!("all but Auto have chosen when they are built")
        })
    }

    /// Number of masks that each backend has encoded so far. A GPU that fails hands its masks to
    /// the CPU: it shows here.
    pub fn tally(&self) -> Tally {
        Tally {
            cpu: self.by_cpu.load(Ordering::Relaxed),
            gpu: self.by_gpu.load(Ordering::Relaxed),
        }
    }

    /// The time that each GPU pass has taken so far, by the device's own timestamps; empty without
    /// a GPU that has them, and unless [`EncoderBuilder::time_passes`] asked for them.
    ///
    /// [`EncoderBuilder::time_passes`]: super::builder::EncoderBuilder::time_passes
    pub fn pass_times(&self) -> BTreeMap<&'static str, Duration> {
        #[cfg(feature = "gpu")]
        if let Some(gpu) = self.open_gpu() {
            return gpu.pass_times();
        }
        BTreeMap::new()
    }

    /// Work that a GPU has been asked for so far; nothing without one.
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
            GpuState::None => None,
            GpuState::Open(gpu) => Some(gpu),
            GpuState::Lazy { gpu, .. } => gpu.ready().and_then(|opened| opened.as_ref().ok()),
        }
    }

    /// The GPU, opened now if it is not yet.
    #[cfg(feature = "gpu")]
    pub(crate) fn gpu(&self) -> Result<&Gpu> {
        match &self.gpu {
            GpuState::None => Err(Error::Gpu(
                "this encoder has no GPU: see Encoder::with_device".into(),
            )),
            GpuState::Open(gpu) => Ok(gpu),
            GpuState::Lazy { gpu, .. } => gpu.get().as_ref().map_err(Clone::clone),
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
        let by_cpu = |range| self.cpu.starts(masks, order, range);
        let of_found = |_, found: Boundaries, threads| found.into_starts(threads);
        let batches = self.batches(masks, order, by_cpu, of_found);
        let starts = batches.into_iter().map(|(_, batch)| batch.into_results());
        let starts = Starts::concat(starts.collect());
        crate::runs::runs(masks, order, starts, self.cpu.level())
    }

    /// The masks as COCO's compressed RLE. Fails on labels: a label map is not one COCO mask but
    /// one for each label.
    pub fn coco(&self, masks: &Masks<'_>) -> Result<Vec<CocoRle>> {
        if masks.predicate() == Predicate::Labels {
            return Err(Error::Input(
                "labels are no COCO masks: take their runs, and MaskRuns::split_labels".into(),
            ));
        }
        let by_cpu = |range| self.cpu.coco(masks, range);
        let of_found = |range: Range<usize>, found: Boundaries, threads| {
            self.cpu.coco_of_boundaries(&found, threads, |index| {
                let index = range.start + index;
                let first = begins_with_foreground(masks, index, self.cpu.level());
                (masks.size(index), first)
            })
        };
        let batches = self.batches(masks, Order::ColumnMajor, by_cpu, of_found);
        // Of a single batch the strings stay where they are: moving those of thousands of tiny
        // masks takes a thirtieth of their time.
        Ok(concat(
            batches.into_iter().map(|(_, batch)| batch.into_results()),
        ))
    }

    /// The masks as whatever backends encode them, in order. `by_cpu` encodes a range of them on
    /// the CPU; `of_found` makes results of a range whose boundaries the GPU has found.
    pub(super) fn batches<P: Send>(
        &self,
        masks: &Masks<'_>,
        order: Order,
        by_cpu: impl Fn(Range<usize>) -> P + Sync,
        of_found: impl Fn(Range<usize>, Boundaries, Threads) -> P + Sync,
    ) -> Vec<(Range<usize>, EncodedBy<P>)> {
        #[cfg(not(feature = "gpu"))]
        let _ = (order, of_found);
        #[cfg(feature = "gpu")]
        let call = Call {
            cpu: &self.cpu,
            masks,
            order,
            by_cpu: &by_cpu,
            of_found,
        };
        #[cfg(feature = "gpu")]
        let batches = match &self.gpu {
            GpuState::Open(gpu) if device_reads(masks) => call.on_gpu(gpu),
            GpuState::Lazy {
                gpu,
                kinds,
                from_pixels,
                always,
            } if is_shared(masks, *from_pixels) && device_reads(masks) => {
                match (kinds.of(masks, order), always) {
                    (Some(kind), true) => call.on_both(gpu, &kind),
                    (Some(kind), false) => call.on_the_faster(gpu, &kind),
                    (None, _) => vec![call.on_cpu(0..masks.len())],
                }
            }
            _ => vec![(0..masks.len(), EncodedBy::Cpu(by_cpu(0..masks.len())))],
        };
        #[cfg(not(feature = "gpu"))]
        let batches = vec![(0..masks.len(), EncodedBy::Cpu(by_cpu(0..masks.len())))];
        for (range, batch) in &batches {
            let counter = if matches!(batch, EncodedBy::Cpu(_)) {
                &self.by_cpu
            } else {
                &self.by_gpu
            };
            counter.fetch_add(range.len() as u64, Ordering::Relaxed);
        }
        batches
    }
}

/// True if masks are enough to be shared with a GPU. Those that are resampled are not: next to the
/// threshold its pixels may be others than the CPU's, and which backend made them would be chance.
#[cfg(feature = "gpu")]
fn is_shared(masks: &Masks<'_>, from_pixels: u64) -> bool {
    masks.pixels() >= from_pixels && !masks.are_resampled()
}

/// True if shaders can read the masks' pixels; else it is logged that they cannot.
#[cfg(feature = "gpu")]
fn device_reads(masks: &Masks<'_>) -> bool {
    if masks.are_resampled_again() {
        log::info!("shaders do not resample more than once: the CPU encodes these masks");
        return false;
    }
    match masks.element_type() {
        Some(element) if !element.is_on_device() => {
            log::info!("shaders do not read {element}: the CPU encodes these masks");
            false
        }
        _ => true,
    }
}

/// Pixels from which on a stack is shared with the GPU: the CPU encodes fewer in some milliseconds,
/// which is less than a device takes to start.
#[cfg(feature = "gpu")]
const SHARED_PIXELS: u64 = 1 << 25;

fn logged(chosen: ChosenBackend) -> ChosenBackend {
    let ChosenBackend {
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

#[cfg(all(test, feature = "gpu"))]
mod tests {
    use super::*;

    /// A stack of as many pixels as are shared begins to open the GPU, a smaller one does not.
    #[test]
    fn stacks_are_shared_from_the_given_pixels_on() {
        for (pixels, is_shared) in [(99, false), (100, true), (101, true)] {
            let encoder = Encoder::builder().share_from(100).adapter("no such name");
            let encoder = encoder.build().expect("Auto needs no adapter");
            let mask = vec![0u8; pixels];
            let masks = Masks::binary((&mask[..], [1, 1, pixels])).expect("small");
            let runs = encoder.runs(&masks, Order::RowMajor).expect("binary");
            assert_eq!(runs.starts(), [0]);
            let GpuState::Lazy { gpu, .. } = &encoder.gpu else {
                panic!("Auto opens its GPU late");
            };
            assert_eq!(gpu.is_started(), is_shared, "{pixels} pixels");
        }
    }

    /// A device that is far slower than its rates say: what it has taken it keeps no call from.
    #[test]
    fn a_late_device_is_not_waited_for() {
        let encoder = Encoder::builder().share_from(1).allow_software(true);
        let encoder = encoder.build().expect("Auto needs no adapter");
        let GpuState::Lazy { gpu, kinds, .. } = &encoder.gpu else {
            panic!("Auto opens its GPU late");
        };
        let Ok(opened) = gpu.get() else {
            assert!(!crate::gpu::is_required(), "no adapter");
            return;
        };
        let pixels = ndarray::Array3::from_shape_fn((256, 256, 256), |(n, y, x)| {
            u8::from((n * y + x) % 97 < 40)
        });
        let masks = Masks::binary(&pixels).expect("small");
        let cpu = Encoder::builder().backend(Backend::Cpu).build();
        let cpu = cpu.expect("it needs nothing");
        for order in [Order::RowMajor, Order::ColumnMajor] {
            let expected = cpu.runs(&masks, order).expect("binary");
            let kind = kinds.of(&masks, order).expect("there are masks");
            crate::encoder::rehearsal::prepare(opened, &kind);
            // Too fast, and as fast as the CPU.
            for gpu in [1e13, 1e9] {
                for _ in 0..3 {
                    kind.rates.set(1e9, gpu);
                    assert!(encoder.runs(&masks, order).expect("binary") == expected);
                }
            }
        }
        let tally = encoder.tally();
        assert_eq!(tally.cpu + tally.gpu, 12 * 256);
        assert!(encoder.gpu_work().submits > 0, "the GPU takes masks");
    }

    /// Whatever is found out of a device, beside calls or in them, results stay the same.
    #[test]
    fn calls_are_right_while_rates_are_measured() {
        let encoder = Encoder::builder().share_from(1).allow_software(true);
        let encoder = encoder.build().expect("Auto needs no adapter");
        let pixels = ndarray::Array3::from_shape_fn((40, 256, 256), |(n, y, x)| {
            u8::from((n * y + x) % 97 < 40)
        });
        let masks = Masks::binary(&pixels).expect("small");
        let expected = encoder.coco(&masks).expect("binary");
        let GpuState::Lazy { gpu, kinds, .. } = &encoder.gpu else {
            panic!("Auto opens its GPU late");
        };
        let begin = std::time::Instant::now();
        let kind = kinds.of(&masks, Order::ColumnMajor).expect("some");
        let mut calls = 0;
        while calls < 40 {
            assert!(encoder.coco(&masks).expect("binary") == expected);
            let is_known = kind.is_prepared() || gpu.ready().is_some_and(Result::is_err);
            calls += u32::from(is_known);
            assert!(begin.elapsed() < Duration::from_secs(300), "never prepared");
        }
    }
}
