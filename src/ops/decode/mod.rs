//! Pixels made of runs.

mod across;
mod pixels;
