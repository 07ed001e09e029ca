//! Masks that are pasted into boxes: against detectron2's and torchvision's, by golden files and,
//! pixel by pixel, by their formulas.

mod support;

use half::f16;
use maskrle::{Backend, Encoder, Error, Masks, Order, Paste};
use ndarray::{Array2, Array3, ArrayView2, Axis, s};
use serde_json::Value;
use support::resampled::{
    Golden, assert_equal, check_golden, encoder, is_fused, levels, size_of_entry, waves,
};
use support::{ORDERS, Random};

const PASTES: [Paste; 2] = [Paste::GridSample, Paste::Torchvision];

/// The maps of an entry of the golden file in its boxes.
struct IntoBoxes;

impl Golden for IntoBoxes {
    fn resample<'a>(&self, masks: Masks<'a>, entry: &Value) -> Masks<'a> {
        let boxes: Vec<[f32; 4]> = serde_json::from_value(entry["boxes"].clone()).expect("boxes");
        let paste = match entry["paste"].as_str() {
            Some("torchvision") => Paste::Torchvision,
            _ => Paste::GridSample,
        };
        let pasted = masks.pasted(&boxes, size_of_entry(entry), paste);
        pasted.expect("it may be")
    }
}

#[test]
fn torch_gives_the_same_pixels() {
    let text = include_str!("data/golden_pasted.json");
    assert!(check_golden(text, &IntoBoxes) > 40);
}

/// One of four products and sums, fused or not.
fn add(fused: bool, factor: f32, by: f32, sum: f32) -> f32 {
    match fused {
        true => factor.mul_add(by, sum),
        false => factor * by + sum,
    }
}

/// A sample of a map, or 0 around it.
fn sample(map: ArrayView2<'_, f32>, row: i64, column: i64) -> f32 {
    let place = [row, column].map(|index| usize::try_from(index).unwrap_or(usize::MAX));
    map.get(place).copied().unwrap_or(0.0)
}

/// A pixel as `grid_sample` makes it, none outside of what is pasted.
fn by_grid_sample(
    map: ArrayView2<'_, f32>,
    [x0, y0, x1, y1]: [f32; 4],
    place: [u32; 2],
    fused: bool,
) -> Option<f32> {
    let axis = |pixel: u32, begin: f32, end: f32, samples: usize| {
        let is_inside = pixel as f32 >= begin.floor() - 1.0 && (pixel as f32) < end.ceil() + 1.0;
        let on_grid = (pixel as f32 + 0.5 - begin) / (end - begin) * 2.0 - 1.0;
        let place = (on_grid + 1.0).mul_add(samples as f32 / 2.0, -0.5);
        is_inside.then_some((
            (place.floor() as i64).clamp(-9, 1 << 30),
            place - place.floor(),
        ))
    };
    let (row, south) = axis(place[0], y0, y1, map.nrows())?;
    let (column, east) = axis(place[1], x0, x1, map.ncols())?;
    let (north, west) = (1.0 - south, 1.0 - east);
    let first = sample(map, row, column) * (north * west);
    let next = add(fused, sample(map, row, column + 1), north * east, first);
    let third = add(fused, sample(map, row + 1, column), south * west, next);
    let fourth = sample(map, row + 1, column + 1);
    Some(add(fused, fourth, south * east, third))
}

