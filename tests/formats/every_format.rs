//! One mask in every format.

use maskrle::{CocoCounts, CocoRle, KaggleRle, Masks, Order, Runs, ValueCounts};
use ndarray::{Array2, arr2};

use crate::read::{beyond_limit, encode, kaggle, misused, only};

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
            mask
        );
        assert_eq!(
            CocoRle {
                size,
                counts: String::new()
            }
            .to_runs()
            .unwrap(),
            mask
        ); // what pycocotools' merge gives
        assert_eq!(mask.to_mask().unwrap().dim(), (h, w));
        assert!(mask.split_labels().unwrap().0.is_empty());
    }
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
    assert_eq!(masks, Runs::from(kaggle("1 4 9 2").unwrap()));
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
