//! A device with its pipelines, and the errors that its failures become.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};
use std::thread;
use std::time::{Duration, Instant};

use wgpu::{
    BindGroup, BindGroupEntry, BindGroupLayout, BindGroupLayoutEntry, BindingResource, BindingType,
    Buffer, BufferBindingType, CommandEncoder, ComputePipeline, Device, ErrorFilter, Features,
    PollStatus, PollType, Queue, ShaderStages, SubmissionIndex,
};

use super::adapter::Candidate;
use super::clock::PassTimes;
use super::completion::{CallbackState, Completion};
use super::faults::{Fault, Faults};
use super::layout::flag_passes;
use super::options::Options;
use super::passes::{Access, Binding, COMPACT, Pass, SCAN};
use super::work::WorkCounters;
use crate::predicate::Predicate;
use crate::{Error, Result};

/// Time that a submission may take before its device counts as lost. A software adapter needs
/// seconds for a chunk.
const PATIENCE: Duration = Duration::from_secs(120);
/// Time for which whoever waits for commands of the caller's asks without a pause: the pause would
/// be most of what a small mask takes.
const EAGERNESS: Duration = Duration::from_micros(500);
/// Longest pause between two questions then.
const LONGEST_PAUSE: Duration = Duration::from_millis(1);

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
    done: AtomicU64,
    /// Number of the last submission that has one. Held from a submission until it has its number,
    /// so that the numbers are in the queue's order.
    submitting: Mutex<u64>,
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

/// A submission, with its number among ours if it has one.
#[derive(Debug, Clone)]
pub(super) struct Submitted(Option<u64>, SubmissionIndex);

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

    pub(super) fn submit(&self, commands: CommandEncoder) -> Submitted {
        let commands = commands.finish();
        // Whoever waited here might wait for itself: a submission calls callbacks of the caller's,
        // and these may encode. Of one without a number the device is asked each time.
        let mut last = try_lock(&self.submitting);
        let index = self.queue.submit([commands]);
        self.work.submits.fetch_add(1, Ordering::Relaxed);
        let number = last.as_mut().map(|last| {
            **last += 1;
            **last
        });
        Submitted(number, index)
    }

    /// Waits until a submission is done, if that is not known already.
    pub(super) fn wait(&self, Submitted(number, index): &Submitted) -> Result<()> {
        if !self.is_known_done(*number) {
            self.poll(index.clone())?;
            self.done.fetch_max(number.unwrap_or(0), Ordering::Relaxed);
        }
        Ok(())
    }

    fn is_known_done(&self, number: Option<u64>) -> bool {
        number.is_some_and(|number| number <= self.done.load(Ordering::Relaxed))
    }

    /// Waits for a submission, at most for a time. True if it is done.
    pub(super) fn is_done_within(&self, submitted: &Submitted, time: Duration) -> Result<bool> {
        let Submitted(number, index) = submitted;
        if self.is_known_done(*number) {
            return Ok(true);
        }
        match self.poll_for(index.clone(), time) {
            Ok(()) => Ok(true),
            Err(wgpu::PollError::Timeout) => Ok(false),
            Err(error) => Err(self.wait_failed(error)),
        }
    }

    fn poll(&self, index: SubmissionIndex) -> Result<()> {
        self.work.waits.fetch_add(1, Ordering::Relaxed);
        if self.faults.strikes(Fault::Timeout) {
            return Err(self.wait_failed(wgpu::PollError::Timeout));
        }
        self.poll_for(index, PATIENCE)
            .map_err(|error| self.wait_failed(error))
    }

    /// Waits for a submission, at most for a time.
    fn poll_for(&self, index: SubmissionIndex, time: Duration) -> Result<(), wgpu::PollError> {
        let wait = PollType::Wait {
            submission_index: Some(index),
            timeout: Some(time),
        };
        self.device.poll(wait).map(|_| ())
    }

    fn wait_failed(&self, error: wgpu::PollError) -> Error {
        self.fault(format!("waiting for it failed: {error}"))
    }

    /// Waits for commands that the caller submits, of which only the buffer that they map is known,
    /// and for no other. It asks the device again and again, and holds no lock of wgpu's in
    /// between, where a wait for all submissions would hold one until the last is done.
    pub(super) fn wait_for(&self, completion: &Completion, mapped: &Buffer) -> Result<()> {
        self.work.waits.fetch_add(1, Ordering::Relaxed);
        let begun = Instant::now();
        let mut pause = Duration::from_micros(10);
        loop {
            let polled = self.device.poll(PollType::Poll);
            let is_idle = polled.as_ref().is_ok_and(PollStatus::is_queue_empty);
            match completion.wait(Duration::ZERO) {
                CallbackState::Called => return Ok(()),
                CallbackState::Expected if !is_idle => {}
                // Another thread is about to call it, once other callbacks let it.
                CallbackState::Expected if mapped.get_mapped_range(0..4).is_ok() => return Ok(()),
                CallbackState::Expected | CallbackState::Dropped => {
                    return Err(self.fault("the recorded commands have not been submitted"));
                }
            }
            polled.map_err(|error| self.wait_failed(error))?;
            let waited = begun.elapsed();
            if waited > PATIENCE {
                return Err(self.wait_failed(wgpu::PollError::Timeout));
            }
            if waited < EAGERNESS {
                thread::yield_now();
            } else {
                completion.wait(pause);
                pause = LONGEST_PAUSE.min(2 * pause);
            }
        }
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
