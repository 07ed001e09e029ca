//! Run-length encoding of stacks of segmentation masks: pixels become COCO RLE, Kaggle pairs, or
//! values and counts, by WGSL compute shaders on any GPU that wgpu reaches and by SIMD on the CPU.
//!
//! ```
//! use maskrle::ndarray::{Array3, s};
//! use maskrle::{Encoder, Masks, Order};
//!
//! let encoder = Encoder::new(); // uses the GPU for large stacks if there is one: keep it
//! let mut stack = Array3::<u8>::zeros((2, 4, 5)); // [n, height, width]
//! stack.slice_mut(s![0, 1..3, 2..4]).fill(1);
//! let masks = Masks::binary(&stack)?; // borrows the pixels
//! assert_eq!(encoder.coco(&masks)?[0].counts, "92203"); // the very string of pycocotools
//! for mask in &encoder.runs(&masks, Order::RowMajor)? {
//!     println!("{} pixels: {}", mask.area(), mask.to_kaggle()?.pairs);
//! }
//! # Ok::<(), maskrle::Error>(())
//! ```
//!
//! # Types
//!
//! | Type | Is |
//! |---|---|
//! | [`Masks`] | pixels to encode, borrowed, and what makes one foreground |
//! | [`GpuMasks`] | the same for pixels that are in a GPU buffer already |
//! | [`Encoder`] | [runs](Encoder::runs), [strings](Encoder::coco), [streams](Encoder::stream) |
//! | [`EncoderBuilder`] | options of an encoder: backend, adapter, threads, memory |
//! | [`Runs`] | encoded masks: [union](Runs::merge), [iou](Runs::iou), [decode](Runs::decode) ... |
//! | [`MaskRuns`], [`MaskView`] | one encoded mask of its own, and one borrowed from a stack |
//! | [`CocoRle`], [`CocoCounts`], [`CocoMask`] | one mask as COCO writes it |
//! | [`CocoInstance`] | one mask with its area, box and [stability](InstanceOptions) |
//! | [`KaggleRle`], [`ValueCounts`] | one mask as pairs, and as values and counts: [`mod@format`] |
//! | [`Polygon`] | [outline](MaskRuns::to_polygons) of a mask; and [back](Runs::from_polygons) |
//! | [`Limits`] | how much a call may make of a few bytes |
//! | [`Error`] | what went wrong, sorted by who is at fault |
//!
//! # Features
//!
//! - `gpu` (on by default): the GPU backend, through [`wgpu`], which is re-exported.
//! - `rayon` (on by default): the CPU backend on all cores.
//! - `dialects`: [`dialect`], what datasets and tools write beside the formats.
//! - `serde`: `Serialize` and `Deserialize` for all types that are data.
//!
//! [`ndarray`] is always there, and re-exported.
//!
//! # Limits
//!
//! A mask has at most `u32::MAX` pixels. Bytes from elsewhere become a mask or an [`Error`] that
//! names the place, and never more memory than [`Limits`] allows. No adapter that computes on the
//! CPU is taken for a GPU unless it is asked for.
//!
//! # Debug builds
//!
//! A debug build encodes some 300 times slower, unless the `Cargo.toml` of your workspace says
//!
//! ```toml
//! [profile.dev.package.maskrle]
//! opt-level = 3
//! ```
//!
//! # More
//!
//! The repository has a guide (`docs/guide.md`: recipes, GPU-resident masks, streams, limits), the
//! formats in detail (`docs/formats.md`), the command `maskrle` (`docs/command-line.md`), speed
//! (`docs/performance.md`) and the architecture (`docs/ARCHITECTURE.md`).

mod cpu;
#[cfg(feature = "dialects")]
pub mod dialect;
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

pub use encoder::{Backend, ChosenBackend, Encoder, EncoderBuilder, InstanceOptions, Tally};
pub use error::{Error, Position, Result};
pub use format::{CocoCounts, CocoInstance, CocoMask, CocoRle, KaggleRle, ValueCounts};
#[cfg(feature = "gpu")]
pub use gpu::{GpuMasks, Pending};
pub use half::{bf16, f16};
pub use limits::Limits;
pub use ndarray;
pub use ops::{
    Connectivity, Footprint, Instance, Moments, MorphOp, SetOp, box_iou, box_iou_within, box_nms,
};
/// For our own Python package, whose work on many masks is not all in this crate.
#[cfg(feature = "rayon")]
#[doc(hidden)]
pub use parallel::threads_are_there;
pub use pixel::{
    BitOrder, Element, ElementType, Float, Integer, Labels, MaskArray, Masks, Order, Paste,
    PixelArray, PixelVisitor,
};
pub use polygon::Polygon;
pub use runs::{MaskRuns, MaskView, Runs, RunsIntoIter, RunsIter, Values};
#[cfg(feature = "gpu")]
pub use wgpu;

/// Every Rust example of the pages runs as a test.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../README.md")]
    mod readme {}

    #[doc = include_str!("../docs/formats.md")]
    mod formats {}

    #[cfg(all(feature = "gpu", feature = "serde"))]
    #[doc = include_str!("../docs/guide.md")]
    mod guide {}
}
