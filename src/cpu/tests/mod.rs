//! The backend at every SIMD level of the machine, against plain loops.

mod agree;
mod plain;
mod switches;
#[cfg(feature = "rayon")]
mod switches_in_parallel;
mod switches_of_tiny;
