//! Places of a target's pixels among the samples of one axis.

use std::ops::Range;

/// One axis of a resampling: its samples, and the pixels of a window that are made of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Axis {
    /// Number of samples, margins included.
    pub(crate) from: u32,
    /// Number of pixels.
    pub(crate) to: u32,
    /// Index of the first pixel among all that are made without a window.
    first: u32,
    place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    /// Each sample is a pixel.
    Same,
    /// As torch's `interpolate` places pixels.
    Scaled {
        /// Samples a pixel.
        scale: f32,
        /// True if a place is rounded once, as torch does for small targets.
        is_fused: bool,
    },
    /// As torch's `grid_sample` places the pixels of a box.
    Grid {
        begin: f32,
        length: f32,
        /// Half the number of samples, without margins.
        half: f32,
    },
}

/// Samples before and after a mask's own, of value 0, that [`Axis::grid`] needs: a pixel far before
/// the first lies between two of them.
pub(super) const GRID_MARGINS: [u32; 2] = [2, 1];

/// Place of a target's pixel on one axis: two samples, which may be the same, and their weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Tap {
    pub(crate) samples: [u32; 2],
    pub(crate) weights: [f32; 2],
}

impl Axis {
    /// A window of `all` pixels that are interpolated between samples.
    pub(super) fn interpolated(from: u32, all: u32, window: Range<u32>, is_fused: bool) -> Self {
        let scaled = Place::Scaled {
            scale: from as f32 / all as f32,
            is_fused,
        };
        Axis {
            from,
            to: window.end - window.start,
            first: window.start,
            // The sample beside it is not read: it might not be a number.
            place: if from == all { Place::Same } else { scaled },
        }
    }

    /// A window of the pixels on which the given samples, [`GRID_MARGINS`] around them, lie from
    /// `begin` to `end`, which is no less.
    pub(super) fn grid(own: u32, [begin, end]: [f32; 2], window: Range<u32>) -> Self {
        let [before, after] = GRID_MARGINS;
        Axis {
            from: before + own + after,
            to: window.end - window.start,
            first: window.start,
            place: Place::Grid {
                begin,
                length: end - begin,
                half: own as f32 / 2.0,
            },
        }
    }

    /// Some of the pixels.
    pub(super) fn window(&self, window: Range<u32>) -> Self {
        Axis {
            to: window.end - window.start,
            first: self.first + window.start,
            ..*self
        }
    }

    /// True if each sample is a pixel, which is made of no other.
    pub(crate) fn is_one_to_one(&self) -> bool {
        self.place == Place::Same
    }

    /// True if the weights of all pixels are numbers.
    pub(crate) fn is_finite(&self) -> bool {
        let ends = [0, self.to.saturating_sub(1)];
        let is_finite = |index| self.tap(index).weights[0].is_finite();
        !matches!(self.place, Place::Grid { .. }) || ends.into_iter().all(is_finite)
    }

    /// Place of pixel `index` of the window.
    ///
    /// It does not decrease from one index to the next: each operation is rounded from a value that
    /// does not.
    #[inline(always)]
    pub(crate) fn tap(&self, index: u32) -> Tap {
        let index = self.first + index;
        let last = self.from - 1;
        let (sample, far) = match self.place {
            Place::Same => {
                return Tap {
                    samples: [index; 2],
                    weights: [1.0, 0.0],
                };
            }
            Place::Scaled { scale, is_fused } => {
                let centre = index as f32 + 0.5;
                let place = if is_fused {
                    scale.mul_add(centre, -0.5)
                } else {
                    scale * centre - 0.5
                };
                let place = place.max(0.0);
                let sample = (place as u32).min(last);
                (sample, (place - sample as f32).clamp(0.0, 1.0))
            }
            Place::Grid {
                begin,
                length,
                half,
            } => {
                let on_grid = (index as f32 + 0.5 - begin) / length * 2.0 - 1.0;
                let place = (on_grid + 1.0).mul_add(half, -0.5);
                let before = place.floor();
                let sample = (before as i64).saturating_add(GRID_MARGINS[0].into());
                (sample.clamp(0, last.into()) as u32, place - before)
            }
        };
        Tap {
            samples: [sample, (sample + 1).min(last)],
            weights: [1.0 - far, far],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Far before and after a box a pixel lies between margins alone, and next to it beside them.
    #[test]
    fn pixels_outside_a_box_lie_on_margins() {
        let axis = Axis::grid(4, [10.0, 14.0], 0..100);
        assert_eq!(axis.from, 7);
        for (pixel, samples) in [(0, [0, 1]), (8, [0, 1]), (9, [1, 2]), (10, [2, 3])] {
            assert_eq!(axis.tap(pixel).samples, samples, "pixel {pixel}");
        }
        for (pixel, samples) in [(12, [4, 5]), (13, [5, 6]), (14, [6, 6]), (99, [6, 6])] {
            assert_eq!(axis.tap(pixel).samples, samples, "pixel {pixel}");
        }
        assert!(axis.is_finite());
        assert!(!Axis::grid(4, [10.0, 10.0], 9..11).is_finite());
    }
}
