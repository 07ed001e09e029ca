//! The buffers of a device, kept from chunk to chunk: a fresh one costs its zeroing, and staging
//! its first use.

use wgpu::{Buffer, BufferDescriptor, BufferUsages, Device};

use super::clock::Clock;
use super::device::{GpuDevice, Submitted};
use super::passes::{BLOCK_WORDS, Params, Stripe};
use super::plan::{Chunk, Window};
use super::shape::KERNELS;
use crate::Result;

/// A buffer that grows.
#[derive(Debug)]
pub(super) struct Grown {
    buffer: Buffer,
    label: &'static str,
}

/// Vectors of 16 bytes are read from some of them.
const MULTIPLE: u64 = 16;

impl Grown {
    fn new(device: &Device, label: &'static str, usage: BufferUsages) -> Self {
        Grown {
            buffer: create(device, label, usage, MULTIPLE),
            label,
        }
    }

    /// Makes it hold at least `bytes`.
    pub(super) fn hold(&mut self, device: &Device, bytes: u64) {
        let bytes = bytes.next_multiple_of(MULTIPLE).max(MULTIPLE);
        if self.buffer.size() < bytes {
            // Half as much again, so that slowly growing chunks do not make a buffer each; never
            // past what may be bound.
            let limits = device.limits();
            let most = limits
                .max_storage_buffer_binding_size
                .min(limits.max_buffer_size)
                & !(MULTIPLE - 1);
            let roomy = (self.buffer.size() / 2 * 3)
                .next_multiple_of(MULTIPLE)
                .min(most)
                .max(bytes);
            self.buffer.destroy();
            self.buffer = create(device, self.label, self.buffer.usage(), roomy);
        }
    }
}

impl std::ops::Deref for Grown {
    type Target = Buffer;

    fn deref(&self) -> &Buffer {
        &self.buffer
    }
}

fn create(device: &Device, label: &str, usage: BufferUsages, size: u64) -> Buffer {
    // Staging for writing is always mapped when it is at rest.
    let mapped_at_creation = usage.contains(BufferUsages::MAP_WRITE);
    device.create_buffer(&BufferDescriptor {
        label: Some(label),
        size,
        usage,
        mapped_at_creation,
    })
}

/// Parameters and stripes of the dispatches that flag a window, one of each kernel at most.
#[derive(Debug)]
pub(super) struct Tables {
    pub(super) params: [Grown; KERNELS],
    pub(super) stripes: [Grown; KERNELS],
}

impl Tables {
    fn new(device: &Device) -> Self {
        let grown = |usage| {
            [(); KERNELS].map(|()| Grown::new(device, "window", usage | BufferUsages::COPY_DST))
        };
        Tables {
            params: grown(BufferUsages::UNIFORM),
            stripes: grown(BufferUsages::STORAGE),
        }
    }

    fn hold(&mut self, device: &Device, window: &Window) {
        for table in &window.tables {
            self.params[table.kernel as usize].hold(device, size_of::<Params>() as u64);
            self.stripes[table.kernel as usize]
                .hold(device, (table.stripes.len() * size_of::<Stripe>()) as u64);
        }
    }
}

/// What a window of pixels is uploaded through.
#[derive(Debug)]
pub(super) struct Upload {
    /// Pixels on their way to the device. Mapped, but while a submission uses it.
    pub(super) staging: Grown,
    pub(super) pixels: Grown,
    pub(super) tables: Tables,
    /// The submission that uses it last.
    pub(super) used_by: Option<Submitted>,
}

impl Upload {
    pub(super) fn new(device: &Device) -> Self {
        let (to, from) = (BufferUsages::COPY_DST, BufferUsages::COPY_SRC);
        Upload {
            staging: Grown::new(device, "staging", BufferUsages::MAP_WRITE | from),
            pixels: Grown::new(device, "pixels", BufferUsages::STORAGE | to),
            tables: Tables::new(device),
            used_by: None,
        }
    }

