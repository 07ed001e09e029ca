//! Sums of powers of the foreground's positions.

use std::ops::Range;

use crate::pixel::Order;
use crate::runs::{MaskView, Runs, blocks};

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
        // Sums of powers of lines times those of positions on them.
        let mut sums = [[0u128; 4]; 4];
        let is_short = self.size().iter().all(|&side| side <= SHORT);
        blocks(self, |block| {
            if block.value == 0 {
                return;
            }
            let [lines, within] = [block.lines, block.within];
            if is_short {
                let [lines, within] = [lines, within].map(short_power_sums);
                for (p, q) in POWERS {
                    sums[p][q] += u128::from(lines[p]) * u128::from(within[q]);
                }
            } else {
                let [lines, within] = [lines, within].map(power_sums);
                for (p, q) in POWERS {
                    sums[p][q] += lines[p] * within[q];
                }
            }
        });
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

/// Side up to which sums of third powers fit u64.
const SHORT: u32 = 1 << 16;

/// Sums of the powers 0 to 3 of the numbers of a range, up to [`SHORT`].
fn short_power_sums(range: Range<u32>) -> [u64; 4] {
    let below = |n: u32| {
        let n = u64::from(n);
        let ones = n * n.saturating_sub(1) / 2;
        [n, ones, ones * (2 * n).saturating_sub(1) / 3, ones * ones]
    };
    let [low, high] = [below(range.start), below(range.end)];
    [0, 1, 2, 3].map(|power| high[power] - low[power])
}

/// Sums of the powers 0 to 3 of the numbers of a range. None is above 2^126.
fn power_sums(range: Range<u32>) -> [u128; 4] {
    // Of the numbers below n.
    let below = |n: u32| {
        let n = u128::from(n);
        let ones = n * n.saturating_sub(1) / 2;
        [n, ones, ones * (2 * n).saturating_sub(1) / 3, ones * ones]
    };
    let [low, high] = [below(range.start), below(range.end)];
    [0, 1, 2, 3].map(|power| high[power] - low[power])
}
