//! Sizes of masks on a picture.

/// Pixels that one of a mask becomes along either side, at most, unless it is asked for.
const MOST_SCALE: u32 = 32;
/// Cells in the boxes of all masks, at most, unless a scale is asked for: as many as 16 pictures
/// of 4096 x 4096 have.
const MOST_BOX_CELLS: u64 = 16 << 24;

/// Scale of a picture: each pixel of a mask is `up` x `up` of the picture's, or `down` x `down` of
/// them share one. One of the two is 1.
///
/// Pixels that are drawn alike are a cell: a pixel of a mask, or the `down` x `down` that share a
/// pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    pub up: u32,
    pub down: u32,
}

impl Scale {
    /// Each pixel as `n` x `n`.
    pub fn enlarged(n: u32) -> Self {
        Scale { up: n, down: 1 }
    }

    /// The scale at which the longer side of a mask has `least` pixels at least, but those of a
    /// small mask do not become larger than can be of use; and `most` at most.
    pub fn fitting([height, width]: [u32; 2], least: u32, most: u32) -> Self {
        let side = height.max(width).max(1);
        let up = least.div_ceil(side).clamp(1, MOST_SCALE);
        Scale {
            up: up.min((most / side).max(1)),
            down: side.div_ceil(most),
        }
    }

    /// The scale, or one at which these boxes have fewer cells together, each of which is drawn;
    /// but the longer side of a mask becomes no shorter than `least`.
    pub fn of_boxes(
        self,
        [height, width]: [u32; 2],
        boxes: impl Iterator<Item = [u32; 4]>,
        least: u32,
    ) -> Self {
        let pixels: u64 = boxes
            .map(|[_, _, w, h]| u64::from(w) * u64::from(h))
            .fold(0, u64::saturating_add);
        let down = pixels.div_ceil(MOST_BOX_CELLS).saturating_sub(1).isqrt() as u32 + 1;
        let most = height.max(width) / least;
        Scale {
            down: self.down.max(down.min(most)),
            ..self
        }
    }

    /// Number of cells along a side of a mask.
    pub fn cells(self, side: u32) -> u32 {
        side.div_ceil(self.down)
    }

    /// Position on the picture of the cell that begins at, or before, a pixel of a mask.
    pub fn before(self, pixel: u32) -> i64 {
        i64::from(pixel / self.down) * i64::from(self.up)
    }

    /// Position on the picture of the cell that begins at, or after, a pixel of a mask.
    pub fn after(self, pixel: u32) -> i64 {
        i64::from(pixel.div_ceil(self.down)) * i64::from(self.up)
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_BOX_CELLS, Scale};

    #[test]
    fn many_large_boxes_are_drawn_smaller() {
        for (size, side, boxes, up, down) in [
            ([60_000, 60_000], 60_000, 1, 1, 15),
            ([60_000, 60_000], 60_000, 50, 1, 26),
            ([60_000, 60_000], 600, 50, 1, 15),
            ([4096, 4096], 4096, 16, 1, 1),
            ([4096, 4096], 4096, 1000, 1, 6),
            ([300, 400], 300, 100_000, 2, 1),
        ] {
            let fitting = Scale::fitting(size, 640, 4096);
            let boxes = std::iter::repeat_n([0, 0, side, side], boxes);
            let scale = fitting.of_boxes(size, boxes.clone(), 640);
            assert_eq!(scale, Scale { up, down }, "{size:?}");
            let cells = u64::from(scale.cells(side)).pow(2) * boxes.count() as u64;
            assert!(cells <= MOST_BOX_CELLS || size[0] / (down + 1) < 640);
        }
    }

    #[test]
    fn sides_become_as_long_as_is_asked() {
        for (size, least, most, up, down) in [
            ([5, 8], 640, 4096, 32, 1),
            ([300, 400], 640, 4096, 2, 1),
            ([640, 480], 640, 4096, 1, 1),
            ([4096, 4096], 640, 4096, 1, 1),
            ([4097, 1], 640, 4096, 1, 2),
            ([16_384, 16_384], 640, 4096, 1, 4),
            ([1, u32::MAX], 640, 4096, 1, 1 << 20),
            ([100, 90], 160, 160, 1, 1),
            ([80, 60], 160, 160, 2, 1),
            ([161, 1], 160, 160, 1, 2),
            ([0, 0], 160, 160, 32, 1),
        ] {
            assert_eq!(
                Scale::fitting(size, least, most),
                Scale { up, down },
                "{size:?}"
            );
            let longest = size[0].max(size[1]);
            let scale = Scale::fitting(size, least, most);
            assert!(scale.cells(longest) * scale.up <= most);
        }
    }
}
