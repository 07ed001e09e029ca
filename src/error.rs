use thiserror::Error;

/// What went wrong, sorted by whose fault it is.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
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
        Error::Format {
            at: at.into(),
            what: what.into(),
        }
    }

    /// The same, said to be within a larger thing, such as a mask of several.
    pub(crate) fn within(self, place: impl std::fmt::Display) -> Self {
        match self {
            Error::Format { at, what } => Error::Format {
                at: format!("{place}, {at}"),
                what,
            },
            Error::Input(what) => Error::Input(format!("{place}: {what}")),
            Error::Limit(what) => Error::Limit(format!("{place}: {what}")),
            Error::Gpu(what) => Error::Gpu(what),
        }
    }
}

/// Results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
