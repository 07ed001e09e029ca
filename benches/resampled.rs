//! Masks of a model's output at full size, their areas and boxes, and what these cost beside the
//! strings alone; on one thread. Results are compared with plain loops before they are timed.

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use maskrle::ndarray::{Array3, ArrayView2, Axis};
use maskrle::{Backend, Encoder, InstanceOptions, Masks, Order, Paste};

fn encoder() -> Encoder {
    let builder = Encoder::builder().backend(Backend::Cpu).threads(1);
    builder.build().expect("the CPU is there")
}

/// A few smooth blobs a mask.
fn blobs([n, height, width]: [usize; 3]) -> Array3<f32> {
    Array3::from_shape_fn((n, height, width), |(mask, row, column)| {
        let (y, x) = (row as f32 / height as f32, column as f32 / width as f32);
        let phase = mask as f32;
        (9.0 * y + phase).sin() + (7.0 * x + 1.7 * phase).cos() + (5.0 * (x + y)).sin() - 0.4
    })
}

fn pixels_above(mask: ArrayView2<'_, f32>, [height, width]: [u32; 2]) -> Vec<bool> {
    let place = |pixel: u32, from: usize, to: u32| {
        let place = (from as f32 / to as f32 * (pixel as f32 + 0.5) - 0.5).max(0.0);
        let weight = place - place.floor();
        [
            (place as usize, 1.0 - weight),
            ((place as usize + 1).min(from - 1), weight),
        ]
    };
    let (rows, columns) = mask.dim();
    let mut pixels = Vec::new();
    for row in 0..height {
        for column in 0..width {
            let [left, right] = place(column, columns, width);
            let [above, below] = place(row, rows, height).map(|(row, weight)| {
                let along = mask[[row, right.0]] * right.1;
                (mask[[row, left.0]].mul_add(left.1, along), weight)
            });
            pixels.push(above.0.mul_add(above.1, below.0 * below.1) > 0.0);
        }
    }
    pixels
}

fn bench_resized(criterion: &mut Criterion) {
    let encoder = encoder();
    let logits = blobs([64, 256, 256]);
    let mut group = criterion.benchmark_group("resized");
    for size in [[480, 640], [1080, 1920], [3000, 4000]] {
        let masks = Masks::threshold(&logits, 0.0).and_then(|masks| masks.resized(size));
        let masks = masks.expect("valid");
        let strings = encoder.coco(&masks).expect("binary");
        for (index, mask) in logits.axis_iter(Axis(0)).enumerate().step_by(40) {
            let pixels = pixels_above(mask, size);
            let sides = size.map(|side| side as usize);
            let plain = Masks::binary((&pixels[..], sides)).expect("small");
            let plain = encoder.coco(&plain).expect("binary");
            // Single pixels differ where the CPU has no FMA.
            assert!(plain[0].counts.len().abs_diff(strings[index].counts.len()) < 9);
            if cfg!(target_feature = "fma") || std::env::var_os("MASKRLE_BENCH_FMA").is_some() {
                assert_eq!(plain[0], strings[index]);
            }
        }
        let name = format!("{}x{}", size[0], size[1]);
        group.bench_function(BenchmarkId::new("coco", &name), |bencher| {
            bencher.iter(|| encoder.coco(&masks));
        });
        // Instances begin.
        group.bench_function(BenchmarkId::new("instances", &name), |bencher| {
            bencher.iter(|| encoder.instances(&masks));
        });
        let options = InstanceOptions::new().stability_offset(0.5);
        group.bench_function(BenchmarkId::new("stability", &name), |bencher| {
            bencher.iter(|| encoder.instances_with(&masks, options));
        });
        // Instances end.
    }
}

// Instances begin.
fn bench_pasted(criterion: &mut Criterion) {
    let encoder = encoder();
    let maps = blobs([100, 28, 28]);
    let boxes: Vec<[f32; 4]> = (0..100u16)
        .map(|index| {
            let share = |step: u16| f32::from(index * step % 97) / 97.0;
            let [x, y] = [1600.0 * share(31), 800.0 * share(53)];
            let [width, height] = [30.0 + 500.0 * share(17), 30.0 + 500.0 * share(71)];
            [x, y, x + width, y + height]
        })
        .collect();
    let mut group = criterion.benchmark_group("pasted");
    for paste in [Paste::GridSample, Paste::Torchvision] {
        let masks = Masks::at_least(&maps, 0.5);
        let masks = masks.and_then(|masks| masks.pasted(&boxes, [1080, 1920], paste));
        let masks = masks.expect("valid");
        let runs = encoder.runs(&masks, Order::ColumnMajor).expect("binary");
        assert!(runs.areas().iter().any(|&area| area > 0));
        group.bench_function(format!("{paste:?}"), |bencher| {
            bencher.iter(|| encoder.coco(&masks));
        });
    }
}

/// Plain masks: the string, with area and box, and these by calls of their own.
fn bench_instances(criterion: &mut Criterion) {
    let encoder = encoder();
    let mut group = criterion.benchmark_group("instances");
    for (name, shape) in [
        ("64 x 1024^2", [64, 1024, 1024]),
        ("1000 x 28^2", [1000, 28, 28]),
    ] {
        let stack = blobs(shape).mapv(|value| u8::from(value > 0.0));
        let masks = Masks::binary(&stack).expect("small");
        let runs = encoder.runs(&masks, Order::ColumnMajor).expect("binary");
        for (index, found) in encoder
            .instances(&masks)
            .expect("binary")
            .iter()
            .enumerate()
        {
            assert_eq!((found.area, found.bbox), {
                (runs.mask(index).area(), runs.mask(index).bbox())
            });
        }
        group.bench_function(BenchmarkId::new("coco", name), |bencher| {
            bencher.iter(|| encoder.coco(&masks));
        });
        group.bench_function(BenchmarkId::new("instances", name), |bencher| {
            bencher.iter(|| encoder.instances(&masks));
        });
        group.bench_function(BenchmarkId::new("one by one", name), |bencher| {
            bencher.iter(|| {
                let runs = encoder.runs(&masks, Order::ColumnMajor).expect("binary");
                (runs.to_coco(), runs.areas(), runs.bboxes())
            });
        });
    }
}
// Instances end.

fn short() -> Criterion {
    Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
}

criterion_group! {
    name = benches;
    config = short();
    targets = bench_resized, bench_pasted, bench_instances
}
criterion_main!(benches);
