//! Exclusive prefix sums of counts.

/// Exclusive prefix sum of counts, and last their total: offset of each mask's entries where these
/// lie one after the other.
pub(crate) fn offsets(counts: impl IntoIterator<Item = u64>) -> Vec<u64> {
    let counts = counts.into_iter();
    let mut offsets = Vec::with_capacity(counts.size_hint().0 + 1);
    let mut end = 0;
    offsets.push(end);
    offsets.extend(counts.map(|count| {
        end += count;
        end
    }));
    offsets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_sums_of_the_counts_before() {
        assert_eq!(offsets([]), [0]);
        assert_eq!(offsets([3, 0, 2]), [0, 3, 3, 5]);
        let most = u64::from(u32::MAX);
        assert_eq!(offsets([most, most, 1]), [0, most, 2 * most, 2 * most + 1]);
    }
}
