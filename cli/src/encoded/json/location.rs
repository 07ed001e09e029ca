//! Positions in a document, as errors name them.

use std::fmt;

/// A list that is read item by item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    Images,
    Annotations,
    /// The document itself.
    Document,
}

impl List {
    /// The lists of a dataset.
    pub const ALL: [List; 2] = [List::Images, List::Annotations];

    /// Key of a dataset's list.
    pub fn key(self) -> &'static str {
        match self {
            List::Images => "images",
            List::Annotations => "annotations",
            List::Document => "",
        }
    }
}

/// Position of an object in its document.
#[derive(Debug, Clone, Copy)]
pub enum Location {
    /// An item of a list, by its index.
    Item(List, u64),
    /// The one image that Segment Anything's files have in place of a list.
    Image,
    /// A line of its own, whose number says enough.
    Row,
}

impl Location {
    /// Name of a member of the object that is here.
    pub fn key(self, key: &str) -> String {
        match self {
            Location::Row => key.to_owned(),
            _ => format!("{self}.{key}"),
        }
    }

    /// Adds this position to an error; a row's line says it already.
    pub fn locate(self, error: impl Into<anyhow::Error>) -> anyhow::Error {
        match self {
            Location::Row => error.into(),
            _ => error.into().context(self.to_string()),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::Item(List::Document, index) => write!(f, "item {index}"),
            Location::Item(list, index) => write!(f, "{}[{index}]", list.key()),
            Location::Image => f.write_str("image"),
            Location::Row => f.write_str("the row"),
        }
    }
}
