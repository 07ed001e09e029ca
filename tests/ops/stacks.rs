//! Single masks, stacks of them, and the ways from one to the other.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use maskrle::{CocoRle, Error, KaggleRle, MaskRuns, Order, Position, Runs, ValueCounts};
use proptest::prelude::*;

use super::errors::input_error;
use super::plain::*;
use crate::support::strategies::*;

fn mask(counts: &[u32]) -> MaskRuns {
    MaskRuns::from_counts([2, 3], Order::ColumnMajor, counts.iter().copied()).unwrap()
}

/// Masks of areas 5, 1, 6 and 0.
fn stack() -> Runs {
    Runs::from_masks(&[mask(&[1, 5]), mask(&[0, 1, 5]), mask(&[0, 6]), mask(&[6])]).unwrap()
}

proptest! {
    /// Fails where offsets, first values or starts of a part are those of another mask.
    #[test]
    fn stacks_are_taken_apart_and_put_together(
        masks in masks(0..6),
        order in orders(),
        at in any::<[prop::sample::Index; 2]>(),
    ) {
        let runs = stack_of(&masks, order);
        let single: Vec<MaskRuns> = runs.clone().into_iter().collect();
        prop_assert!(
            single
                .iter()
                .zip(&runs)
                .all(|(single, mask)| *single == mask)
        );
        prop_assert_eq!(Runs::from_masks(&single).unwrap(), runs.clone());
        prop_assert_eq!(
            Runs::concat(single.iter().cloned().map(Runs::from)).unwrap(),
            runs.clone()
        );

        let [first, end] = at.map(|at| at.index(masks.len() + 1));
        let range = first.min(end)..first.max(end);
        let part = runs.slice(range.clone()).unwrap();
        prop_assert!(
            part.iter()
                .eq(single[range.clone()].iter().map(MaskRuns::view))
        );
        prop_assert_eq!(runs.select(range.clone()).unwrap(), part.clone());
        let keep: Vec<bool> = (0..masks.len())
            .map(|index| range.contains(&index))
            .collect();
        prop_assert_eq!(runs.select_where(&keep).unwrap(), part);
        let reversed = runs.select((0..masks.len()).rev()).unwrap();
        prop_assert!(reversed.iter().eq(runs.iter().rev()));
    }

    #[test]
    fn label_maps_are_taken_apart_and_put_together(
        arrays in prop::collection::vec(labels(), 1..4),
        order in orders(),
    ) {
        let maps = arrays
            .iter()
            .map(|array| runs_of_labels(array.view(), order));
        let runs = Runs::concat(maps).unwrap();
        let single: Vec<MaskRuns> = runs.clone().into_iter().collect();
        let again = Runs::from_masks(&single).unwrap();
        prop_assert!(again.iter().eq(runs.iter()));
        let last = runs.slice(arrays.len() - 1..).unwrap();
        prop_assert_eq!(last.mask(0), runs.last().unwrap());
        let selected = runs.select([arrays.len() - 1]).unwrap();
        prop_assert_eq!(last.values(), selected.values());
    }

    /// Fails where a hash depends on the element type of labels, or on how values are stored.
    #[test]
    fn equal_masks_have_one_hash(array in labels(), order in orders()) {
        let hasher = RandomState::new();
        let binary = runs_of(array.mapv(|label| label != 0).view(), order);
        let labels = runs_of_labels(array.mapv(|label| i64::from(label != 0)).view(), order);
        prop_assert_eq!(only(&binary), only(&labels));
        prop_assert_eq!(
            hasher.hash_one(only(&binary)),
            hasher.hash_one(only(&labels))
        );
        prop_assert_eq!(
            hasher.hash_one(only(&labels)),
            hasher.hash_one(only(&labels).to_owned())
        );
        prop_assert_eq!(hasher.hash_one(&labels), hasher.hash_one(labels.clone()));
    }
}

#[test]
fn masks_come_from_both_ends() {
    let runs = stack();
    let mut masks = runs.iter();
    assert_eq!((masks.len(), masks.size_hint()), (4, (4, Some(4))));
    assert_eq!(masks.next_back().unwrap().area(), 0);
    assert_eq!(masks.next().unwrap().area(), 5);
    assert_eq!(masks.clone().map(|mask| mask.area()).sum::<u64>(), 7);
    assert_eq!(masks.nth(1).unwrap().area(), 6);
    assert_eq!(
        (masks.next(), masks.next_back(), masks.len()),
        (None, None, 0)
    );
    let mut owned = runs.into_iter().rev();
    assert_eq!(owned.len(), 4);
    assert_eq!(owned.next(), Some(mask(&[6])));
    assert_eq!(owned.nth(1), Some(mask(&[0, 1, 5])));
    assert_eq!((owned.next(), owned.next()), (Some(mask(&[1, 5])), None));
}

