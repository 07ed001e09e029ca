//! Encoding by size, density, element type, order and backend; beside it, in the same group, a
//! plain read of the same bytes and the fastest peer. Every result is compared with the plain
//! reference before it is timed.
//!
//! The GPU joins where `MASKRLE_BENCH_GPU=1` and there is an adapter.

#[path = "../cli/src/bench/support/mod.rs"]
mod support;

use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group,
    criterion_main,
};
use maskrle::ndarray::{Array3, Axis};
use maskrle::{Backend, CocoRle, Encoder, Masks, Order, f16};

use support::patterns::{Pattern, noise};
use support::{read, reference};

/// The backends that are timed, by name.
fn encoders() -> Vec<(&'static str, Encoder)> {
    let build = |backend, threads| {
        Encoder::builder()
            .backend(backend)
            .threads(threads)
            .allow_software(true)
            .build()
    };
    let cpu = |threads| build(Backend::Cpu, threads).expect("threads can be started");
    let mut encoders = vec![("cpu-1", cpu(1)), ("cpu-all", cpu(0))];
    if std::env::var_os("MASKRLE_BENCH_GPU").is_some_and(|asked| asked == "1") {
        match build(Backend::Gpu, 0) {
            Ok(gpu) => encoders.push(("gpu", gpu)),
            Err(missing) => eprintln!("the GPU is not benched: {missing}"),
        }
    }
    encoders
}

fn made(pattern: Pattern, [n, height, width]: [usize; 3]) -> Array3<u8> {
    let mut stack = Array3::zeros((n, height, width));
    // Pages that were never written are all the system's one page of zeros, which stays in a cache.
    stack.fill(black_box(0));
    pattern.fill(
        stack.as_slice_mut().expect("it was just made"),
        [height, width],
    );
    stack
}

/// The strings of a stack of zeros and others, by the plain reference.
fn expected_strings(stack: &Array3<u8>) -> Vec<String> {
    let (_, height, width) = stack.dim();
    let string = |mask: maskrle::ndarray::ArrayView2<'_, u8>| {
        let (starts, values) = reference::runs([height, width], Order::ColumnMajor, |y, x| {
            mask[[y, x]] != 0
        });
        reference::coco_string(
            (height * width) as u32,
            &starts,
            values.first() == Some(&true),
        )
    };
    stack.axis_iter(Axis(0)).map(string).collect()
}

fn strings(rles: Vec<CocoRle>) -> Vec<String> {
    rles.into_iter().map(|rle| rle.counts).collect()
}

/// Times both reads of `bytes`, the limits of what the group encodes.
fn bench_reads(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, bytes: &[u8]) {
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function(BenchmarkId::new("read-1", name), |bencher| {
        bencher.iter(|| read::read(black_box(bytes)))
    });
    group.bench_function(BenchmarkId::new("read-all", name), |bencher| {
        bencher.iter(|| read::read_parallel(black_box(bytes)));
    });
}

/// Times every backend's strings of a u8 stack, the reads of it, and hotcoco on the stack already
/// transposed.
fn bench_strings(
    group: &mut BenchmarkGroup<'_, WallTime>,
    encoders: &[(&str, Encoder)],
    name: &str,
    stack: &Array3<u8>,
) {
    let expected = expected_strings(stack);
    let masks = Masks::binary(stack).expect("valid");
    bench_reads(group, name, stack.as_slice().expect("it is contiguous"));
    for (backend, encoder) in encoders {
        assert_eq!(
            strings(encoder.coco(&masks).expect("valid")),
            expected,
            "{backend} {name}"
        );
        group.bench_function(BenchmarkId::new(*backend, name), |bencher| {
            bencher.iter(|| encoder.coco(&masks))
        });
    }
    let columns = stack
        .view()
        .permuted_axes([0, 2, 1])
        .as_standard_layout()
        .into_owned();
    assert_eq!(hotcoco_strings(&columns), expected, "hotcoco {name}");
    group.bench_function(BenchmarkId::new("hotcoco-column-major", name), |bencher| {
        bencher.iter(|| hotcoco_strings(&columns));
    });
}

/// Strings of masks that lie as hotcoco takes them, `[n, width, height]`.
fn hotcoco_strings(columns: &Array3<u8>) -> Vec<String> {
    let (_, width, height) = columns.dim();
    let string = |mask: maskrle::ndarray::ArrayView2<'_, u8>| {
        let pixels = mask.to_slice().expect("it is contiguous");
        let rle = hotcoco::mask::encode(pixels, height as u32, width as u32).expect("valid");
        hotcoco::mask::rle_to_string(&rle)
    };
    columns.axis_iter(Axis(0)).map(string).collect()
}

