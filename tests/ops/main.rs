//! Operations on runs: against plain loops over pixels, against the laws of sets, and against
//! pycocotools.

mod components;
mod decode;
mod errors;
mod golden;
mod laws;
mod limits;
mod morphology;
mod nms;
mod oracle;
mod plain;
mod pycocotools;
mod refused;
#[cfg(feature = "serde")]
mod serialised;
mod shapes;
mod stacks;
#[path = "../support/mod.rs"]
mod support;
mod switches;
mod turned;
mod warped;
