//! Masks of a model's output at full size, their areas and boxes, and what these cost beside the
//! strings alone; on one thread. Results are compared with those of every pixel before they are
//! timed.

mod every_pixel;

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use maskrle::ndarray::{Array3, Axis};
use maskrle::{Backend, Encoder, InstanceOptions, Masks, Order, Paste};

use every_pixel::every_pixel;

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

fn bench_resized(criterion: &mut Criterion) {
    let encoder = encoder();
    let logits = blobs([64, 256, 256]);
    let mut group = criterion.benchmark_group("resized");
    for size in [[480, 640], [1080, 1920], [3000, 4000]] {
        let masks = Masks::threshold(&logits, 0.0).and_then(|masks| masks.resized(size));
        let masks = masks.expect("valid");
        let strings = encoder.coco(&masks).expect("binary");
        let sides = size.map(|side| side as usize);
        let mut pixels = vec![0; sides[0] * sides[1]];
        for (mask, string) in logits.axis_iter(Axis(0)).zip(&strings).step_by(40) {
            every_pixel(mask, size, &mut pixels);
            let plain = Masks::binary((&pixels[..], sides)).expect("small");
            assert_eq!(&encoder.coco(&plain).expect("binary")[0], string);
        }
        let name = format!("{}x{}", size[0], size[1]);
        group.bench_function(BenchmarkId::new("coco", &name), |bencher| {
            bencher.iter(|| encoder.coco(&masks));
        });
        group.bench_function(BenchmarkId::new("instances", &name), |bencher| {
            bencher.iter(|| encoder.instances(&masks));
        });
        let options = InstanceOptions::new().stability_offset(0.5);
        group.bench_function(BenchmarkId::new("stability", &name), |bencher| {
            bencher.iter(|| encoder.instances_with(&masks, options));
        });
    }
}

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
