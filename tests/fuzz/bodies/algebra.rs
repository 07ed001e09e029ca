//! Operations on runs, against pixels.

use maskrle::{Masks, Runs, SetOp};
use ndarray::{Array2, Zip};

use super::bytes::Bytes;
use super::pixels::{encoder, masks};

/// An operation, and what it does to two pixels.
type ByPixel = (SetOp, fn(bool, bool) -> bool);

const SET_OPS: [ByPixel; 4] = [
    (SetOp::Union, |a, b| a || b),
    (SetOp::Intersection, |a, b| a && b),
    (SetOp::Difference, |a, b| a && !b),
    (SetOp::Xor, |a, b| a != b),
];

/// Set algebra, measures and overlap against the pixels' own.
pub fn run(data: &[u8]) {
    let mut bytes = Bytes(data);
    let order = bytes.order();
    let set_op = usize::from(bytes.byte() % 4);
    let pixels = masks(&mut bytes, 3);
    let runs_of = |mask: &Array2<bool>| {
        encoder()
            .runs(&Masks::binary(mask).expect("small"), order)
            .expect("small")
    };
    let runs = Runs::concat(pixels.iter().map(runs_of)).expect("one order");
    let area = |mask: &Array2<bool>| mask.iter().filter(|&&pixel| pixel).count() as u64;
    assert_eq!(runs.areas(), pixels.iter().map(area).collect::<Vec<_>>());
    let (op, by_pixel) = SET_OPS[set_op];
    let merged = |a: &Array2<bool>, b: &Array2<bool>| {
        Zip::from(a).and(b).map_collect(|&a, &b| by_pixel(a, b))
    };
    let two = merged(&pixels[0], &pixels[1]);
    let [a, b] = [0, 1].map(|index| runs.mask(index));
    assert_eq!(a.merge(b, op).map(Runs::from), Ok(runs_of(&two)), "{op:?}");
    assert_eq!(a.merge_area(b, op), Ok(area(&two)), "{op:?}");
    let three = merged(&two, &pixels[2]);
    assert_eq!(
        runs.merge(op).map(Runs::from),
        Ok(runs_of(&three)),
        "{op:?}"
    );

    let crowd = [false, true, false];
    let iou = runs.iou(&runs, &crowd).expect("one size");
    for ((row, column), &iou) in iou.indexed_iter() {
        let (a, b) = (&pixels[row], &pixels[column]);
        let both = Zip::from(a)
            .and(b)
            .fold(0u64, |both, &a, &b| both + u64::from(a && b));
        let whole = if crowd[column] {
            area(a)
        } else {
            area(a) + area(b) - both
        };
        assert_eq!(
            iou,
            if both == 0 {
                0.0
            } else {
                both as f64 / whole as f64
            }
        );
    }
}
