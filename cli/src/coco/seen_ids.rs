//! The ids that a file has had so far.

use std::collections::HashSet;

use super::id::Id;

/// Set of the ids that a file has had so far. A file may have more annotations than memory has room
/// for: ids that count upwards take no memory each.
#[derive(Debug, Default)]
pub struct SeenIds {
    /// First and last numbers of ranges, ascending.
    ranges: Vec<[i64; 2]>,
    /// Ids that are text or too large, or that came out of order.
    others: HashSet<Id>,
}

impl SeenIds {
    /// Adds an id. True if it is new.
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
    use super::{Id, SeenIds};

    #[test]
    fn an_id_is_new_once() {
        let mut seen = SeenIds::default();
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
}
