use std::fmt;

use thiserror::Error;

/// An error of this crate, sorted by whose fault it is.
///
/// ```
/// use maskrle::{CocoRle, Error, Position, Runs};
///
/// let good = CocoRle { size: [2, 3], counts: "15".into() };
/// let cut = CocoRle { size: [2, 3], counts: "1P".into() };
/// match Runs::read(&[good, cut]) {
///     Err(Error::Format { mask, at, what }) => {
///         assert_eq!((mask, at), (Some(1), Position::Character(2)));
///         assert_eq!(what, "the string ends within a number");
///     }
///     other => panic!("{other:?}"),
/// }
/// ```
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
    #[error("{}{at}: {what}", Item(*mask, *at))]
    Format {
        /// Index of the mask, or of the polygon, where several are read.
        mask: Option<usize>,
        /// Position in the mask.
        at: Position,
        /// The fault, and the valid range.
        what: String,
    },
    /// A size beyond what a mask or a call may have.
    #[error("{0}")]
    Limit(String),
    /// The GPU was asked for and cannot do it.
    #[error("{0}")]
    Gpu(String),
}

/// Position of a fault in an encoded mask: see [`Error::Format`]. All are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Position {
    /// Bit of packed bytes, the highest of each first.
    Bit(usize),
    /// Character of a string.
    Character(usize),
    /// Coordinate of a polygon, x and y alternating.
    Coordinate(usize),
    /// Count of pixels.
    Count(usize),
    /// Field of a line.
    Field(usize),
    /// Pair of start and length.
    Pair(usize),
    /// Run of a mask.
    Run(usize),
    /// Box that a mask lies in.
    Box,
    /// All counts together.
    Counts,
    /// All offsets together.
    Offsets,
    /// All points of a polygon together.
    Points,
    /// All run starts of a mask together.
    Starts,
    /// All values together.
    Values,
}

impl Position {
    /// Index of the bit, character, count, field, pair, run or coordinate; none where all are meant
    /// together.
    ///
    /// ```
    /// use maskrle::Position;
    ///
    /// assert_eq!(Position::Pair(3).index(), Some(3));
    /// assert_eq!(Position::Counts.index(), None);
    /// assert_eq!(Position::Pair(3).to_string(), "pair 3");
    /// ```
    pub fn index(self) -> Option<usize> {
        match self {
            Position::Bit(index)
            | Position::Character(index)
            | Position::Coordinate(index)
            | Position::Count(index)
            | Position::Field(index)
            | Position::Pair(index)
            | Position::Run(index) => Some(index),
            Position::Box
            | Position::Counts
            | Position::Offsets
            | Position::Points
            | Position::Starts
            | Position::Values => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Position::Bit(_) => "bit",
            Position::Character(_) => "character",
            Position::Coordinate(_) => "coordinate",
            Position::Count(_) => "count",
            Position::Field(_) => "field",
            Position::Pair(_) => "pair",
            Position::Run(_) => "run",
            Position::Box => "box",
            Position::Counts => "counts",
            Position::Offsets => "offsets",
            Position::Points => "points",
            Position::Starts => "starts",
            Position::Values => "values",
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        self.index().map_or(Ok(()), |index| write!(f, " {index}"))
    }
}

/// The mask or polygon at fault, as it precedes the position in an error's text.
struct Item(Option<usize>, Position);

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Item(Some(index), at) = *self else {
            return Ok(());
        };
        match at {
            Position::Coordinate(_) | Position::Points => write!(f, "polygon {index}, "),
            _ => write!(f, "mask {index}, "),
        }
    }
}

impl Error {
    pub(crate) fn format(at: Position, what: impl Into<String>) -> Self {
        Error::Format {
            mask: None,
            at,
            what: what.into(),
        }
    }

    /// This error as one of item `index` of several, which are called `name`.
    pub(crate) fn within(self, name: &str, index: usize) -> Self {
        match self {
            Error::Format { at, what, .. } => Error::Format {
                mask: Some(index),
                at,
                what,
            },
            Error::Input(what) => Error::Input(format!("{name} {index}: {what}")),
            Error::Limit(what) => Error::Limit(format!("{name} {index}: {what}")),
            Error::Gpu(what) => Error::Gpu(what),
        }
    }
}

/// Results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
