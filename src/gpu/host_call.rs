//! A call that encodes masks of the host.

use fearless_simd::Level;

use crate::pixel::Order;

/// How masks of the host are encoded.
#[derive(Clone, Copy)]
pub(crate) struct HostCall {
    pub(crate) order: Order,
    /// SIMD level by whose arithmetic the first pixels of resampled masks are made, wherever they
    /// are.
    pub(crate) level: Level,
    /// Number of threads that may copy pixels.
    pub(crate) threads: usize,
}
