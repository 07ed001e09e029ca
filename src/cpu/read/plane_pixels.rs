//! Pixels of a plane as rows of words.

use fearless_simd::Level;

use super::source::PixelRows;
use crate::pixel::Plane;

/// Pixels of a plane, and the comparison that makes bits of them: a
/// [`ForegroundTest`](super::ForegroundTest), or [`Differs`](super::Differs) for labels.
pub(crate) struct PlanePixels<'p, P, C> {
    pub(super) level: Level,
    pub(super) plane: &'p P,
    pub(super) comparison: C,
}

impl<'p, P, C> PlanePixels<'p, P, C> {
    pub(crate) fn new(level: Level, plane: &'p P, comparison: C) -> Self {
        PlanePixels {
            level,
            plane,
            comparison,
        }
    }
}

impl<P: Plane, C: Sync> PixelRows for PlanePixels<'_, P, C> {
    fn height(&self) -> usize {
        self.plane.height()
    }

    fn width(&self) -> usize {
        self.plane.width()
    }

    fn row_bytes(&self) -> usize {
        self.plane.width() * size_of::<P::Bits>()
    }
}
