//! Every format there and back, and bytes that are none of it.

use maskrle::{
    Backend, CocoCounts, CocoRle, Encoder, Error, KaggleRle, Labels, MaskRuns, Masks, Order, Runs,
    ValueCounts, Values,
};
use ndarray::{Array2, ShapeBuilder, arr2, s};
use proptest::prelude::*;

fn encode(masks: &Masks<'_>, order: Order) -> Runs {
    Encoder::builder()
        .backend(Backend::Cpu)
        .threads(1)
        .build()
        .unwrap()
        .runs(masks, order)
        .unwrap()
}

fn only(runs: &Runs) -> MaskRuns<'_> {
    assert_eq!(runs.len(), 1);
    runs.get(0).unwrap()
}

fn orders() -> impl Strategy<Value = Order> {
    prop_oneof![Just(Order::RowMajor), Just(Order::ColumnMajor)]
}

/// Arrays with sides of 0 to 149, of runs of random length and of any of `values`.
fn arrays(values: impl Strategy<Value = i32> + Clone) -> impl Strategy<Value = Array2<i32>> {
    let runs = prop::collection::vec((values, 1usize..50), 0..200);
    (0usize..150, 0usize..150, any::<bool>(), runs).prop_map(|(h, w, by_column, runs)| {
        let mut pixels: Vec<i32> = runs
            .iter()
            .flat_map(|&(value, count)| vec![value; count])
            .collect();
        pixels.resize(h * w, 0);
        Array2::from_shape_vec((h, w).set_f(by_column), pixels).unwrap()
    })
}

fn binary_arrays() -> impl Strategy<Value = Array2<i32>> {
    arrays(0i32..2)
}

fn label_arrays() -> impl Strategy<Value = Array2<i32>> {
    arrays(prop_oneof![0i32..4, any::<i32>()])
}

