//! Backends that are wrong, which the checks notice.

use libtest_mimic::Trial;
use maskrle::{Backend, Encoder, MaskRuns, Masks, Order, Runs};

use crate::support::{Pattern, check_binary, stack};

type WrongBackend = fn(&Masks<'_>, Order) -> Result<Runs, String>;

/// The checks can fail: each of these backends is wrong in one way, and some check must notice.
pub fn trials() -> Vec<Trial> {
    let wrong: [(&str, WrongBackend); 4] = [
        ("scans_the_other_way", |masks, order| {
            let other = if order == Order::RowMajor {
                Order::ColumnMajor
            } else {
                Order::RowMajor
            };
            encode(masks, other)
        }),
        ("says_the_order_but_scans_by_rows", |masks, order| {
            rebuild(&encode(masks, Order::RowMajor)?, order, |counts| counts)
        }),
        ("swaps_foreground_and_background", |masks, order| {
            rebuild(&encode(masks, order)?, order, |counts| {
                [&[0], &counts[..]].concat()
            })
        }),
        ("loses_the_last_run", |masks, order| {
            rebuild(&encode(masks, order)?, order, |mut counts| {
                if let (true, Some(last)) = (counts.len() > 1, counts.pop()) {
                    *counts.last_mut().expect("one is left") += last;
                }
                counts
            })
        }),
    ];
    let trial = |(name, backend): (&str, WrongBackend)| {
        Trial::test(format!("wrong_backend::{name}"), move || {
            let pixels = stack::<u8>([1, 37, 45], Pattern::Runs(30), 2);
            match check_binary(&backend, pixels.view()) {
                Err(_) => Ok(()),
                Ok(()) => Err("the check did not notice".into()),
            }
        })
    };
    wrong.map(trial).into()
}

fn encode(masks: &Masks<'_>, order: Order) -> Result<Runs, String> {
    let encoder = Encoder::builder()
        .backend(Backend::Cpu)
        .build()
        .map_err(|error| error.to_string())?;
    encoder
        .runs(masks, order)
        .map_err(|error| error.to_string())
}

/// Runs of one mask of the same size with other counts, as COCO counts them.
fn rebuild(
    runs: &Runs,
    order: Order,
    change: impl Fn(Vec<u32>) -> Vec<u32>,
) -> Result<Runs, String> {
    let mask = runs.get(0).ok_or("no mask")?;
    let begins_with_foreground = mask.values().next() == Some(1);
    let counts = begins_with_foreground
        .then_some(0)
        .into_iter()
        .chain(mask.counts())
        .collect();
    MaskRuns::from_counts(mask.size(), order, change(counts))
        .map(Runs::from)
        .map_err(|error| error.to_string())
}
