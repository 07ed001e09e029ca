//! Texts of messages and tables.

use std::path::Path;

/// Name of an input in messages, given its path: `-` is standard input.
pub fn input_name(path: &Path) -> String {
    match path.to_str() {
        Some("-") => "standard input".into(),
        _ => path.display().to_string(),
    }
}

/// Name of an output in messages, given its path: `-` is standard output.
pub fn output_name(path: &Path) -> String {
    match path.to_str() {
        Some("-") => "standard output".into(),
        _ => path.display().to_string(),
    }
}

/// A number of bytes, for messages.
pub fn byte_count(count: u128) -> String {
    format!("{count} byte{}", if count == 1 { "" } else { "s" })
}

/// A number of things, with the word for one or for many.
pub fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Text in which no character commands the terminal that shows it, nor turns the direction of what
/// follows: names and values of a hostile file may be in it.
pub fn printable(text: &str) -> String {
    let is_command =
        |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars()
        .map(|c| if is_command(c) { '\u{fffd}' } else { c })
        .collect()
}
