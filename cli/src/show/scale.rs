//! Sizes of masks on a picture.

/// Pixels that one of a mask becomes along either side, at most, unless it is asked for.
const MOST_SCALE: u32 = 32;

/// Scale of a picture: each pixel of a mask is `up` x `up` of the picture's, or `down` x `down` of
/// them share one. One of the two is 1.
///
/// What is drawn alike is a cell: a pixel of a mask, or the `down` x `down` that share a pixel.
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
    use super::Scale;

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
