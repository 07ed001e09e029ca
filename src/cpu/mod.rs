//! The CPU backend: boundary bits by SIMD, bits transposed where the scan goes across the rows of
//! memory, and a walk over the set bits; rayon over masks, and over the rows of a large one.

mod backend;
mod emit;
mod read;
mod scan;
#[cfg(test)]
mod tests;

pub(crate) use backend::Cpu;
