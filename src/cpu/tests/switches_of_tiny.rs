//! Both sides of every number at which tiny masks go another way.

use ndarray::Array3;

use super::plain::{Random, check, check_binary, cpus};
use crate::cpu::scan::{GROUP, MOST_STARTS, SIDE, STARTS};
use crate::pixel::Order;
use crate::simd::BEYOND;

/// Sides up to which masks are tiny, and masks that are read at a time.
#[test]
fn sides_and_numbers_of_masks() {
    let (cpus, mut random) = (cpus(1), Random(1));
    for height in [1, 2, SIDE - 1, SIDE, SIDE + 1] {
        for width in [1, 2, SIDE - 1, SIDE, SIDE + 1] {
            for masks in [1, GROUP - 1, GROUP, GROUP + 1, 2 * GROUP + 1] {
                check(&cpus, random.stack([masks, height, width], 70).view());
            }
        }
    }
}

/// Masks of [`SIDE`] squared pixels, each with this many runs: pixels alternate in scan order up to
/// the last run.
fn masks_of_runs(runs: &[usize], order: Order, first: u8) -> Array3<u8> {
    Array3::from_shape_fn((runs.len(), SIDE, SIDE), |(mask, row, column)| {
        let position = match order {
            Order::RowMajor => SIDE * row + column,
            Order::ColumnMajor => SIDE * column + row,
        };
        (position.min(runs[mask] - 1) % 2) as u8 ^ first
    })
}

/// Starts of masks are emitted together until a mask more might not find room: every number of
/// starts around that, before a mask that has the most.
#[test]
fn starts_around_those_that_are_emitted_together() {
    let cpus = cpus(1);
    let most = SIDE * SIDE;
    assert_eq!(most, MOST_STARTS - 1, "with one at the end");
    let last = STARTS - MOST_STARTS;
    for before in last - BEYOND - 3..=last + 3 {
        let runs = [most, most, before - 2 * most, most, 1, most];
        for order in [Order::RowMajor, Order::ColumnMajor] {
            for first in [0, 1] {
                check_binary(&cpus, masks_of_runs(&runs, order, first).view());
            }
        }
    }
}
