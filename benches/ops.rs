//! Operations on runs, each beside hotcoco on the same masks where it has them, decode beside a
//! plain fill of the same bytes, shapes beside pixels. Every result is asserted before it is timed.

#[path = "ops/cases.rs"]
mod cases;
#[path = "ops/regions.rs"]
mod regions;
#[path = "../cli/src/bench/support/mod.rs"]
#[allow(dead_code, reason = "only the made masks are used here")]
mod support;

use std::time::Duration;

use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};
use maskrle::ndarray::{Array2, Array3};

use cases::Case;
use support::patterns::Pattern;

fn bench(criterion: &mut Criterion, input: &str, cases: Vec<Case>) {
    for mut case in cases {
        let mut group = criterion.benchmark_group(format!("{}, {input}", case.operation));
        group.sample_size(20).sampling_mode(SamplingMode::Flat);
        group
            .warm_up_time(Duration::from_millis(200))
            .measurement_time(Duration::from_millis(600));
        group.bench_function(case.contestant, |bencher| bencher.iter(&mut case.run));
    }
}

fn masks(criterion: &mut Criterion) {
    for (input, pattern, shape) in [
        ("blobs 16x1024x1024", Pattern::Blobs, [16, 1024, 1024]),
        ("noise 4x1024x1024", Pattern::Noise, [4, 1024, 1024]),
        ("blobs 1000x28x28", Pattern::Blobs, [1000, 28, 28]),
    ] {
        let mut stack = Array3::<u8>::zeros(shape);
        pattern.fill(
            stack.as_slice_mut().expect("it was just made"),
            [shape[1], shape[2]],
        );
        bench(criterion, input, cases::of_masks(&stack));
        bench(criterion, input, regions::of_regions(&stack));
    }
}

fn labels(criterion: &mut Criterion) {
    bench(
        criterion,
        "500 instances 1024x1024",
        cases::of_labels(&discs(1024, 500)),
    );
}

/// Discs on a jittered grid, each of its own label.
fn discs(side: usize, count: u16) -> Array2<u16> {
    let columns = f64::from(count).sqrt().ceil() as usize;
    let cell = side / columns;
    Array2::from_shape_fn((side, side), |(y, x)| {
        let (row, column) = ((y / cell).min(columns - 1), (x / cell).min(columns - 1));
        let label = row * columns + column;
        let (jitter, radius) = (label * 7 % (cell / 4), cell / 4 + label % (cell / 4));
        let [dy, dx] =
            [y - row * cell, x - column * cell].map(|at| at.abs_diff(cell / 2 + jitter / 2));
        let is_inside = dy * dy + dx * dx < radius * radius && label < usize::from(count);
        if is_inside { label as u16 + 1 } else { 0 }
    })
}

criterion_group!(benches, masks, labels);
criterion_main!(benches);
