//! The runs that masks should have, and how runs are compared with them.

use maskrle::{Order, Runs};
use ndarray::{ArrayView2, ArrayView3, Axis};

/// The runs that a mask should have.
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
    value: impl Fn(T) -> i64,
) -> Expected {
    let (height, width) = mask.dim();
    let (mut starts, mut values) = (Vec::new(), Vec::new());
    for position in 0..height * width {
        let (y, x) = match order {
            Order::RowMajor => (position / width, position % width),
            Order::ColumnMajor => (position % height, position / height),
        };
        let here = value(mask[[y, x]]);
        if values.last() != Some(&here) {
            starts.push(position as u32);
            values.push(here);
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
    value: impl Fn(T) -> i64 + Copy,
) -> Vec<Expected> {
    stack
        .axis_iter(Axis(0))
        .map(|mask| oracle(mask, order, value))
        .collect()
}

/// An error that says where runs differ from those expected.
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

/// The first run that differs.
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
