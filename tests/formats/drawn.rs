//! Drawn masks there and back.

use maskrle::{CocoCounts, CocoRle, KaggleRle, Masks, Order, ValueCounts};
use ndarray::{Array2, ShapeBuilder, s};
use proptest::prelude::*;

use crate::read::{encode, only};
use crate::support::strategies::{labels_of_short_runs, masks_of_short_runs, orders};

proptest! {
    #[test]
    fn coco_there_and_back(array in masks_of_short_runs()) {
        let runs = encode(&Masks::binary(&array).unwrap(), Order::ColumnMajor);
        let string = CocoRle::try_from(only(&runs)).unwrap();
        let counts = CocoCounts::try_from(only(&runs)).unwrap();
        prop_assert_eq!(string.to_runs().unwrap(), only(&runs));
        prop_assert_eq!(counts.to_runs().unwrap(), only(&runs));
        prop_assert_eq!(only(&runs).to_mask().unwrap().mapv(i32::from), array);
    }

    #[test]
    fn kaggle_there_and_back(array in masks_of_short_runs(), order in orders()) {
        let runs = encode(&Masks::binary(&array).unwrap(), order);
        let back = KaggleRle::try_from(only(&runs)).unwrap().to_runs().unwrap();
        prop_assert_eq!(&back, &only(&runs));
        prop_assert_eq!(only(&back).to_mask().unwrap().mapv(i32::from), array);
    }

    #[test]
    fn values_there_and_back(array in labels_of_short_runs(), order in orders()) {
        let runs = encode(&Masks::labels(&array).unwrap(), order);
        let encoded = ValueCounts::from(only(&runs));
        let back = encoded.to_runs().unwrap();
        prop_assert_eq!(ValueCounts::from(only(&back)), encoded);
        let mut painted = Array2::zeros(array.raw_dim());
        only(&back)
            .paint(painted.view_mut(), |value| value)
            .unwrap();
        prop_assert_eq!(painted, array.mapv(i64::from));
    }

    /// Into C order, Fortran order, and every second pixel of a flipped array, the others of which
    /// stay as they are.
    #[test]
    fn paint_writes_every_pixel_whatever_the_strides(
        array in labels_of_short_runs(),
        order in orders(),
    ) {
        let runs = encode(&Masks::labels(&array).unwrap(), order);
        let (h, w) = array.dim();
        for by_column in [false, true] {
            let mut whole = Array2::from_elem((h, w).set_f(by_column), 7i64);
            only(&runs).paint(whole.view_mut(), |value| value).unwrap();
            prop_assert_eq!(&whole, &array.mapv(i64::from));

            let mut sparse = Array2::from_elem((2 * h, 2 * w).set_f(by_column), 7i64);
            only(&runs)
                .paint(sparse.slice_mut(s![..;-2, ..;2]), |value| value)
                .unwrap();
            prop_assert_eq!(sparse.slice(s![..;-2, ..;2]), array.mapv(i64::from));
            prop_assert!(sparse.slice(s![..;2, ..]).iter().all(|&pixel| pixel == 7));
            prop_assert!(sparse.slice(s![.., ..;-2]).iter().all(|&pixel| pixel == 7));
        }
    }

    #[test]
    fn split_labels_gives_the_masks_of_each_label(
        array in labels_of_short_runs(),
        order in orders(),
    ) {
        let runs = encode(&Masks::labels(&array).unwrap(), order);
        let (instances, masks) = only(&runs).split_labels().unwrap();
        let labels: Vec<i64> = instances.iter().map(|instance| instance.label).collect();
        let mut expected: Vec<i32> = array.iter().copied().filter(|&label| label != 0).collect();
        expected.sort();
        expected.dedup();
        prop_assert_eq!(
            &labels,
            &expected.iter().copied().map(i64::from).collect::<Vec<_>>()
        );
        prop_assert_eq!(masks.len(), expected.len());
        for (mask, label) in masks.iter().zip(expected) {
            let of_label = array.mapv(|pixel| pixel == label);
            let alone = encode(&Masks::binary(&of_label).unwrap(), order);
            prop_assert_eq!(
                KaggleRle::try_from(mask).unwrap(),
                KaggleRle::try_from(only(&alone)).unwrap()
            );
            prop_assert_eq!(mask.starts(), only(&alone).starts());
            prop_assert_eq!(mask.order(), order);
        }
    }

    /// Any bytes are an error, or runs that are written and read as themselves.
    #[test]
    fn any_string_is_a_mask_or_an_error(
        size in [0u32..20, 0u32..20],
        text in "[0-o]{0,8}|\\PC{0,8}|([1-9] ?){0,6}",
    ) {
        if let Ok(runs) = (CocoRle {
            size,
            counts: text.clone(),
        })
        .to_runs()
        {
            prop_assert_eq!(
                CocoRle::try_from(only(&runs)).unwrap().to_runs().unwrap(),
                runs
            );
        }
        if let Ok(runs) = (KaggleRle {
            size,
            order: Order::RowMajor,
            pairs: text,
        })
        .to_runs()
        {
            prop_assert_eq!(
                KaggleRle::try_from(only(&runs)).unwrap().to_runs().unwrap(),
                runs
            );
        }
    }
}
