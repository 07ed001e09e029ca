//! Trials that need an adapter: ignored without one, and failures where one is required.
#![allow(dead_code, reason = "each test target uses its part")]

use libtest_mimic::{Arguments, Failed, Trial};
use maskrle::{Backend, Encoder, EncoderBuilder, wgpu};

/// True if `MASKRLE_REQUIRE_GPU=1` makes a missing adapter a failure.
fn required() -> bool {
    std::env::var("MASKRLE_REQUIRE_GPU").is_ok_and(|value| value == "1")
}

/// The trial that stands for all those that are ignored for want of an adapter.
pub fn missing(name: &str, why: String) -> Trial {
    Trial::test(format!("{name}::adapter"), move || Err(Failed::from(why)))
        .with_ignored_flag(!required())
}

/// A named test on something that a GPU is needed for.
pub type Test<T> = (&'static str, fn(&T) -> Result<(), Failed>);

/// Trials on `with`, which are ignored if there is none.
fn trials<T: Clone + Send + 'static, const N: usize>(
    name: &str,
    with: &Result<T, String>,
    tests: [Test<T>; N],
) -> Vec<Trial> {
    let trial = |(test_name, test): Test<T>| {
        let (with, ignored) = (with.clone(), with.is_err());
        Trial::test(format!("{name}::{test_name}"), move || test(&with?)).with_ignored_flag(ignored)
    };
    let mut trials: Vec<Trial> = tests.into_iter().map(trial).collect();
    trials.extend(with.as_ref().err().map(|why| missing(name, why.clone())));
    trials
}

/// Runs the tests of a target on what `open` gives, once logs are written; all are ignored if it
/// gives none.
pub fn run<T: Clone + Send + 'static, E: ToString, const N: usize>(
    name: &str,
    open: impl FnOnce() -> Result<T, E>,
    tests: [Test<T>; N],
) -> ! {
    env_logger::init();
    let arguments = Arguments::from_args();
    let with = open().map_err(|error| error.to_string());
    libtest_mimic::run(&arguments, trials(name, &with, tests)).exit()
}

/// A builder of encoders on any adapter, software ones included.
pub fn builder() -> EncoderBuilder {
    Encoder::builder()
        .backend(Backend::Gpu)
        .allow_software(true)
}

/// A device of our own on any adapter.
pub fn device() -> Result<(wgpu::Device, wgpu::Queue), String> {
    let instance =
        wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle_from_env());
    let adapter =
        pollster::block_on(instance.request_adapter(&wgpu::RequestAdapterOptions::default()))
            .map_err(|error| error.to_string())?;
    let descriptor = wgpu::DeviceDescriptor {
        required_limits: adapter.limits(),
        ..Default::default()
    };
    pollster::block_on(adapter.request_device(&descriptor)).map_err(|error| error.to_string())
}
