//! Results of consecutive tasks, as one.

/// All parts, one after the other, in the memory of the first.
pub(crate) fn concat<T>(mut parts: Vec<Vec<T>>) -> Vec<T> {
    let mut all = if parts.is_empty() {
        Vec::new()
    } else {
        parts.remove(0)
    };
    all.reserve_exact(parts.iter().map(Vec::len).sum());
    for part in parts {
        all.extend(part);
    }
    all
}
