//! Polygons as masks: against pycocotools, against a plain walk along the edges, and what is no
//! polygon.

mod golden;
mod refused;
mod traced;
mod walked;
