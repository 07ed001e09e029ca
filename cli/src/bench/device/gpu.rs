//! A device of the bench's own, on the adapter that the encoder chose.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use maskrle::wgpu;

use super::kernel::WORKGROUP_BYTES;

/// Time after which a device is given up.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A device, and the first error that it reported.
pub struct Gpu {
    pub device: wgpu::Device,
    pub queue: wgpu::Queue,
    /// The first error that wgpu reported; its default is to panic.
    failure: Arc<Mutex<Option<String>>>,
}

/// A part of the bytes, in one buffer on the device.
pub struct Chunk {
    pub buffer: wgpu::Buffer,
    /// Size in bytes, a multiple of a workgroup's. The last chunk's end holds no pixels.
    pub size: u64,
}

impl Gpu {
    /// Opens a device on the adapter of this name.
    pub fn open(adapter_name: &str) -> Result<Self> {
        let instance =
            wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle_from_env());
        let adapters = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::all()));
        let adapter = adapters
            .into_iter()
            .find(|adapter| adapter.get_info().name == adapter_name)
            .with_context(|| format!("no adapter is named {adapter_name}"))?;
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("maskrle bench"),
            required_features: adapter.features() & wgpu::Features::TIMESTAMP_QUERY,
            required_limits: adapter.limits(),
            ..Default::default()
        };
        let (device, queue) = pollster::block_on(adapter.request_device(&descriptor))?;
        let failure = Arc::new(Mutex::new(None));
        let reported = failure.clone();
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            if let Ok(mut failure) = reported.lock() {
                failure.get_or_insert_with(|| error.to_string());
            }
        }));
        Ok(Gpu {
            device,
            queue,
            failure,
        })
    }

    /// Sizes of chunks that hold `bytes`, each of which one dispatch can bind and reach.
    pub fn chunk_sizes(&self, bytes: usize) -> impl Iterator<Item = u64> + use<> {
        let limits = self.device.limits();
        let most = limits
            .max_storage_buffer_binding_size
            .min(limits.max_buffer_size);
        let workgroups =
            (most / WORKGROUP_BYTES).min(u64::from(limits.max_compute_workgroups_per_dimension));
        let per_chunk = workgroups * WORKGROUP_BYTES;
        let total = (bytes as u64).next_multiple_of(WORKGROUP_BYTES);
        (0..total)
            .step_by(per_chunk as usize)
            .map(move |start| per_chunk.min(total - start))
    }

    /// A chunk that can be read, and copied from and to.
    pub fn chunk(&self, size: u64) -> Chunk {
        use wgpu::BufferUsages as Usage;
        let buffer = self.buffer(size, Usage::STORAGE | Usage::COPY_SRC | Usage::COPY_DST);
        Chunk { buffer, size }
    }

    /// A buffer of `size` bytes.
    pub fn buffer(&self, size: u64, usage: wgpu::BufferUsages) -> wgpu::Buffer {
        let label = Some("maskrle bench");
        self.device.create_buffer(&wgpu::BufferDescriptor {
            label,
            size,
            usage,
            mapped_at_creation: false,
        })
    }

    /// Waits for a submission and the callbacks of its buffers.
    pub fn wait(&self, submission: wgpu::SubmissionIndex) -> Result<()> {
        let poll = wgpu::PollType::Wait {
            submission_index: Some(submission),
            timeout: Some(TIMEOUT),
        };
        self.device.poll(poll)?;
        self.check()
    }

    /// Fails if wgpu has reported an error.
    pub fn check(&self) -> Result<()> {
        match self.failure.lock().ok().and_then(|failure| failure.clone()) {
            Some(failure) => Err(anyhow!(failure)),
            None => Ok(()),
        }
    }
}