proptest! {
    #[test]
    fn coco_there_and_back(array in binary_arrays()) {
        let runs = encode(&Masks::binary(&array).unwrap(), Order::ColumnMajor);
        let string = CocoRle::try_from(only(&runs)).unwrap();
        let counts = CocoCounts::try_from(only(&runs)).unwrap();
        prop_assert_eq!(string.to_runs().unwrap(), runs.clone());
        prop_assert_eq!(counts.to_runs().unwrap(), runs.clone());
        prop_assert_eq!(only(&runs).to_mask().unwrap().mapv(i32::from), array);
    }

    #[test]
    fn kaggle_there_and_back(array in binary_arrays(), order in orders()) {
        let runs = encode(&Masks::binary(&array).unwrap(), order);
        let back = KaggleRle::try_from(only(&runs)).unwrap().to_runs().unwrap();
        prop_assert_eq!(&back, &runs);
        prop_assert_eq!(only(&back).to_mask().unwrap().mapv(i32::from), array);
    }

    #[test]
    fn values_there_and_back(array in label_arrays(), order in orders()) {
        let runs = encode(&Masks::labels(&array).unwrap(), order);
        let encoded = ValueCounts::from(only(&runs));
        let back = encoded.to_runs().unwrap();
        prop_assert_eq!(ValueCounts::from(only(&back)), encoded);
        let mut painted = Array2::zeros(array.raw_dim());
        only(&back).paint(painted.view_mut(), |value| value).unwrap();
        prop_assert_eq!(painted, array.mapv(i64::from));
    }

    /// Into C order, Fortran order, and every second pixel of a flipped array, the others of which
    /// stay as they are.
    #[test]
    fn paint_writes_every_pixel_whatever_the_strides(array in label_arrays(), order in orders()) {
        let runs = encode(&Masks::labels(&array).unwrap(), order);
        let (h, w) = array.dim();
        for by_column in [false, true] {
            let mut whole = Array2::from_elem((h, w).set_f(by_column), 7i64);
            only(&runs).paint(whole.view_mut(), |value| value).unwrap();
            prop_assert_eq!(&whole, &array.mapv(i64::from));

            let mut sparse = Array2::from_elem((2 * h, 2 * w).set_f(by_column), 7i64);
            only(&runs).paint(sparse.slice_mut(s![..;-2, ..;2]), |value| value).unwrap();
            prop_assert_eq!(sparse.slice(s![..;-2, ..;2]), array.mapv(i64::from));
            prop_assert!(sparse.slice(s![..;2, ..]).iter().all(|&pixel| pixel == 7));
            prop_assert!(sparse.slice(s![.., ..;-2]).iter().all(|&pixel| pixel == 7));
        }
    }

    #[test]
    fn split_labels_gives_the_masks_of_each_label(array in label_arrays(), order in orders()) {
        let runs = encode(&Masks::labels(&array).unwrap(), order);
        let (instances, masks) = only(&runs).split_labels().unwrap();
        let labels: Vec<i64> = instances.iter().map(|instance| instance.label).collect();
        let mut expected: Vec<i32> = array.iter().copied().filter(|&label| label != 0).collect();
        expected.sort();
        expected.dedup();
        prop_assert_eq!(&labels, &expected.iter().copied().map(i64::from).collect::<Vec<_>>());
        prop_assert_eq!(masks.len(), expected.len());
        for (mask, label) in masks.iter().zip(expected) {
            let of_label = array.mapv(|pixel| pixel == label);
            let alone = encode(&Masks::binary(&of_label).unwrap(), order);
            prop_assert_eq!(KaggleRle::try_from(mask).unwrap(), KaggleRle::try_from(only(&alone)).unwrap());
            prop_assert_eq!(mask.starts(), only(&alone).starts());
            prop_assert_eq!(mask.order(), order);
        }
    }

    /// Whatever the bytes: an error, or runs that are written and read as themselves.
    #[test]
    fn any_string_is_a_mask_or_an_error(size in [0u32..20, 0u32..20], text in "[0-o]{0,8}|\\PC{0,8}|([1-9] ?){0,6}") {
        if let Ok(runs) = (CocoRle { size, counts: text.clone() }).to_runs() {
            prop_assert_eq!(CocoRle::try_from(only(&runs)).unwrap().to_runs().unwrap(), runs);
        }
        if let Ok(runs) = (KaggleRle { size, order: Order::RowMajor, pairs: text }).to_runs() {
            prop_assert_eq!(KaggleRle::try_from(only(&runs)).unwrap().to_runs().unwrap(), runs);
        }
    }
}

/// The counts' string of a mask of 4 x 5.
fn coco(counts: &str) -> Result<Runs, Error> {
    CocoRle {
        size: [4, 5],
        counts: counts.into(),
    }
    .to_runs()
}

/// The pairs of a mask of 4 x 5.
fn kaggle(pairs: &str) -> Result<Runs, Error> {
    KaggleRle {
        size: [4, 5],
        order: Order::ColumnMajor,
        pairs: pairs.into(),
    }
    .to_runs()
}

fn refused(result: Result<Runs, Error>) -> String {
    let error = result.unwrap_err();
    assert!(matches!(error, Error::Format { .. }), "{error:?}");
    error.to_string()
}

fn beyond_limit(result: Result<Runs, Error>) -> String {
    let error = result.unwrap_err();
    assert!(matches!(error, Error::Limit(_)), "{error:?}");
    error.to_string()
}

fn misused<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    let error = result.unwrap_err();
    assert!(matches!(error, Error::Input(_)), "{error:?}");
    error.to_string()
}

#[test]
fn coco_of_empty_and_full_masks() {
    for (pixel, counts, string) in [(0u8, vec![20], "d0"), (1, vec![0, 20], "0d0")] {
        let runs = encode(
            &Masks::binary(&Array2::from_elem((4, 5), pixel)).unwrap(),
            Order::ColumnMajor,
        );
        assert_eq!(
            CocoCounts::try_from(only(&runs)).unwrap(),
            CocoCounts {
                size: [4, 5],
                counts
            }
        );
        assert_eq!(
            CocoRle::try_from(only(&runs)).unwrap(),
            CocoRle {
                size: [4, 5],
                counts: string.into()
            }
        );
    }
}

