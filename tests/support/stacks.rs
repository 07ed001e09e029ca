//! Stacks of masks to try things on, of every element type.

use half::{bf16, f16};
use maskrle::Element;
use ndarray::Array3;

use super::random::Random;

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

/// The content of a made stack.
#[derive(Debug, Clone, Copy)]
pub enum Pattern {
    Empty,
    Full,
    Noise,
    Checkerboard,
    /// Runs in memory order, of this many pixels on average and of any value.
    Runs(u64),
}

pub const PATTERNS: [Pattern; 5] = [
    Pattern::Empty,
    Pattern::Full,
    Pattern::Noise,
    Pattern::Checkerboard,
    Pattern::Runs(40),
];

/// A stack of `n` masks, row-major in memory.
pub fn stack<T: Sample>([n, height, width]: [usize; 3], pattern: Pattern, seed: u64) -> Array3<T> {
    let mut random = Random(seed);
    let mut last = 0;
    Array3::from_shape_fn((n, height, width), |(_, y, x)| {
        T::sample(match pattern {
            Pattern::Empty => 0,
            Pattern::Full => 1,
            Pattern::Noise => random.next() >> 20,
            Pattern::Checkerboard => ((y + x) % 2) as u64,
            Pattern::Runs(length) => {
                if random.below(length) == 0 {
                    last = random.next() >> 20;
                }
                last
            }
        })
    })
}

/// Bits of floats where comparisons may go wrong: zero, the least and the greatest subnormal and
/// normal ones, 0.1, 1, infinity, and the first and last NaN. Signs are left to the caller.
pub const SPECIAL_SINGLES: [u32; 11] = [
    0,
    1,
    2,
    0x007f_ffff,
    0x0080_0000,
    0x3dcc_cccd,
    0x3f80_0000,
    0x7f7f_ffff,
    0x7f80_0000,
    0x7f80_0001,
    0x7fff_ffff,
];

/// Thresholds between and at such floats.
pub const SPECIAL_THRESHOLDS: [f64; 11] = [
    f64::NEG_INFINITY,
    -1.0,
    -1e-45,
    -0.0,
    0.0,
    0.1,
    1e-45,
    1.0,
    65504.0,
    1e300,
    f64::INFINITY,
];

/// Bits of floats of 16 and of 32 bits about 1 and -1, zeros and NaNs of both signs, and negative
/// infinity.
pub const HALVES_ABOUT_ONE: [u32; 8] = [0, 0x3c01, 0xffff, 0x3c00, 0x8000, 0xbbff, 0x7fff, 0xfc00];
pub const SINGLES_ABOUT_ONE: [u32; 8] = [
    0,
    0x3f80_0001,
    0xffff_ffff,
    1,
    0x8000_0000,
    0xbf7f_ffff,
    0x7fc0_0000,
    0xff80_0000,
];
