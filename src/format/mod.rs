//! Text and numbers that runs are written as.
//!
//! Each format is a plain type, made from one mask's runs and checked on the way back by its
//! `to_runs`; [`Runs::read`](crate::Runs::read) makes one stack of many, and
//! [`Runs::to_coco`](crate::Runs::to_coco) and [`Runs::to_kaggle`](crate::Runs::to_kaggle) write
//! one.
//!
//! | Type | Holds | Order | Masks | Read and written by |
//! |---|---|---|---|---|
//! | [`CocoRle`] | counts as a string | column-major | binary | COCO results, pycocotools |
//! | [`CocoCounts`] | counts as numbers | column-major | binary | COCO crowds, Segment Anything |
//! | [`CocoMask`] | either of these two | column-major | binary | wherever both may come |
//! | [`KaggleRle`] | `start length ...`, from 1 | either | binary | Kaggle submissions |
//! | [`ValueCounts`] | values and counts | either | any | helpers for label maps; no standard |
//!
//! ```
//! use maskrle::{CocoRle, Encoder, KaggleRle, Masks, Order};
//!
//! let pixels = ndarray::arr2(&[[0u8, 1, 1], [0, 1, 0]]);
//! let runs = Encoder::new().runs(&Masks::binary(&pixels)?, Order::ColumnMajor)?;
//! let mask = runs.mask(0);
//! assert_eq!(mask.to_kaggle()?, KaggleRle::by_columns([2, 3], "3 3"));
//!
//! let coco = mask.to_coco()?;
//! assert_eq!(coco, CocoRle::new([2, 3], "231"));
//! assert_eq!(coco.to_runs()?, mask);
//! # Ok::<(), maskrle::Error>(())
//! ```

mod check;
mod coco;
mod convert;
mod kaggle;
mod number;
mod read;
mod values;
mod write;

#[cfg(feature = "dialects")]
pub(crate) use check::require_binary;
pub(crate) use coco::CocoWriter;
#[cfg(feature = "serde")]
pub use coco::Counts;
#[cfg(feature = "gpu")]
pub(crate) use coco::counts_in;
pub use coco::{CocoCounts, CocoInstance, CocoMask, CocoRle};
#[cfg(feature = "dialects")]
pub(crate) use convert::from_owned;
pub use kaggle::KaggleRle;
#[cfg(feature = "dialects")]
pub(crate) use number::{shown, whole};
pub use read::Encoded;
pub use values::ValueCounts;
