//! Labels that are ignored, such as 255 for pixels that nobody labelled.

use maskrle::PixelArray;

/// Makes all pixels of these labels background.
pub fn background(pixels: &mut PixelArray, labels: &[i128]) {
    match pixels {
        PixelArray::U8(pixels) => clear(pixels.iter_mut(), labels),
        PixelArray::I8(pixels) => clear(pixels.iter_mut(), labels),
        PixelArray::U16(pixels) => clear(pixels.iter_mut(), labels),
        PixelArray::I16(pixels) => clear(pixels.iter_mut(), labels),
        PixelArray::U32(pixels) => clear(pixels.iter_mut(), labels),
        PixelArray::I32(pixels) => clear(pixels.iter_mut(), labels),
        // The readers make no other integers of labels.
        _ => {}
    }
}

/// Makes pixels of these labels 0.
pub fn clear<'p, T: Copy + Default + PartialEq + TryFrom<i128> + 'p>(
    pixels: impl Iterator<Item = &'p mut T>,
    labels: &[i128],
) {
    // A label that the type cannot have is nowhere.
    let labels = labels.iter().filter_map(|&label| T::try_from(label).ok());
    let labels: Vec<T> = labels.collect();
    if labels.is_empty() {
        return;
    }
    for pixel in pixels.filter(|pixel| labels.contains(pixel)) {
        *pixel = T::default();
    }
}

#[cfg(test)]
mod tests {
    use maskrle::ndarray::Array3;

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
