//! Sizes of masks and stacks, checked in one place.

use crate::{Error, Result};

/// Masks that a stack of masks without pixels may have: they cost their caller nothing to claim,
/// and the library memory for each.
pub(crate) const MAX_MASKS_WITHOUT_PIXELS: usize = 1 << 20;

/// Number of pixels of a mask of this height and width. Fails where a mask may not have that many.
pub(crate) fn checked_pixels([height, width]: [u32; 2]) -> Result<u32> {
    pixels_of([height.into(), width.into()])
}

/// Fails unless masks of a height and width may be resampled to a target.
pub(crate) fn check_sides(from: [u32; 2], target: [u32; 2]) -> Result<()> {
    if let Some([height, width]) = [from, target].into_iter().find(|sides| sides.contains(&0)) {
        return Err(Error::Input(format!(
            "masks of {} x {} cannot be resampled to {} x {}: {height} x {width} has no pixels",
            from[0], from[1], target[0], target[1]
        )));
    }
    checked_pixels(target)?;
    Ok(())
}

/// Number of masks in an array `[b, k, height, width]`. Fails where there may not be that many, or
/// each would be too large.
pub(crate) fn checked_masks([b, k, height, width]: [usize; 4]) -> Result<usize> {
    let pixels = pixels_of([height as u64, width as u64])?;
    let limit = if pixels == 0 {
        MAX_MASKS_WITHOUT_PIXELS
    } else {
        usize::MAX
    };
    let of_limit = if pixels == 0 {
        " masks of no pixels"
    } else {
        ""
    };
    b.checked_mul(k)
        .filter(|&masks| masks <= limit)
        .ok_or_else(|| {
            Error::Limit(format!(
                "{b} x {k} masks of {height} x {width}: the limit of a stack is {limit}{of_limit}"
            ))
        })
}

fn pixels_of([height, width]: [u64; 2]) -> Result<u32> {
    const MOST: u64 = u32::MAX as u64;
    if height > MOST || width > MOST {
        return Err(Error::Limit(format!(
            "a mask of {height} x {width}: a side has at most {MOST} pixels"
        )));
    }
    let pixels = height * width;
    u32::try_from(pixels).map_err(|_| {
        Error::Limit(format!(
            "a mask of {height} x {width} has {pixels} pixels, the limit is {MOST}"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: u32 = u32::MAX;

    #[test]
    fn masks_have_up_to_the_limit_of_pixels() {
        for (size, pixels) in [
            ([0, 0], 0),
            ([0, MOST], 0),
            ([MOST, 0], 0),
            ([1, MOST - 1], MOST - 1),
            ([1, MOST], MOST),
            ([MOST, 1], MOST),
            ([65_535, 65_537], MOST),
        ] {
            assert_eq!(checked_pixels(size), Ok(pixels), "{size:?}");
        }
        for (size, pixels) in [
            ([2, 1 << 31], 1u64 << 32),
            ([65_536, 65_536], 1 << 32),
            ([MOST, 2], 2 * u64::from(MOST)),
            ([MOST, MOST], u64::from(MOST) * u64::from(MOST)),
        ] {
            let error = checked_pixels(size).unwrap_err().to_string();
            let expected = format!("has {pixels} pixels, the limit is {MOST}");
            assert!(error.ends_with(&expected), "{error}");
        }
    }

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn sides_have_a_limit_of_their_own() {
        let most = MOST as usize;
        for shape in [[1, 1, most, 0], [1, 1, 0, most], [0, 1, 1, most]] {
            assert_eq!(checked_masks(shape), Ok(shape[0]));
        }
        for shape in [
            [1, 1, most + 1, 0],
            [1, 1, 0, most + 1],
            [0, 1, usize::MAX, 1],
        ] {
            let error = checked_masks(shape).unwrap_err().to_string();
            assert!(error.contains("a side has at most 4294967295"), "{error}");
        }
    }

    #[test]
    fn stacks_without_pixels_have_a_limit() {
        let most = MAX_MASKS_WITHOUT_PIXELS;
        for shape in [
            [most - 1, 1, 0, 5],
            [most, 1, 5, 0],
            [1 << 10, 1 << 10, 0, 0],
        ] {
            assert_eq!(checked_masks(shape), Ok(shape[0] * shape[1]));
        }
        for shape in [[most + 1, 1, 0, 5], [most, 2, 5, 0], [usize::MAX, 2, 0, 0]] {
            let error = checked_masks(shape).unwrap_err().to_string();
            assert!(error.ends_with("1048576 masks of no pixels"), "{error}");
        }
        assert_eq!(checked_masks([usize::MAX, 1, 1, 1]), Ok(usize::MAX));
        let error = checked_masks([usize::MAX, 2, 1, 1])
            .unwrap_err()
            .to_string();
        assert!(error.ends_with(&usize::MAX.to_string()), "{error}");
    }
}
