//! Masks that are pasted into boxes: against detectron2's and torchvision's, by golden files and,
//! pixel by pixel, by their formulas.

mod support;

use half::f16;
use maskrle::{Backend, Encoder, Error, Masks, Order, Paste};
use ndarray::{Array2, Array3, s};
use serde_json::Value;
use support::formulas::pasted;
use support::resampled::{
    Golden, assert_equal, boxes, check_golden, encoder, is_fused, levels, maps, size_of_entry,
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

/// All pixels of a pasted mask, one by one: true above the threshold.
fn pixels(
    maps: &Array3<f32>,
    boxes: &[[f32; 4]],
    size: [u32; 2],
    paste: Paste,
    is_foreground: impl Fn(f32) -> bool,
    fused: bool,
) -> Array3<bool> {
    pasted(maps, boxes, size, paste, fused).mapv(|value| value.is_some_and(&is_foreground))
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

/// Sizes that are merely claimed take no memory, and boxes that are far away no time.
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
