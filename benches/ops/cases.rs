//! The timed operations, each with its peer in Rust on the same masks, each result asserted before
//! anything is timed.

use std::hint::black_box;

use maskrle::ndarray::{Array2, Array3, Axis};
use maskrle::{Backend, CocoRle, Encoder, MaskRuns, Masks, Order, Runs, SetOp};

/// One contestant of one operation.
pub struct Case {
    pub operation: &'static str,
    pub contestant: &'static str,
    pub run: Box<dyn FnMut() + Send>,
}

pub fn case<R>(
    operation: &'static str,
    contestant: &'static str,
    mut run: impl FnMut() -> R + Send + 'static,
) -> Case {
    let run = move || {
        black_box(run());
    };
    Case {
        operation,
        contestant,
        run: Box::new(run),
    }
}

/// A stack as maskrle and as hotcoco have it, and as strings.
#[derive(Clone)]
struct Inputs {
    runs: Runs,
    strings: Vec<CocoRle>,
    hotcoco: Vec<hotcoco::Rle>,
}

impl Inputs {
    fn new(encoder: &Encoder, stack: &Array3<u8>) -> Self {
        let masks = Masks::binary(stack).expect("valid");
        let strings = encoder.coco(&masks).expect("valid");
        let hotcoco = strings.iter().map(of_string).collect();
        Inputs {
            runs: encoder.runs(&masks, Order::ColumnMajor).expect("valid"),
            strings,
            hotcoco,
        }
    }
}

fn of_string(rle: &CocoRle) -> hotcoco::Rle {
    hotcoco::mask::rle_from_string(&rle.counts, rle.size[0], rle.size[1]).expect("valid")
}

fn string_of(mask: &MaskRuns) -> String {
    mask.to_coco().expect("column-major").counts
}

/// All operations on a stack of masks of one size, 0 and 1.
pub fn of_masks(stack: &Array3<u8>) -> Vec<Case> {
    let encoder = Encoder::builder()
        .backend(Backend::Cpu)
        .build()
        .expect("a CPU is there");
    let inputs = Inputs::new(&encoder, stack);
    let mut cases = decode(stack, &inputs);
    cases.extend(merge(&inputs));
    cases.extend(measures(&inputs));
    cases.extend(iou(&inputs));
    cases
}

fn decode(stack: &Array3<u8>, inputs: &Inputs) -> Vec<Case> {
    let (n, h, w) = stack.dim();
    let by_rows = Array3::<u8>::zeros((n, h, w));
    let by_columns = Array3::<u8>::zeros((n, w, h)).permuted_axes([0, 2, 1]);
    for out in [&by_rows, &by_columns] {
        let mut out = out.clone();
        inputs.runs.decode_into(out.view_mut()).expect("it fits");
        assert_eq!(out, stack);
    }
    let first = Array2::from_shape_vec((w, h), hotcoco::mask::decode(&inputs.hotcoco[0]))
        .expect("all pixels");
    assert_eq!(first.t(), stack.index_axis(Axis(0), 0));

    let into = |contestant, mut out: Array3<u8>| {
        let runs = inputs.runs.clone();
        case("decode", contestant, move || {
            runs.decode_into(out.view_mut())
        })
    };
    let mut filled = by_rows.clone();
    let (runs, strings, peers) = (
        inputs.runs.clone(),
        inputs.strings.clone(),
        inputs.hotcoco.clone(),
    );
    vec![
        into("runs into columns", by_columns.clone()),
        into("runs into rows", by_rows),
        case("decode", "runs to new columns", move || {
            runs.decode::<u8>(Order::ColumnMajor)
        }),
        case("decode", "strings into columns", {
            let mut out = by_columns;
            move || Runs::read(&strings).and_then(|runs| runs.decode_into(out.view_mut()))
        }),
        case("decode", "(fill of the same bytes)", move || {
            fill(filled.as_slice_mut().expect("it is contiguous"))
        }),
        case("decode", "hotcoco, runs", move || {
            peers.iter().map(hotcoco::mask::decode).collect::<Vec<_>>()
        }),
    ]
}

/// The limit of all that writes: the same bytes filled, by as many threads, in tasks of a mask's
/// size.
fn fill(bytes: &mut [u8]) {
    use rayon::prelude::*;
    bytes
        .par_chunks_mut(1 << 20)
        .for_each(|bytes| bytes.fill(black_box(1)));
}

fn merge(inputs: &Inputs) -> Vec<Case> {
    let union = |runs: &Runs| runs.merge(SetOp::Union).expect("one size");
    let peer = |rles: &[hotcoco::Rle]| hotcoco::mask::merge(rles, false).expect("one size");
    let expected = hotcoco::mask::rle_to_string(&peer(&inputs.hotcoco));
    assert_eq!(string_of(&union(&inputs.runs)), expected);

    // Each mask with its neighbour.
    let masks = inputs.runs.len();
    let neighbours = inputs.runs.select((1..masks).chain([0]));
    let neighbours = neighbours.expect("indices are below the length");
    let pairs: Vec<[hotcoco::Rle; 2]> = (0..inputs.hotcoco.len())
        .map(|index| {
            [index, (index + 1) % inputs.hotcoco.len()].map(|index| inputs.hotcoco[index].clone())
        })
        .collect();
    let merged = inputs
        .runs
        .merge_pairs(&neighbours, SetOp::Intersection)
        .expect("pairs");
    for (mask, pair) in merged.iter().zip(&pairs) {
        let expected = hotcoco::mask::merge(pair, true).expect("one size");
        assert_eq!(mask.area(), hotcoco::mask::area(&expected));
    }

    let (runs, strings, peers) = (
        inputs.runs.clone(),
        inputs.strings.clone(),
        inputs.hotcoco.clone(),
    );
    let pairs_of_runs = inputs.runs.clone();
    vec![
        case("merge all", "runs", move || union(&runs)),
        case("merge all", "strings to string", move || {
            string_of(&union(&Runs::read(&strings).expect("valid")))
        }),
        case("merge all", "hotcoco, runs", move || peer(&peers)),
        case("merge pairs", "runs", move || {
            pairs_of_runs.merge_pairs(&neighbours, SetOp::Intersection)
        }),
        case("merge pairs", "hotcoco, runs", move || {
            pairs
                .iter()
                .map(|pair| hotcoco::mask::merge(pair, true))
                .collect::<Vec<_>>()
        }),
    ]
}

