//! One round of masks at full size, for `resampled_peers.py`, which alternates with peers in
//! Python.
//!
//! Takes a `.npy` file of f32 logits [n, height, width], the height and width of the target, and
//! the seconds that each contestant may run; and if they are probabilities to be pasted, a `.npy`
//! file of f32 boxes [n, 4]. Prints a JSON object, `{"threads": {"contestant": least ms}}`, for one
//! thread and for all.

#[path = "resampled/every_pixel.rs"]
mod every_pixel;
mod rounds;

use std::collections::BTreeMap;
use std::time::Duration;

use maskrle::ndarray::{Array2, Array3, Axis};
use maskrle::{Backend, CocoRle, Encoder, Masks, Paste};
use rayon::prelude::*;

use every_pixel::every_pixel;
use rounds::{arguments, least_ms};

fn main() {
    let arguments = arguments();
    let (boxes, [logits, height, width, seconds]) = match &arguments[..] {
        [logits, height, width, seconds] => (None, [logits, height, width, seconds]),
        [logits, height, width, seconds, boxes] => (Some(boxes), [logits, height, width, seconds]),
        _ => {
            // So that `cargo bench` goes on to the others.
            eprintln!("usage: resampled_round LOGITS.npy HEIGHT WIDTH SECONDS [BOXES.npy]");
            return;
        }
    };
    let logits: Array3<f32> = ndarray_npy::read_npy(logits).expect("a stack of f32 logits");
    let size = [height, width].map(|side| side.parse().expect("a whole number"));
    let seconds = Duration::from_secs_f64(seconds.parse().expect("seconds"));
    let masks = match boxes {
        None => Masks::threshold(&logits, 0.0).and_then(|masks| masks.resized(size)),
        Some(boxes) => {
            let boxes: Array2<f32> = ndarray_npy::read_npy(boxes).expect("f32 boxes");
            let (boxes, _) = boxes
                .as_slice()
                .expect("rows that lie together")
                .as_chunks();
            Masks::at_least(&logits, 0.5)
                .and_then(|masks| masks.pasted(boxes, size, Paste::GridSample))
        }
    };
    let masks = masks.expect("valid");
    let mut all = BTreeMap::new();
    for (name, threads) in [("1", 1), ("all", 0)] {
        let encoding = encoder(threads);
        let fused = || encoding.coco(&masks).expect("binary");
        let mut times = BTreeMap::from([("maskrle in Rust", least_ms(fused, seconds))]);
        if boxes.is_none() {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            let pool = pool.expect("threads can be started");
            let one_thread = encoder(1);
            let each = || pool.install(|| evaluated(&one_thread, &logits, size));
            assert_eq!(each(), fused());
            times.insert("every pixel in Rust", least_ms(each, seconds));
        }
        all.insert(name, times);
    }
    println!("{}", serde_json::to_string(&all).expect("numbers"));
}

fn encoder(threads: usize) -> Encoder {
    let builder = Encoder::builder().backend(Backend::Cpu).threads(threads);
    builder.build().expect("the CPU is there")
}

/// Masks of which each is made at full size, and then encoded. Threads have a share of them each.
fn evaluated(encoder: &Encoder, logits: &Array3<f32>, size: [u32; 2]) -> Vec<CocoRle> {
    let sides = size.map(|side| side as usize);
    let masks: Vec<_> = logits.axis_iter(Axis(0)).collect();
    let a_thread = masks.len().div_ceil(rayon::current_num_threads());
    let shares = masks.par_chunks(a_thread).flat_map_iter(|masks| {
        let mut pixels = vec![0; sides[0] * sides[1]];
        masks.iter().map(move |&mask| {
            every_pixel(mask, size, &mut pixels);
            let plain = Masks::binary((&pixels[..], sides)).expect("small");
            encoder.coco(&plain).expect("binary").remove(0)
        })
    });
    shares.collect()
}
