//! The ids of images and annotations, and which of them are taken.

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};

/// What names an image or an annotation. COCO's own are numbers; text is what many others take.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged, expecting = "an id is a whole number or text")]
pub enum Id {
    Number(i64),
    Text(Box<str>),
}

impl Id {
    /// A whole number where the text is one, as it would be written; else the text.
    pub fn of_text(text: &str) -> Self {
        match text.parse::<i64>() {
            Ok(number) if number.to_string() == text => Id::Number(number),
            _ => Id::Text(text.into()),
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Id::Number(number) => write!(f, "{number}"),
            Id::Text(text) => write!(f, "{text:?}"),
        }
    }
}

/// The ids that were there. A file may have more annotations than memory has room for; counted ones
/// take none each.
#[derive(Debug, Default)]
pub struct Seen {
    /// Numbers from a first to a last, ascending.
    ranges: Vec<[i64; 2]>,
    /// Those that came out of order.
    others: HashSet<Id>,
}

impl Seen {
    /// Adds an id, and says whether it is new.
    pub fn insert(&mut self, id: &Id) -> bool {
        let Id::Number(number) = *id else {
            return self.others.insert(id.clone());
        };
        match self.ranges.last_mut() {
            Some([_, last]) if last.checked_add(1) == Some(number) => *last = number,
            Some([_, last]) if *last >= number => {
                return !self.is_in_range(number) && self.others.insert(id.clone());
            }
            _ => self.ranges.push([number, number]),
        }
        true
    }

    pub fn contains(&self, id: &Id) -> bool {
        matches!(*id, Id::Number(number) if self.is_in_range(number)) || self.others.contains(id)
    }

    fn is_in_range(&self, number: i64) -> bool {
        let at = self.ranges.partition_point(|&[_, last]| last < number);
        self.ranges
            .get(at)
            .is_some_and(|&[first, _]| first <= number)
    }
}

#[cfg(test)]
mod tests {
    use super::{Id, Seen};

    #[test]
    fn an_id_is_new_once() {
        let mut seen = Seen::default();
        let numbers = [5, 6, 7, 10, 8, 3, i64::MIN, i64::MAX, 11];
        assert!(
            numbers
                .iter()
                .all(|&number| seen.insert(&Id::Number(number)))
        );
        assert!(
            numbers
                .iter()
                .all(|&number| !seen.insert(&Id::Number(number)))
        );
        assert!(seen.insert(&Id::Text("5".into())));
        assert!(!seen.insert(&Id::Text("5".into())));
        assert_eq!(seen.ranges, [[5, 7], [10, 10], [i64::MAX, i64::MAX]]);
    }

    #[test]
    fn text_that_is_a_number() {
        assert_eq!(Id::of_text("42"), Id::Number(42));
        assert!(
            ["042", "+1", "1.0", "a", ""]
                .iter()
                .all(|text| matches!(Id::of_text(text), Id::Text(_)))
        );
    }
}
