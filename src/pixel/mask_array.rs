//! Arrays that masks can be borrowed from.

use ndarray::{ArrayBase, ArrayView, Data, Dimension, IxDyn, ShapeBuilder};

use crate::{Error, Result};

mod sealed {
    use super::*;

    pub trait IntoView<'a, T> {
        fn into_view(self) -> Result<ArrayView<'a, T, IxDyn>>;
    }
}

/// Arrays that masks can be borrowed from, of 1 (one row), 2 (`[h, w]`, one mask), 3 (`[n, h, w]`)
/// or 4 dimensions (`[b, k, h, w]`, which are b*k masks):
///
/// - ndarray's views, and references to its arrays, of any strides;
/// - a slice and its shape, whose last dimension is the one along memory;
/// - a slice, its shape, and the steps from index to index along each dimension, in elements.
///
/// ```
/// use maskrle::Masks;
///
/// let pixels = [0u8, 1, 1, 0, 0, 1];
/// assert_eq!(Masks::binary((&pixels[..], [2, 3]))?.size(0), [2, 3]);
/// assert_eq!(Masks::binary((&pixels[..], [3, 1, 2]))?.len(), 3);
/// assert_eq!(Masks::binary((&pixels[..], [3, 2, 1, 1]))?.len(), 6);
///
/// // The mask transposed: its columns lie along memory.
/// let transposed = (&pixels[..], [3, 2], [1, 3]);
/// assert_eq!(Masks::binary(transposed)?.size(0), [3, 2]);
///
/// let error = Masks::binary((&pixels[..], [2, 4])).unwrap_err().to_string();
/// assert_eq!(error, "a slice of 6 pixels does not have the shape [2, 4], which is of 8");
/// let error = Masks::binary((&pixels[..], [3, 2], [2, 2])).unwrap_err().to_string();
/// assert_eq!(
///     error,
///     "the shape [3, 2] with the strides [2, 2] reaches 7 pixels, the slice has 6"
/// );
/// # Ok::<(), maskrle::Error>(())
/// ```
pub trait MaskArray<'a, T>: sealed::IntoView<'a, T> {}

impl<'a, T, D: Dimension> MaskArray<'a, T> for ArrayView<'a, T, D> {}

impl<'a, T, D: Dimension> sealed::IntoView<'a, T> for ArrayView<'a, T, D> {
    fn into_view(self) -> Result<ArrayView<'a, T, IxDyn>> {
        Ok(self.into_dyn())
    }
}

impl<'a, T, S: Data<Elem = T>, D: Dimension> MaskArray<'a, T> for &'a ArrayBase<S, D> {}

impl<'a, T, S: Data<Elem = T>, D: Dimension> sealed::IntoView<'a, T> for &'a ArrayBase<S, D> {
    fn into_view(self) -> Result<ArrayView<'a, T, IxDyn>> {
        Ok(self.view().into_dyn())
    }
}

impl<'a, T, const N: usize> MaskArray<'a, T> for (&'a [T], [usize; N]) {}

impl<'a, T, const N: usize> sealed::IntoView<'a, T> for (&'a [T], [usize; N]) {
    fn into_view(self) -> Result<ArrayView<'a, T, IxDyn>> {
        let (pixels, shape) = self;
        let product = shape
            .iter()
            .try_fold(1, |product: usize, &side| product.checked_mul(side));
        // A shape of no pixels may have sides whose product is beyond what there can be.
        let need = if shape.contains(&0) { Some(0) } else { product };
        let have = pixels.len();
        if need != Some(have) {
            let need =
                need.map_or_else(|| "more than there can be".into(), |need| need.to_string());
            return Err(Error::Input(format!(
                "a slice of {have} pixels does not have the shape {shape:?}, which is of {need}"
            )));
        }
        ArrayView::from_shape(IxDyn(&shape), pixels).map_err(|_| too_large(&shape))
    }
}

