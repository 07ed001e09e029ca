//! A device with its pipelines, and the errors that its failures become.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};

use wgpu::{
    BindGroup, BindGroupEntry, BindGroupLayout, BindGroupLayoutEntry, BindingResource, BindingType,
    Buffer, BufferBindingType, CommandEncoder, ComputePipeline, Device, ErrorFilter, Features,
    Queue, ShaderStages,
};

use super::adapter::Candidate;
use super::clock::PassTimes;
use super::faults::{Fault, Faults};
use super::layout::flag_passes;
use super::options::Options;
use super::passes::{Access, Binding, COMPACT, Pass, SCAN};
use super::work::WorkCounters;
use crate::predicate::Predicate;
use crate::{Error, Result};

/// A device, its pipelines and its state.
#[derive(Debug)]
pub(super) struct GpuDevice {
    pub(super) device: Device,
    pub(super) queue: Queue,
    pub(super) info: wgpu::AdapterInfo,
    pipelines: Mutex<HashMap<PipelineKey, Arc<OnceLock<Arc<Pipeline>>>>>,
    lost: Arc<AtomicBool>,
    /// Errors that no scope has caught.
    stray: Arc<Mutex<Option<String>>>,
    pub(super) work: WorkCounters,
    /// Number of the last submission that is known to be done.
    pub(super) done: AtomicU64,
    /// Number of the last submission that has one. Held from a submission until it has its number,
    /// so that the numbers are in the queue's order.
    pub(super) submitting: Mutex<u64>,
    /// True if the passes are timed, where the device can.
    pub(super) time_passes: bool,
    pub(super) times: Mutex<PassTimes>,
    /// Starts per thousand words of bits in the last chunk: how much of the next one is read back
    /// at once.
    pub(super) density: AtomicU64,
    /// Characters of COCO's strings per thousand starts, of the last strings that the device wrote.
    pub(super) characters: AtomicU64,
    pub(super) faults: Faults,
}

/// A pass, and the values of its overridable constants.
type PipelineKey = (&'static str, [u32; 2]);

/// A pass that can be dispatched.
#[derive(Debug)]
pub(super) struct Pipeline {
    pub(super) pass: &'static Pass,
    pub(super) compute: ComputePipeline,
    /// Of each group that it binds.
    layouts: Vec<BindGroupLayout>,
}

impl GpuDevice {
    pub(super) fn open(candidate: &Candidate, options: &Options) -> Result<Self> {
        let faults = options.faults.clone();
        let adapter = &candidate.adapter;
        let mut required_limits = adapter.limits();
        if faults.strikes(Fault::Refused) {
            required_limits.max_buffer_size = u64::MAX;
        }
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("maskrle"),
            required_features: match options.time_passes {
                true => adapter.features() & Features::TIMESTAMP_QUERY,
                false => Features::empty(),
            },
            required_limits,
            ..Default::default()
        };
        let (device, queue) =
            pollster::block_on(adapter.request_device(&descriptor)).map_err(|error| {
                Error::Gpu(format!("{} gives no device: {error}", candidate.info.name))
            })?;
        let opened = GpuDevice {
            faults,
            time_passes: options.time_passes,
            ..Self::of(device, queue)
        };
        let (stray, lost) = (Arc::clone(&opened.stray), Arc::clone(&opened.lost));
        // The default handler panics.
        opened
            .device
            .on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
                lock(&stray).get_or_insert(error.to_string());
            }));
        opened
            .device
            .set_device_lost_callback(move |_, _| lost.store(true, Ordering::Relaxed));
        Ok(opened)
    }

    /// A device of the caller's, whose error handler and lost callback stay the caller's.
    pub(super) fn of(device: Device, queue: Queue) -> Self {
        let info = device.adapter_info();
        GpuDevice {
            device,
            queue,
            info,
            pipelines: Mutex::default(),
            lost: Arc::default(),
            stray: Arc::default(),
            work: WorkCounters::default(),
            done: AtomicU64::new(0),
            submitting: Mutex::default(),
            time_passes: false,
            times: Mutex::default(),
            density: AtomicU64::new(60),
            characters: AtomicU64::new(2000),
            faults: Default::default(),
        }
    }

    /// Runs `work`, and fails with any error that the device raised meanwhile: validation, memory,
    /// its own.
    pub(super) fn with_errors_caught<R>(&self, work: impl FnOnce() -> Result<R>) -> Result<R> {
        let (result, error) = self.in_scopes(work);
        if let Some(error) = error {
            return Err(self.fault(error));
        }
        self.check()?;
        result
    }

    /// Runs `work`, and gives the first error that it has raised on this thread.
    fn in_scopes<R>(&self, work: impl FnOnce() -> R) -> (R, Option<wgpu::Error>) {
        let scopes = [
            ErrorFilter::Validation,
            ErrorFilter::OutOfMemory,
            ErrorFilter::Internal,
        ]
        .map(|f| self.device.push_error_scope(f));
        let result = work();
        // The last pushed is popped first.
        let caught: Vec<_> = scopes
            .into_iter()
            .rev()
            .filter_map(|scope| pollster::block_on(scope.pop()))
            .collect();
        (result, caught.into_iter().next())
    }

    /// Fails if the device is lost or has raised an error that nobody caught.
    pub(super) fn check(&self) -> Result<()> {
        if self.lost.load(Ordering::Relaxed) {
            return Err(self.fault("it is lost"));
        }
        match lock(&self.stray).take() {
            Some(error) => Err(self.fault(error)),
            None => Ok(()),
        }
    }

    /// An error of this device.
    pub(super) fn fault(&self, what: impl std::fmt::Display) -> Error {
        Error::Gpu(format!("{}: {what}", self.info.name))
    }

    pub(super) fn commands(&self) -> CommandEncoder {
        self.device
            .create_command_encoder(&wgpu::CommandEncoderDescriptor {
                label: Some("maskrle"),
            })
    }

    /// The pipeline of a pass that reads pixels, made once.
    pub(super) fn pixel_pipeline(
        &self,
        pass: &'static Pass,
        element_bits: u32,
        predicate: Predicate,
    ) -> Arc<Pipeline> {
        self.pipeline(pass, [element_bits, predicate_number(predicate)])
    }

    /// The pipeline of a pass with these values of its constants, made once.
    pub(super) fn pipeline(&self, pass: &'static Pass, constants: [u32; 2]) -> Arc<Pipeline> {
        let made = Arc::clone(
            lock(&self.pipelines)
                .entry((pass.name, constants))
                .or_default(),
        );
        // Compiled with no lock held, so that nobody waits who needs another one.
        let made = made.get_or_init(|| Arc::new(create_pipeline(&self.device, pass, constants)));
        Arc::clone(made)
    }

    /// Makes every pipeline that masks of the host need, of elements of these bits and a predicate.
    pub(super) fn make_pipelines(&self, element_bits: u32, predicate: Predicate) -> Result<()> {
        let ((), error) = self.in_scopes(|| {
            for pass in flag_passes(element_bits) {
                self.pixel_pipeline(pass, element_bits, predicate);
            }
            self.pipeline(&SCAN, [0; 2]);
            for in_ranges in [0, 1] {
                self.pipeline(&COMPACT, [in_ranges, 0]);
            }
        });
        error.map_or(Ok(()), |error| Err(self.fault(error)))
    }

    /// Binds buffers to a pass, each to its binding of the pass's table: those of one group.
    pub(super) fn bind<'b>(
        &self,
        pipeline: &Pipeline,
        group: u32,
        buffer: impl Fn(Binding) -> BindingResource<'b>,
    ) -> BindGroup {
        self.work.bind_groups.fetch_add(1, Ordering::Relaxed);
        let entries: Vec<_> = bindings_of(pipeline.pass, group)
            .map(|(binding, _)| BindGroupEntry {
                binding: binding.number(),
                resource: buffer(binding),
            })
            .collect();
        self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some(pipeline.pass.name),
            layout: &pipeline.layouts[group as usize],
            entries: &entries,
        })
    }

    /// Uploads bytes to a buffer, before the next submission.
    pub(super) fn write(&self, buffer: &Buffer, offset: u64, bytes: &[u8]) {
        self.work.uploads.fetch_add(1, Ordering::Relaxed);
        self.queue.write_buffer(buffer, offset, bytes);
    }
}