fn group<'c>(criterion: &'c mut Criterion, name: &str) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(name);
    // Whole stacks take milliseconds: few samples, evenly spread, are enough.
    group.sample_size(20).sampling_mode(SamplingMode::Flat);
    group
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    group
}

/// From thousands of tiny masks, and small ones that just are not tiny, to one large one.
fn size(criterion: &mut Criterion) {
    let encoders = encoders();
    let mut group = group(criterion, "size, blobs u8 to coco");
    for shape in [
        [1000, 28, 28],
        [200, 65, 16],
        [1, 1024, 1024],
        [16, 1024, 1024],
        [16, 1000, 1001],
        [1, 8192, 8192],
    ] {
        let name = shape.map(|side| side.to_string()).join("x");
        bench_strings(&mut group, &encoders, &name, &made(Pattern::Blobs, shape));
    }
}

/// From nothing set to every other pixel.
fn density(criterion: &mut Criterion) {
    let encoders = encoders();
    let mut group = group(criterion, "density, 8x1024x1024 u8 to coco");
    for percent in [0.0, 0.1, 5.0, 50.0] {
        let mut stack = Array3::zeros((8, 1024, 1024));
        noise(
            stack.as_slice_mut().expect("it was just made"),
            percent / 100.0,
        );
        bench_strings(&mut group, &encoders, &format!("{percent} %"), &stack);
    }
}

/// The element types, each with a read of its own bytes.
fn element(criterion: &mut Criterion) {
    let encoders = encoders();
    let mut group = group(criterion, "element, 8x1024x1024 blobs to coco");
    let stack = made(Pattern::Blobs, [8, 1024, 1024]);
    let expected = expected_strings(&stack);
    let mut bench = |name: &str, masks: Masks<'_>, bytes: &[u8]| {
        bench_reads(&mut group, name, bytes);
        for (backend, encoder) in &encoders {
            assert_eq!(
                strings(encoder.coco(&masks).expect("valid")),
                expected,
                "{backend} {name}"
            );
            group.bench_function(BenchmarkId::new(*backend, name), |bencher| {
                bencher.iter(|| encoder.coco(&masks))
            });
        }
    };
    let u16s = stack.mapv(u16::from);
    bench("u16", Masks::binary(&u16s).expect("valid"), bytes(&u16s));
    let i32s = stack.mapv(i32::from);
    bench("i32", Masks::binary(&i32s).expect("valid"), bytes(&i32s));
    let f16s = stack.mapv(|pixel| f16::from_f32(logit(pixel)));
    bench(
        "f16",
        Masks::threshold(&f16s, 0.0).expect("valid"),
        bytes(&f16s),
    );
    let f32s = stack.mapv(logit);
    bench(
        "f32",
        Masks::threshold(&f32s, 0.0).expect("valid"),
        bytes(&f32s),
    );
}

fn logit(pixel: u8) -> f32 {
    if pixel == 0 { -3.5 } else { 2.5 }
}

fn bytes<T: bytemuck::NoUninit>(stack: &Array3<T>) -> &[u8] {
    bytemuck::cast_slice(stack.as_slice().expect("it is contiguous"))
}

/// Runs in both scan orders, of binary masks and of labels.
fn order(criterion: &mut Criterion) {
    let encoders = encoders();
    let mut group = group(criterion, "order, 8x1024x1024 u8 to runs");
    let stack = made(Pattern::Blobs, [8, 1024, 1024]);
    let pixels = stack.as_slice().expect("it is contiguous");
    bench_reads(&mut group, "u8", pixels);
    for (order, order_name) in [(Order::RowMajor, "row"), (Order::ColumnMajor, "column")] {
        // Zeros and ones: as binary masks and as labels the same starts.
        let expected: Vec<u32> = stack
            .axis_iter(Axis(0))
            .flat_map(|mask| reference::runs([1024, 1024], order, |y, x| mask[[y, x]]).0)
            .collect();
        for (masks, predicate) in [
            (Masks::binary(&stack), "binary"),
            (Masks::labels(&stack), "labels"),
        ] {
            let (masks, name) = (masks.expect("valid"), format!("{predicate}, {order_name}"));
            for (backend, encoder) in &encoders {
                assert_eq!(
                    encoder.runs(&masks, order).expect("valid").starts(),
                    expected,
                    "{backend} {name}"
                );
                group.bench_function(BenchmarkId::new(*backend, &name), |bencher| {
                    bencher.iter(|| encoder.runs(&masks, order));
                });
            }
        }
    }
}

criterion_group!(benches, size, density, element, order);
criterion_main!(benches);