/// A pixel as torchvision makes it, none outside of what is pasted.
fn as_torchvision(
    map: ArrayView2<'_, f32>,
    [x0, y0, x1, y1]: [f32; 4],
    place: [u32; 2],
    fused: bool,
) -> Option<f32> {
    let scale = ((map.ncols() + 2) as f64 / map.ncols() as f64) as f32;
    let scaled = |begin: f32, end: f32| {
        let (half, centre) = ((end - begin) * 0.5 * scale, (end + begin) * 0.5);
        [(centre - half) as i64, (centre + half) as i64]
    };
    let (rows, columns) = (scaled(y0, y1), scaled(x0, x1));
    let sides = [rows, columns].map(|[begin, end]| end - begin + 1);
    let is_small = sides[0] + sides[1] <= 128;
    let axis = |pixel: u32, [begin, end]: [i64; 2], samples: usize| {
        let (index, side, samples) = (
            i64::from(pixel) - begin,
            end - begin + 1,
            samples as i64 + 2,
        );
        if !(0..side).contains(&index) {
            return None;
        }
        if side == samples {
            return Some((index, index, 0.0));
        }
        let (scale, centre) = (samples as f32 / side as f32, index as f32 + 0.5);
        let place = match is_small {
            true => scale.mul_add(centre, -0.5),
            false => scale * centre - 0.5,
        };
        let first = place.max(0.0) as i64;
        let next = (first + 1).min(samples - 1);
        Some((first, next, place.max(0.0) - first as f32))
    };
    let (top, bottom, south) = axis(place[0], rows, map.nrows())?;
    let (left, right, east) = axis(place[1], columns, map.ncols())?;
    let (north, west) = (1.0 - south, 1.0 - east);
    let at = |row: i64, column: i64| sample(map, row - 1, column - 1);
    Some(if is_small {
        let first = at(top, right) * (north * east);
        let first = add(fused, at(top, left), north * west, first);
        let third = add(fused, at(bottom, left), south * west, first);
        add(fused, at(bottom, right), south * east, third)
    } else {
        let [above, below] =
            [top, bottom].map(|row| add(fused, at(row, left), west, at(row, right) * east));
        add(fused, above, north, below * south)
    })
}

/// All pixels of a pasted mask, one by one: true above the threshold.
fn pixels(
    maps: &Array3<f32>,
    boxes: &[[f32; 4]],
    [height, width]: [u32; 2],
    paste: Paste,
    is_foreground: impl Fn(f32) -> bool,
    fused: bool,
) -> Array3<bool> {
    let shape = [boxes.len(), height as usize, width as usize];
    Array3::from_shape_fn(shape, |(mask, row, column)| {
        let map = maps.index_axis(Axis(0), mask);
        let place = [row as u32, column as u32];
        let value = match paste {
            Paste::Torchvision => as_torchvision(map, boxes[mask], place, fused),
            _ => by_grid_sample(map, boxes[mask], place, fused),
        };
        value.is_some_and(&is_foreground)
    })
}

fn unit(random: &mut Random) -> f32 {
    random.below(1 << 20) as f32 / (1 << 20) as f32
}

/// Boxes of all sizes in and around a target, some of them without a width or height.
fn boxes(random: &mut Random, count: usize, [height, width]: [u32; 2]) -> Vec<[f32; 4]> {
    let mut pair = |side: u32| {
        let length = match random.below(8) {
            0 => 0.0,
            1 => 1.0 + unit(random),
            2 => 5.0 * side as f32,
            _ => unit(random) * side as f32,
        };
        let begin = unit(random) * (side as f32 * 1.4) - side as f32 * 0.2 - length * 0.3;
        // On whole and half pixels too.
        match random.below(4) {
            0 => [begin.round(), begin.round() + length.round()],
            1 => [begin.round() + 0.5, begin.round() + 0.5 + length.round()],
            _ => [begin, begin + length],
        }
    };
    let corners = |_| {
        let ([y0, y1], [x0, x1]) = (pair(height), pair(width));
        [x0, y0, x1, y1]
    };
    (0..count).map(corners).collect()
}

/// Maps of waves or of noise, with special values among them.
fn maps(random: &mut Random, shape: [usize; 3], kind: usize) -> Array3<f32> {
    const SPECIAL: [f32; 6] = [
        f32::NAN,
        f32::INFINITY,
        f32::NEG_INFINITY,
        1e-40,
        3e38,
        -0.0,
    ];
    let mut maps = waves(shape, random.below(1000)).mapv(|value| value + 0.3);
    for value in &mut maps {
        match kind {
            0 => *value = unit(random),
            1 if random.below(30) == 0 => *value = SPECIAL[random.below(6) as usize],
            _ => {}
        }
    }
    maps
}

