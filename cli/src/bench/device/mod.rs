//! Limits of the GPU's memory and of the way to it: plain reads, copies and uploads of the benched
//! bytes, by raw wgpu, so that the figures owe nothing to the encoder.

mod gpu;
mod kernel;
mod probe;
mod read;
mod upload;

pub use probe::DeviceProbe;