fn measures(inputs: &Inputs) -> Vec<Case> {
    let areas: Vec<u64> = inputs.hotcoco.iter().map(hotcoco::mask::area).collect();
    assert_eq!(inputs.runs.areas(), areas);
    let boxes: Vec<[f64; 4]> = inputs.hotcoco.iter().map(hotcoco::mask::to_bbox).collect();
    assert_eq!(
        inputs
            .runs
            .bboxes()
            .iter()
            .map(|bbox| bbox.map(f64::from))
            .collect::<Vec<_>>(),
        boxes
    );

    let runs = || inputs.runs.clone();
    let (area_runs, box_runs) = (runs(), runs());
    let strings = || inputs.strings.clone();
    let (area_strings, box_strings, read_strings) = (strings(), strings(), strings());
    let peers = || inputs.hotcoco.clone();
    let (area_peers, box_peers) = (peers(), peers());
    let (area_peer_strings, box_peer_strings, read_peer_strings) =
        (strings(), strings(), strings());
    vec![
        case("area", "runs", move || area_runs.areas()),
        case("area", "strings", move || {
            Runs::read(&area_strings).expect("valid").areas()
        }),
        case("area", "hotcoco, runs", move || {
            area_peers
                .iter()
                .map(hotcoco::mask::area)
                .collect::<Vec<_>>()
        }),
        case("area", "hotcoco, strings", move || {
            hotcoco::mask::areas(&refs(&area_peer_strings))
        }),
        case("bbox", "runs", move || box_runs.bboxes()),
        case("bbox", "strings", move || {
            Runs::read(&box_strings).expect("valid").bboxes()
        }),
        case("bbox", "hotcoco, runs", move || {
            box_peers
                .iter()
                .map(hotcoco::mask::to_bbox)
                .collect::<Vec<_>>()
        }),
        case("bbox", "hotcoco, strings", move || {
            hotcoco::mask::bboxes(&refs(&box_peer_strings))
        }),
        case("read", "strings", move || Runs::read(&read_strings)),
        case("read", "hotcoco, strings", move || {
            read_peer_strings.iter().map(of_string).collect::<Vec<_>>()
        }),
    ]
}

fn refs(strings: &[CocoRle]) -> Vec<hotcoco::mask::RleRef<'_>> {
    strings.iter().map(compressed).collect()
}

fn compressed(
    CocoRle {
        size: [h, w],
        counts,
    }: &CocoRle,
) -> hotcoco::mask::RleRef<'_> {
    hotcoco::mask::RleRef::Compressed {
        counts,
        h: *h,
        w: *w,
    }
}

fn iou(inputs: &Inputs) -> Vec<Case> {
    use hotcoco::primitives::sim::mask_iou_flat;

    let crowd = vec![false; inputs.hotcoco.len()];
    let expected = mask_iou_flat(&inputs.hotcoco, &inputs.hotcoco, &crowd);
    let found = inputs.runs.iou(&inputs.runs, &[]).expect("one size");
    assert!(
        found
            .iter()
            .zip(&expected)
            .all(|(found, expected)| (found - expected).abs() < 1e-12)
    );

    let (runs, strings, peers) = (
        inputs.runs.clone(),
        inputs.strings.clone(),
        inputs.hotcoco.clone(),
    );
    vec![
        case("iou", "runs", move || runs.iou(&runs, &[])),
        case("iou", "strings", move || {
            let runs = Runs::read(&strings).expect("valid");
            runs.iou(&runs, &[])
        }),
        case("iou", "hotcoco, runs", move || {
            mask_iou_flat(&peers, &peers, &crowd)
        }),
    ]
}

/// A label map taken apart: from its runs, and from its pixels.
pub fn of_labels(labels: &Array2<u16>) -> Vec<Case> {
    let encoder = Encoder::builder()
        .backend(Backend::Cpu)
        .build()
        .expect("a CPU is there");
    let encode = move |labels: &Array2<u16>| {
        encoder
            .runs(&Masks::labels(labels).expect("valid"), Order::ColumnMajor)
            .expect("valid")
    };
    let runs = encode(labels);
    let (instances, masks) = runs.split_labels().expect("few");
    for (instance, mask) in instances.iter().zip(masks.iter()) {
        let expected = labels.mapv(|label| i64::from(label) == instance.label);
        assert_eq!(
            mask.decode::<bool>(Order::RowMajor).expect("small"),
            expected
        );
        assert_eq!(
            instance.area,
            expected.iter().filter(|&&pixel| pixel).count() as u64
        );
    }
    let labels = labels.clone();
    vec![
        case("split labels", "runs", move || runs.split_labels()),
        case("split labels", "pixels to strings", move || {
            let (instances, masks) = encode(&labels).split_labels().expect("few");
            let strings: Result<Vec<_>, _> = masks.iter().map(CocoRle::try_from).collect();
            (instances, strings)
        }),
    ]
}
