//! A GPU and the times of its limits.

use anyhow::Result;
use maskrle::wgpu;

use super::gpu::{Chunk, Gpu};
use super::kernel::WORKGROUP_BYTES;
use super::read::Reader;
use super::upload::Uploader;
use crate::bench::timing::Times;

/// Most bytes that are measured: far beyond any cache, few enough to fit beside other work.
const MOST_BYTES: usize = 1 << 30;

/// A GPU that is being measured, and its times so far.
pub struct DeviceProbe<'p> {
    gpu: Gpu,
    pixels: &'p [u8],
    chunks: Vec<Chunk>,
    reader: Reader,
    /// Buffer that chunks are copied to.
    spare: wgpu::Buffer,
    uploader: Uploader,
    read: Times,
    copy: Times,
    upload: Times,
}

/// Rates in 10^9 bytes a second, each byte counted once though a copy both reads and writes it.
pub struct Rates {
    pub read: f64,
    pub copy: f64,
    pub upload: f64,
}

impl<'p> DeviceProbe<'p> {
    /// Opens the adapter of this name and warms it up, with the first GiB of `pixels` at most.
    pub fn open(adapter_name: &str, pixels: &'p [u8]) -> Result<Self> {
        let pixels = &pixels[..pixels.len().min(MOST_BYTES)];
        let gpu = Gpu::open(adapter_name)?;
        let chunks: Vec<Chunk> = gpu
            .chunk_sizes(pixels.len())
            .map(|size| gpu.chunk(size))
            .collect();
        let largest = chunks
            .iter()
            .map(|chunk| chunk.size)
            .max()
            .unwrap_or(WORKGROUP_BYTES);
        let mut device = DeviceProbe {
            reader: Reader::new(&gpu, &chunks),
            spare: gpu.chunk(largest).buffer,
            uploader: Uploader::new(&gpu),
            gpu,
            pixels,
            chunks,
            read: Times::default(),
            copy: Times::default(),
            upload: Times::default(),
        };
        // The first round compiles shaders and makes the driver clear memory.
        device.measure()?;
        device.read = Times::default();
        device.copy = Times::default();
        device.upload = Times::default();
        Ok(device)
    }

    /// Times each limit once more.
    pub fn measure(&mut self) -> Result<()> {
        let DeviceProbe { gpu, chunks, .. } = self;
        let start = std::time::Instant::now();
        self.uploader.upload(gpu, self.pixels, chunks)?;
        self.upload.push(start.elapsed());
        self.read.push(self.reader.read(gpu, chunks)?);
        self.copy.push(copy(gpu, chunks, &self.spare)?);
        gpu.check()
    }

    /// The rates of the least times.
    pub fn rates(&self) -> Rates {
        let on_device = self.chunks.iter().map(|chunk| chunk.size as usize).sum();
        Rates {
            read: self.read.gb_per_s(on_device),
            copy: self.copy.gb_per_s(on_device),
            upload: self.upload.gb_per_s(self.pixels.len()),
        }
    }
}

/// Time of copying all chunks within the device.
fn copy(gpu: &Gpu, chunks: &[Chunk], spare: &wgpu::Buffer) -> Result<std::time::Duration> {
    // Timestamps around copies are not portable, those around passes are: hence the wall time,
    // with one submit and one wait.
    let start = std::time::Instant::now();
    let mut commands = gpu.device.create_command_encoder(&Default::default());
    for chunk in chunks {
        commands.copy_buffer_to_buffer(&chunk.buffer, 0, spare, 0, chunk.size);
    }
    gpu.wait(gpu.queue.submit([commands.finish()]))?;
    Ok(start.elapsed())
}