#[test]
fn a_mask_without_pixels_in_every_format() {
    for (h, w) in [(0, 0), (0, 3), (3, 0)] {
        let size = [h as u32, w as u32];
        let order = Order::ColumnMajor;
        let runs = encode(&Masks::binary(&Array2::<u8>::zeros((h, w))).unwrap(), order);
        let mask = only(&runs);
        assert_eq!(
            CocoCounts::try_from(mask).unwrap(),
            CocoCounts {
                size,
                counts: vec![0]
            }
        );
        assert_eq!(
            CocoRle::try_from(mask).unwrap(),
            CocoRle {
                size,
                counts: "0".into()
            }
        );
        assert_eq!(
            KaggleRle::try_from(mask).unwrap(),
            KaggleRle {
                size,
                order,
                pairs: String::new()
            }
        );
        assert_eq!(
            ValueCounts::from(mask),
            ValueCounts {
                size,
                order,
                values: vec![],
                counts: vec![]
            }
        );
        assert_eq!(
            CocoRle {
                size,
                counts: "0".into()
            }
            .to_runs()
            .unwrap(),
            runs
        );
        assert_eq!(
            CocoRle {
                size,
                counts: String::new()
            }
            .to_runs()
            .unwrap(),
            runs
        ); // what pycocotools' merge gives
        assert_eq!(mask.to_mask().unwrap().dim(), (h, w));
        assert!(mask.split_labels().unwrap().0.is_empty());
    }
}

#[test]
fn coco_counts_below_the_pixels() {
    assert_eq!(
        refused(coco("53")),
        "counts: they sum to 8, a mask of 4 x 5 has 20 pixels"
    );
}

#[test]
fn coco_counts_above_the_pixels() {
    assert_eq!(
        refused(coco("5d0")),
        "count 1: the counts sum to more than the 20 pixels of 4 x 5"
    );
    assert_eq!(
        refused(coco("oooooo3oooooo3")),
        "count 0: the counts sum to more than the 20 pixels of 4 x 5"
    );
}

#[test]
fn coco_string_cut_within_a_number() {
    assert_eq!(
        refused(coco("1P")),
        "character 2: the string ends within a number"
    );
}

#[test]
fn coco_number_of_eight_characters() {
    assert_eq!(
        refused(coco("1PPPPPPP0")),
        "character 8: a number of more than 7 characters, which no count needs"
    );
}

#[test]
fn coco_number_longer_than_it_need_be() {
    assert_eq!(coco("TPPPPP0`0").unwrap(), coco("4`0").unwrap());
}

#[test]
fn coco_negative_count() {
    assert_eq!(
        refused(coco("O")),
        "character 0: count 0 would be -1, it must be 0 to 4294967295"
    );
    assert_eq!(
        refused(coco("121M")),
        "character 3: count 3 would be -1, it must be 0 to 4294967295"
    );
}

#[test]
fn coco_count_beyond_u32() {
    assert_eq!(
        refused(coco("PPPPPP4")),
        "character 0: count 0 would be 4294967296, it must be 0 to 4294967295"
    );
    assert_eq!(
        refused(coco("020oooooo3")),
        "character 3: count 3 would be 4294967297, it must be 0 to 4294967295"
    );
}

#[test]
fn coco_foreign_characters() {
    assert_eq!(
        refused(coco("5p")),
        "character 1: 'p' is none of COCO's characters, which are '0' to 'o'"
    );
    assert_eq!(
        refused(coco("5/")),
        "character 1: '/' is none of COCO's characters, which are '0' to 'o'"
    );
    assert_eq!(
        refused(coco("5é")),
        "character 1: 'é' is none of COCO's characters, which are '0' to 'o'"
    );
    assert_eq!(
        refused(coco("5\0")),
        "character 1: '\\0' is none of COCO's characters, which are '0' to 'o'"
    );
    assert_eq!(
        refused(coco("Pé")),
        "character 1: 'é' is none of COCO's characters, which are '0' to 'o'"
    );
}

