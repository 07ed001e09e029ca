//! The oracle, masks to try it on, and how runs are compared with it.
#![allow(dead_code, reason = "each test target uses its part")]

use half::{bf16, f16};
use maskrle::{Element, Encoder, Float, Integer, MaskArray, Masks, Order, Runs, Values};
use ndarray::{Array2, Array3, ArrayView2, ArrayView3, Axis};

pub const ORDERS: [Order; 2] = [Order::RowMajor, Order::ColumnMajor];

/// What a mask's runs should be.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    pub size: [u32; 2],
    pub starts: Vec<u32>,
    pub values: Vec<i64>,
}

/// The oracle: one plain loop over the pixels in scan order. Never optimise it.
pub fn oracle<T: Copy>(
    mask: ArrayView2<'_, T>,
    order: Order,
    answer: impl Fn(T) -> i64,
) -> Expected {
    let (height, width) = mask.dim();
    let (mut starts, mut values) = (Vec::new(), Vec::new());
    for position in 0..height * width {
        let (y, x) = match order {
            Order::RowMajor => (position / width, position % width),
            Order::ColumnMajor => (position % height, position / height),
        };
        let value = answer(mask[[y, x]]);
        if values.last() != Some(&value) {
            starts.push(position as u32);
            values.push(value);
        }
    }
    Expected {
        size: [height as u32, width as u32],
        starts,
        values,
    }
}

/// The oracle for each mask of a stack.
pub fn oracle_of_stack<T: Copy>(
    stack: ArrayView3<'_, T>,
    order: Order,
    answer: impl Fn(T) -> i64 + Copy,
) -> Vec<Expected> {
    stack
        .axis_iter(Axis(0))
        .map(|mask| oracle(mask, order, answer))
        .collect()
}

/// Says where runs differ from what is expected.
pub fn compare(runs: &Runs, order: Order, expected: &[Expected]) -> Result<(), String> {
    if runs.order() != order {
        return Err(format!("the runs are {:?}, not {order:?}", runs.order()));
    }
    if runs.len() != expected.len() {
        return Err(format!(
            "{} masks came back for {}",
            runs.len(),
            expected.len()
        ));
    }
    for (index, (mask, expected)) in runs.iter().zip(expected).enumerate() {
        let got = Expected {
            size: mask.size(),
            starts: mask.starts().to_vec(),
            values: mask.values().collect(),
        };
        if got != *expected {
            return Err(format!(
                "{order:?}, mask {index} of {:?}: {}",
                expected.size,
                difference(&got, expected)
            ));
        }
    }
    Ok(())
}

fn difference(got: &Expected, expected: &Expected) -> String {
    let pairs = |e: &Expected| {
        e.starts
            .iter()
            .copied()
            .zip(e.values.iter().copied())
            .collect::<Vec<_>>()
    };
    let (got, expected) = (pairs(got), pairs(expected));
    let at = got
        .iter()
        .zip(&expected)
        .take_while(|(a, b)| a == b)
        .count();
    format!(
        "run {at} of {} is {:?}, of {} it should be {:?}",
        got.len(),
        got.get(at),
        expected.len(),
        expected.get(at)
    )
}

/// Any way from masks to runs.
pub type Backend<'b> = dyn Fn(&Masks<'_>, Order) -> Result<Runs, String> + 'b;

pub fn of_encoder(encoder: &Encoder) -> impl Fn(&Masks<'_>, Order) -> Result<Runs, String> + '_ {
    |masks, order| {
        encoder
            .runs(masks, order)
            .map_err(|error| error.to_string())
    }
}

/// The runs that an encoder's COCO strings spell, which it makes on a way of their own; where there
/// are none, its runs.
pub fn through_coco(encoder: &Encoder) -> impl Fn(&Masks<'_>, Order) -> Result<Runs, String> + '_ {
    |masks, order| {
        let runs = encoder
            .runs(masks, order)
            .map_err(|error| error.to_string())?;
        let is_binary = matches!(runs.values(), Values::Binary(_));
        if order == Order::RowMajor || !is_binary {
            return Ok(runs);
        }
        let strings = encoder.coco(masks).map_err(|error| error.to_string())?;
        for (index, (string, mask)) in strings.iter().zip(&runs).enumerate() {
            let spelt = string
                .to_runs()
                .map_err(|error| format!("mask {index}: {error}"))?;
            let spelt = spelt.get(0).ok_or("a string is one mask")?;
            if spelt.starts() != mask.starts() || spelt.values().ne(mask.values()) {
                return Err(format!(
                    "mask {index} of {:?}: its string spells other runs",
                    mask.size()
                ));
            }
        }
        if strings.len() == runs.len() {
            Ok(runs)
        } else {
            Err(format!("{} strings", strings.len()))
        }
    }
}

/// splitmix64.
#[derive(Clone)]
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}

/// Element types as tests need them.
pub trait Sample: Element + Copy + 'static {
    /// One of a few values, the first of which is the commonest background.
    fn sample(choice: u64) -> Self;
}

macro_rules! sample {
    ($type:ty, $values:expr) => {
        impl Sample for $type {
            fn sample(choice: u64) -> Self {
                let values: [$type; 6] = $values;
                values[(choice % 6) as usize]
            }
        }
    };
}

