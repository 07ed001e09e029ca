#![doc = include_str!("../README.md")]

mod assemble;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod builder;
mod cpu;
mod element;
mod encoder;
mod error;
pub mod format;
#[cfg(feature = "gpu")]
pub mod gpu;
#[cfg(test)]
mod levels;
mod limits;
mod masks;
mod ops;
mod plane;
mod polygon;
mod question;
mod runs;
#[cfg(feature = "gpu")]
mod share;
mod stream;

pub use builder::Builder;
pub use element::{Element, Float, Integer};
pub use encoder::{Backend, Chosen, Encoder, Tally};
pub use error::{Error, Result};
pub use format::{CocoCounts, CocoMask, CocoRle, KaggleRle, ValueCounts};
#[cfg(feature = "gpu")]
pub use gpu::{GpuMasks, Pending, Pixel};
pub use half::f16;
pub use limits::Limits;
pub use masks::{BitOrder, MaskArray, Masks, Order};
pub use ndarray;
pub use ops::{Instance, SetOp, box_iou, box_iou_within, box_nms};
pub use polygon::Polygon;
pub use runs::{Labels, MaskRuns, Runs, Values};
#[cfg(feature = "gpu")]
pub use wgpu;
