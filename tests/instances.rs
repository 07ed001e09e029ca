//! Masks with area, box and stability score, against those of their runs and of plain loops.

mod support;

use half::f16;
use maskrle::{Backend, CocoInstance, Encoder, Error, InstanceOptions, Masks, Order, Paste};
use ndarray::{Array3, s};
use support::Random;
use support::resampled::{encoder, waves};

/// Compares what is found with the runs of the same masks.
fn check(encoder: &Encoder, masks: &Masks<'_>, case: &str) -> Vec<CocoInstance> {
    let found = encoder.instances(masks).expect("binary");
    let runs = encoder.runs(masks, Order::ColumnMajor).expect("binary");
    let strings = encoder.coco(masks).expect("binary");
    assert_eq!(found.len(), strings.len(), "{case}");
    for (index, (found, string)) in found.iter().zip(strings).enumerate() {
        let mask = runs.mask(index);
        assert_eq!(found.segmentation, string, "{case}, mask {index}");
        assert_eq!(found.area, mask.area(), "{case}, mask {index}");
        assert_eq!(found.bbox, mask.bbox(), "{case}, mask {index}: {string}");
        assert_eq!(found.stability_score, None, "{case}, mask {index}");
    }
    found
}

fn drawn(random: &mut Random, shape: [usize; 3], kind: usize) -> Array3<u8> {
    let (_, height, width) = (shape[0], shape[1].max(1), shape[2].max(1));
    let mut below = |bound: usize| random.below(bound as u64) as usize;
    let corner = [below(height), below(width)];
    let side = [1 + below(height), 1 + below(width)];
    Array3::from_shape_fn(shape, |(mask, row, column)| {
        let is_inside = (corner[0]..corner[0] + side[0]).contains(&row)
            && (corner[1]..corner[1] + side[1]).contains(&column);
        u8::from(match kind {
            0 => random.below(2) == 0,
            1 => random.below(97) == 0,
            2 => is_inside,
            3 => is_inside && random.below(7) > 0,
            4 => mask % 2 == 0,
            _ => row == corner[0] || column == corner[1],
        })
    })
}

#[test]
fn area_and_box_are_those_of_the_runs() {
    let mut random = Random(31);
    let sizes = [
        [0, 0],
        [0, 5],
        [5, 0],
        [1, 1],
        [1, 90],
        [90, 1],
        [28, 28],
        [31, 33],
        [64, 64],
        [100, 70],
        [257, 130],
        [3, 2000],
        [2000, 3],
    ];
    for [height, width] in sizes {
        for kind in 0..6 {
            let stack = drawn(&mut random, [5, height, width], kind);
            let case = format!("{height} x {width}, kind {kind}");
            check(&encoder(), &Masks::binary(&stack).expect("small"), &case);
            let turned = stack.view().permuted_axes([0, 2, 1]);
            check(&encoder(), &Masks::binary(turned).expect("small"), &case);
            let interleaved = stack.view().permuted_axes([1, 2, 0]);
            let interleaved = interleaved.as_standard_layout().into_owned();
            let interleaved = interleaved.view().permuted_axes([2, 0, 1]);
            check(
                &encoder(),
                &Masks::binary(interleaved).expect("small"),
                &case,
            );
        }
    }
}

#[test]
fn empty_masks_have_an_empty_box() {
    let stack = Array3::<u8>::zeros((2, 40, 50));
    for found in check(&encoder(), &Masks::binary(&stack).expect("small"), "zeros") {
        assert_eq!((found.area, found.bbox), (0, [0; 4]));
    }
}

#[test]
fn resampled_masks_have_them_too() {
    let logits = waves([6, 40, 50], 32);
    let masks = || Masks::threshold(&logits, 0.1).expect("small");
    let boxes = [[10.5, 20.0, 90.0, 77.0]; 6];
    for masks in [
        masks().resized([200, 300]),
        masks().resized([20, 30]),
        masks().pasted(&boxes, [120, 130], Paste::GridSample),
        masks().pasted(&boxes, [120, 130], Paste::Torchvision),
    ] {
        let masks = masks.expect("it may be");
        let found = check(&encoder(), &masks, "resampled");
        let builder = Encoder::builder().backend(Backend::Cpu).threads(2);
        let threads = builder.build().expect("the CPU is there");
        assert_eq!(threads.instances(&masks).expect("binary"), found);
    }
}

