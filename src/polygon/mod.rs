//! Polygons as runs, and runs as polygons.

mod rasterise;
mod simplify;
mod trace;

pub use trace::Polygon;