#[test]
fn coco_empty_string_for_a_mask_with_pixels() {
    assert_eq!(
        refused(coco("")),
        "counts: they sum to 0, a mask of 4 x 5 has 20 pixels"
    );
}

#[test]
fn sizes_whose_product_overflows() {
    let size = [65_536, 65_536];
    let expected = "a mask of 65536 x 65536 has 4294967296 pixels, the limit is 4294967295";
    let order = Order::RowMajor;
    assert_eq!(
        beyond_limit(
            CocoRle {
                size,
                counts: "0".into()
            }
            .to_runs()
        ),
        expected
    );
    assert_eq!(
        beyond_limit(
            CocoCounts {
                size,
                counts: vec![0]
            }
            .to_runs()
        ),
        expected
    );
    assert_eq!(
        beyond_limit(
            KaggleRle {
                size,
                order,
                pairs: String::new()
            }
            .to_runs()
        ),
        expected
    );
    assert_eq!(
        beyond_limit(
            ValueCounts {
                size,
                order,
                values: vec![],
                counts: vec![]
            }
            .to_runs()
        ),
        expected
    );
    beyond_limit(
        KaggleRle {
            size: [u32::MAX; 2],
            order,
            pairs: String::new(),
        }
        .to_runs(),
    );
}

#[test]
fn the_largest_mask_in_a_few_bytes() {
    let runs = CocoRle {
        size: [u32::MAX, 1],
        counts: "0oooooo3".into(),
    }
    .to_runs()
    .unwrap();
    assert_eq!(only(&runs).starts(), [0]);
    assert_eq!(only(&runs).area(), u64::from(u32::MAX));
    assert_eq!(
        KaggleRle::try_from(only(&runs)).unwrap().pairs,
        "1 4294967295"
    );
    let last = KaggleRle {
        size: [1, u32::MAX],
        order: Order::RowMajor,
        pairs: "4294967295 1".into(),
    };
    let runs = last.to_runs().unwrap();
    assert_eq!(only(&runs).starts(), [0, u32::MAX - 1]);
    assert_eq!(KaggleRle::try_from(only(&runs)).unwrap(), last);
}

#[test]
fn runs_of_no_pixels_join_their_neighbours() {
    let counts = |counts: Vec<u32>| {
        CocoCounts {
            size: [4, 5],
            counts,
        }
        .to_runs()
        .unwrap()
    };
    let joined = counts(vec![3, 5, 12]);
    assert_eq!(only(&joined).starts(), [0, 3, 8]);
    assert_eq!(counts(vec![1, 0, 2, 5, 0, 0, 12, 0]), joined);
    assert_eq!(counts(vec![0, 0, 3, 5, 12]), joined);
    assert_eq!(only(&counts(vec![0, 0, 0, 20])).starts(), [0]);
    assert_eq!(only(&counts(vec![0, 0, 0, 20])).area(), 20);
    assert_eq!(only(&counts(vec![0, 0, 20])).area(), 0);
}

#[test]
fn counts_that_end_in_foreground() {
    let runs = CocoCounts {
        size: [4, 5],
        counts: vec![3, 17],
    }
    .to_runs()
    .unwrap();
    assert_eq!(only(&runs).values().collect::<Vec<_>>(), [0, 1]);
    assert_eq!(only(&runs).area(), 17);
}

#[test]
fn label_maps_are_no_coco_or_kaggle_mask() {
    let runs = encode(
        &Masks::labels(&arr2(&[[0u8, 7]])).unwrap(),
        Order::ColumnMajor,
    );
    let expected = "a label map is not one COCO mask: split_labels makes one for each label";
    assert_eq!(misused(CocoRle::try_from(only(&runs))), expected);
    assert_eq!(misused(CocoCounts::try_from(only(&runs))), expected);
    assert_eq!(
        misused(KaggleRle::try_from(only(&runs))),
        expected.replace("COCO", "Kaggle")
    );
}

