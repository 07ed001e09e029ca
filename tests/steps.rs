//! Masks that are resampled in several steps, and cropped: against torch's, by golden files, and
//! against steps whose pixels are in memory.

mod support;

use half::f16;
use maskrle::{Backend, BitOrder, Encoder, Error, InstanceOptions, Masks, Paste};
use ndarray::{Array3, s};
use serde_json::Value;
use support::ORDERS;
use support::resampled::{Golden, check_golden, encoder, waves};

/// The logits of an entry of the golden file, step by step.
struct InSteps;

impl Golden for InSteps {
    fn resample<'a>(&self, masks: Masks<'a>, entry: &Value) -> Masks<'a> {
        let steps = entry["steps"].as_array().expect("a list");
        steps.iter().fold(masks, |masks, step| {
            let masks = match serde_json::from_value::<[u32; 2]>(step.clone()) {
                Ok(size) => masks.resized(size),
                Err(_) => {
                    let ranges: [[u32; 2]; 2] =
                        serde_json::from_value(step.clone()).expect("two ranges");
                    masks.cropped(ranges.map(|[first, end]| first..end))
                }
            };
            masks.expect("it may be")
        })
    }
}

#[test]
fn torch_gives_the_same_pixels() {
    let text = include_str!("data/golden_steps.json");
    assert!(check_golden(text, &InSteps) > 15);
}

fn in_steps(logits: &Array3<f32>) -> Masks<'_> {
    let masks = Masks::threshold(logits, 0.1).expect("small");
    let masks = masks.resized([256, 256]).expect("it may be");
    let masks = masks.cropped([0..180, 0..256]).expect("it is there");
    masks.resized([300, 420]).expect("it may be")
}

#[test]
fn many_masks_go_to_all_threads() {
    let logits = waves([20, 32, 32], 41);
    let masks = in_steps(&logits);
    assert_eq!(masks.size(7), [300, 420]);
    let builder = Encoder::builder().backend(Backend::Cpu).threads(3);
    let threads = builder.build().expect("the CPU is there");
    assert_eq!(threads.coco(&masks), encoder().coco(&masks));
    for order in ORDERS {
        assert_eq!(threads.runs(&masks, order), encoder().runs(&masks, order));
    }
    let options = InstanceOptions::new().stability_offset(0.2);
    let found = threads
        .instances_with(&masks, options)
        .expect("thresholded");
    assert_eq!(encoder().instances_with(&masks, options), Ok(found));
    let one_by_one: Vec<_> = (0..20)
        .map(|index| {
            let one = logits.slice(s![index..=index, .., ..]).to_owned();
            encoder().coco(&in_steps(&one)).expect("binary").remove(0)
        })
        .collect();
    assert_eq!(encoder().coco(&masks), Ok(one_by_one));
}

#[test]
fn cropped_masks_are_views_of_the_array() {
    let logits = waves([3, 40, 50], 42);
    let (halves, integers) = (
        logits.mapv(f16::from_f32),
        logits.mapv(|value| value as i32),
    );
    let ranges = || [3..31, 10..50];
    let view = s![.., 3..31, 10..50];
    let cases = [
        (
            Masks::threshold(&logits, 0.1),
            Masks::threshold(logits.slice(view), 0.1),
        ),
        (
            Masks::at_least(&halves, 0.1),
            Masks::at_least(halves.slice(view), 0.1),
        ),
        (
            Masks::binary(&integers),
            Masks::binary(integers.slice(view)),
        ),
        (
            Masks::labels(&integers),
            Masks::labels(integers.slice(view)),
        ),
    ];
    for (whole, expected) in cases {
        let cropped = whole
            .expect("small")
            .cropped(ranges())
            .expect("it is there");
        let expected = expected.expect("small");
        for order in ORDERS {
            assert_eq!(
                encoder().runs(&cropped, order),
                encoder().runs(&expected, order)
            );
        }
    }
    // YOLO's way.
    let crop = Masks::threshold(&logits, 0.1).and_then(|masks| masks.cropped(ranges()));
    let crop = crop
        .and_then(|masks| masks.resized([200, 300]))
        .expect("it may be");
    let view =
        Masks::threshold(logits.slice(view), 0.1).and_then(|masks| masks.resized([200, 300]));
    assert_eq!(
        encoder().coco(&crop),
        encoder().coco(&view.expect("it may be"))
    );
    // A crop of a crop.
    let twice = Masks::binary(&integers).and_then(|masks| masks.cropped([5..40, 5..40]));
    let twice = twice
        .and_then(|masks| masks.cropped([1..9, 0..0]))
        .expect("it is there");
    assert_eq!(twice.size(0), [8, 0]);
}

#[test]
fn errors_say_what_is_wrong() {
    let logits = Array3::<f32>::zeros((2, 3, 4));
    let masks = || Masks::threshold(&logits, 0.0).expect("small");
    #[allow(clippy::reversed_empty_ranges, reason = "it is refused")]
    for (ranges, wrong) in [
        ([0..4, 0..4], "rows 0 to 4 of masks of 3 x 4"),
        ([0..3, 2..5], "columns 2 to 5 of masks of 3 x 4"),
        ([2..1, 0..4], "rows 2 to 1 of masks of 3 x 4"),
    ] {
        let error = masks().cropped(ranges).expect_err("not there");
        assert!(error.to_string().contains(wrong), "{error}");
    }
    let resized = || masks().resized([90, 100]).expect("it may be");
    let error = resized().cropped([0..91, 0..1]).expect_err("not there");
    assert!(
        error
            .to_string()
            .contains("rows 0 to 91 of masks of 90 x 100"),
        "{error}"
    );
    let error = resized().cropped([5..5, 0..1]).expect_err("no pixels");
    assert!(error.to_string().contains("no pixels"), "{error}");
    let error = resized().resized([0, 1]).expect_err("no pixels");
    assert!(error.to_string().contains("90 x 100"), "{error}");
    // Pixels in memory on the way are limited.
    let large = masks().resized([8192, 8193]).expect("it fits");
    let error = large.clone().resized([10, 10]);
    assert!(matches!(error, Err(Error::Limit(_))), "{error:?}");
    let cropped = large
        .cropped([0..8192, 0..8192])
        .and_then(|masks| masks.resized([10, 10]));
    assert!(cropped.is_ok());
    let boxes = [[0.0, 0.0, 9.0, 9.0]; 2];
    let pasted = || {
        masks()
            .pasted(&boxes, [20, 30], Paste::GridSample)
            .expect("it may be")
    };
    assert!(matches!(pasted().resized([9, 9]), Err(Error::Input(_))));
    assert!(matches!(
        pasted().cropped([0..9, 0..9]),
        Err(Error::Input(_))
    ));
    let packed = Array3::<u8>::zeros((1, 4, 2));
    let packed = Masks::packed(&packed, 16, BitOrder::Big).expect("small");
    assert!(matches!(packed.cropped([0..2, 0..8]), Err(Error::Input(_))));
    // No masks without pixels that nobody pays for.
    let sample = ndarray::arr0(1.0f32);
    let many = sample.broadcast([1 << 21, 1, 1]).expect("one sample");
    let none = Masks::threshold(many, 0.0)
        .expect("they have pixels")
        .cropped([0..0, 0..1]);
    assert!(matches!(none, Err(Error::Limit(_))), "{none:?}");
}
