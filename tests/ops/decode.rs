//! Runs to pixels and to label maps, and back.

use maskrle::{Order, Runs};
use ndarray::{Array2, Array3, ShapeBuilder, Zip, s};
use proptest::prelude::*;

use super::plain::*;
use crate::support::strategies::*;

proptest! {
    #[test]
    fn pixels_are_decoded_in_either_layout(
        masks in masks(1..4),
        order in orders(),
        layout in orders(),
    ) {
        let runs = stack_of(&masks, order);
        let (h, w) = masks[0].dim();
        let expected =
            Array3::from_shape_fn((masks.len(), h, w), |(mask, y, x)| masks[mask][[y, x]]);
        let decoded = runs.decode::<bool>(layout).unwrap();
        prop_assert_eq!(&decoded, &expected);
        prop_assert_eq!(runs.decode::<u8>(layout).unwrap(), expected.mapv(u8::from));
        prop_assert_eq!(
            runs.decode::<i32>(layout).unwrap(),
            expected.mapv(i32::from)
        );
        // In memory as promised.
        let as_promised = if layout == Order::RowMajor {
            decoded.view()
        } else {
            decoded.view().permuted_axes([0, 2, 1])
        };
        prop_assert!(as_promised.is_standard_layout());
        prop_assert_eq!(
            runs.get(0).unwrap().decode::<bool>(layout).unwrap(),
            masks[0].view()
        );
    }

    /// Into every second pixel of an array of either layout, the others of which stay as they are.
    #[test]
    fn pixels_are_decoded_into_any_strides(
        mask in mask(),
        order in orders(),
        by_column in any::<bool>(),
    ) {
        let runs = runs_of(mask.view(), order);
        let (h, w) = mask.dim();
        let mut out = Array2::from_elem((2 * h, 2 * w).set_f(by_column), 7u8);
        only(&runs)
            .decode_into(out.slice_mut(s![..;-2, ..;2]))
            .unwrap();
        prop_assert_eq!(out.slice(s![..;-2, ..;2]), mask.mapv(u8::from));
        prop_assert_eq!(out.iter().filter(|&&pixel| pixel == 7).count(), 3 * h * w);
        let mut whole = Array2::from_elem((h, w).set_f(by_column), true);
        only(&runs).decode_into(whole.view_mut()).unwrap();
        prop_assert_eq!(whole, mask.view());
    }

    #[test]
    fn labels_are_decoded(array in labels(), order in orders(), layout in orders()) {
        let runs = runs_of_labels(array.view(), order);
        prop_assert_eq!(
            only(&runs).decode::<i32>(layout).unwrap().mapv(i64::from),
            array.view()
        );
        prop_assert_eq!(
            only(&runs).decode::<bool>(layout).unwrap(),
            array.mapv(|label| label != 0)
        );
        prop_assert_eq!(
            only(&runs).to_mask().unwrap(),
            array.mapv(|label| u8::from(label != 0))
        );
        let fits = array.iter().all(|label| u8::try_from(*label).is_ok());
        prop_assert_eq!(only(&runs).decode::<u8>(layout).is_ok(), fits);
    }

    #[test]
    fn labels_are_split_and_put_together(
        arrays in prop::collection::vec(labels(), 1..3),
        order in orders(),
    ) {
        let maps = Runs::concat(
            arrays
                .iter()
                .map(|array| runs_of_labels(array.view(), order)),
        )
        .unwrap();
        let (instances, masks) = maps.split_labels().unwrap();
        let mut found = instances.iter().zip(masks.iter());
        for (index, array) in arrays.iter().enumerate() {
            let mut labels: Vec<i64> = array.iter().copied().filter(|&label| label != 0).collect();
            labels.sort();
            labels.dedup();
            for &label in &labels {
                let (instance, mask) = found.next().unwrap();
                let expected = array.mapv(|pixel| pixel == label);
                prop_assert_eq!((instance.map, instance.label), (index, label));
                prop_assert_eq!(
                    (instance.area, instance.bbox),
                    (area(&expected), bbox(&expected))
                );
                let expected = runs_of(expected.view(), order);
                prop_assert_eq!(mask, only(&expected));
            }
            let (_, masks) = maps.get(index).unwrap().split_labels().unwrap();
            if !labels.is_empty() {
                let map = masks.to_label_map(labels).unwrap();
                prop_assert_eq!(only(&map), maps.get(index).unwrap());
            }
        }
        prop_assert!(found.next().is_none());
    }

    #[test]
    fn later_masks_lie_on_top_in_a_label_map(masks in masks(1..7), order in orders()) {
        let map = stack_of(&masks, order)
            .to_label_map([5, -2, 70_000, 5, 1, 9])
            .unwrap();
        let mut expected = Array2::zeros(masks[0].raw_dim());
        for (mask, label) in masks.iter().zip([5i64, -2, 70_000, 5, 1, 9]) {
            Zip::from(&mut expected)
                .and(mask)
                .for_each(|pixel, &set| *pixel = if set { label } else { *pixel });
        }
        prop_assert_eq!(values_of(only(&map)), expected);
    }

    #[test]
    fn equality_is_that_of_pixels(masks in masks(2), order in orders()) {
        let runs = stack_of(&masks, order);
        prop_assert_eq!(runs.get(0) == runs.get(1), masks[0] == masks[1]);
        prop_assert_eq!(
            Runs::from(runs.get(1).unwrap()),
            runs_of(masks[1].view(), order)
        );
        let parts = (
            order,
            runs.iter().map(|mask| mask.size()).collect(),
            runs.offsets().to_vec(),
        );
        let rebuilt = Runs::from_parts(
            parts.0,
            parts.1,
            parts.2,
            runs.starts().to_vec(),
            runs.values().clone(),
        )
        .unwrap();
        prop_assert_eq!(rebuilt, runs);
    }
}
