//! Sizes of masks at their limits, and batches.

use ndarray::Array2;
#[cfg(target_pointer_width = "64")]
use ndarray::{ArrayView3, arr0};

use super::masks::Masks;
#[cfg(target_pointer_width = "64")]
use crate::Error;
use crate::Result;

/// A stack of any shape, of one pixel in memory.
#[cfg(target_pointer_width = "64")]
fn repeated(pixel: &ndarray::Array0<u8>, shape: [usize; 3]) -> ArrayView3<'_, u8> {
    pixel.broadcast(shape).expect("a shape that may be")
}

#[test]
#[cfg(target_pointer_width = "64")]
fn masks_have_up_to_the_limit_of_pixels() {
    let pixel = arr0(1u8);
    let most = u32::MAX as usize;
    for shape in [
        [1, 1, most],
        [3, most, 1],
        [2, 65_535, 65_537],
        [1, 1, most - 1],
    ] {
        let masks = Masks::binary(repeated(&pixel, shape)).expect("at the limit");
        let [n, height, width] = shape;
        assert_eq!(masks.pixels(), (n * height * width) as u64);
        assert_eq!(masks.size(n - 1), [height as u32, width as u32]);
    }
    for shape in [[1, 1, most + 1], [1, 2, 1 << 31], [0, most + 1, 1]] {
        let masks = Masks::binary(repeated(&pixel, shape));
        assert!(
            matches!(masks, Err(Error::Limit(_))),
            "{shape:?}: {masks:?}"
        );
    }
}

#[test]
#[cfg(target_pointer_width = "64")]
fn pixels_of_broadcast_masks_do_not_wrap() {
    let pixel = arr0(1u8);
    let large = || Masks::binary(repeated(&pixel, [1 << 31, 1 << 16, 1 << 15]));
    let masks = large().expect("each is small");
    assert_eq!(masks.pixels(), 1 << 62);
    let batch = Masks::batch((0..4).map(|_| large().expect("each is small")));
    assert_eq!(batch.expect("of one kind").pixels(), u64::MAX);
    let many = || Masks::binary(repeated(&pixel, [isize::MAX as usize, 1, 1]));
    let many = (0..3).map(|_| many().expect("each is small"));
    assert!(matches!(Masks::batch(many), Err(Error::Limit(_))));
}

#[test]
fn masks_of_no_pixels_cost_their_entry() {
    let (none, small, large) = (
        Array2::<u8>::zeros((0, 9)),
        Array2::zeros((8, 8)),
        Array2::zeros((5, 13)),
    );
    let parts = [&none, &small, &large].map(|array| Masks::binary(array).expect("small"));
    let masks = Masks::batch(parts).expect("of one kind");
    assert_eq!([0, 1, 2].map(|index| masks.cost(index)), [64, 64, 65]);
    assert_eq!(masks.pixels(), 64 + 65);
}

#[test]
fn batches_are_of_one_type_and_predicate() {
    let (singles, doubles) = (Array2::<f32>::zeros((2, 3)), Array2::<f64>::zeros((2, 3)));
    let refused = |parts: [Result<Masks<'_>>; 2]| {
        let parts = parts.map(|part| part.expect("small"));
        Masks::batch(parts).expect_err("they differ").to_string()
    };
    let error = refused([
        Masks::threshold(&singles, 0.0),
        Masks::threshold(&doubles, 0.0),
    ]);
    assert!(
        error.contains("of float32 and thresholded masks of float64"),
        "{error}"
    );
    let error = refused([
        Masks::threshold(&singles, 0.0),
        Masks::threshold(&singles, 1.0),
    ]);
    assert!(error.contains("another threshold"), "{error}");
    // Rounded to the pixels' type they are one.
    let parts = [0.1, f64::from(0.1f32)].map(|threshold| Masks::threshold(&singles, threshold));
    assert!(Masks::batch(parts.map(|part| part.expect("small"))).is_ok());
}
