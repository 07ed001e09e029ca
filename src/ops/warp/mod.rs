//! Masks warped by affine and perspective maps.

mod apply;
mod crossings;
mod outline;
mod projection;
mod run_index;
mod tally;
