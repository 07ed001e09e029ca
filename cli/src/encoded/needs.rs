//! Members that a verb reads, beside the masks.

use anyhow::Result;

use super::fields::Fields;
use super::json::{Location, Value};

/// Need of a member. Files have keys of their own: a member that is not needed may be anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It is not read.
    Unread,
    /// It is shown where it is of the type that it has in COCO's files, else it is left.
    Shown,
    /// It is written: one of another type is an error.
    Written,
}

/// Needs of a verb, one for each member.
#[derive(Debug, Clone, Copy)]
pub struct Needs {
    pub id: Need,
    /// Name of the image. The image of a dataset's annotation is read in any case.
    pub image: Need,
    /// Category, or label of a row of encode's.
    pub category: Need,
    pub score: Need,
    pub is_crowd: Need,
}

impl Needs {
    /// The masks alone.
    pub const NONE: Needs = Needs::all(Need::Unread);

    /// One need of all members.
    pub const fn all(need: Need) -> Self {
        Needs {
            id: need,
            image: need,
            category: need,
            score: need,
            is_crowd: need,
        }
    }
}

impl Need {
    /// Reads a member as far as it is needed.
    pub fn read<'a, T>(
        self,
        location: Location,
        key: &str,
        value: Option<Value<'a>>,
        read: impl FnOnce(Value<'a>) -> Result<T>,
    ) -> Result<Option<T>> {
        match self {
            Need::Unread => Ok(None),
            Need::Shown => Ok(value.and_then(|value| read(value).ok())),
            Need::Written => Fields::get(location, key, value, read),
        }
    }
}
