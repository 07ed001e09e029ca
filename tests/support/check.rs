//! Backends, and checks of them against the oracle.

use maskrle::{Encoder, Float, Integer, MaskArray, Masks, Order, Runs, Values};
use ndarray::{Array2, ArrayView3, Axis};

use super::oracle::{Expected, compare, oracle, oracle_of_stack};
use super::orders::ORDERS;
use super::random::Random;
use super::stacks::{PATTERNS, Sample, stack};

/// Any way from masks to runs.
pub type ToRuns<'b> = dyn Fn(&Masks<'_>, Order) -> Result<Runs, String> + 'b;

/// An encoder's runs.
pub fn of_encoder(encoder: &Encoder) -> impl Fn(&Masks<'_>, Order) -> Result<Runs, String> + '_ {
    |masks, order| {
        encoder
            .runs(masks, order)
            .map_err(|error| error.to_string())
    }
}

/// An encoder's runs, once its COCO strings, which take a way of their own, were read to the same
/// runs; where a mask has no such string, just its runs.
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
            let read = string
                .to_runs()
                .map_err(|error| format!("mask {index}: {error}"))?;
            if read.starts() != mask.starts() || read.values().ne(mask.values()) {
                return Err(format!(
                    "mask {index} of {:?}: its string is of other runs",
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

/// Checks binary masks against the oracle, in both orders.
pub fn check_binary<T: Integer + Sample + Default + PartialEq>(
    backend: &ToRuns<'_>,
    view: ArrayView3<'_, T>,
) -> Result<(), String> {
    let masks = Masks::binary(view).map_err(|error| error.to_string())?;
    check(backend, &masks, |order| {
        oracle_of_stack(view, order, |pixel| i64::from(pixel != T::default()))
    })
}

/// Checks label maps against the oracle, in both orders.
pub fn check_labels<T: Integer + Sample + Into<i64>>(
    backend: &ToRuns<'_>,
    view: ArrayView3<'_, T>,
) -> Result<(), String> {
    check_labels_by(backend, view, Into::into)
}

/// Checks label maps of a type that i64 may not hold against the oracle, in both orders.
pub fn check_labels_by<T: Integer + Sample>(
    backend: &ToRuns<'_>,
    view: ArrayView3<'_, T>,
    label: impl Fn(T) -> i64 + Copy,
) -> Result<(), String> {
    let masks = Masks::labels(view).map_err(|error| error.to_string())?;
    check(backend, &masks, |order| oracle_of_stack(view, order, label))
}

/// Checks thresholded masks against the oracle, in both orders.
pub fn check_threshold<T: Float + Sample + PartialOrd>(
    backend: &ToRuns<'_>,
    view: ArrayView3<'_, T>,
    threshold: f64,
    rounded: T,
) -> Result<(), String> {
    let masks = Masks::threshold(view, threshold).map_err(|error| error.to_string())?;
    check(backend, &masks, |order| {
        oracle_of_stack(view, order, |pixel| i64::from(pixel > rounded))
    })
}

/// Checks any masks against their expected runs, in both orders.
pub fn check(
    backend: &ToRuns<'_>,
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
    backend: &ToRuns<'_>,
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

/// Arrays in one batch, checked as binary masks.
pub fn check_batch(backend: &ToRuns<'_>, arrays: &[Array2<u8>]) -> Result<(), String> {
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
