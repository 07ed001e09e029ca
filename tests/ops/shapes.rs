//! Crops, frames, flips, scan orders and boxes against the pixels.

use maskrle::{MaskRuns, Runs};
use ndarray::{Array2, s};
use proptest::prelude::*;

use super::plain::*;
use crate::support::strategies::*;

proptest! {
    #[test]
    fn crops_are_those_of_the_pixels(
        array in labels(),
        order in orders(),
        corners in any::<[u32; 4]>(),
    ) {
        let [h, w] = [array.nrows() as u32, array.ncols() as u32];
        let sorted = |a: u32, b: u32, side: u32| {
            let [a, b] = [a % (side + 1), b % (side + 1)];
            [a.min(b), a.max(b)]
        };
        let ([left, right], [top, bottom]) = (
            sorted(corners[0], corners[1], w),
            sorted(corners[2], corners[3], h),
        );
        let expected = array.slice(s![
            top as usize..bottom as usize,
            left as usize..right as usize
        ]);
        let bbox = [left, top, right - left, bottom - top];
        let cut = only(&runs_of_labels(array.view(), order))
            .crop(bbox)
            .unwrap();
        prop_assert_eq!(values_of(only(&cut)), expected);
        let binary = array.mapv(|label| label % 2 == 1);
        let expected = expected.mapv(|label| label % 2 == 1);
        let cut = only(&runs_of(binary.view(), order)).crop(bbox).unwrap();
        prop_assert_eq!(Runs::from(cut), runs_of(expected.view(), order));
    }

    #[test]
    fn padded_masks_are_those_of_the_pixels(
        array in labels(),
        order in orders(),
        frame in [0u32..4, 0u32..4, 0u32..4, 0u32..4],
    ) {
        let [top, bottom, left, right] = frame.map(|side| side as usize);
        let (h, w) = array.dim();
        let mut expected = Array2::zeros((h + top + bottom, w + left + right));
        expected
            .slice_mut(s![top..top + h, left..left + w])
            .assign(&array);
        let padded = only(&runs_of_labels(array.view(), order))
            .pad(frame)
            .unwrap();
        prop_assert_eq!(values_of(only(&padded)), expected.view());
        let binary = array.mapv(|label| label % 2 == 1);
        let padded = runs_of(binary.view(), order).pad(frame).unwrap();
        prop_assert_eq!(
            padded,
            runs_of(expected.mapv(|label| label % 2 == 1).view(), order)
        );
    }

    #[test]
    fn flipped_and_transposed_masks_are_those_of_the_pixels(array in labels(), order in orders()) {
        let runs = runs_of_labels(array.view(), order);
        prop_assert_eq!(
            values_of(only(&runs.flip_up_down())),
            array.slice(s![..;-1, ..])
        );
        prop_assert_eq!(
            values_of(only(&runs.flip_left_right())),
            array.slice(s![.., ..;-1])
        );
        prop_assert_eq!(values_of(only(&runs.transpose())), array.t());
        let binary = array.mapv(|label| label % 2 == 1);
        let runs = runs_of(binary.view(), order);
        prop_assert_eq!(
            runs.flip_up_down(),
            runs_of(binary.slice(s![..;-1, ..]), order)
        );
        prop_assert_eq!(
            runs.flip_left_right(),
            runs_of(binary.slice(s![.., ..;-1]), order)
        );
    }

    #[test]
    fn runs_in_the_other_order_are_those_of_the_pixels(
        array in labels(),
        order in orders(),
        other in orders(),
    ) {
        let reordered = runs_of_labels(array.view(), order).to_order(other).unwrap();
        prop_assert_eq!(reordered.order(), other);
        let expected = runs_of_labels(array.view(), other);
        prop_assert_eq!(only(&reordered), only(&expected));
        let binary = array.mapv(|label| label % 2 == 1);
        prop_assert_eq!(
            runs_of(binary.view(), order).to_order(other).unwrap(),
            runs_of(binary.view(), other)
        );
    }

    /// Of boxes whose edges lie on the pixels' grid.
    #[test]
    fn boxes_are_the_masks_of_their_pixels(
        h in 0u32..30,
        w in 0u32..30,
        order in orders(),
        edges in [-9i32..40, -9..40, 0..40, 0..40],
    ) {
        let [x, y, width, height] = edges;
        let runs = MaskRuns::from_bbox([h, w], order, edges.map(f64::from)).unwrap();
        let inside = |position: usize, from: i32, length: i32| {
            (from..from + length).contains(&(position as i32))
        };
        let expected = Array2::from_shape_fn((h as usize, w as usize), |(row, column)| {
            inside(row, y, height) && inside(column, x, width)
        });
        prop_assert_eq!(&Runs::from(runs.clone()), &runs_of(expected.view(), order));
        prop_assert_eq!(only(&runs).bbox(), bbox(&expected));
    }
}
