//! Outlines to masks and back.

use maskrle::{Limits, Runs, SetOp};

use super::bytes::Bytes;

/// A polygon of any coordinates: a mask or an error; and what is traced of the mask makes it again.
pub fn run(data: &[u8]) {
    let mut bytes = Bytes(data);
    let (size, is_near) = (bytes.size(), bytes.byte() % 4 > 0);
    let mut polygon = Vec::new();
    while !bytes.0.is_empty() {
        // Tenths of pixels, or any float there is.
        let word = bytes.word();
        let any = || f64::from_bits(u64::from(word) << 32 | u64::from(word.reverse_bits()));
        polygon.push(if is_near {
            f64::from(word as i16) / 10.0
        } else {
            any()
        });
    }
    let limits = Limits::default().with_runs(1 << 16);
    let Ok(runs) = Runs::from_polygons_within(size, &[polygon], &limits) else {
        return;
    };
    let traced = runs
        .get(0)
        .expect("one mask")
        .to_polygons()
        .expect("binary");
    if traced.is_empty() {
        return assert_eq!(runs.areas(), [0]);
    }
    let segmentation: Vec<Vec<f64>> = traced.iter().map(|polygon| polygon.to_coco()).collect();
    let again =
        Runs::from_polygons(size, &segmentation).and_then(|parts| parts.merge(SetOp::Union));
    assert_eq!(again.map(Runs::from).as_ref(), Ok(&runs));
}