impl<'a, T, const N: usize> MaskArray<'a, T> for (&'a [T], [usize; N], [usize; N]) {}

impl<'a, T, const N: usize> sealed::IntoView<'a, T> for (&'a [T], [usize; N], [usize; N]) {
    fn into_view(self) -> Result<ArrayView<'a, T, IxDyn>> {
        let (pixels, shape, strides) = self;
        if shape.contains(&0) {
            return ArrayView::from_shape(IxDyn(&shape), &[]).map_err(|_| too_large(&shape));
        }
        let last = shape
            .iter()
            .zip(&strides)
            .try_fold(0, |last: usize, (side, stride)| {
                last.checked_add((side - 1).checked_mul(*stride)?)
            });
        let have = pixels.len();
        if last.is_none_or(|last| last >= have) {
            let need = last
                .and_then(|last| last.checked_add(1))
                .map_or_else(|| "more than there can be".into(), |need| need.to_string());
            return Err(Error::Input(format!(
                "the shape {shape:?} with the strides {strides:?} reaches {need} pixels, the slice \
                 has {have}"
            )));
        }
        // The stride of a side of 1 is never taken; ndarray would read one beyond isize as negative.
        let taken = std::array::from_fn::<_, N, _>(|axis| match shape[axis] {
            1 => 0,
            _ => strides[axis],
        });
        ArrayView::from_shape(IxDyn(&shape).strides(IxDyn(&taken)), pixels)
            .map_err(|_| too_large(&shape))
    }
}

/// A shape whose sides, those of 0 left out, have a product that no array may have.
fn too_large(shape: &[usize]) -> Error {
    Error::Limit(format!(
        "the shape {shape:?} is too large: the product of its sides, without those of 0, is at most \
         {}",
        isize::MAX
    ))
}

#[cfg(test)]
mod tests {
    use super::sealed::IntoView;
    use super::*;

    #[test]
    fn slices_of_one_to_four_dimensions_are_views() {
        let pixels: Vec<u8> = (0..24).collect();
        let view = (&pixels[..], [2, 3, 4]).into_view().unwrap();
        assert_eq!(view[[1, 2, 3]], 23);
        assert_eq!(
            (&pixels[..], [1, 2, 3, 4]).into_view().unwrap()[[0, 1, 0, 1]],
            13
        );
        assert_eq!((&pixels[..], [24]).into_view().unwrap()[[23]], 23);
        for shape in [[2, 11], [2, 13], [0, 24], [usize::MAX, 2]] {
            assert!((&pixels[..], shape).into_view().is_err(), "{shape:?}");
        }
        assert!((&pixels[..0], [usize::MAX, 0]).into_view().is_err());
        assert_eq!((&pixels[..0], [7, 0]).into_view().unwrap().shape(), [7, 0]);
    }

    #[test]
    fn strides_must_stay_in_the_slice() {
        let pixels: Vec<u8> = (0..24).collect();
        let at = |shape, strides| (&pixels[..], shape, strides).into_view();
        assert_eq!(at([2, 3], [12, 5]).unwrap()[[1, 2]], 22);
        assert_eq!(at([2, 3], [13, 5]).unwrap()[[1, 2]], 23);
        assert!(at([2, 3], [14, 5]).is_err());
        // Repeated rows, a side of 1 whose stride is never taken, and no pixels at all.
        assert_eq!(at([1000, 24], [0, 1]).unwrap()[[999, 23]], 23);
        assert_eq!(at([1, 24], [usize::MAX, 1]).unwrap()[[0, 23]], 23);
        assert_eq!(
            at([0, 5], [usize::MAX, usize::MAX]).unwrap().shape(),
            [0, 5]
        );
        for strides in [[usize::MAX, 1], [usize::MAX / 2, usize::MAX / 2 + 2]] {
            let error = at([2, 3], strides).unwrap_err().to_string();
            assert!(error.contains("more than there can be"), "{error}");
        }
        let error = at([usize::MAX, 2], [0, 1]).unwrap_err();
        assert!(matches!(error, Error::Limit(_)), "{error}");
    }
}
