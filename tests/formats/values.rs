//! Values and counts.

use maskrle::{Labels, Masks, Order, Runs, ValueCounts, Values};
use ndarray::arr2;

use crate::read::{encode, only, refused};

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
    assert_eq!(encoded.to_runs().unwrap(), only(&runs));
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
    assert_eq!(
        *Runs::from(joined).values(),
        Values::Labels(Labels::U8(vec![5, 255]))
    );
    assert_eq!(
        *Runs::from(encoded(vec![-5, 0, 999, 127]).unwrap()).values(),
        Values::Labels(Labels::I8(vec![-5, 0, 127]))
    );
    let unsigned = Runs::from(encoded(vec![1, 2, -9, i64::from(u32::MAX)]).unwrap());
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
        let encoded = Runs::from(encoded(values).unwrap());
        assert_eq!(*encoded.values(), Values::Labels(expected));
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
