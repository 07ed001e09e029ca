//! The machine that the figures were measured on.

use std::thread::available_parallelism;

/// Names the processor, its cores and the system, in a line.
pub fn description() -> String {
    let (os, cores) = (std::env::consts::OS, cores());
    let plural = if cores == 1 { "core" } else { "cores" };
    format!("{}, {cores} {plural}, {os}", processor())
}

/// Number of threads that run at once.
pub fn cores() -> usize {
    available_parallelism().map_or(1, usize::from)
}

/// The processor's name where the system has it in a file, else its architecture.
fn processor() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info
        .lines()
        .find(|line| line.starts_with("model name"))
        .and_then(|line| line.split_once(':'));
    name.map_or(std::env::consts::ARCH, |(_, name)| name.trim())
        .to_owned()
}
