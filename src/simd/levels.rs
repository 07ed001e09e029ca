//! The SIMD levels that tests compare.

use fearless_simd::Level;

/// Every level of this machine, and the scalar one.
pub(crate) fn all() -> Vec<Level> {
    #[allow(
        unused_mut,
        reason = "only x86 has levels between the least and the best"
    )]
    let mut levels = vec![Level::fallback(), Level::baseline(), Level::new()];
    #[cfg(target_arch = "x86_64")]
    {
        let best = Level::new();
        levels.extend(
            [
                best.as_sse4_2().map(Level::Sse4_2),
                best.as_avx2().map(Level::Avx2),
            ]
            .into_iter()
            .flatten(),
        );
    }
    levels
}
