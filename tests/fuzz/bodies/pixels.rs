//! Masks drawn from bytes, and the encoder that encodes them.

use std::sync::OnceLock;

use maskrle::{Backend, Encoder};
use ndarray::Array2;

use super::bytes::Bytes;

pub fn encoder() -> &'static Encoder {
    static ENCODER: OnceLock<Encoder> = OnceLock::new();
    ENCODER.get_or_init(|| {
        Encoder::builder()
            .backend(Backend::Cpu)
            .threads(1)
            .build()
            .expect("a CPU is there")
    })
}

/// Most pixels of a mask: more executions find more than larger masks do. Sides go beyond a word of
/// 64 pixels all the same.
const MOST_PIXELS: usize = 400;

/// Masks of one size, from the bits of the bytes, each of which is some pixels.
pub fn masks(bytes: &mut Bytes<'_>, count: usize) -> Vec<Array2<bool>> {
    let [h, w] = [bytes.byte() % 72, bytes.byte() % 72].map(usize::from);
    let w = w.min(MOST_PIXELS / h.max(1));
    let mask = |_| {
        let (pixels_per_bit, by_column) =
            (1 + usize::from(bytes.byte() % 90), bytes.byte() % 2 == 1);
        let scanned: Vec<bool> = (0..(h * w).div_ceil(8 * pixels_per_bit))
            .flat_map(|_| {
                let byte = bytes.byte();
                (0..8 * pixels_per_bit).map(move |index| byte >> (index / pixels_per_bit) & 1 == 1)
            })
            .collect();
        let pixel = |(y, x)| scanned[if by_column { x * h + y } else { y * w + x }];
        Array2::from_shape_fn((h, w), pixel)
    };
    (0..count).map(mask).collect()
}
