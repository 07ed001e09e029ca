//! Polygons as masks: against pycocotools, against a plain walk along the edges, and input
//! that is no polygon.

mod golden;
mod refused;
#[path = "../support/mod.rs"]
mod support;
mod traced;
mod walked;
