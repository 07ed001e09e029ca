//! Labels that are ignored, such as 255 for pixels that nobody labelled.

use maskrle::PixelArray;
use maskrle::ndarray::Array3;

/// Makes all pixels of these labels background.
pub fn background(pixels: &mut PixelArray, labels: &[i64]) {
    match pixels {
        PixelArray::U8(pixels) => clear(pixels, labels),
        PixelArray::I8(pixels) => clear(pixels, labels),
        PixelArray::U16(pixels) => clear(pixels, labels),
        PixelArray::I16(pixels) => clear(pixels, labels),
        PixelArray::U32(pixels) => clear(pixels, labels),
        PixelArray::I32(pixels) => clear(pixels, labels),
        // The readers make no other integers of labels.
        _ => {}
    }
}

fn clear<T: Copy + Default + PartialEq + TryFrom<i64>>(pixels: &mut Array3<T>, labels: &[i64]) {
    // A label that the type cannot have is nowhere.
    let labels = labels.iter().filter_map(|&label| T::try_from(label).ok());
    let labels: Vec<T> = labels.collect();
    pixels.map_inplace(|pixel| {
        if labels.contains(pixel) {
            *pixel = T::default();
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_the_type_cannot_have_are_nowhere() {
        let mut pixels = PixelArray::from(ndarray(&[0i8, -1, 7, 3]));
        background(&mut pixels, &[255, 7, -1, 1 << 40]);
        assert_eq!(pixels.as_bytes(), Some(&[0, 0, 0, 3][..]));
        let mut pixels = PixelArray::from(ndarray(&[0u8, 255, 7, 3]));
        background(&mut pixels, &[255, -1, 263]);
        assert_eq!(pixels.as_bytes(), Some(&[0, 0, 7, 3][..]));
    }

    fn ndarray<T: Copy>(row: &[T]) -> Array3<T> {
        Array3::from_shape_vec((1, 1, row.len()), row.to_vec()).expect("it has this length")
    }
}
