//! Checks of what a device gives, which may compute anything.

use crate::runs::BitLines;

/// True if starts ascend within a mask of these lines.
pub(super) fn are_pixels_in_order(starts: &[u32], lines: BitLines) -> bool {
    // All of them, without a branch for each: 16 at a time, by vectors.
    let pairs = starts.iter().zip(&starts[1..]);
    let ascend = pairs.fold(true, |so_far, (start, next)| so_far & (start < next));
    ascend && (starts[starts.len() - 1] as usize) < lines.lines * lines.length
}

/// Fails unless each of the masks can have a boundary at its first pixel, and there are no more
/// boundaries than bits.
pub(super) fn check_total(total: u32, masks: usize, words: u32) -> Result<(), String> {
    let (least, most) = (masks as u64, 32 * u64::from(words));
    if (least..=most).contains(&u64::from(total)) {
        return Ok(());
    }
    Err(format!(
        "it counted {total} boundaries, there are between {least} and {most}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_of_at_least_the_masks_and_at_most_the_bits() {
        for (total, is_right) in [
            (0, false),
            (2, false),
            (3, true),
            (4, true),
            (319, true),
            (320, true),
            (321, false),
        ] {
            assert_eq!(check_total(total, 3, 10).is_ok(), is_right, "{total}");
        }
        assert!(check_total(0, 1, 1).is_err());
        assert!(check_total(u32::MAX, 1, (1 << 27) - 1).is_err());
    }

    #[test]
    fn starts_ascend_to_the_last_pixel_at_most() {
        let lines = BitLines {
            lines: 5,
            length: 7,
        };
        for (starts, is_right) in [
            (&[0][..], true),
            (&[0, 1, 34], true),
            (&[0, 1, 35], false),
            (&[0, 35], false),
            (&[0, 0, 3], false),
            (&[0, 9, 8, 20], false),
        ] {
            assert_eq!(are_pixels_in_order(starts, lines), is_right, "{starts:?}");
        }
    }
}
