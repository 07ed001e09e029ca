//! Polygons as runs, and runs as polygons.

mod rasterise;
