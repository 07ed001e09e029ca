//! The backends that are benched.

use anyhow::Result;
use maskrle::Backend;

use super::args::{Args, BackendChoice};
use super::stack::Stack;
use super::timed_backend::TimedBackend;

/// The backends that are asked for.
pub struct Backends {
    pub timed: Vec<TimedBackend>,
    /// The GPU's name, or the reason why there is none.
    pub adapter: Result<String, String>,
}

impl Backends {
    /// Builds them. The GPU is there twice: with the stack on the host, and on its device.
    pub fn build(args: &Args, stack: &Stack) -> Result<Self> {
        let threads = args.threads();
        let new =
            |name, backend, threads| TimedBackend::new(name, backend, threads, args.allow_software);
        let mut timed = Vec::new();
        let mut adapter = Err("the GPU was not asked for".into());
        if matches!(args.backend, BackendChoice::All | BackendChoice::Cpu) {
            timed.push(new("cpu-1", Backend::Cpu, 1)?);
            if threads > 1 {
                timed.push(new("cpu-all", Backend::Cpu, threads)?);
            }
        }
        if matches!(args.backend, BackendChoice::All | BackendChoice::Auto) {
            let auto = new("auto", Backend::Auto, threads)?;
            let chosen = auto.encoder.backend();
            adapter = chosen.adapter.clone().ok_or_else(|| chosen.reason.clone());
            timed.push(auto);
        }
        if matches!(args.backend, BackendChoice::All | BackendChoice::Gpu) {
            match new("gpu", Backend::Gpu, threads) {
                Ok(gpu) => {
                    adapter = gpu
                        .encoder
                        .backend()
                        .adapter
                        .clone()
                        .ok_or_else(|| "it has no name".into());
                    timed.push(gpu);
                    let resident =
                        new("gpu-device", Backend::Gpu, threads)?.on_device("gpu-device", stack);
                    let resident = resident.inspect_err(|error| {
                        log::warn!("masks on the device are not benched: {error:#}")
                    });
                    timed.extend(resident.ok());
                }
                Err(missing) if args.backend == BackendChoice::All => {
                    adapter = Err(missing.to_string())
                }
                Err(missing) => return Err(missing.into()),
            }
        }
        Ok(Backends { timed, adapter })
    }
}
