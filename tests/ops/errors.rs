//! Errors by their kind, and strings that are read to them.

use maskrle::{CocoRle, Error};

pub fn rle(size: [u32; 2], counts: &str) -> CocoRle {
    CocoRle {
        size,
        counts: counts.into(),
    }
}

/// The string of `runs` runs of one pixel, three at least.
pub fn ones(runs: usize) -> String {
    format!("111{}", "0".repeat(runs - 3))
}

pub fn format_error<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    let error = result.unwrap_err();
    assert!(matches!(error, Error::Format { .. }), "{error:?}");
    error.to_string()
}

pub fn input_error<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    let error = result.unwrap_err();
    assert!(matches!(error, Error::Input(_)), "{error:?}");
    error.to_string()
}

pub fn limit_error<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    let error = result.unwrap_err();
    assert!(matches!(error, Error::Limit(_)), "{error:?}");
    error.to_string()
}
