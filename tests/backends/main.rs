//! Every backend gives the oracle's runs, over element types, predicates, orders, strides, sizes
//! and chunkings.
//!
//! GPU trials run on whatever adapter there is, software ones included; without one they show as
//! ignored, and with `MASKRLE_REQUIRE_GPU=1` that is a failure.

mod checks;
#[path = "../support/gpu.rs"]
mod gpu;
mod on_gpu;
#[path = "../support/mod.rs"]
mod support;
mod wrong;

use std::sync::Arc;

use libtest_mimic::{Arguments, Trial};
use maskrle::{Backend, Encoder};

use checks::{CHECKS, Check, no_fallback};
use on_gpu::GpuTest;
use support::{of_encoder, through_coco};

fn main() {
    env_logger::init();
    let arguments = Arguments::from_args();
    let cpu = Arc::new(
        Encoder::builder()
            .backend(Backend::Cpu)
            .threads(2)
            .build()
            .expect("two threads"),
    );
    let mut trials = trials("cpu", Some(cpu));
    match gpu::builder().build() {
        Ok(gpu) => trials.extend(gpu_trials(Some(Arc::new(gpu)))),
        Err(error) => {
            trials.extend(gpu_trials(None));
            trials.push(gpu::missing("gpu", error.to_string()));
        }
    }
    trials.extend(wrong::trials());
    libtest_mimic::run(&arguments, trials).exit();
}

/// The checks on one backend; with none, they are ignored.
fn trials(name: &str, encoder: Option<Arc<Encoder>>) -> Vec<Trial> {
    let trial = |(check_name, check): &(&str, Check)| {
        let (encoder, check) = (encoder.clone(), *check);
        let ignored = encoder.is_none();
        Trial::test(format!("{name}::{check_name}"), move || {
            let encoder = encoder.ok_or("no adapter")?;
            check(&of_encoder(&encoder))?;
            check(&through_coco(&encoder))?;
            Ok(no_fallback(&encoder)?)
        })
        .with_ignored_flag(ignored)
    };
    CHECKS.iter().map(trial).collect()
}

fn gpu_trials(gpu: Option<Arc<Encoder>>) -> Vec<Trial> {
    let ignored = gpu.is_none();
    let mut trials = trials("gpu", gpu.clone());
    let for_gpu: [(&str, GpuTest); 5] = [
        ("does_the_work_itself", on_gpu::the_gpu_does_the_work),
        (
            "small_memory_makes_chunks",
            on_gpu::small_memory_makes_chunks,
        ),
        (
            "large_masks_go_through_windows",
            on_gpu::large_masks_go_through_windows,
        ),
        (
            "masks_that_do_not_fit_go_to_the_cpu",
            on_gpu::masks_that_do_not_fit_go_to_the_cpu,
        ),
        (
            "density_changes_between_calls",
            on_gpu::density_changes_between_calls,
        ),
    ];
    trials.extend(for_gpu.map(|(name, test)| {
        let gpu = gpu.clone();
        Trial::test(format!("gpu::{name}"), move || {
            test(&*gpu.ok_or("no adapter")?)
        })
        .with_ignored_flag(ignored)
    }));
    trials
}
