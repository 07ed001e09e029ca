//! A mask's pixels, part by part: a few bytes of runs may stand for gigabytes.

use std::io::Write;

use anyhow::{Context, Result, ensure};
use bytemuck::Pod;
use maskrle::MaskView;

use super::paint::paint;
use crate::encoded::Rectangle;
use crate::text::byte_count;

/// Most bytes of pixels that are in memory at once.
const BAND_BYTES: usize = 64 << 20;

/// Appends a mask's pixels, along the rows.
pub fn pixels<T: Pod + TryFrom<i64>>(out: &mut impl Write, mask: MaskView<'_>) -> Result<()> {
    // As those of the first reading did.
    let fit = mask.is_binary() || mask.values().all(|value| T::try_from(value).is_ok());
    ensure!(fit, "the file changes while it is read");
    let most = BAND_BYTES / size_of::<T>();
    let largest = most.min(mask.pixels() as usize);
    let mut band: Vec<T> = Vec::new();
    band.try_reserve_exact(largest)
        .with_context(|| format!("no memory for {}", byte_count(BAND_BYTES as u128)))?;
    band.resize(largest, T::zeroed());
    for part in bands(mask.size(), most) {
        let band = &mut band[..part.rows.len() * part.columns.len()];
        paint(mask, &part, band)?;
        out.write_all(bytemuck::cast_slice(band))?;
    }
    Ok(())
}

/// Parts of a mask of at most `most` pixels, in the order of its pixels along the rows: some whole
/// rows each, or, of a longer row, some columns.
fn bands([height, width]: [u32; 2], most: usize) -> impl Iterator<Item = Rectangle> {
    let [height, width] = [height, width].map(|side| side as usize);
    let columns_at_once = width.clamp(1, most);
    let rows_at_once = (most / columns_at_once).clamp(1, height.max(1));
    let height = if width == 0 { 0 } else { height };
    (0..height).step_by(rows_at_once).flat_map(move |top| {
        (0..width)
            .step_by(columns_at_once)
            .map(move |left| Rectangle {
                rows: top..height.min(top + rows_at_once),
                columns: left..width.min(left + columns_at_once),
            })
    })
}

#[cfg(test)]
mod tests {
    use super::bands;
    use crate::decode::paint::paint;
    use maskrle::{MaskRuns, Order};

    #[test]
    fn bands_add_up_to_the_mask() {
        for order in [Order::RowMajor, Order::ColumnMajor] {
            let runs =
                MaskRuns::from_counts([7, 5], order, [3, 9, 1, 1, 11, 10]).expect("they sum to 35");
            let mask = runs.view();
            let whole = mask.to_mask().expect("it is small");
            for most in 1..=36 {
                let mut pixels = Vec::new();
                for part in bands([7, 5], most) {
                    let count = part.rows.len() * part.columns.len();
                    assert!((1..=most).contains(&count), "{part:?}");
                    let mut band = vec![9u8; count];
                    paint(mask, &part, &mut band).expect("the band has the part's size");
                    pixels.extend(band);
                }
                assert_eq!(
                    Some(pixels.as_slice()),
                    whole.as_slice(),
                    "{order:?}, {most} at once"
                );
            }
        }
    }

    #[test]
    fn masks_of_no_pixels_have_no_bands() {
        for size in [[0, 0], [0, 9], [9, 0], [0, u32::MAX]] {
            assert_eq!(bands(size, 4).count(), 0, "{size:?}");
        }
        assert_eq!(bands([1, u32::MAX], 64 << 20).count(), 64);
    }
}