#[test]
fn pixels_are_those_of_the_formula_on_every_level() {
    let levels = levels();
    let mut random = Random(0x1234_5678_9abc_def1);
    for case in 0..60 {
        let level = levels[case % levels.len()];
        let builder = Encoder::builder().backend(Backend::Cpu).simd_level(level);
        let encoder = builder.build().expect("the CPU is there");
        let size = [[150, 210], [40, 30], [1, 300], [300, 1], [65, 64]][random.below(5) as usize];
        let side = [1, 2, 7, 14, 28][random.below(5) as usize];
        let maps = maps(&mut random, [4, side, side + case % 2], case % 4);
        let boxes = boxes(&mut random, 4, size);
        for paste in PASTES {
            let threshold = [0.5, 0.5, 0.0, -0.2, 0.9][random.below(5) as usize];
            let expected = |is_foreground: fn(f32, f32) -> bool| {
                let is_foreground = |value| is_foreground(value, threshold);
                pixels(&maps, &boxes, size, paste, is_foreground, is_fused(level))
            };
            let case =
                format!("case {case}: {boxes:?} of {size:?}, {paste:?}, {threshold}, {level:?}");
            let above = Masks::threshold(&maps, threshold.into()).expect("small");
            let above = above.pasted(&boxes, size, paste).expect("it may be");
            assert_equal(
                &encoder,
                &above,
                &expected(|value, than| value > than),
                &case,
            );
            let least = Masks::at_least(&maps, threshold.into()).expect("small");
            let least = least.pasted(&boxes, size, paste).expect("it may be");
            assert_equal(
                &encoder,
                &least,
                &expected(|value, than| value >= than),
                &case,
            );
        }
    }
}

#[test]
fn types_sizes_and_strides_go_together_in_one_batch() {
    let mut random = Random(77);
    let (first, second) = (
        maps(&mut random, [5, 28, 28], 2),
        maps(&mut random, [3, 14, 14], 2),
    );
    let halves = second.mapv(f16::from_f32);
    let every_other = first.slice(s![..;2, ..;-1, ..;3]);
    let (of_first, of_second) = (
        boxes(&mut random, 3, [90, 120]),
        boxes(&mut random, 3, [60, 70]),
    );
    let resized = || Masks::at_least(&second, 0.5).and_then(|masks| masks.resized([90, 120]));
    let parts = || {
        [
            Masks::at_least(every_other, 0.5)
                .and_then(|masks| masks.pasted(&of_first, [90, 120], Paste::GridSample)),
            Masks::at_least(&halves, 0.5)
                .and_then(|masks| masks.pasted(&of_second, [60, 70], Paste::Torchvision)),
            resized(),
        ]
        .map(|part| part.expect("it may be"))
    };
    let batch = Masks::batch(parts()).expect("of one kind");
    assert_eq!(
        (batch.len(), batch.size(2), batch.size(3)),
        (9, [90, 120], [60, 70])
    );
    for threads in [1, 2] {
        let builder = Encoder::builder().backend(Backend::Cpu).threads(threads);
        let encoder = builder.build().expect("the CPU is there");
        let strings = parts().map(|part| encoder.coco(&part).expect("binary"));
        assert_eq!(encoder.coco(&batch).expect("binary"), strings.concat());
    }
    // Boxes of a batch are those of its masks, in order.
    let copy = every_other.to_owned();
    let unpasted = [Masks::at_least(&copy, 0.5), Masks::at_least(&second, 0.5)];
    let unpasted = Masks::batch(unpasted.map(|part| part.expect("small"))).expect("of one kind");
    let all: Vec<_> = of_first.iter().chain(&of_second).copied().collect();
    let pasted = unpasted.pasted(&all, [90, 120], Paste::GridSample);
    let pasted = encoder().coco(&pasted.expect("it may be")).expect("binary");
    let alone = encoder().coco(&parts()[0]).expect("binary");
    assert_eq!(pasted[..3], alone);
}

#[test]
fn many_masks_go_to_all_threads() {
    let mut random = Random(78);
    let maps = maps(&mut random, [100, 28, 28], 2);
    let boxes = boxes(&mut random, 100, [270, 480]);
    let builder = Encoder::builder().backend(Backend::Cpu).threads(3);
    let threads = builder.build().expect("the CPU is there");
    for paste in PASTES {
        let masks = Masks::at_least(&maps, 0.5).expect("small");
        let masks = masks.pasted(&boxes, [270, 480], paste).expect("it may be");
        assert_eq!(threads.coco(&masks), encoder().coco(&masks));
        for order in ORDERS {
            assert_eq!(threads.runs(&masks, order), encoder().runs(&masks, order));
        }
    }
}