#[test]
fn row_major_runs_are_no_coco_mask() {
    let runs = encode(&Masks::binary(&arr2(&[[0u8, 7]])).unwrap(), Order::RowMajor);
    assert_eq!(
        misused(CocoRle::try_from(only(&runs))),
        "COCO's runs are column-major, these are row-major"
    );
    assert_eq!(
        misused(CocoCounts::try_from(only(&runs))),
        "COCO's runs are column-major, these are row-major"
    );
}

#[test]
fn values_of_one_label_map() {
    let array = arr2(&[[0i16, -3, -3], [500, 500, 0]]);
    let runs = encode(&Masks::labels(&array).unwrap(), Order::RowMajor);
    let encoded = ValueCounts::from(only(&runs));
    let (values, counts) = (vec![0, -3, 500, 0], vec![1, 2, 2, 1]);
    assert_eq!(
        encoded,
        ValueCounts {
            size: [2, 3],
            order: Order::RowMajor,
            values,
            counts
        }
    );
    assert_eq!(encoded.to_runs().unwrap(), runs);
}

#[test]
fn values_are_joined_and_take_the_narrowest_type() {
    let encoded = |values: Vec<i64>| {
        ValueCounts {
            size: [1, 6],
            order: Order::RowMajor,
            values,
            counts: vec![1, 2, 0, 3],
        }
        .to_runs()
    };
    let joined = encoded(vec![5, 5, 9, 255]).unwrap();
    assert_eq!(only(&joined).starts(), [0, 3]);
    assert_eq!(*joined.values(), Values::Labels(Labels::U8(vec![5, 255])));
    assert_eq!(
        *encoded(vec![-5, 0, 999, 127]).unwrap().values(),
        Values::Labels(Labels::I8(vec![-5, 0, 127]))
    );
    let unsigned = encoded(vec![1, 2, -9, i64::from(u32::MAX)]).unwrap();
    assert_eq!(
        *unsigned.values(),
        Values::Labels(Labels::U32(vec![1, 2, u32::MAX]))
    );
    for values in [
        vec![-1, 0, 9, i64::from(u32::MAX)],
        vec![0, 1, 9, 1 << 32],
        vec![i64::MIN, 0, 9, i64::MAX],
    ] {
        // The third stands 0 times.
        let expected = Labels::I64(vec![values[0], values[1], values[3]]);
        assert_eq!(*encoded(values).unwrap().values(), Values::Labels(expected));
    }
}

#[test]
fn values_and_counts_of_different_number() {
    let encoded = ValueCounts {
        size: [1, 3],
        order: Order::RowMajor,
        values: vec![1],
        counts: vec![1, 2],
    };
    assert_eq!(
        refused(encoded.to_runs()),
        "counts: 2 counts for 1 values, there must be one for each"
    );
}

#[test]
fn kaggle_without_pairs_is_an_empty_mask() {
    for pairs in ["", " ", "\t\r\n "] {
        assert_eq!(only(&kaggle(pairs).unwrap()).starts(), [0]);
        assert_eq!(only(&kaggle(pairs).unwrap()).area(), 0);
    }
}

#[test]
fn kaggle_pairs_that_touch_are_joined() {
    assert_eq!(kaggle("1 2 3 1 4 1").unwrap(), kaggle("1 4").unwrap());
    assert_eq!(kaggle(" 2 2\n4  17 ").unwrap(), kaggle("2 19").unwrap());
    assert_eq!(
        only(&kaggle("1 4 6 2 19 2").unwrap()).starts(),
        [0, 4, 5, 7, 18]
    );
}

