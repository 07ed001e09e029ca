//! Every SIMD level against the others, and against plain loops.

use fearless_simd::Level;
use ndarray::{Array2, Array3, Axis, s};

use super::plain::{cpus, starts};
use crate::cpu::Cpu;
use crate::format::CocoRle;
use crate::pixel::{Masks, Order};

/// Every SIMD level of this machine and the scalar one, from the one source: the same starts and
/// strings.
#[test]
fn all_levels_agree() {
    let best = Level::new();
    let mut state = 1u32;
    let mut random = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        if state >> 28 < 11 { 0 } else { state >> 27 }
    };
    let bytes = Array3::from_shape_simple_fn((3, 130, 201), || random(()) as u8);
    let shorts = bytes.mapv(|pixel| u16::from(pixel) << 5);
    let words = bytes.mapv(|pixel| i32::from(pixel) - 16);
    let halves = bytes.mapv(|pixel| half::f16::from_f32(f32::from(pixel) - 20.0));
    let singles = bytes.mapv(|pixel| {
        if pixel == 31 {
            f32::NAN
        } else {
            f32::from(pixel) - 20.5
        }
    });
    let masks = [
        Masks::binary(&bytes),
        Masks::labels(&bytes),
        Masks::binary(shorts.slice(s![.., ..64, 1..])),
        Masks::labels(&shorts),
        Masks::binary(&words),
        Masks::labels(&words),
        Masks::threshold(&halves, 0.0),
        Masks::threshold(&singles, -3.5),
    ];
    let cpu = |level| Cpu::at_level(1, level).expect("one thread");
    for masks in masks.map(|masks| masks.expect("small")) {
        for level in crate::simd::levels::all() {
            let (cpu, best) = (cpu(level), cpu(best));
            for order in [Order::RowMajor, Order::ColumnMajor] {
                assert_eq!(
                    cpu.starts(&masks, order, 0..3),
                    best.starts(&masks, order, 0..3),
                    "{level:?}"
                );
            }
            assert_eq!(cpu.coco(&masks, 0..3), best.coco(&masks, 0..3), "{level:?}");
        }
    }
}

/// Rows of whole words, of lines of words and others, rows with others after them and without,
/// several strips and one: on every level, against pixels that are read one by one.
#[test]
fn rows_and_strips_are_those_read_one_by_one() {
    let mut state = 1u32;
    let mut random = |most: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        if state >> 24 < most {
            state >> 22 & 3
        } else {
            0
        }
    };
    let wide = [
        [3, 4096 + 640],
        [3, 4097],
        [40, 700],
        [63, 200],
        [64, 513],
        [65, 512],
        [70, 1536],
        [300, 4100],
        [1100, 1024],
    ];
    let narrow = [
        [66, 40],
        [67, 96],
        [130, 128],
        [129, 200],
        [131, 256],
        [90, 321],
        [90, 1300],
        [40, 1900],
        [70, 640],
        [80, 448],
        [80, 577],
        [700, 7],
    ];
    let cpus = cpus(1);
    for [height, width] in wide.into_iter().chain(narrow) {
        for most in [1, 30, 200] {
            let pixels =
                Array3::from_shape_simple_fn((1, height, width + 3), || random(most) as u8);
            // Its rows are apart; those of the other are not.
            let apart = pixels.slice(s![.., .., 1..width + 1]);
            let whole = apart.to_owned();
            let floats = whole.mapv(|pixel| f32::from(pixel) - 0.5);
            let mask = apart.index_axis(Axis(0), 0);
            let foreground = mask.map(|&pixel| pixel > 0);
            let binary = starts(foreground.view(), Order::ColumnMajor);
            let labels = starts(mask, Order::ColumnMajor);
            let cases = [
                (Masks::binary(apart), &binary),
                (Masks::binary(&whole), &binary),
                (Masks::threshold(&floats, 0.0), &binary),
                (Masks::labels(apart), &labels),
                (Masks::labels(&whole), &labels),
            ];
            for (masks, expected) in cases {
                let masks = masks.expect("small");
                for cpu in &cpus {
                    let _twins = cpu.use_twins();
                    let found = cpu.starts(&masks, Order::ColumnMajor, 0..1).starts;
                    assert!(
                        found == *expected,
                        "{cpu:?}, {height} x {width}, {most}: {masks:?}"
                    );
                }
            }
        }
    }
}

