//! The SIMD levels that tests compare.

use fearless_simd::Level;

use super::twins::UseTwins;

/// Every level of this machine, and the scalar one.
pub(crate) fn native() -> Vec<Level> {
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

/// These levels, and at last the scalar one with AVX-512's kernels, by their twins, which are used
/// until the iterator is at its end or dropped.
pub(crate) fn all() -> impl Iterator<Item = Level> {
    let native = native().into_iter().map(Some);
    native.chain([None]).scan(None, |twins, level| {
        Some(level.unwrap_or_else(|| {
            *twins = Some(UseTwins::begin());
            Level::fallback()
        }))
    })
}
