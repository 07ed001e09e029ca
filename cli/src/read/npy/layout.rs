//! The layout of a stack in a `.npy` file.

use anyhow::{Result, anyhow, bail};
use maskrle::ElementType;
use maskrle::ndarray::{Array3, ShapeBuilder};

use super::header::Header;
use crate::read::input::Options;
use crate::read::size::check_size;

/// Positions of the masks' pixels in a file.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    pub masks: usize,
    pub height: usize,
    pub width: usize,
    pub is_fortran: bool,
    pub masks_last: bool,
}

impl Layout {
    /// The layout that a header claims.
    pub fn new(header: &Header, masks_last: bool) -> Result<Self> {
        let [masks, height, width] = match header.shape[..] {
            [w] => [1, 1, w],
            [h, w] => [1, h, w],
            [h, w, n] if masks_last => [n, h, w],
            [n, h, w] => [n, h, w],
            [b, h, w, n] if masks_last => return Self::of_batch([b, h, w, n], header),
            [b, k, h, w] if !header.is_fortran || b == 1 || k == 1 => {
                let masks = b.checked_mul(k);
                [masks.ok_or_else(|| no_array(&header.shape))?, h, w]
            }
            [_, _, _, _] => bail!(
                "an array of 4 dimensions in Fortran order: \
                 numpy.ascontiguousarray makes one that is read"
            ),
            _ => {
                let dimensions = header.shape.len();
                bail!(
                    "an array of {dimensions} dimensions: \
                     masks have 1 ([w]), 2 ([h, w]), 3 ([n, h, w]) or 4 ([b, k, h, w])"
                )
            }
        };
        Self::of_sides(
            [masks, height, width],
            header,
            masks_last && header.shape.len() == 3,
        )
    }

    /// The layout of `[b, h, w, n]`, of which one of `b` and `n` is 1.
    fn of_batch([b, h, w, n]: [u64; 4], header: &Header) -> Result<Self> {
        match (b, n) {
            (_, 1) => Self::of_sides([b, h, w], header, false),
            (1, _) => Self::of_sides([n, h, w], header, true),
            _ => bail!(
                "an array [{b}, {h}, {w}, {n}]: of [b, h, w, n], \
                 which --layout hwn makes of four dimensions, b or n is 1"
            ),
        }
    }

    fn of_sides(sides: [u64; 3], header: &Header, masks_last: bool) -> Result<Self> {
        let side =
            |size: u64| usize::try_from(size).map_err(|_| anyhow!("a side of {size} is too large"));
        let [masks, height, width] = sides;
        Ok(Layout {
            masks: side(masks)?,
            height: side(height)?,
            width: side(width)?,
            is_fortran: header.is_fortran,
            masks_last,
        })
    }

    /// Fails where no mask may be as large as these.
    pub fn check_size(&self) -> Result<()> {
        check_size([self.height as u64, self.width as u64])
    }

    /// Number of bytes of all pixels. Fails where no array could have this shape, even one of no
    /// pixels.
    pub fn claim(&self, element: ElementType) -> Result<u64> {
        let sides = [self.masks, self.height, self.width];
        let product = sides.iter().filter(|&&side| side > 0).try_fold(
            element.bytes() as usize,
            |all, &side| {
                all.checked_mul(side)
                    .filter(|&bytes| isize::try_from(bytes).is_ok())
            },
        );
        let Some(product) = product else {
            bail!(no_array(&sides));
        };
        Ok(if sides.contains(&0) {
            0
        } else {
            product as u64
        })
    }

    /// True if the pixels of each mask lie together, so that masks can be read one after the other.
    pub fn is_by_mask(&self) -> bool {
        self.is_fortran == self.masks_last || self.masks == 1
    }

    /// Number of masks to read at a time.
    pub fn masks_at_once(&self, element: ElementType, chunk_bytes: u64) -> usize {
        let area = self.height * self.width;
        if !self.is_by_mask() || area == 0 {
            return self.masks.max(1);
        }
        // Each mask costs something beside its pixels: masks of one pixel must not add up to more
        // than those.
        let mask_bytes = (area as u64)
            .saturating_mul(element.bytes())
            .saturating_add(64);
        usize::try_from(chunk_bytes / mask_bytes)
            .unwrap_or(usize::MAX)
            .clamp(1, self.masks.max(1))
    }

    /// The pixels as `[masks, height, width]`, without moving any.
    pub fn array<T>(&self, masks: usize, pixels: Vec<T>) -> Result<Array3<T>> {
        let Layout { height, width, .. } = *self;
        let shape = if self.masks_last {
            (height, width, masks)
        } else {
            (masks, height, width)
        };
        let array = Array3::from_shape_vec(shape.set_f(self.is_fortran), pixels)?;
        Ok(if self.masks_last {
            array.permuted_axes([2, 0, 1])
        } else {
            array
        })
    }
}

/// The error of a shape that no array could have.
fn no_array<T: std::fmt::Debug>(shape: &[T]) -> anyhow::Error {
    anyhow!("the header claims the shape {shape:?}: no array is as large")
}

/// A remark on an array `[n, h, w]` that has the sides of an image of some channels, `[h, w, n]`.
pub fn hint(header: &Header, options: &Options) -> Option<String> {
    let [first, second, last] = header.shape[..] else {
        return None;
    };
    let is_like_image = has_image_sides([first, second, last]);
    (is_like_image && !options.masks_last).then(|| {
        format!(
            "[{first}, {second}, {last}] was read as {first} masks of {second} x {last}; \
             {}--layout hwn reads {last} of {first} x {second}",
            options.hints_at
        )
    })
}

/// True if these are the sides of an image of some channels, `[h, w, n]`.
pub fn has_image_sides([first, second, last]: [u64; 3]) -> bool {
    const MOST_CHANNELS: u64 = 4;
    const LEAST_SIDE: u64 = 32;
    first.min(second) >= LEAST_SIDE && (1..=MOST_CHANNELS).contains(&last)
}
