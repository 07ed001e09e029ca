//! One round of every operation on given masks, for `ops_peers.py`, which alternates with peers in
//! other languages.
//!
//! Takes two `.npy` files, a stack of u8 masks and a u16 label map, and the seconds that each
//! contestant may run. Prints a JSON object,
//! `{"threads": {"operation": {"contestant": least ms}}}`, for one thread and for all.

#[path = "ops/cases.rs"]
mod cases;
mod rounds;

use std::collections::BTreeMap;
use std::time::Duration;

use maskrle::ndarray::{Array2, Array3};

use rounds::{arguments, least_ms};

type Times = BTreeMap<&'static str, BTreeMap<&'static str, f64>>;

fn main() {
    let arguments = arguments();
    let [masks, labels, seconds] = &arguments[..] else {
        // So that `cargo bench` goes on to the others.
        eprintln!("usage: ops_round MASKS.npy LABELS.npy SECONDS");
        return;
    };
    let masks: Array3<u8> = ndarray_npy::read_npy(masks).expect("a stack of u8 masks");
    let labels: Array2<u16> = ndarray_npy::read_npy(labels).expect("a u16 label map");
    let seconds = Duration::from_secs_f64(seconds.parse().expect("seconds"));
    let mut all = BTreeMap::new();
    for (name, threads) in [("1", 1), ("all", 0)] {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads can be started");
        let times = pool.install(|| {
            let cases = cases::of_masks(&masks)
                .into_iter()
                .chain(cases::of_labels(&labels));
            let mut times = Times::new();
            cases.for_each(|mut case| {
                times
                    .entry(case.operation)
                    .or_default()
                    .insert(case.contestant, least_ms(&mut case.run, seconds));
            });
            times
        });
        all.insert(name, times);
    }
    println!("{}", serde_json::to_string(&all).expect("numbers"));
}
