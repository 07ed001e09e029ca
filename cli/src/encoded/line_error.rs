//! Errors that say the line they are in.

/// An error and the line it is in, counted from 1; 0 where none is known.
pub struct LineError {
    pub line: u64,
    pub error: anyhow::Error,
}

/// Makes an error one of this line.
pub fn at_line<E: Into<anyhow::Error>>(line: u64) -> impl Fn(E) -> LineError {
    move |error| LineError {
        line,
        error: error.into(),
    }
}
