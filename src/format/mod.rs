//! How people write runs down.

mod coco;

pub use coco::CocoRle;
