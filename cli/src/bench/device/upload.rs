//! Uploads through a ring of mapped staging buffers that live as long as the device: the host fills
//! one while the device copies from the others.

use anyhow::Result;
use maskrle::wgpu;

use super::gpu::{Chunk, Gpu};

/// Bytes of a staging buffer.
const STAGING_SIZE: usize = 32 << 20;
const STAGING_BUFFERS: usize = 3;

/// The ring of staging buffers.
pub struct Uploader {
    ring: Vec<Staging>,
    next: usize,
}

struct Staging {
    buffer: wgpu::Buffer,
    /// The submission that copies from it and then maps it again; none before its first use.
    pending: Option<wgpu::SubmissionIndex>,
}

impl Uploader {
    pub fn new(gpu: &Gpu) -> Self {
        let ring = (0..STAGING_BUFFERS).map(|_| {
            let buffer = gpu.device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("maskrle bench staging"),
                size: STAGING_SIZE as u64,
                usage: wgpu::BufferUsages::MAP_WRITE | wgpu::BufferUsages::COPY_SRC,
                mapped_at_creation: true,
            });
            Staging {
                buffer,
                pending: None,
            }
        });
        Uploader {
            ring: ring.collect(),
            next: 0,
        }
    }

    /// Writes `pixels` into the chunks and waits until they are there.
    pub fn upload(&mut self, gpu: &Gpu, pixels: &[u8], chunks: &[Chunk]) -> Result<()> {
        let mut rest = pixels;
        let mut last = None;
        for chunk in chunks {
            let (here, others) = rest.split_at(rest.len().min(chunk.size as usize));
            rest = others;
            for (index, part) in here.chunks(STAGING_SIZE).enumerate() {
                last = Some(self.send(gpu, part, chunk, (index * STAGING_SIZE) as u64)?);
            }
        }
        last.map_or(Ok(()), |submission| gpu.wait(submission))
    }

    /// Sends a part of the pixels through the next staging buffer.
    fn send(
        &mut self,
        gpu: &Gpu,
        part: &[u8],
        to: &Chunk,
        offset: u64,
    ) -> Result<wgpu::SubmissionIndex> {
        let staging = &mut self.ring[self.next];
        self.next = (self.next + 1) % STAGING_BUFFERS;
        if let Some(submission) = staging.pending.take() {
            gpu.wait(submission)?;
        }
        // Copies are of whole words, for which a chunk has room: it ends with a workgroup's bytes.
        let size = part.len().next_multiple_of(4) as u64;
        staging
            .buffer
            .get_mapped_range_mut(..size)?
            .slice(..part.len())
            .copy_from_slice(part);
        staging.buffer.unmap();
        let mut commands = gpu.device.create_command_encoder(&Default::default());
        commands.copy_buffer_to_buffer(&staging.buffer, 0, &to.buffer, offset, size);
        commands.map_buffer_on_submit(&staging.buffer, wgpu::MapMode::Write, .., |_| {});
        let submission = gpu.queue.submit([commands.finish()]);
        staging.pending = Some(submission.clone());
        Ok(submission)
    }
}
