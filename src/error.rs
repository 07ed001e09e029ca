use thiserror::Error;

/// What went wrong, sorted by whose fault it is.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// The arrays or options given do not describe something that can be encoded.
    #[error("{0}")]
    Input(String),
    /// Bytes or counts that claim to be encoded masks, and are not.
    #[error("{at}: {what}")]
    Format {
        /// Where: a character, a count or a key, counted from 0.
        at: String,
        /// What is wrong there, and what would be right.
        what: String,
    },
    /// A size beyond what a mask or a call may have.
    #[error("{0}")]
    Limit(String),
    /// The GPU was asked for and cannot do it.
    #[error("{0}")]
    Gpu(String),
}

impl Error {
    pub(crate) fn format(at: impl Into<String>, what: impl Into<String>) -> Self {
        Error::Format { at: at.into(), what: what.into() }
    }
}

/// Results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
