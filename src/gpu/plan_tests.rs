//! Tests of the planner.

use std::ops::Range;

use fearless_simd::Level;
use ndarray::{Array2, Array3, s};

use super::budget::{Limits, MAX_WORDS, RING};
use super::passes::Stripe;
use super::plan::{Chunk, Planned, max_chunk_pixels, next_of_host};
use super::windows::Window;
use crate::pixel::{BitOrder, Masks, Order};

/// Limits within which only words, or pixels, end a chunk.
const WIDE: Limits = Limits {
    binding: u32::MAX as u64 & !15,
    memory: u64::MAX,
};

/// The ranges of masks of a stack's chunks; None for those that are for the CPU.
fn chunks(masks: &Masks<'_>, limits: Limits, max_pixels: usize) -> Vec<Option<Range<usize>>> {
    let (mut next, mut ranges) = (0, Vec::new());
    while next < masks.len() {
        let range = next..masks.len();
        let level = Level::new();
        let planned = next_of_host(masks, Order::RowMajor, level, limits, range, max_pixels);
        next = planned.masks().end;
        ranges.push(match planned {
            Planned::Gpu(chunk) => Some(chunk.masks),
            Planned::Cpu(_) => None,
        });
    }
    ranges
}

/// Packed masks of these sizes, which all lie in one byte.
fn packed<'a>(byte: &'a Array2<u8>, sizes: &[[usize; 2]]) -> Masks<'a> {
    let mask = |&[height, width]: &[usize; 2]| {
        let rows = byte.broadcast((height, width.div_ceil(8))).expect("a byte");
        Masks::packed(rows, width, BitOrder::Big).expect("of few enough pixels")
    };
    Masks::batch(sizes.iter().map(mask)).expect("of one type")
}

#[test]
fn a_chunk_has_as_many_words_as_32_bits_can_count() {
    let byte = Array2::zeros((1, 1));
    let of_63 = 63 << 21;
    for (words, fits) in [
        (MAX_WORDS - 1, true),
        (MAX_WORDS, true),
        (MAX_WORDS + 1, false),
    ] {
        let last = [32, (words - of_63) as usize];
        let sizes = [vec![[8192, 8192]; 63], vec![last]].concat();
        let ranges = chunks(&packed(&byte, &sizes), WIDE, usize::MAX);
        let expected = match fits {
            true => vec![Some(0..64)],
            false => vec![Some(0..63), Some(63..64)],
        };
        assert_eq!(ranges, expected, "{words} words");
    }
}

#[test]
fn a_mask_of_more_words_is_for_the_cpu() {
    let byte = Array2::zeros((1, 1));
    let max = MAX_WORDS as usize;
    for (size, fits) in [
        ([32, max - 1], true),
        ([32, max], true),
        ([65_535, 65_537], false),
    ] {
        let ranges = chunks(&packed(&byte, &[size]), WIDE, usize::MAX);
        assert_eq!(ranges, [fits.then_some(0..1)], "{size:?}");
    }
}

#[test]
fn a_chunk_ends_at_the_most_pixels_but_has_a_mask() {
    let stack = Array3::<u8>::zeros((4, 1, 5));
    let masks = Masks::binary(&stack).expect("small");
    for (max_pixels, masks_a_chunk) in [(4, 1), (9, 1), (10, 2), (11, 2), (19, 3), (20, 4)] {
        let ranges = chunks(&masks, WIDE, max_pixels);
        let first = ranges[0].clone().expect("it fits");
        assert_eq!(first, 0..masks_a_chunk, "{max_pixels} pixels");
    }
}

#[test]
fn the_most_pixels_are_a_sixth_of_all_and_2_to_the_22_at_least() {
    let byte = Array2::zeros((1, 1));
    for (rows, most) in [
        (0, 1 << 22),
        (6 << 20, 1 << 22),
        ((6 << 20) + 6, (1 << 22) + 4),
        (12 << 20, 2 << 22),
    ] {
        let masks = packed(&byte, &[[rows, 2], [rows, 2]]);
        assert_eq!(max_chunk_pixels(&masks, 0..2), most, "{rows} rows");
    }
}

