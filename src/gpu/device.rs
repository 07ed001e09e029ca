//! A device with its pipelines, and how its failures are told.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use wgpu::{
    BindGroup, BindGroupEntry, BindGroupLayout, BindGroupLayoutEntry, BindingType, Buffer, BufferBindingType,
    ComputePipeline, Device, ErrorFilter, Features, PollType, Queue, ShaderStages, SubmissionIndex,
};

use super::adapter::Candidate;
use super::passes::{Access, FLAG, PASSES, Pass};
use crate::question::Question;
use crate::{Error, Result};

/// How long a submission may take before its device counts as lost. A software adapter needs seconds for a chunk.
const PATIENCE: Duration = Duration::from_secs(120);

/// A device and what has been made on it.
#[derive(Debug)]
pub(super) struct GpuDevice {
    pub(super) device: Device,
    pub(super) queue: Queue,
    pub(super) info: wgpu::AdapterInfo,
    pipelines: HashMap<PipelineKey, (ComputePipeline, BindGroupLayout)>,
    lost: Arc<AtomicBool>,
    /// Errors that no scope has caught.
    stray: Arc<Mutex<Option<String>>>,
}

/// A pass, and for the flag pass its overridable constants.
type PipelineKey = (&'static str, u32, u32);

impl GpuDevice {
    pub(super) fn open(candidate: &Candidate) -> Result<Self> {
        let adapter = &candidate.adapter;
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("maskrle"),
            required_features: adapter.features() & Features::TIMESTAMP_QUERY,
            required_limits: adapter.limits(),
            ..Default::default()
        };
        let (device, queue) = pollster::block_on(adapter.request_device(&descriptor))
            .map_err(|error| Error::Gpu(format!("{} gives no device: {error}", candidate.info.name)))?;
        let opened = Self::of(device, queue);
        let (heard, flag) = (Arc::clone(&opened.stray), Arc::clone(&opened.lost));
        // The default handler panics.
        opened.device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            lock(&heard).get_or_insert(error.to_string());
        }));
        opened.device.set_device_lost_callback(move |_, _| flag.store(true, Ordering::Relaxed));
        Ok(opened)
    }

    /// On somebody else's device, whose error handler and lost callback stay theirs.
    pub(super) fn of(device: Device, queue: Queue) -> Self {
        let info = device.adapter_info();
        let (lost, stray) = (Arc::default(), Arc::default());
        GpuDevice { device, queue, info, pipelines: HashMap::new(), lost, stray }
    }

    /// Runs `work` and reports any error that the device raised meanwhile: validation, memory, its own.
    pub(super) fn watched<R>(&mut self, work: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        let scopes = [ErrorFilter::Validation, ErrorFilter::OutOfMemory, ErrorFilter::Internal]
            .map(|f| self.device.push_error_scope(f));
        let result = work(self);
        // The last pushed is popped first.
        let caught: Vec<_> = scopes.into_iter().rev().filter_map(|scope| pollster::block_on(scope.pop())).collect();
        if let Some(error) = caught.first() {
            return Err(Error::Gpu(format!("{}: {error}", self.info.name)));
        }
        self.check()?;
        result
    }

    /// Fails if the device is lost or has raised an error that nobody caught.
    pub(super) fn check(&self) -> Result<()> {
        if self.lost.load(Ordering::Relaxed) {
            return Err(Error::Gpu(format!("{} is lost", self.info.name)));
        }
        match lock(&self.stray).take() {
            Some(error) => Err(Error::Gpu(format!("{}: {error}", self.info.name))),
            None => Ok(()),
        }
    }

    /// Waits until a submission is done.
    pub(super) fn wait(&self, submission: SubmissionIndex) -> Result<()> {
        self.poll(Some(submission))
    }

    /// Waits until everything submitted is done.
    pub(super) fn wait_all(&self) -> Result<()> {
        self.poll(None)
    }

    fn poll(&self, submission_index: Option<SubmissionIndex>) -> Result<()> {
        match self.device.poll(PollType::Wait { submission_index, timeout: Some(PATIENCE) }) {
            Ok(_) => Ok(()),
            Err(error) => Err(Error::Gpu(format!("{}: waiting for it failed: {error}", self.info.name))),
        }
    }

    /// The pipeline of a pass, made once.
    pub(super) fn prepare(&mut self, pass: &Pass, question: Question, element_bytes: usize) -> PipelineKey {
        let key = if pass.name == FLAG.name {
            (pass.name, 8 * element_bytes as u32, question_number(question))
        } else {
            (pass.name, 0, 0)
        };
        if !self.pipelines.contains_key(&key) {
            let made = create_pipeline(&self.device, pass, key);
            self.pipelines.insert(key, made);
        }
        key
    }

    pub(super) fn pipeline(&self, key: PipelineKey) -> &ComputePipeline {
        &self.pipelines[&key].0
    }

    /// Binds buffers to a pass, each to its binding of the pass's table.
    pub(super) fn bind<'b>(&self, key: PipelineKey, buffer: impl Fn(u32) -> &'b Buffer) -> BindGroup {
        let pass = PASSES.iter().find(|pass| pass.name == key.0).expect("keys are made from passes");
        let entries: Vec<_> = pass
            .bindings
            .iter()
            .map(|&(binding, _)| BindGroupEntry { binding, resource: buffer(binding).as_entire_binding() })
            .collect();
        self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some(pass.name),
            layout: &self.pipelines[&key].1,
            entries: &entries,
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn question_number(question: Question) -> u32 {
    match question {
        Question::Binary => 0,
        Question::Above(_) => 1,
        Question::Labels => 2,
    }
}

fn create_pipeline(device: &Device, pass: &Pass, key: PipelineKey) -> (ComputePipeline, BindGroupLayout) {
    let entries: Vec<_> = pass.bindings.iter().map(|&(binding, access)| layout_entry(binding, access)).collect();
    let layout =
        device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: Some(pass.name), entries: &entries });
    let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: Some(pass.name),
        bind_group_layouts: &[Some(&layout)],
        immediate_size: 0,
    });
    let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: Some(pass.name),
        source: wgpu::ShaderSource::Wgsl(pass.source.into()),
    });
    let constants = [("ELEMENT_BITS", f64::from(key.1)), ("QUESTION", f64::from(key.2))];
    let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: Some(pass.name),
        layout: Some(&pipeline_layout),
        module: &module,
        entry_point: Some(pass.name),
        compilation_options: wgpu::PipelineCompilationOptions {
            constants: if pass.name == FLAG.name { &constants } else { &[] },
            // Every pass writes its shared words before it reads them.
            zero_initialize_workgroup_memory: false,
        },
        cache: None,
    });
    (pipeline, layout)
}

fn layout_entry(binding: u32, access: Access) -> BindGroupLayoutEntry {
    let ty = match access {
        Access::Uniform => BufferBindingType::Uniform,
        Access::Read => BufferBindingType::Storage { read_only: true },
        Access::Write => BufferBindingType::Storage { read_only: false },
    };
    BindGroupLayoutEntry {
        binding,
        visibility: ShaderStages::COMPUTE,
        ty: BindingType::Buffer { ty, has_dynamic_offset: false, min_binding_size: None },
        count: None,
    }
}