#[test]
fn masks_that_do_not_go_together() {
    let rows = mask(&[1, 5]).to_order(Order::RowMajor).unwrap();
    let expected = "mask 1 is scanned in row-major order, those before it in column-major order";
    assert_eq!(input_error(Runs::from_masks(&[mask(&[6]), rows])), expected);
    let map = MaskRuns::from_values([2, 3], Order::ColumnMajor, &[7], &[6]).unwrap();
    let expected = "binary masks and label maps do not go together in one stack";
    assert_eq!(input_error(Runs::from_masks([&map, &mask(&[6])])), expected);
    assert_eq!(input_error(Runs::from_masks([&mask(&[6]), &map])), expected);
}

/// One index below the number of masks, at it, and beyond what an addition holds.
#[test]
fn indices_beyond_the_stack() {
    let runs = stack();
    assert_eq!(runs.select([3, 3]).unwrap().areas(), [0, 0]);
    assert_eq!(
        input_error(runs.select([4])),
        "mask 4: there are 4, counted from 0"
    );
    assert_eq!(runs.slice(..=3).unwrap(), runs);
    assert_eq!(runs.slice(4..).unwrap().len(), 0);
    assert_eq!(
        input_error(runs.slice(..=4)),
        "masks 0..5: there are 4, counted from 0"
    );
    assert!(runs.slice(..=usize::MAX).is_err());
    let backwards = (std::ops::Bound::Included(3), std::ops::Bound::Excluded(2));
    assert_eq!(
        input_error(runs.slice(backwards)),
        "masks 3..2: there are 4, counted from 0"
    );
    assert_eq!(
        input_error(runs.select_where(&[true; 3])),
        "3 entries for 4 masks: there must be one for each"
    );
    assert_eq!((runs.get(4), Runs::default().last()), (None, None));
    assert!(std::panic::catch_unwind(|| runs.mask(4).area()).is_err());
}

/// None of a stack has the stack's order and kind of values.
#[test]
fn nothing_selected_is_of_the_same_kind() {
    let map = MaskRuns::from_values([1, 2], Order::RowMajor, &[300, 7], &[1, 1]).unwrap();
    let maps = Runs::from(map);
    for none in [maps.select([]).unwrap(), maps.slice(..0).unwrap()] {
        assert_eq!((none.len(), none.order()), (0, Order::RowMajor));
        assert_eq!(Runs::concat([none, maps.clone()]).unwrap(), maps);
    }
}

#[test]
fn masks_and_formats_as_text() {
    assert_eq!(stack().to_string(), "4 masks, 8 runs, column-major");
    assert_eq!(mask(&[1, 5]).to_string(), "2 runs of 2 x 3, column-major");
    let rle = CocoRle::new([2, 3], "0\\1\"\n");
    assert_eq!(
        rle.to_string(),
        r#"{"size": [2, 3], "counts": "0\\1\"\u000a"}"#
    );
    assert_eq!(format!("{:>5}", KaggleRle::by_rows([1, 2], "1 2")), "  1 2");
    for (order, names) in [
        (Order::RowMajor, ["row-major", "row", "C"]),
        (Order::ColumnMajor, ["column-major", "column", "F"]),
    ] {
        assert_eq!(order.to_string(), names[0]);
        assert!(names.iter().all(|name| name.parse() == Ok(order)));
    }
    for name in ["", "c", "rows", "Row-Major"] {
        let expected = format!(
            "{name:?} is no scan order: row-major (row, C) and column-major (column, F) are"
        );
        assert_eq!(input_error(name.parse::<Order>()), expected);
    }
}

#[test]
fn defaults_are_masks_without_pixels() {
    assert_eq!(CocoRle::default().to_runs(), Ok(MaskRuns::default()));
    assert_eq!(
        maskrle::CocoCounts::default().to_runs(),
        Ok(MaskRuns::default())
    );
    assert_eq!(KaggleRle::default().to_runs(), Ok(MaskRuns::default()));
    assert_eq!(Runs::default(), Runs::from_masks::<&MaskRuns>([]).unwrap());
    let different: HashSet<Runs> = [stack(), stack(), Runs::default()].into();
    assert_eq!(different.len(), 2);
}

#[test]
fn errors_say_where_in_numbers() {
    let position = |error: Error| match error {
        Error::Format { mask, at, .. } => (mask, at),
        other => panic!("{other:?}"),
    };
    let short = KaggleRle::by_rows([2, 3], "1 1 9");
    let single = position(short.to_runs().unwrap_err());
    assert_eq!(single, (None, Position::Pair(1)));
    let of_two = Runs::read(&[KaggleRle::by_rows([2, 3], ""), short]).unwrap_err();
    assert_eq!(position(of_two), (Some(1), Position::Pair(1)));
    let square = vec![0.0, 0.0, 2.0, 0.0, 2.0, 2.0];
    let polygons = [square.clone(), [&square[..], &[f64::NAN, 1.0]].concat()];
    let error = Runs::from_polygons([2, 3], &polygons).unwrap_err();
    assert_eq!(
        error.to_string(),
        "polygon 1, coordinate 6: NaN is not within 2^32 of 0"
    );
    assert_eq!(position(error), (Some(1), Position::Coordinate(6)));
    let uneven = ValueCounts {
        size: [1, 3],
        order: Order::RowMajor,
        values: vec![1],
        counts: vec![1, 2],
    };
    assert_eq!(
        position(uneven.to_runs().unwrap_err()),
        (None, Position::Counts)
    );
}
