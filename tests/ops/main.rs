//! Operations on runs: against plain loops over pixels, against the laws of sets, and against
//! pycocotools.

mod golden;
mod laws;
mod nms;
mod oracle;
mod plain;
mod refused;
#[cfg(feature = "serde")]
mod serialised;
#[path = "../support/single.rs"]
mod single;
mod stacks;
mod switches;
