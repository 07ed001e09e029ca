#![doc = include_str!("../README.md")]

mod cpu;
mod encoder;
mod error;
pub mod format;
#[cfg(feature = "gpu")]
pub mod gpu;
mod limits;
mod ops;
mod parallel;
mod pixel;
mod polygon;
mod predicate;
mod runs;
mod simd;

pub use encoder::{Backend, ChosenBackend, Encoder, EncoderBuilder, Tally};
pub use error::{Error, Result};
pub use format::{CocoCounts, CocoMask, CocoRle, KaggleRle, ValueCounts};
#[cfg(feature = "gpu")]
pub use gpu::{GpuMasks, Pending};
pub use half::{bf16, f16};
pub use limits::Limits;
pub use ndarray;
pub use ops::{Instance, SetOp, box_iou, box_iou_within, box_nms};
pub use pixel::{
    BitOrder, Element, ElementType, Float, Integer, Labels, MaskArray, Masks, Order, PixelArray,
    PixelVisitor,
};
pub use polygon::Polygon;
pub use runs::{MaskRuns, Runs, Values};
#[cfg(feature = "gpu")]
pub use wgpu;
