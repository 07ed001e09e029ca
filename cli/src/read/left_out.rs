//! Arrays of an archive that are no masks: ids, scores, boxes and pictures beside masks.

use std::collections::BTreeSet;

use super::name::Name;
use crate::text::plural;

/// Number and names of the arrays that were left out.
#[derive(Debug, Default)]
pub struct LeftOut {
    count: u64,
    names: BTreeSet<String>,
    /// Numbers of dimensions that they have.
    dimensions: BTreeSet<usize>,
}

impl LeftOut {
    /// Notes an array of this many dimensions.
    pub fn add(&mut self, name: &Name, dimensions: usize) {
        self.count += 1;
        self.dimensions.insert(dimensions);
        if let Some(array) = &name.array {
            self.names.insert(array.clone());
        }
    }

    /// A line of the summary; none if nothing was left out.
    pub fn note(&self) -> Option<String> {
        const MOST_NAMES: usize = 10;
        let has = |dimensions| self.dimensions.contains(&dimensions);
        let of = match [0, 1, 2].map(has) {
            _ if self.dimensions.last() > Some(&2) => " without masks",
            [false, true, false] => " of one dimension",
            [_, _, false] => " of one dimension or none",
            [false, false, true] => " of two dimensions",
            [false, true, true] => " of one or two dimensions",
            [true, _, true] => " of at most two dimensions",
        };
        let names: Vec<_> = self.names.iter().take(MOST_NAMES).cloned().collect();
        let more = if self.names.len() > MOST_NAMES {
            ", ..."
        } else {
            ""
        };
        (self.count > 0).then(|| {
            format!(
                "{}{of} left out: {}{more}",
                plural(self.count, "array", "arrays"),
                names.join(", ")
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn notes_name_the_dimensions() {
        let file = Name::of_file(Path::new("a.npz"), None);
        let note = |dimensions: &[usize]| {
            let mut left_out = LeftOut::default();
            for dimensions in dimensions {
                left_out.add(&file.of_array(&format!("a{dimensions}")), *dimensions);
            }
            left_out.note().unwrap_or_default()
        };
        assert_eq!(note(&[]), "");
        assert_eq!(note(&[0]), "1 array of one dimension or none left out: a0");
        assert_eq!(note(&[1]), "1 array of one dimension left out: a1");
        assert_eq!(note(&[2]), "1 array of two dimensions left out: a2");
        let two = note(&[2, 1]);
        assert_eq!(two, "2 arrays of one or two dimensions left out: a1, a2");
        let all = note(&[2, 0]);
        assert_eq!(all, "2 arrays of at most two dimensions left out: a0, a2");
    }
}
