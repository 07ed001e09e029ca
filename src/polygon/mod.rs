//! Polygons as runs, and runs as polygons.

mod rasterise;
mod trace;

pub use trace::Polygon;
