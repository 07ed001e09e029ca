//! Masks encoded by the CPU, small ones read from text, and the errors of those that are refused.

use maskrle::{Backend, CocoRle, Encoder, Error, KaggleRle, MaskRuns, Masks, Order, Runs};

pub use crate::support::only;

pub fn encode(masks: &Masks<'_>, order: Order) -> Runs {
    Encoder::builder()
        .backend(Backend::Cpu)
        .threads(1)
        .build()
        .unwrap()
        .runs(masks, order)
        .unwrap()
}

/// The counts' string of a mask of 4 x 5.
pub fn coco(counts: &str) -> Result<MaskRuns, Error> {
    CocoRle {
        size: [4, 5],
        counts: counts.into(),
    }
    .to_runs()
}

/// The pairs of a mask of 4 x 5.
pub fn kaggle(pairs: &str) -> Result<MaskRuns, Error> {
    KaggleRle {
        size: [4, 5],
        order: Order::ColumnMajor,
        pairs: pairs.into(),
    }
    .to_runs()
}

pub fn refused(result: Result<MaskRuns, Error>) -> String {
    let error = result.unwrap_err();
    assert!(matches!(error, Error::Format { .. }), "{error:?}");
    error.to_string()
}

pub fn beyond_limit(result: Result<MaskRuns, Error>) -> String {
    let error = result.unwrap_err();
    assert!(matches!(error, Error::Limit(_)), "{error:?}");
    error.to_string()
}

pub fn misused<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    let error = result.unwrap_err();
    assert!(matches!(error, Error::Input(_)), "{error:?}");
    error.to_string()
}
