//! Each pass alone, on buffers made by hand, against a plain loop. Ignored without an adapter.

mod compaction;
mod flags;
#[path = "../support/gpu.rs"]
mod gpu;
mod resampled;
mod strings;
#[path = "../support/mod.rs"]
mod support;

use std::sync::Arc;

use compaction::{compacts, compacts_labels, scans};
use flags::{flags, flags_of_even_stacks, more_workgroups_than_a_dimension};
use libtest_mimic::{Arguments, Failed, Trial};
use maskrle::gpu::passes::{
    Access, Binding, FLAG_ACROSS, FLAG_ACROSS_PACKED, FLAG_ALONG, FLAG_STRIDED, Pass, Stripe,
    workgroups,
};
use maskrle::wgpu::{self, util::DeviceExt};
use resampled::flags_resampled;

type Test = fn(&Bench) -> Result<(), Failed>;

fn main() {
    let arguments = Arguments::from_args();
    let device = gpu::device();
    let tests: [(&str, Test); 13] = [
        ("flag_along", |bench| {
            flags(bench, &FLAG_ALONG, &[8, 16, 32])
        }),
        ("flag_along_packed", |bench| flags(bench, &FLAG_ALONG, &[1])),
        ("flag_across", |bench| {
            flags(bench, &FLAG_ACROSS, &[8, 16, 32])
        }),
        ("flag_across_packed", |bench| {
            flags(bench, &FLAG_ACROSS_PACKED, &[1])
        }),
        ("flag_strided", |bench| {
            flags(bench, &FLAG_STRIDED, &[8, 16, 32])
        }),
        ("flag_resampled", flags_resampled),
        ("flags_of_even_stacks", flags_of_even_stacks),
        (
            "more_workgroups_than_a_dimension",
            more_workgroups_than_a_dimension,
        ),
        ("scan_blocks", scans),
        ("compact_starts", compacts),
        ("compact_labels", compacts_labels),
        ("measure_runs", strings::measures),
        ("write_characters", strings::characters),
    ];
    let mut trials = Vec::new();
    let bench = match device {
        Ok((device, queue)) => Some(Arc::new(Bench { device, queue })),
        Err(why) => {
            trials.push(gpu::missing("passes", why));
            None
        }
    };
    trials.extend(tests.map(|(name, test)| {
        let (ignored, bench) = (bench.is_none(), bench.clone());
        Trial::test(name, move || test(&*bench.ok_or("no adapter")?)).with_ignored_flag(ignored)
    }));
    libtest_mimic::run(&arguments, trials).exit();
}

/// A device to run single passes on.
struct Bench {
    device: wgpu::Device,
    queue: wgpu::Queue,
}

impl Bench {
    /// Runs a pass over buffers given by binding, and gives back what is in the written ones.
    fn run(
        &self,
        pass: &Pass,
        constants: &[u32],
        groups: u32,
        inputs: &[(Binding, &[u32])],
    ) -> Vec<(Binding, Vec<u32>)> {
        let module = self
            .device
            .create_shader_module(wgpu::ShaderModuleDescriptor {
                label: Some(pass.name),
                source: wgpu::ShaderSource::Wgsl(pass.source.into()),
            });
        let constants: Vec<_> = pass
            .constants
            .iter()
            .copied()
            .zip(constants.iter().map(|&value| value.into()))
            .collect();
        let pipeline = self
            .device
            .create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some(pass.name),
                layout: None,
                module: &module,
                entry_point: Some(pass.name),
                compilation_options: wgpu::PipelineCompilationOptions {
                    constants: &constants,
                    ..Default::default()
                },
                cache: None,
            });
        let buffers: Vec<(Binding, Access, wgpu::Buffer)> = pass
            .bindings
            .iter()
            .map(|&(binding, access)| {
                let (_, words) = inputs
                    .iter()
                    .find(|(input, _)| *input == binding)
                    .expect("every binding is given");
                let usage = if access == Access::Uniform {
                    wgpu::BufferUsages::UNIFORM
                } else {
                    wgpu::BufferUsages::STORAGE
                };
                let descriptor = wgpu::util::BufferInitDescriptor {
                    label: None,
                    contents: bytemuck::cast_slice(words),
                    usage: usage | wgpu::BufferUsages::COPY_SRC,
                };
                (binding, access, self.device.create_buffer_init(&descriptor))
            })
            .collect();
        let groups_of_bindings = [0, 1].map(|group| {
            let entries: Vec<_> = buffers
                .iter()
                .filter(|(binding, ..)| binding.group() == group)
                .map(|(binding, _, buffer)| wgpu::BindGroupEntry {
                    binding: binding.number(),
                    resource: buffer.as_entire_binding(),
                })
                .collect();
            (!entries.is_empty()).then(|| {
                self.device.create_bind_group(&wgpu::BindGroupDescriptor {
                    label: None,
                    layout: &pipeline.get_bind_group_layout(group),
                    entries: &entries,
                })
            })
        });
        let mut commands = self.device.create_command_encoder(&Default::default());
        let mut compute = commands.begin_compute_pass(&Default::default());
        compute.set_pipeline(&pipeline);
        for (index, group) in (0..).zip(&groups_of_bindings) {
            if group.is_some() {
                compute.set_bind_group(index, group, &[]);
            }
        }
        let (x, y) = workgroups(groups);
        compute.dispatch_workgroups(x, y, 1);
        drop(compute);
        self.queue.submit([commands.finish()]);
        let written = buffers
            .iter()
            .filter(|(_, access, _)| *access == Access::Write);
        written
            .map(|(binding, _, buffer)| (*binding, self.read(buffer)))
            .collect()
    }

    fn read(&self, buffer: &wgpu::Buffer) -> Vec<u32> {
        let readback = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: buffer.size(),
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let mut commands = self.device.create_command_encoder(&Default::default());
        commands.copy_buffer_to_buffer(buffer, 0, &readback, 0, buffer.size());
        self.queue.submit([commands.finish()]);
        readback.map_async(wgpu::MapMode::Read, .., |result| result.expect("it maps"));
        self.device
            .poll(wgpu::PollType::wait_indefinitely())
            .expect("it finishes");
        bytemuck::pod_collect_to_vec(&readback.get_mapped_range(..).expect("it is mapped"))
    }
}

fn words_of<T: bytemuck::NoUninit>(value: &T) -> Vec<u32> {
    bytemuck::pod_collect_to_vec(bytemuck::bytes_of(value))
}

fn table(stripes: &[Stripe]) -> Vec<u32> {
    stripes.iter().flat_map(words_of).collect()
}

fn equal(name: &str, got: &[u32], expected: &[u32]) -> Result<(), Failed> {
    match got.iter().zip(expected).position(|(a, b)| a != b) {
        _ if got.len() < expected.len() => {
            Err(format!("{name}: {} words for {}", got.len(), expected.len()).into())
        }
        Some(at) => Err(format!(
            "{name}: word {at} is {:#x}, it should be {:#x}",
            got[at], expected[at]
        )
        .into()),
        None => Ok(()),
    }
}
