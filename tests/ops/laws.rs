//! The algebra of sets, law by law, on masks that no pixel was made of.

use maskrle::{CocoRle, KaggleRle, Order, Runs, SetOp, ValueCounts};
use proptest::prelude::*;

use super::plain::*;
use crate::support::strategies::*;

fn merge(a: &Runs, b: &Runs, op: SetOp) -> Runs {
    only(a).merge(only(b), op).unwrap().into()
}

fn or(a: &Runs, b: &Runs) -> Runs {
    merge(a, b, SetOp::Union)
}

fn and(a: &Runs, b: &Runs) -> Runs {
    merge(a, b, SetOp::Intersection)
}

fn minus(a: &Runs, b: &Runs) -> Runs {
    merge(a, b, SetOp::Difference)
}

fn xor(a: &Runs, b: &Runs) -> Runs {
    merge(a, b, SetOp::Xor)
}

fn not(a: &Runs) -> Runs {
    a.complement().unwrap()
}

fn area(a: &Runs) -> u64 {
    only(a).area()
}

prop_compose! {
    /// Three masks of one size and order.
    fn three()(masks in masks(3), order in orders()) -> [Runs; 3] {
        [0, 1, 2].map(|index| runs_of(masks[index].view(), order))
    }
}

proptest! {
    #[test]
    fn complements_follow_de_morgan([a, b, _] in three()) {
        prop_assert_eq!(not(&or(&a, &b)), and(&not(&a), &not(&b)));
        prop_assert_eq!(not(&and(&a, &b)), or(&not(&a), &not(&b)));
    }

    #[test]
    fn merging_a_mask_with_itself_changes_nothing([a, ..] in three()) {
        prop_assert_eq!(or(&a, &a), a.clone());
        prop_assert_eq!(and(&a, &a), a.clone());
        prop_assert_eq!(not(&not(&a)), a);
    }

    #[test]
    fn union_and_intersection_absorb([a, b, _] in three()) {
        prop_assert_eq!(or(&a, &and(&a, &b)), a.clone());
        prop_assert_eq!(and(&a, &or(&a, &b)), a);
    }

    #[test]
    fn union_intersection_and_xor_commute_and_associate([a, b, c] in three()) {
        for op in [or, and, xor] {
            prop_assert_eq!(op(&a, &b), op(&b, &a));
            prop_assert_eq!(op(&op(&a, &b), &c), op(&a, &op(&b, &c)));
        }
    }

    #[test]
    fn union_and_intersection_distribute([a, b, c] in three()) {
        prop_assert_eq!(and(&a, &or(&b, &c)), or(&and(&a, &b), &and(&a, &c)));
        prop_assert_eq!(or(&a, &and(&b, &c)), and(&or(&a, &b), &or(&a, &c)));
    }

    #[test]
    fn difference_and_xor_are_made_of_the_others([a, b, _] in three()) {
        prop_assert_eq!(minus(&a, &b), and(&a, &not(&b)));
        prop_assert_eq!(xor(&a, &b), or(&minus(&a, &b), &minus(&b, &a)));
        prop_assert_eq!(area(&minus(&a, &a)), 0);
        prop_assert_eq!(xor(&xor(&a, &b), &b), a);
    }

    #[test]
    fn areas_add_up([a, b, _] in three()) {
        prop_assert_eq!(area(&a) + area(&b), area(&or(&a, &b)) + area(&and(&a, &b)));
        prop_assert_eq!(area(&a) + area(&not(&a)), u64::from(only(&a).pixels()));
        let area_of = |op| only(&a).merge_area(only(&b), op).unwrap();
        prop_assert_eq!(
            area_of(SetOp::Union),
            area_of(SetOp::Intersection) + area_of(SetOp::Xor)
        );
    }

    /// n masks are as two by two, whatever the grouping.
    #[test]
    fn many_are_as_two_by_two([a, b, c] in three()) {
        let all = Runs::concat([a.clone(), b.clone(), c.clone()]).unwrap();
        prop_assert_eq!(
            Runs::from(all.merge(SetOp::Union).unwrap()),
            or(&or(&a, &b), &c)
        );
        prop_assert_eq!(
            Runs::from(all.merge(SetOp::Intersection).unwrap()),
            and(&and(&a, &b), &c)
        );
        prop_assert_eq!(
            Runs::from(all.merge(SetOp::Difference).unwrap()),
            minus(&minus(&a, &b), &c)
        );
        prop_assert_eq!(
            Runs::from(all.merge(SetOp::Xor).unwrap()),
            xor(&xor(&a, &b), &c)
        );
    }

    #[test]
    fn decode_of_merge_is_merge_of_decodes([a, b, _] in three()) {
        let [pixels_a, pixels_b] =
            [&a, &b].map(|runs| only(runs).decode::<bool>(Order::RowMajor).unwrap());
        let union = only(&or(&a, &b)).decode::<bool>(Order::RowMajor).unwrap();
        prop_assert_eq!(union, pixels_a | pixels_b);
    }

    #[test]
    fn encode_of_decode_is_the_identity(mask in mask(), order in orders(), layout in orders()) {
        let runs = runs_of(mask.view(), order);
        let pixels = only(&runs).decode::<u8>(layout).unwrap();
        let encoder = maskrle::Encoder::builder()
            .backend(maskrle::Backend::Cpu)
            .threads(1)
            .build()
            .unwrap();
        prop_assert_eq!(
            encoder
                .runs(&maskrle::Masks::binary(&pixels).unwrap(), order)
                .unwrap(),
            runs
        );
    }

    #[test]
    fn flips_and_transposes_undo_themselves(array in labels(), order in orders()) {
        let runs = runs_of_labels(array.view(), order);
        prop_assert_eq!(&runs.transpose().transpose(), &runs);
        prop_assert_eq!(&runs.flip_up_down().flip_up_down(), &runs);
        prop_assert_eq!(&runs.flip_left_right().flip_left_right(), &runs);
        for other in ORDERS {
            prop_assert_eq!(
                &runs.to_order(other).unwrap().to_order(order).unwrap(),
                &runs
            );
        }
    }

    #[test]
    fn transposing_swaps_the_flips(mask in mask(), order in orders()) {
        let runs = runs_of(mask.view(), order);
        prop_assert_eq!(
            runs.transpose().flip_up_down(),
            runs.flip_left_right().transpose()
        );
        let [x, y, w, h] = only(&runs).bbox();
        prop_assert_eq!(only(&runs.transpose()).bbox(), [y, x, h, w]);
    }

    #[test]
    fn a_frame_is_cut_off_again(
        array in labels(),
        order in orders(),
        frame in [0u32..9, 0u32..9, 0u32..9, 0u32..9],
    ) {
        let runs = runs_of_labels(array.view(), order);
        let [h, w] = only(&runs).size();
        let framed = runs.pad(frame).unwrap();
        prop_assert_eq!(only(&framed).area(), only(&runs).area());
        prop_assert_eq!(framed.crop([frame[2], frame[0], w, h]).unwrap(), runs);
    }

    /// A mask's own box holds all its foreground, and some at each edge.
    #[test]
    fn a_box_holds_its_mask(mask in mask(), order in orders()) {
        let runs = runs_of(mask.view(), order);
        let bbox @ [_, _, w, h] = only(&runs).bbox();
        let cut = only(&runs).crop(bbox).unwrap();
        prop_assert_eq!(only(&cut).area(), only(&runs).area());
        prop_assert_eq!(only(&cut).bbox(), [0, 0, w, h]);
    }

    #[test]
    fn every_format_is_read_as_a_stack(masks in masks(0..5)) {
        let runs = stack_of(&masks, Order::ColumnMajor);
        let rles: Vec<_> = runs
            .iter()
            .map(|mask| CocoRle::try_from(mask).unwrap())
            .collect();
        prop_assert_eq!(&Runs::read(&rles).unwrap(), &runs);
        let kaggle: Vec<_> = runs
            .iter()
            .map(|mask| KaggleRle::try_from(mask).unwrap())
            .collect();
        prop_assert_eq!(&Runs::read(&kaggle).unwrap(), &runs);
        let values: Vec<_> = runs.iter().map(ValueCounts::from).collect();
        let read = Runs::read(&values).unwrap();
        prop_assert!(read.iter().eq(runs.iter()));
    }
}
