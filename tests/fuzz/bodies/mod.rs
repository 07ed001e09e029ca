//! The fuzzers' bodies: plain functions of bytes that panic where something is wrong, a file a
//! target. `tests/fuzzed.rs` calls them with the kept inputs.

pub mod acceptance;
pub mod algebra;
mod bytes;
pub mod dialects;
pub mod parsers;
mod pixels;
pub mod polygons;
pub mod regions;
pub mod round_trip;