    pub(super) fn hold(&mut self, device: &Device, window: &Window) {
        self.staging.hold(device, window.bytes);
        self.pixels.hold(device, window.bytes);
        self.tables.hold(device, window);
    }
}

/// What a chunk's bits are scanned in.
#[derive(Debug)]
pub(super) struct Scratch {
    /// Of pixels that are on the device already.
    pub(super) tables: Tables,
    /// Parameters and stripes of the chunk, and parameters of its values.
    pub(super) params: Grown,
    pub(super) stripes: Grown,
    pub(super) value_params: Grown,
    pub(super) bits: Grown,
    pub(super) blocks: Grown,
    pub(super) totals: Grown,
    pub(super) summary: Grown,
    pub(super) starts: Grown,
    pub(super) values: Grown,
    /// Results on their way to the host.
    pub(super) readback: Grown,
    pub(super) clock: Option<Clock>,
}

impl Scratch {
    pub(super) fn new(gpu: &GpuDevice) -> Self {
        let storage = BufferUsages::STORAGE;
        let (to, from) = (BufferUsages::COPY_DST, BufferUsages::COPY_SRC);
        let grown = |label, usage| Grown::new(&gpu.device, label, usage);
        Scratch {
            tables: Tables::new(&gpu.device),
            params: grown("params", BufferUsages::UNIFORM | to),
            stripes: grown("stripes", storage | to),
            value_params: grown("value params", BufferUsages::UNIFORM | to),
            bits: grown("bits", storage | from),
            blocks: grown("blocks", storage | to),
            totals: grown("totals", storage),
            summary: grown("summary", storage | from),
            starts: grown("starts", storage | from),
            values: grown("values", storage | from),
            readback: grown("readback", BufferUsages::MAP_READ | to),
            clock: Clock::new(&gpu.device, &gpu.queue),
        }
    }

    /// Room for a chunk. `values` of 0 is a chunk whose values the host reads itself.
    pub(super) fn hold(&mut self, device: &Device, chunk: &Chunk, values: u64) {
        let (bits, masks) = (4 * u64::from(chunk.words), chunk.placed.len() as u64);
        let blocks = u64::from(chunk.words.div_ceil(BLOCK_WORDS));
        self.params.hold(device, size_of::<Params>() as u64);
        self.value_params.hold(device, size_of::<Params>() as u64);
        self.stripes
            .hold(device, masks * size_of::<Stripe>() as u64);
        self.bits.hold(device, bits);
        self.blocks.hold(device, 4 * blocks);
        self.totals
            .hold(device, 4 * blocks.div_ceil(u64::from(BLOCK_WORDS)));
        self.summary.hold(device, 4 * (1 + masks));
        self.starts.hold(device, bits);
        self.values.hold(device, 4 * values);
        if values > 0 {
            chunk
                .windows
                .iter()
                .for_each(|window| self.tables.hold(device, window));
        }
    }
}

/// The first `bytes` of a staging buffer that is mapped, written by `fill`.
pub(super) fn write(
    gpu: &GpuDevice,
    staging: &Buffer,
    bytes: u64,
    fill: impl FnOnce(wgpu::WriteOnly<'_, [u8]>),
) -> Result<()> {
    {
        let mut view = staging
            .get_mapped_range_mut(0..bytes)
            .map_err(|error| gpu.fault(error))?;
        fill(view.slice(..));
    }
    staging.unmap();
    Ok(())
}

/// The first `bytes` of a buffer that a finished submission has written and mapped. A map of a dead
/// device may say that it went well: taking the range is what tells.
pub(super) fn read(gpu: &GpuDevice, readback: &Buffer, bytes: u64) -> Result<Vec<u32>> {
    let words = readback
        .get_mapped_range(0..bytes)
        .map(|view| bytemuck::pod_collect_to_vec(&view));
    readback.unmap();
    words.map_err(|error| gpu.fault(format!("its results cannot be read: {error}")))
}
