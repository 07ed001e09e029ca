//! The timed operations that clean, turn and measure masks, beside the same by pixels where these
//! are a line of ndarray: decoded, changed and encoded again. Each result is asserted before
//! anything is timed.

use maskrle::Connectivity::{Eight, Four};
use maskrle::ndarray::{Array2, Array3, ArrayView2, Axis, concatenate, s, stack};
use maskrle::{Backend, Encoder, Footprint, Masks, MorphOp, Order, Runs};

use crate::cases::{Case, case};

/// All of them on a stack of masks of one size, 0 and 1.
pub fn of_regions(pixels: &Array3<u8>) -> Vec<Case> {
    let masks = Masks::binary(pixels).expect("valid");
    let runs = encoder().runs(&masks, Order::ColumnMajor).expect("valid");
    let mut cases = shapes(&runs);
    cases.extend(regions(&runs));
    cases.push(moments(&runs, pixels));
    cases
}

/// A change of runs, and the same of one mask's pixels.
type Shape = (
    &'static str,
    fn(&Runs) -> Runs,
    fn(ArrayView2<'_, u8>) -> Array2<u8>,
);

const SHAPES: [Shape; 6] = [
    (
        "flip left right",
        |runs| runs.flip_left_right(),
        |mask| mask.slice(s![.., ..;-1]).to_owned(),
    ),
    (
        "flip up down",
        |runs| runs.flip_up_down(),
        |mask| mask.slice(s![..;-1, ..]).to_owned(),
    ),
    (
        "rot90 in the same order",
        |runs| {
            let turned = runs.rot90(1).to_order(runs.order());
            turned.expect("as many runs as pixels at most")
        },
        |mask| mask.t().slice(s![..;-1, ..]).to_owned(),
    ),
    (
        "crop to the half",
        |runs| {
            let [h, w] = runs.mask(0).size().map(|side| side / 2);
            runs.crop([w / 2, h / 2, w, h]).expect("it lies within")
        },
        |mask| {
            let [h, w] = [mask.nrows() / 2, mask.ncols() / 2];
            let [top, left] = [h / 2, w / 2];
            mask.slice(s![top..top + h, left..left + w]).to_owned()
        },
    ),
    (
        "tile 2 x 2",
        |runs| runs.tile([2, 2]).expect("small"),
        |mask| {
            let row = concatenate![Axis(1), mask, mask];
            concatenate![Axis(0), row, row]
        },
    ),
    (
        "resize to the half",
        |runs| {
            let size = runs.mask(0).size().map(|side| side / 2);
            runs.resize_nearest(size).expect("small")
        },
        |mask| {
            let [h, w] = [mask.nrows() & !1, mask.ncols() & !1];
            mask.slice(s![..h;2, ..w;2]).to_owned()
        },
    ),
];

/// Each change, by runs, and by pixels that are decoded before and encoded after it.
fn shapes(runs: &Runs) -> Vec<Case> {
    let mut cases = Vec::new();
    for (operation, of_runs, of_pixels) in SHAPES {
        assert_eq!(of_runs(runs), by_pixels(runs, of_pixels), "{operation}");
        let (ours, decoded) = (runs.clone(), runs.clone());
        cases.push(case(operation, "runs", move || of_runs(&ours)));
        cases.push(case(operation, "(pixels)", move || {
            by_pixels(&decoded, of_pixels)
        }));
    }
    cases
}

fn by_pixels(runs: &Runs, change: fn(ArrayView2<'_, u8>) -> Array2<u8>) -> Runs {
    let pixels = runs.decode::<u8>(Order::RowMajor).expect("small");
    let changed: Vec<Array2<u8>> = pixels.outer_iter().map(change).collect();
    let views: Vec<_> = changed.iter().map(|mask| mask.view()).collect();
    let changed = stack(Axis(0), &views).expect("one size");
    let masks = Masks::binary(&changed).expect("valid");
    encoder().runs(&masks, Order::ColumnMajor).expect("valid")
}

/// Components, holes and morphology. How they hang together is asserted; their pixels are compared
/// by the tests.
fn regions(runs: &Runs) -> Vec<Case> {
    type Region = (&'static str, fn(&Runs) -> Runs);
    const BOX: Footprint = Footprint::Box([5, 5]);
    const DISK: Footprint = Footprint::Disk(5);
    const CASES: [Region; 8] = [
        ("largest component", |runs| {
            runs.largest_component(Eight).expect("binary")
        }),
        ("specks gone", |runs| {
            runs.remove_small_components(50, Eight).expect("binary")
        }),
        ("holes filled", |runs| {
            runs.fill_holes(Four).expect("binary")
        }),
        ("components", |runs| {
            runs.connected_components(Eight).expect("binary").0
        }),
        ("eroded by a box of 5 x 5", |runs| {
            runs.morph(MorphOp::Erode, BOX).expect("binary")
        }),
        ("dilated by a box of 5 x 5", |runs| {
            runs.morph(MorphOp::Dilate, BOX).expect("binary")
        }),
        ("dilated by a disk of radius 5", |runs| {
            runs.morph(MorphOp::Dilate, DISK).expect("binary")
        }),
        ("boundary", |runs| runs.boundary(0.02).expect("binary")),
    ];
    let area = |runs: &Runs| runs.areas().iter().sum::<u64>();
    let [
        largest,
        kept,
        filled,
        components,
        eroded,
        boxed,
        disked,
        boundary,
    ] = CASES.map(|(_, of_runs)| area(&of_runs(runs)));
    let whole = area(runs);
    assert_eq!(components, whole);
    assert!(largest <= whole && kept <= whole && eroded <= whole && boundary <= whole);
    assert!(whole <= filled && whole <= boxed && boxed <= disked);
    let cases = CASES.into_iter().map(|(operation, of_runs)| {
        let runs = runs.clone();
        case(operation, "runs", move || of_runs(&runs))
    });
    cases.collect()
}

fn moments(runs: &Runs, pixels: &Array3<u8>) -> Case {
    let found = runs.moments();
    for (mask, moments) in pixels.outer_iter().zip(&found) {
        let set = mask.indexed_iter().filter(|&(_, &pixel)| pixel != 0);
        let m21 = set.map(|((y, x), _)| (x * x * y) as u128);
        assert_eq!(moments.m21, m21.sum());
    }
    let runs = runs.clone();
    case("moments", "runs", move || runs.moments())
}

fn encoder() -> Encoder {
    let cpu = Encoder::builder().backend(Backend::Cpu).build();
    cpu.expect("a CPU is there")
}
