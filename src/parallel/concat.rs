//! Results of consecutive tasks as one.

/// Entries of consecutive vectors as one vector: the first of them, grown, so that a single one is
/// not copied.
pub(crate) fn concat<T>(parts: impl IntoIterator<Item = Vec<T>>) -> Vec<T> {
    let mut parts = parts.into_iter();
    let mut all = parts.next().unwrap_or_default();
    let Some(mut second) = parts.next() else {
        return all;
    };
    let rest: Vec<Vec<T>> = parts.collect();
    all.reserve_exact(second.len() + rest.iter().map(Vec::len).sum::<usize>());
    all.append(&mut second);
    rest.into_iter().for_each(|mut part| all.append(&mut part));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_follow_each_other() {
        assert!(concat(Vec::<Vec<u8>>::new()).is_empty());
        assert_eq!(concat([vec![1]]), [1]);
        assert_eq!(concat([vec![1], vec![], vec![2, 3]]), [1, 2, 3]);
    }
}