/// Areas above both thresholds, as masks of their own.
fn scores(encoder: &Encoder, both: [Masks<'_>; 2]) -> Vec<f32> {
    let [higher, lower] = both.map(|masks| {
        let runs = encoder.runs(&masks, Order::RowMajor).expect("binary");
        runs.areas()
    });
    let pairs = higher.iter().zip(&lower);
    pairs
        .map(|(&higher, &lower)| higher as f32 / lower as f32)
        .collect()
}

#[test]
fn stability_is_the_share_of_two_areas() {
    let (small, large) = (waves([70, 20, 25], 33), waves([5, 90, 120], 34));
    let halves = large.mapv(f16::from_f32);
    let boxes = vec![[10.5, 20.0, 90.0, 77.0]; 5];
    let options = InstanceOptions::new().stability_offset(0.3);
    let single = encoder();
    let builder = Encoder::builder().backend(Backend::Cpu).threads(2);
    for encoder in [single, builder.build().expect("the CPU is there")] {
        let stacks = |threshold: f64| {
            [
                Masks::threshold(&small, threshold),
                Masks::threshold(&large, threshold),
                Masks::at_least(&halves, threshold),
                Masks::threshold(&large, threshold).and_then(|masks| masks.resized([200, 250])),
                Masks::at_least(&halves, threshold)
                    .and_then(|masks| masks.pasted(&boxes, [130, 130], Paste::GridSample)),
            ]
            .map(|masks| masks.expect("small"))
        };
        let all = stacks(0.1).into_iter().zip(stacks(0.1 + 0.3));
        for ((masks, higher), lower) in all.zip(stacks(0.1 - 0.3)) {
            let found = encoder
                .instances_with(&masks, options)
                .expect("thresholded");
            let expected = scores(&encoder, [higher, lower]);
            let plain = encoder.instances(&masks).expect("binary");
            for ((found, plain), score) in found.iter().zip(plain).zip(expected) {
                assert_eq!(found.stability_score, Some(score));
                assert_eq!(found.segmentation, plain.segmentation);
                assert_eq!((found.area, found.bbox), (plain.area, plain.bbox));
            }
        }
    }
}

#[test]
fn without_pixels_above_either_it_is_not_a_number() {
    let logits = Array3::<f32>::from_elem((1, 40, 40), -9.0);
    let masks = Masks::threshold(&logits, 0.0).expect("small");
    let options = InstanceOptions::new().stability_offset(1.0);
    let found = encoder()
        .instances_with(&masks, options)
        .expect("thresholded");
    assert!(found[0].stability_score.expect("asked for").is_nan());
}

#[test]
fn errors_say_what_is_wrong() {
    let (integers, logits) = (
        Array3::<u8>::zeros((1, 3, 4)),
        Array3::<f32>::zeros((1, 3, 4)),
    );
    let refused = |masks: &Masks<'_>, offset: f64| {
        let options = InstanceOptions::new().stability_offset(offset);
        match encoder().instances_with(masks, options) {
            Err(Error::Input(what)) => what,
            other => panic!("{other:?}"),
        }
    };
    let masks = Masks::threshold(&logits, 0.0).expect("small");
    for offset in [-1.0, f64::NAN, f64::INFINITY] {
        let what = refused(&masks, offset);
        assert!(what.contains(&format!("offset of {offset}")), "{what}");
    }
    let what = refused(&Masks::binary(&integers).expect("small"), 1.0);
    assert!(what.contains("takes a threshold"), "{what}");
    let labels = Masks::labels(&integers).expect("small");
    assert!(encoder().instances(&labels).is_err());
    let none = Masks::batch([]).expect("none");
    let options = InstanceOptions::new().stability_offset(1.0);
    assert_eq!(encoder().instances_with(&none, options), Ok(Vec::new()));
    let none = logits.slice(s![..0, .., ..]);
    let none = Masks::threshold(none, 0.0).expect("none");
    assert_eq!(encoder().instances_with(&none, options), Ok(Vec::new()));
}

#[test]
#[cfg(feature = "serde")]
fn an_instance_is_an_annotation_without_ids() {
    let logits = ndarray::arr2(&[[-2.0f32, -0.5, 0.5, 2.0, 3.0]]);
    let masks = Masks::threshold(&logits, 0.0).expect("small");
    let plain = encoder().instances(&masks).expect("binary");
    let json = r#"{"segmentation":{"size":[1,5],"counts":"23"},"area":3,"bbox":[2,0,3,1]}"#;
    assert_eq!(serde_json::to_string(&plain[0]).expect("JSON"), json);
    let options = InstanceOptions::new().stability_offset(1.0);
    let scored = encoder()
        .instances_with(&masks, options)
        .expect("thresholded");
    let json = json.replace("[2,0,3,1]", "[2,0,3,1],\"stability_score\":0.5");
    assert_eq!(serde_json::to_string(&scored[0]).expect("JSON"), json);
    for found in [&plain[0], &scored[0]] {
        let text = serde_json::to_string(found).expect("JSON");
        let back: CocoInstance = serde_json::from_str(&text).expect("its own");
        assert_eq!(back, *found);
    }
}
