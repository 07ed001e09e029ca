//! Sums of powers of the foreground's positions.

use std::ops::{Add, AddAssign, Div, Mul, Range, Sub};

use crate::pixel::Order;
use crate::runs::{MaskView, Runs, foreground_blocks};

/// Moments of a mask: `m21` is the sum of x * x * y over all pixels that are not 0, x and y counted
/// from 0. They are those of `cv2.moments` with `binaryImage`, but whole, where it rounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[allow(missing_docs, reason = "the type's documentation says what each is")]
pub struct Moments {
    pub m00: u128,
    pub m10: u128,
    pub m01: u128,
    pub m20: u128,
    pub m11: u128,
    pub m02: u128,
    pub m30: u128,
    pub m21: u128,
    pub m12: u128,
    pub m03: u128,
}

impl MaskView<'_> {
    /// Moments up to the third order. Time grows with the runs.
    ///
    /// ```
    /// use maskrle::{MaskRuns, Order};
    ///
    /// let mask = MaskRuns::from_counts([3, 4], Order::ColumnMajor, [4, 1, 2, 2, 3])?;
    /// let moments = mask.moments();
    /// assert_eq!((moments.m00, moments.m10, moments.m01), (3, 5, 4));
    /// assert_eq!((moments.m11, moments.m21), (1 + 2 + 4, 1 + 4 + 8));
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn moments(&self) -> Moments {
        let sums = match self.size().iter().all(|&side| side <= SHORT) {
            true => sums::<u64>(self).map(|sums| sums.map(u128::from)),
            false => sums::<u128>(self),
        };
        let m = |x: usize, y: usize| match self.order() {
            Order::ColumnMajor => sums[x][y],
            Order::RowMajor => sums[y][x],
        };
        Moments {
            m00: m(0, 0),
            m10: m(1, 0),
            m01: m(0, 1),
            m20: m(2, 0),
            m11: m(1, 1),
            m02: m(0, 2),
            m30: m(3, 0),
            m21: m(2, 1),
            m12: m(1, 2),
            m03: m(0, 3),
        }
    }
}

impl Runs {
    /// [`MaskView::moments`] of each mask.
    pub fn moments(&self) -> Vec<Moments> {
        self.each(|mask| mask.moments())
    }
}

/// Powers of both that are third or less together.
const POWERS: [(usize, usize); 10] = [
    (0, 0),
    (1, 0),
    (0, 1),
    (2, 0),
    (1, 1),
    (0, 2),
    (3, 0),
    (2, 1),
    (1, 2),
    (0, 3),
];

/// Side up to which the sums fit u64, which takes half of the time: third powers up to it, summed,
/// as often as it is long, are a quarter of its fifth power, 2^63.
const SHORT: u32 = 1 << 13;

/// Numbers that the sums are taken in.
trait Sum:
    Copy
    + Default
    + From<u32>
    + Add<Output = Self>
    + AddAssign
    + Div<Output = Self>
    + Mul<Output = Self>
    + Sub<Output = Self>
{
}

impl Sum for u64 {}
impl Sum for u128 {}

/// For all pixels that are not 0, sums of powers of their scan lines times those of their positions
/// on these.
fn sums<T: Sum>(mask: &MaskView<'_>) -> [[T; 4]; 4] {
    let mut sums = [[T::default(); 4]; 4];
    foreground_blocks(mask, |block| {
        let [lines, within] = [block.lines, block.within].map(power_sums::<T>);
        for (p, q) in POWERS {
            sums[p][q] += lines[p] * within[q];
        }
    });
    sums
}

/// Sums of the powers 0 to 3 of the numbers of a range, which is not empty. None is above 2^126.
fn power_sums<T: Sum>(range: Range<u32>) -> [T; 4] {
    let [start, end] = [range.start, range.end].map(T::from);
    // Most blocks have one line.
    if range.end - range.start == 1 {
        return [T::from(1), start, start * start, start * start * start];
    }
    // Of the numbers below n.
    let below = |n: T| {
        let ones = (n * n - n) / T::from(2);
        [n, ones, (ones * (n + n) - ones) / T::from(3), ones * ones]
    };
    let [low, high] = [below(start), below(end)];
    [0, 1, 2, 3].map(|power| high[power] - low[power])
}
