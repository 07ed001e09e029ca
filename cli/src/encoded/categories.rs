//! Categories of a dataset's own list.

use super::json::Value;

/// Number and name of each category of a list that has both.
pub fn categories(list: Value<'_>) -> impl Iterator<Item = (i64, String)> {
    list.items().filter_map(|category| {
        let id = category.member("id")?.whole("").ok()?;
        let name = category.member("name")?.string().ok()?;
        Some((id, name.into_owned()))
    })
}
