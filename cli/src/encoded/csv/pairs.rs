//! The pairs of a field as the library reads them: absolute, of digits.

use std::fmt::Write;

use anyhow::{Context, Result, anyhow};

use crate::coco::whole;

/// Pairs whose starts count from 1, as Kaggle's do: `relative` ones count from the end of the run
/// before.
pub fn absolute(text: &str, relative: bool) -> Result<String> {
    if relative {
        return sum(text);
    }
    let is_plain = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_whitespace();
    if text.bytes().all(is_plain) {
        return Ok(text.to_owned());
    }
    // The library says what is wrong with a number that is none.
    let spelt = |token: &str| {
        whole::<i64>(token).map_or_else(|| token.to_owned(), |number| number.to_string())
    };
    Ok(text
        .split_ascii_whitespace()
        .map(spelt)
        .collect::<Vec<_>>()
        .join(" "))
}

/// Sums relative starts up: the pixels between two runs, then those of the second.
fn sum(text: &str) -> Result<String> {
    let mut pairs = String::with_capacity(text.len());
    let (mut end, mut tokens) = (0u64, text.split_ascii_whitespace());
    for pair in 0.. {
        let Some(start) = tokens.next() else { break };
        let number = |name: &str, token: &str| {
            whole::<u32>(token)
                .ok_or_else(|| anyhow!("pair {pair}: the {name} {token:?} is no number of pixels"))
        };
        let length = tokens
            .next()
            .with_context(|| format!("pair {pair}: the start {start:?} has no length"))?;
        let start = end + u64::from(number("start", start)?);
        end = start + u64::from(number("length", length)?);
        let between = if pairs.is_empty() { "" } else { " " };
        let _ = write!(pairs, "{between}{} {}", start + 1, end - start);
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::absolute;

    #[test]
    fn starts_add_up() {
        let pairs = |text, relative| absolute(text, relative).ok();
        assert_eq!(pairs("2 2 6 2", true).as_deref(), Some("3 2 11 2"));
        assert_eq!(pairs("0 3 0 1 4 2", true).as_deref(), Some("1 3 4 1 9 2"));
        assert_eq!(pairs("2.0 2 6e0 2", true).as_deref(), Some("3 2 11 2"));
        assert_eq!(pairs("3.0 2 11 2e0", false).as_deref(), Some("3 2 11 2"));
        assert_eq!(pairs("", true).as_deref(), Some(""));
        assert_eq!(pairs("2 2 6", true), None);
        assert_eq!(pairs("-1 2", true), None);
    }
}