/// Tiny masks of every size, many at a time and on every level, against masks that are read one by
/// one.
#[test]
fn tiny_masks_are_those_read_one_by_one() {
    let mut state = 1u32;
    for size in 1..=32 {
        for [height, width] in [[size, 28], [28, size], [size, size], [size, 33 - size]] {
            let stack = Array3::from_shape_fn((67, height, width), |(mask, row, column)| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                match mask % 5 {
                    0 => (state >> 31) as u8,
                    1 => u8::from(state >> 24 < 20),
                    2 => 1,
                    3 => 0,
                    // As many runs as there can be.
                    _ => ((row + column + 1) % 2) as u8,
                }
            });
            let masks = Masks::binary(&stack).expect("small");
            // Pixels with others between them are no stack.
            let mut spread = Array3::zeros((67, height, 2 * width));
            spread.slice_mut(s![.., .., ..;2]).assign(&stack);
            let best = Cpu::new(1).expect("one thread");
            for level in crate::simd::levels::all() {
                let cpu = Cpu::at_level(1, level).expect("one thread");
                let one_by_one = |index| {
                    let mask = spread.slice(s![index, .., ..;2]);
                    cpu.coco(&Masks::binary(mask).expect("small"), 0..1)
                        .remove(0)
                };
                let apart: Vec<CocoRle> = (0..67).map(one_by_one).collect();
                assert_eq!(
                    cpu.coco(&masks, 0..67),
                    apart,
                    "{level:?}, {height} x {width}"
                );
                for order in [Order::RowMajor, Order::ColumnMajor] {
                    let found = cpu.starts(&masks, order, 0..67);
                    assert_eq!(
                        found,
                        best.starts(&masks, order, 0..67),
                        "{level:?}, {height} x {width}, {order:?}"
                    );
                }
            }
        }
    }
}

/// Pixels of 64 bits, and the other types of 16, on every level against pixels that are asked one
/// by one.
#[test]
fn wide_pixels_are_those_read_one_by_one() {
    let mut state = 1u32;
    let mut random = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        if state >> 28 < 11 { 0 } else { state >> 30 }
    };
    for [height, width] in [
        [1, 700],
        [9, 64],
        [65, 512],
        [40, 700],
        [70, 201],
        [130, 31],
    ] {
        let pixels = Array3::from_shape_simple_fn((1, height, width + 3), &mut random);
        let apart = pixels.slice(s![.., .., 1..width + 1]);
        // Values that differ in one half only, and floats on both sides of the threshold.
        let values = [0, 1 << 32, 1, u64::MAX >> 1];
        let wide = apart.mapv(|pixel| values[pixel as usize]);
        let of_floats = [-0.0, f64::NAN, 5e-324, f64::INFINITY];
        let doubles = apart.mapv(|pixel| of_floats[pixel as usize]);
        let brains = doubles.mapv(half::bf16::from_f64);
        let scanned = |is_set: &dyn Fn((usize, usize, usize)) -> bool| {
            let mask = Array2::from_shape_fn((height, width), |(y, x)| is_set((0, y, x)));
            starts(mask.view(), Order::ColumnMajor)
        };
        let binary = scanned(&|at| apart[at] > 0);
        let labels = starts(apart.index_axis(Axis(0), 0), Order::ColumnMajor);
        let above = scanned(&|at| doubles[at] > 0.0);
        let above_of_brains = scanned(&|at| brains[at] > half::bf16::ZERO);
        let signed = wide.mapv(|pixel| -(pixel as i64));
        for cpu in cpus(1) {
            let _twins = cpu.use_twins();
            for (masks, expected) in [
                (Masks::binary(&wide), &binary),
                (Masks::labels(&wide), &labels),
                (Masks::binary(&signed), &binary),
                (Masks::labels(&signed), &labels),
                (Masks::threshold(&doubles, 0.0), &above),
                (Masks::threshold(&brains, 0.0), &above_of_brains),
            ] {
                let masks = masks.expect("small");
                let found = cpu.starts(&masks, Order::ColumnMajor, 0..1).starts;
                assert!(found == *expected, "{cpu:?}, {height} x {width}: {masks:?}");
            }
        }
    }
}
