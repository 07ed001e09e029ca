//! The adapters of the machine, and the choice of one.

use wgpu::{Adapter, DeviceType, Features, Instance, InstanceDescriptor};

use super::options::Options;
use crate::{Error, Result};

/// Report on an adapter: see [`adapters`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct AdapterReport {
    /// Name that the driver gives it.
    pub name: String,
    /// The API it is reached through: vulkan, metal, dx12.
    pub backend: String,
    /// Discrete, integrated, virtual or software.
    pub device_type: String,
    /// The driver and its version.
    pub driver: String,
    /// PCI vendor.
    pub vendor: u32,
    /// PCI device.
    pub device: u32,
    /// True if it computes on the CPU.
    pub software: bool,
    /// The largest storage binding, in bytes.
    pub max_binding_bytes: u64,
    /// The largest buffer, in bytes.
    pub max_buffer_bytes: u64,
    /// True if its shaders have subgroups.
    pub subgroups: bool,
    /// True if passes can be timed.
    pub timestamps: bool,
    /// True if an encoder built without options takes it.
    pub chosen: bool,
    /// Why it is not chosen.
    pub passed_over: Option<String>,
}

/// Every adapter that this machine has; the one that [`crate::Backend::Auto`] takes is `chosen`.
///
/// ```
/// for adapter in maskrle::gpu::adapters() {
///     let verdict = adapter.passed_over.as_deref().unwrap_or("taken");
///     println!("{} ({}): {verdict}", adapter.name, adapter.backend);
/// }
/// ```
pub fn adapters() -> Vec<AdapterReport> {
    let seen = enumerate();
    let chosen = choose(&seen, &Options::default());
    let report = |(index, candidate): (usize, &Candidate)| {
        let why = match &chosen {
            Ok(best) if *best == index => None,
            Ok(best) => {
                let first = format!("{} comes first", seen[*best].info.name);
                Some(passed_over(candidate, &Options::default()).unwrap_or(first))
            }
            Err(_) => passed_over(candidate, &Options::default()),
        };
        candidate.report(why)
    };
    seen.iter().enumerate().map(report).collect()
}

/// An adapter that was seen.
pub(super) struct Candidate {
    pub(super) adapter: Adapter,
    pub(super) info: wgpu::AdapterInfo,
    /// Why no encoder can use it.
    unfit: Option<String>,
}

impl Candidate {
    fn new(adapter: Adapter) -> Self {
        let info = adapter.get_info();
        let limits = adapter.limits();
        let compute = adapter
            .get_downlevel_capabilities()
            .flags
            .contains(wgpu::DownlevelFlags::COMPUTE_SHADERS);
        let unfit = if info.backend == wgpu::Backend::Noop {
            Some("it computes nothing".into())
        } else if !compute {
            Some("it has no compute shaders".into())
        } else {
            too_small(&limits)
        };
        Candidate {
            adapter,
            info,
            unfit,
        }
    }

    fn software(&self) -> bool {
        self.info.device_type == DeviceType::Cpu
    }

    fn report(&self, passed_over: Option<String>) -> AdapterReport {
        let (limits, features) = (self.adapter.limits(), self.adapter.features());
        AdapterReport {
            name: self.info.name.clone(),
            backend: self.info.backend.to_string(),
            device_type: device_type(self.info.device_type).into(),
            driver: format!("{} {}", self.info.driver, self.info.driver_info)
                .trim()
                .into(),
            vendor: self.info.vendor,
            device: self.info.device,
            software: self.software(),
            max_binding_bytes: limits.max_storage_buffer_binding_size,
            max_buffer_bytes: limits.max_buffer_size,
            subgroups: features.contains(Features::SUBGROUP),
            timestamps: features.contains(Features::TIMESTAMP_QUERY),
            chosen: passed_over.is_none(),
            passed_over,
        }
    }
}

/// The limits that are below what the passes need, None if none is: wgpu's defaults suffice.
pub(super) fn too_small(limits: &wgpu::Limits) -> Option<String> {
    let lanes = limits.max_compute_invocations_per_workgroup;
    let buffers = limits.max_storage_buffers_per_shader_stage;
    (lanes < 256 || buffers < 6).then(|| {
        format!(
            "{lanes} invocations a workgroup and {buffers} storage buffers, 256 and 6 are needed"
        )
    })
}

fn device_type(kind: DeviceType) -> &'static str {
    match kind {
        DeviceType::DiscreteGpu => "discrete",
        DeviceType::IntegratedGpu => "integrated",
        DeviceType::VirtualGpu => "virtual",
        DeviceType::Cpu => "software",
        DeviceType::Other => "other",
    }
}

pub(super) fn enumerate() -> Vec<Candidate> {
    let instance = Instance::new(InstanceDescriptor::new_without_display_handle_from_env());
    pollster::block_on(instance.enumerate_adapters(wgpu::Backends::all()))
        .into_iter()
        .map(Candidate::new)
        .collect()
}

/// The index of the best adapter that the options allow, or every adapter and why it was passed
/// over.
pub(super) fn choose(seen: &[Candidate], options: &Options) -> Result<usize> {
    let fit = seen
        .iter()
        .enumerate()
        .filter(|(_, candidate)| passed_over(candidate, options).is_none());
    if let Some((index, _)) = fit.min_by_key(|(_, candidate)| rank(candidate.info.device_type)) {
        return Ok(index);
    }
    if seen.is_empty() {
        return Err(Error::Gpu(
            "no adapter: no driver for Vulkan, Metal or DX12 was found".into(),
        ));
    }
    let verdicts: Vec<String> = seen
        .iter()
        .map(|candidate| {
            let why = passed_over(candidate, options).unwrap_or_default();
            format!(
                "{} ({}): {why}",
                candidate.info.name, candidate.info.backend
            )
        })
        .collect();
    Err(Error::Gpu(format!(
        "no adapter to use: {}",
        verdicts.join("; ")
    )))
}

fn passed_over(candidate: &Candidate, options: &Options) -> Option<String> {
    if let Some(why) = &candidate.unfit {
        return Some(why.clone());
    }
    if let Some(name) = &options.adapter
        && !candidate
            .info
            .name
            .to_lowercase()
            .contains(&name.to_lowercase())
    {
        return Some(format!("its name does not contain {name:?}"));
    }
    if candidate.software() && !options.allow_software {
        return Some("it computes on the CPU, and software adapters are not allowed".into());
    }
    None
}

/// Rank of a kind of device: the adapter of the lowest is taken.
fn rank(kind: DeviceType) -> u32 {
    match kind {
        DeviceType::DiscreteGpu => 0,
        DeviceType::IntegratedGpu => 1,
        DeviceType::VirtualGpu => 2,
        DeviceType::Other => 3,
        DeviceType::Cpu => 4,
    }
}