/// The bindings of a pass in a group.
fn bindings_of(pass: &Pass, group: u32) -> impl Iterator<Item = (Binding, Access)> {
    let all = pass.bindings.iter().copied();
    all.filter(move |(binding, _)| binding.group() == group)
}

/// The lock, unless another holds it.
pub(super) fn try_lock<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match mutex.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn predicate_number(predicate: Predicate) -> u32 {
    match predicate {
        Predicate::Binary => 0,
        Predicate::Above(_) => 1,
        Predicate::Labels => 2,
    }
}

fn create_pipeline(device: &Device, pass: &'static Pass, values: [u32; 2]) -> Pipeline {
    let layouts: Vec<_> = [0, 1]
        .into_iter()
        .filter(|&group| bindings_of(pass, group).next().is_some())
        .map(|group| {
            let entries: Vec<_> = bindings_of(pass, group)
                .map(|(binding, access)| layout_entry(binding, access))
                .collect();
            device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
                label: Some(pass.name),
                entries: &entries,
            })
        })
        .collect();
    let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: Some(pass.name),
        bind_group_layouts: &layouts.iter().map(Some).collect::<Vec<_>>(),
        immediate_size: 0,
    });
    let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: Some(pass.name),
        source: wgpu::ShaderSource::Wgsl(pass.source.into()),
    });
    let constants: Vec<_> = pass
        .constants
        .iter()
        .copied()
        .zip(values.map(f64::from))
        .collect();
    let compute = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: Some(pass.name),
        layout: Some(&pipeline_layout),
        module: &module,
        entry_point: Some(pass.name),
        compilation_options: wgpu::PipelineCompilationOptions {
            constants: &constants,
            // Every pass writes its shared words before it reads them.
            zero_initialize_workgroup_memory: false,
        },
        cache: None,
    });
    Pipeline {
        pass,
        compute,
        layouts,
    }
}

fn layout_entry(binding: Binding, access: Access) -> BindGroupLayoutEntry {
    let ty = match access {
        Access::Uniform => BufferBindingType::Uniform,
        Access::Read => BufferBindingType::Storage { read_only: true },
        Access::Write => BufferBindingType::Storage { read_only: false },
    };
    BindGroupLayoutEntry {
        binding: binding.number(),
        visibility: ShaderStages::COMPUTE,
        ty: BindingType::Buffer {
            ty,
            has_dynamic_offset: false,
            min_binding_size: None,
        },
        count: None,
    }
}
