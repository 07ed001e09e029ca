//! Checks of one backend against the oracle.

use half::{bf16, f16};
use maskrle::{BitOrder, Encoder, Masks};
use ndarray::{Array2, Array3, Array4, Axis, s};

use crate::support::*;

pub type Check = fn(&ToRuns<'_>) -> Result<(), String>;

pub const CHECKS: [(&str, Check); 14] = [
    ("integers_of_every_type", integers_of_every_type),
    ("labels_of_every_type", labels_of_every_type),
    ("floats_of_every_type", floats_of_every_type),
    ("thresholds", thresholds),
    ("strides", strides),
    ("packed_bits", packed_bits),
    ("sizes_of_zero", sizes_of_zero),
    ("dimensions", dimensions),
    ("size_sweep", size_sweep),
    ("random_sizes", random_sizes),
    ("tiny_and_thin_masks", tiny_and_thin_masks),
    ("stacks_of_tiny_masks", stacks_of_tiny_masks),
    ("interleaved_stacks", interleaved_stacks),
    ("patterns", patterns),
];

/// An error if the other backend than the encoder's own encoded anything.
pub fn no_fallback(encoder: &Encoder) -> Result<(), String> {
    let tally = encoder.tally();
    let by_other = if encoder.backend().backend == maskrle::Backend::Gpu {
        tally.cpu
    } else {
        tally.gpu
    };
    if by_other > 0 {
        Err(format!("the other backend encoded some: {tally:?}"))
    } else {
        Ok(())
    }
}

const SHAPES: [[usize; 3]; 4] = [[3, 37, 45], [2, 64, 32], [1, 5, 131], [2, 130, 3]];

/// Calls a generic check with every type that pixels of integers may have.
macro_rules! for_integers {
    ($check:ident($backend:ident)) => {
        $check::<bool>($backend)?;
        $check::<u8>($backend)?;
        $check::<i8>($backend)?;
        $check::<u16>($backend)?;
        $check::<i16>($backend)?;
        $check::<u32>($backend)?;
        $check::<i32>($backend)?;
    };
}

fn integers_of_every_type(backend: &ToRuns<'_>) -> Result<(), String> {
    fn of<T: maskrle::Integer + Sample + Default + PartialEq>(
        backend: &ToRuns<'_>,
    ) -> Result<(), String> {
        SHAPES.into_iter().try_for_each(|shape| {
            check_binary(backend, stack::<T>(shape, Pattern::Noise, 1).view())?;
            check_binary(backend, stack::<T>(shape, Pattern::Runs(30), 2).view())
        })
    }
    for_integers!(of(backend));
    Ok(())
}

fn labels_of_every_type(backend: &ToRuns<'_>) -> Result<(), String> {
    fn of<T: maskrle::Integer + Sample + Into<i64>>(backend: &ToRuns<'_>) -> Result<(), String> {
        SHAPES.into_iter().try_for_each(|shape| {
            check_labels(backend, stack::<T>(shape, Pattern::Noise, 3).view())?;
            check_labels(backend, stack::<T>(shape, Pattern::Runs(30), 4).view())
        })
    }
    for_integers!(of(backend));
    Ok(())
}

fn floats_of_every_type(backend: &ToRuns<'_>) -> Result<(), String> {
    for shape in SHAPES {
        for pattern in [Pattern::Noise, Pattern::Runs(30)] {
            check_threshold(
                backend,
                stack::<f16>(shape, pattern, 5).view(),
                0.0,
                f16::ZERO,
            )?;
            check_threshold(
                backend,
                stack::<bf16>(shape, pattern, 5).view(),
                0.0,
                bf16::ZERO,
            )?;
            check_threshold(backend, stack::<f32>(shape, pattern, 6).view(), 0.0, 0.0)?;
        }
    }
    Ok(())
}

/// Every interesting float against every interesting threshold, each between two pixels that are
/// never above.
fn thresholds(backend: &ToRuns<'_>) -> Result<(), String> {
    let singles: Vec<f32> = SPECIAL_SINGLES
        .into_iter()
        .flat_map(|bits| [bits, bits | 1 << 31, 0xffff_ffff])
        .map(f32::from_bits)
        .collect();
    let halves: Vec<f16> = (0..=u16::MAX)
        .step_by(37)
        .flat_map(|bits| [bits, 0xffff])
        .map(f16::from_bits)
        .collect();
    let singles =
        Array3::from_shape_vec((1, 3, SPECIAL_SINGLES.len()), singles).expect("all of them");
    let halves = Array3::from_shape_vec((1, 2, halves.len() / 2), halves).expect("all of them");
    for threshold in SPECIAL_THRESHOLDS {
        check_threshold(backend, singles.view(), threshold, threshold as f32)?;
        check_threshold(backend, halves.view(), threshold, f16::from_f64(threshold))?;
        let brains = halves.mapv(|half| bf16::from_bits(half.to_bits()));
        check_threshold(backend, brains.view(), threshold, bf16::from_f64(threshold))?;
    }
    Ok(())
}

fn strides(backend: &ToRuns<'_>) -> Result<(), String> {
    each_strided::<u16>(7, |view| {
        check_binary(backend, view)?;
        check_labels(backend, view)
    })
}

fn packed_bits(backend: &ToRuns<'_>) -> Result<(), String> {
    let narrow = [1, 7, 8, 9, 31, 32, 33, 64, 100].map(|width| (35, width));
    for (height, width) in
        narrow
            .into_iter()
            .chain([(1, 257), (1, 9000), (2, 1000), (2, 9000), (1, 1)])
    {
        let pixels = stack::<u8>([3, height, width], Pattern::Noise, width as u64)
            .mapv(|pixel| u8::from(pixel != 0));
        for order in [BitOrder::Big, BitOrder::Little] {
            let packed = Array3::from_shape_fn((3, height, width.div_ceil(8)), |(n, y, byte)| {
                (0..8)
                    .filter(|bit| {
                        pixels
                            .get([n, y, 8 * byte + bit])
                            .is_some_and(|&pixel| pixel != 0)
                    })
                    .fold(0, |all, bit| {
                        all | if order == BitOrder::Big {
                            0x80 >> bit
                        } else {
                            1 << bit
                        }
                    })
            });
            let masks = Masks::packed(&packed, width, order).map_err(|error| error.to_string())?;
            check(backend, &masks, |order| {
                oracle_of_stack(pixels.view(), order, i64::from)
            })?;
        }
    }
    Ok(())
}

fn sizes_of_zero(backend: &ToRuns<'_>) -> Result<(), String> {
    for shape in [[0, 4, 5], [3, 0, 5], [3, 4, 0], [2, 0, 0], [0, 0, 0]] {
        check_binary(backend, Array3::<u8>::ones(shape).view())?;
        check_labels(backend, Array3::<i32>::ones(shape).view())?;
    }
    check_batch(
        backend,
        &[[0, 3], [2, 3], [3, 0], [0, 0], [40, 50], [1, 0]].map(Array2::ones),
    )?;
    check_batch(backend, &[])
}

fn dimensions(backend: &ToRuns<'_>) -> Result<(), String> {
    let pixels = stack::<u8>([6, 9, 70], Pattern::Noise, 9);
    let expected = |order| oracle_of_stack(pixels.view(), order, |pixel| i64::from(pixel != 0));
    let four: Array4<u8> = pixels
        .clone()
        .into_shape_with_order((2, 3, 9, 70))
        .expect("the same pixels");
    check(
        backend,
        &Masks::binary(&four).map_err(|error| error.to_string())?,
        expected,
    )?;
    // Of [b, 1, h, w] as of [b, k, h, w] sliced to one k: a stride that no three dimensions have.
    let sliced = four.slice(s![.., ..;2, .., ..]);
    let masks = Masks::binary(sliced).map_err(|error| error.to_string())?;
    check(backend, &masks, |order| {
        [0, 2, 3, 5]
            .map(|index| expected(order)[index].clone())
            .to_vec()
    })?;
    let plane = pixels.index_axis(Axis(0), 1);
    check(
        backend,
        &Masks::binary(plane).map_err(|error| error.to_string())?,
        |order| vec![expected(order)[1].clone()],
    )?;
    let row = plane.row(4);
    let masks = Masks::binary(row).map_err(|error| error.to_string())?;
    check(backend, &masks, |order| {
        vec![oracle(row.insert_axis(Axis(0)), order, |pixel| {
            i64::from(pixel != 0)
        })]
    })
}

const EDGES: [usize; 11] = [1, 2, 31, 32, 33, 63, 64, 65, 127, 128, 129];

fn size_sweep(backend: &ToRuns<'_>) -> Result<(), String> {
    let sizes = (1..=130).flat_map(|side| {
        EDGES
            .into_iter()
            .flat_map(move |edge| [[side, edge], [edge, side]])
    });
    check_sizes(backend, sizes, 10)
}

fn random_sizes(backend: &ToRuns<'_>) -> Result<(), String> {
    let mut random = Random(11);
    check_sizes(
        backend,
        (0..60)
            .map(|_| [random.below(400) as usize, random.below(400) as usize])
            .collect::<Vec<_>>()
            .into_iter(),
        12,
    )
}

fn tiny_and_thin_masks(backend: &ToRuns<'_>) -> Result<(), String> {
    // Wide masks of few rows go through strips of columns.
    let wide = stack::<u16>([2, 60, 9000], Pattern::Runs(50), 17);
    for view in [
        wide.view(),
        wide.slice(s![.., ..3, ..]),
        wide.slice(s![.., ..;7, ..;2]),
        wide.slice(s![.., 3..4, 1..;3]),
    ] {
        check_binary(backend, view)?;
        check_labels(backend, view)?;
    }
    check_binary(
        backend,
        stack::<bool>([5000, 1, 1], Pattern::Noise, 14).view(),
    )
}

/// Masks of up to 32 x 32 that follow one another in memory go together, an even number of them or
/// an odd one.
fn stacks_of_tiny_masks(backend: &ToRuns<'_>) -> Result<(), String> {
    check_binary(
        backend,
        stack::<u8>([3000, 28, 28], Pattern::Runs(20), 13).view(),
    )?;
    let mut random = Random(14);
    let sides =
        |random: &mut Random| [1 + random.below(33) as usize, 1 + random.below(33) as usize];
    let edges = [
        [32, 32],
        [31, 32],
        [32, 31],
        [1, 32],
        [32, 1],
        [1, 1],
        [33, 32],
        [32, 2],
    ];
    let sizes: Vec<_> = edges
        .into_iter()
        .chain((0..40).map(|_| sides(&mut random)))
        .collect();
    let mut ones = Vec::new();
    for (index, [height, width]) in sizes.into_iter().enumerate() {
        let count = [1, 2, 3, 64, 65, 131][index % 6];
        let pixels = stack::<u16>([count, height, width], PATTERNS[index % 5], random.next());
        for view in [
            pixels.view(),
            pixels.view().permuted_axes([0, 2, 1]),
            pixels.slice(s![1.., .., ..]),
        ] {
            check_binary(backend, view)?;
            check_labels(backend, view)?;
        }
        check_threshold(
            backend,
            pixels.mapv(|pixel| f32::from(pixel) - 1.0).view(),
            0.5,
            0.5,
        )?;
        ones.push(Array2::ones([height, width]));
    }
    check_batch(backend, &ones)
}

fn patterns(backend: &ToRuns<'_>) -> Result<(), String> {
    // Large enough that its rows are read in parallel.
    for pattern in [Pattern::Noise, Pattern::Runs(3000)] {
        let pixels = stack::<u8>([1, 4200, 2100], pattern, 18);
        check_binary(backend, pixels.view())?;
        check_binary(backend, pixels.slice(s![.., .., 1..]))?;
        check_labels(backend, stack::<u8>([1, 4200, 2100], pattern, 19).view())?;
    }
    for pattern in PATTERNS {
        check_binary(backend, stack::<u8>([2, 200, 333], pattern, 15).view())?;
        check_labels(backend, stack::<u8>([2, 200, 333], pattern, 16).view())?;
    }
    Ok(())
}

/// Masks that lie pixel by pixel beside each other, by rows and by columns.
fn interleaved_stacks(backend: &ToRuns<'_>) -> Result<(), String> {
    for (index, [count, height, width]) in [
        [2, 5, 7],
        [3, 64, 64],
        [16, 33, 70],
        [63, 9, 130],
        [64, 40, 3],
        [65, 1, 200],
        [200, 30, 30],
        [9, 700, 400],
    ]
    .into_iter()
    .enumerate()
    {
        let pixels = stack::<u16>(
            [height, width, count],
            PATTERNS[index % 5],
            30 + index as u64,
        );
        let floats = pixels.mapv(|pixel| f32::from(pixel) - 1.0);
        for axes in [[2, 0, 1], [2, 1, 0]] {
            check_binary(backend, pixels.view().permuted_axes(axes))?;
            check_labels(backend, pixels.view().permuted_axes(axes))?;
            check_threshold(backend, floats.view().permuted_axes(axes), 0.5, 0.5)?;
        }
    }
    Ok(())
}