#[test]
fn errors_say_what_is_wrong() {
    let maps = Array3::<f32>::zeros((2, 3, 4));
    let refused = |boxes: &[[f32; 4]], paste: Paste| {
        let masks = Masks::at_least(&maps, 0.5).expect("small");
        match masks.pasted(boxes, [20, 30], paste).expect_err("refused") {
            Error::Input(what) => what,
            other => panic!("{other:?}"),
        }
    };
    let good = [1.0, 2.0, 3.0, 4.0];
    for paste in PASTES {
        let what = refused(&[good], paste);
        assert!(what.contains("1 boxes for 2 masks"), "{what}");
        let what = refused(&[good, [1.0, f32::NAN, 3.0, 4.0]], paste);
        assert!(what.contains("box 1: NaN"), "{what}");
        let what = refused(&[[1.0, 2.0, f32::INFINITY, 4.0], good], paste);
        assert!(what.contains("box 0: inf"), "{what}");
        for inverted in [[3.0, 2.0, 1.0, 4.0], [1.0, 4.0, 3.0, 2.0]] {
            let what = refused(&[good, inverted], paste);
            assert!(what.contains("box 1: it ends at x = "), "{what}");
        }
        let masks = Masks::at_least(&maps, 0.5).and_then(|masks| masks.resized([9, 9]));
        let twice = masks.expect("small").pasted(&[good; 2], [20, 30], paste);
        assert!(matches!(twice, Err(Error::Input(_))), "{twice:?}");
        let none = Masks::at_least(&maps, 0.5).expect("small");
        let none = none
            .pasted(&[good; 2], [0, 30], paste)
            .expect_err("no pixels");
        assert!(none.to_string().contains("0 x 30 has no pixels"), "{none}");
    }
    let what = refused(&[good, [1.0, 2.0, 1e9, 4.0]], Paste::Torchvision);
    assert!(what.contains("too far"), "{what}");
    let integers = Array3::<u8>::zeros((1, 3, 4));
    let error = Masks::binary(&integers)
        .expect("small")
        .pasted(&[good], [5, 7], Paste::GridSample);
    assert!(matches!(error, Err(Error::Input(_))), "{error:?}");
}

/// What is merely claimed takes no memory, and what is far away no time.
#[test]
fn large_claims_take_little() {
    let sample = ndarray::arr0(1.0f32);
    let large = [
        [60_000, 60_000],
        [1, u32::MAX as usize - 3],
        [u32::MAX as usize, 1],
    ];
    for [height, width] in large {
        for paste in PASTES {
            let maps = sample.broadcast([1, height, width]).expect("one sample");
            let masks = Masks::at_least(maps, 0.5).expect("it fits");
            match masks.pasted(&[[0.0, 0.0, 50.0, 60.0]], [70, 80], paste) {
                Ok(masks) => {
                    let runs = encoder().runs(&masks, Order::RowMajor).expect("binary");
                    assert!(
                        runs.mask(0).area() >= 50 * 60,
                        "{height} x {width}, {paste:?}"
                    );
                }
                Err(error) => assert!(matches!(error, Error::Limit(_)), "{error:?}"),
            }
        }
    }
    // Of a large target and a huge box only what they share is made.
    let map = Array2::<f32>::ones((28, 28));
    let far = [
        [-4e8, -4e8, 4e8, 4e8],
        [4e8, 4e8, 5e8, 5e8],
        [-5e8, -5e8, -4e8, -4e8],
        [7.0, 8.0, 7.0, 8.0],
    ];
    for (corners, area) in far.iter().zip([1, 0, 0, 0]) {
        for size in [[60_000, 60_000], [u32::MAX, 1]].iter().take(2 - area) {
            let masks = Masks::at_least(&map, 0.5).expect("small");
            let masks = masks.pasted(&[*corners], *size, Paste::GridSample);
            let runs = encoder().runs(&masks.expect("it may be"), Order::ColumnMajor);
            assert_eq!(runs.expect("binary").mask(0).area() > 0, area > 0);
        }
    }
    let far = [f32::MIN, f32::MIN, f32::MAX, f32::MAX];
    let masks = Masks::at_least(&map, 0.5).expect("small");
    let masks = masks
        .pasted(&[far], [40, 50], Paste::GridSample)
        .expect("it may be");
    encoder().coco(&masks).expect("binary");
}