#[test]
fn kaggle_beyond_the_mask() {
    let expected = "pair 1: 2 pixels from 20 go beyond the 20 pixels of the mask";
    assert_eq!(refused(kaggle("1 2 20 2")), expected);
    assert_eq!(
        refused(kaggle("21 1")),
        "pair 0: 1 pixels from 21 go beyond the 20 pixels of the mask"
    );
    refused(kaggle("4294967295 4294967295"));
}

#[test]
fn kaggle_pairs_overlapping_or_unsorted() {
    assert_eq!(
        refused(kaggle("3 4 6 2")),
        "pair 1: it starts at pixel 6, and the pair before it ends at 6"
    );
    assert_eq!(
        refused(kaggle("9 2 3 1")),
        "pair 1: it starts at pixel 3, and the pair before it ends at 10"
    );
}

#[test]
fn kaggle_odd_number_of_tokens() {
    assert_eq!(
        refused(kaggle("3 4 9")),
        "pair 1: the start 9 has no length"
    );
    assert_eq!(
        refused(kaggle("-1")),
        "pair 0: the start \"-1\" is not a whole number from 1 to 4294967295"
    );
}

#[test]
fn kaggle_zeros() {
    assert_eq!(
        refused(kaggle("1 0")),
        "pair 0: the length is 0, it must be positive"
    );
    assert_eq!(
        refused(kaggle("0 1")),
        "pair 0: the start is 0, it must be positive"
    );
}

#[test]
fn kaggle_garbage() {
    for garbage in ["x", "+3", "3.0", "٣", "4294967296", "1,2"] {
        let expected =
            format!("pair 1: the start {garbage:?} is not a whole number from 1 to 4294967295");
        assert_eq!(refused(kaggle(&format!("1 1 {garbage} 1"))), expected);
    }
    assert!(refused(kaggle(&"9".repeat(1 << 20))).len() < 100);
}

#[test]
fn paint_into_another_size() {
    let runs = kaggle("1 4").unwrap();
    let mut transposed = Array2::<u8>::zeros((5, 4));
    let expected = "a mask of 4 x 5 does not fit an array of [5, 4]";
    assert_eq!(
        misused(only(&runs).paint(transposed.view_mut(), |value| value as u8)),
        expected
    );
}

#[test]
fn split_labels_of_a_binary_mask() {
    let (instances, masks) = only(&kaggle("1 4 9 2").unwrap()).split_labels().unwrap();
    let found: Vec<_> = instances
        .iter()
        .map(|instance| (instance.label, instance.area, instance.bbox))
        .collect();
    assert_eq!(found, [(1, 6, [0, 0, 3, 4])]);
    assert_eq!(masks, kaggle("1 4 9 2").unwrap());
}

#[cfg(feature = "serde")]
#[test]
fn formats_as_json() {
    macro_rules! check {
        ($value:expr, $type:ty, $json:expr) => {
            assert_eq!(serde_json::to_value(&$value).unwrap(), $json);
            assert_eq!(serde_json::from_value::<$type>($json).unwrap(), $value);
        };
    }
    use serde_json::json;
    let (size, order) = ([4, 5], Order::RowMajor);
    let string = CocoRle {
        size,
        counts: r"0\".into(),
    };
    check!(string, CocoRle, json!({ "size": [4, 5], "counts": r"0\" }));
    let counts = CocoCounts {
        size,
        counts: vec![0, 20],
    };
    check!(
        counts,
        CocoCounts,
        json!({ "size": [4, 5], "counts": [0, 20] })
    );
    let kaggle = KaggleRle {
        size,
        order,
        pairs: "1 20".into(),
    };
    check!(
        kaggle,
        KaggleRle,
        json!({ "size": [4, 5], "order": "row", "pairs": "1 20" })
    );
    let values = ValueCounts {
        size,
        order,
        values: vec![-7],
        counts: vec![20],
    };
    check!(
        values,
        ValueCounts,
        json!({ "size": [4, 5], "order": "row", "values": [-7], "counts": [20] })
    );
}
