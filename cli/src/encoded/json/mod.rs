//! JSON, shown piece by piece: text that is not looked at is passed on as it stands.
//!
//! The scanner is our own: what is copied keeps its spelling, numbers without end and the NaN of
//! Python's json among it, which serde_json does not take.

mod document;
mod grammar;
mod lines;
mod location;
mod scanner;
mod value;

pub use document::{Event, Item, is_dataset, walk_dataset, walk_list, walk_member};
pub use lines::walk_lines;
pub use location::{List, Location};
pub use value::{Kind, Member, Value, decoded, has_key};