sample!(bool, [false, true, false, true, true, false]);
sample!(u8, [0, 1, 2, 255, 128, 7]);
sample!(i8, [0, 1, -1, -128, 127, 3]);
sample!(u16, [0, 1, 256, 65535, 0x8000, 255]);
sample!(i16, [0, 1, -1, -32768, 256, 32767]);
sample!(u32, [0, 1, 0x0100_0000, u32::MAX, 0x8000_0000, 65536]);
sample!(i32, [0, 1, -1, i32::MIN, i32::MAX, 65536]);
sample!(
    f16,
    [
        f16::ZERO,
        f16::ONE,
        f16::NEG_ZERO,
        f16::NAN,
        f16::INFINITY,
        f16::from_bits(1)
    ]
);
sample!(u64, [0, 1, 1 << 32, i64::MAX as u64, 1 << 40, 255]);
sample!(i64, [0, 1, -1, i64::MIN, i64::MAX, 1 << 32]);
sample!(
    bf16,
    [
        bf16::ZERO,
        bf16::ONE,
        bf16::NEG_ZERO,
        bf16::NAN,
        bf16::INFINITY,
        bf16::from_bits(1)
    ]
);
sample!(
    f64,
    [
        0.0,
        1.0,
        -0.0,
        f64::NAN,
        f64::NEG_INFINITY,
        f64::from_bits(1)
    ]
);
sample!(
    f32,
    [
        0.0,
        1.0,
        -0.0,
        f32::NAN,
        f32::NEG_INFINITY,
        f32::from_bits(1)
    ]
);

/// What a stack's pixels look like.
#[derive(Debug, Clone, Copy)]
pub enum Pattern {
    Empty,
    Full,
    Noise,
    Checkerboard,
    /// Every pixel drawn anew one time in so many, else as the one before it in memory.
    Stretches(u64),
}

pub const PATTERNS: [Pattern; 5] = [
    Pattern::Empty,
    Pattern::Full,
    Pattern::Noise,
    Pattern::Checkerboard,
    Pattern::Stretches(40),
];

pub fn stack<T: Sample>([n, height, width]: [usize; 3], pattern: Pattern, seed: u64) -> Array3<T> {
    let mut random = Random(seed);
    let mut last = 0;
    Array3::from_shape_fn((n, height, width), |(_, y, x)| {
        T::sample(match pattern {
            Pattern::Empty => 0,
            Pattern::Full => 1,
            Pattern::Noise => random.next() >> 20,
            Pattern::Checkerboard => ((y + x) % 2) as u64,
            Pattern::Stretches(length) => {
                if random.below(length) == 0 {
                    last = random.next() >> 20;
                }
                last
            }
        })
    })
}

/// Checks binary masks against the oracle, in both orders.
pub fn check_binary<T: Integer + Sample + Default + PartialEq>(
    backend: &Backend<'_>,
    view: ArrayView3<'_, T>,
) -> Result<(), String> {
    let masks = Masks::binary(view).map_err(|error| error.to_string())?;
    check(backend, &masks, |order| {
        oracle_of_stack(view, order, |pixel| i64::from(pixel != T::default()))
    })
}

/// Checks label maps against the oracle, in both orders.
pub fn check_labels<T: Integer + Sample + Into<i64>>(
    backend: &Backend<'_>,
    view: ArrayView3<'_, T>,
) -> Result<(), String> {
    let masks = Masks::labels(view).map_err(|error| error.to_string())?;
    check(backend, &masks, |order| {
        oracle_of_stack(view, order, Into::into)
    })
}

/// Checks thresholded masks against the oracle, in both orders.
pub fn check_threshold<T: Float + Sample + PartialOrd>(
    backend: &Backend<'_>,
    view: ArrayView3<'_, T>,
    threshold: f64,
    rounded: T,
) -> Result<(), String> {
    let masks = Masks::threshold(view, threshold).map_err(|error| error.to_string())?;
    check(backend, &masks, |order| {
        oracle_of_stack(view, order, |pixel| i64::from(pixel > rounded))
    })
}

pub fn check(
    backend: &Backend<'_>,
    masks: &Masks<'_>,
    expected: impl Fn(Order) -> Vec<Expected>,
) -> Result<(), String> {
    for order in ORDERS {
        compare(&backend(masks, order)?, order, &expected(order))?;
    }
    Ok(())
}

/// Masks of many sizes in one batch, checked as one call.
pub fn check_sizes(
    backend: &Backend<'_>,
    sizes: impl Iterator<Item = [usize; 2]>,
    seed: u64,
) -> Result<(), String> {
    let mut random = Random(seed);
    let arrays: Vec<Array2<u8>> = sizes
        .map(|[height, width]| {
            let pattern = PATTERNS[random.below(5) as usize];
            stack([1, height, width], pattern, random.next()).index_axis_move(Axis(0), 0)
        })
        .collect();
    check_batch(backend, &arrays)
}

pub fn check_batch(backend: &Backend<'_>, arrays: &[Array2<u8>]) -> Result<(), String> {
    let parts: Result<Vec<_>, _> = arrays.iter().map(binary).collect();
    let masks = Masks::batch(parts?).map_err(|error| error.to_string())?;
    check(backend, &masks, |order| {
        arrays
            .iter()
            .map(|array| oracle(array.view(), order, |pixel| i64::from(pixel != 0)))
            .collect()
    })
}

fn binary<'a>(array: impl MaskArray<'a, u8>) -> Result<Masks<'a>, String> {
    Masks::binary(array).map_err(|error| error.to_string())
}