/// Bytes of a chunk: pixels in staging and on the device, of one window of the ring or, where it
/// goes alone, of all; bits, starts, readback; tables, summary and its readback.
fn bytes(chunk: &Chunk) -> u64 {
    let windows = || chunk.windows.iter();
    let pixels = windows().map(|window| window.bytes).max().unwrap_or(0);
    let in_window = |window: &Window| -> usize {
        let stripes = window.tables.iter().map(|table| table.stripes.len());
        stripes.sum()
    };
    let stripes = windows().map(in_window).max().unwrap_or(0);
    let tables = (stripes + chunk.placed.len()) * size_of::<Stripe>();
    let resampled = chunk.windows[0].resampled.bytes_with(None);
    let of_masks = tables as u64 + 8 * chunk.placed.len() as u64 + resampled;
    let at_once = if chunk.is_alone { RING as u64 } else { 1 };
    2 * at_once * pixels + 12 * u64::from(chunk.words) + of_masks
}

#[test]
fn chunks_keep_to_the_memory_and_hold_every_mask_once() {
    let mut alone = 0;
    let limits = Limits {
        binding: 1 << 20,
        memory: 50_000,
    };
    let wide = Array3::<u16>::zeros((3, 200, 300));
    let logits = Array3::<f32>::zeros((30, 20, 25));
    for shape in [
        (5000, 1, 1),
        (40, 1, 700),
        (40, 700, 1),
        (7, 200, 300),
        (100, 28, 28),
        (2, 0, 9),
        (1, 2, 60_000),
    ] {
        let stack = Array3::<u8>::zeros(shape);
        let all = [
            Masks::binary(&stack),
            Masks::binary(wide.slice(s![.., .., ..;2])),
            Masks::threshold(&logits, 0.0).and_then(|masks| masks.resized([90, 70])),
        ];
        for masks in all.map(|masks| masks.expect("small")) {
            for order in [Order::RowMajor, Order::ColumnMajor] {
                let mut next = 0;
                while next < masks.len() {
                    let (level, range) = (Level::new(), next..masks.len());
                    let planned = next_of_host(&masks, order, level, limits, range, 10_000);
                    let range = planned.masks();
                    assert_eq!(range.start, next);
                    assert!(range.end > next);
                    next = range.end;
                    if let Planned::Gpu(chunk) = planned {
                        let bytes = bytes(&chunk);
                        let memory = if chunk.is_alone { RING as u64 } else { 1 } * limits.memory;
                        assert!(bytes <= memory, "{shape:?}: {bytes} bytes");
                        alone += usize::from(chunk.is_alone);
                    }
                }
                assert_eq!(next, masks.len());
            }
        }
    }
    assert!(alone > 0, "some have the memory of all chunks");
}

/// Bytes that go to the device for masks that are resampled, and bits that are written there: no
/// pixels.
#[test]
fn resampled_masks_move_samples_and_bits() {
    let logits = Array3::<f32>::zeros((64, 256, 256));
    let masks = Masks::threshold(&logits, 0.0).and_then(|masks| masks.resized([1080, 1920]));
    let masks = masks.expect("it may be");
    let (level, order) = (Level::new(), Order::ColumnMajor);
    let Planned::Gpu(chunk) = next_of_host(&masks, order, level, WIDE, 0..64, usize::MAX) else {
        panic!("it fits");
    };
    assert_eq!(chunk.masks, 0..64);
    let (samples, taps) = (64 * 256 * 256 * 4, (1080 + 1920) * 16);
    assert_eq!(chunk.windows[0].bytes, samples);
    assert_eq!(chunk.windows[0].resampled.bytes_with(None), taps + 64 * 48);
    assert_eq!(chunk.words, 64 * 1920 * 34);
}
