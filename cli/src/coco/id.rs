//! The ids of images and annotations.

use std::borrow::Cow;
use std::fmt;

use serde::{Serialize, Serializer, ser::Error};
use serde_json::value::RawValue;

use super::whole::whole_digits;

/// Id of an image or an annotation. COCO's own are numbers; many other files have text. Numbers are
/// compared by their values, however they are spelt.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Id {
    Number(i64),
    /// Digits of a whole number that no [`Id::Number`] holds.
    Digits(Box<str>),
    Text(Box<str>),
    /// JSON of a text that is none in UTF-8: half of a surrogate pair is in it.
    Spelt(Box<str>),
}

impl Id {
    /// Id that is spelt as a number. None where the number is not whole.
    pub fn of_number(text: &str) -> Option<Self> {
        let digits = whole_digits(text)?;
        Some(match digits.parse() {
            Ok(number) => Id::Number(number),
            Err(_) => Id::Digits(digits.into()),
        })
    }

    /// A number where the text is a whole number as it is usually written; else the text.
    pub fn of_text(text: &str) -> Self {
        match whole_digits(text) {
            Some(digits) if digits == text => {
                Id::of_number(text).unwrap_or_else(|| Id::Text(text.into()))
            }
            _ => Id::Text(text.into()),
        }
    }

    /// Id that a name is: a number where it is a whole one, such as the 12.0 that pandas writes;
    /// else the text. Zeros before a number make a name of it, and so does an exponent, which
    /// hashes have as well.
    pub fn of_name(text: &str) -> Self {
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        let is_digit = |c: char| c.is_ascii_digit();
        let has_zeros = digits
            .strip_prefix('0')
            .is_some_and(|rest| rest.starts_with(is_digit));
        let is_name = has_zeros || digits.contains(['e', 'E']);
        let number = Id::of_number(text).filter(|_| !is_name);
        number.unwrap_or_else(|| Id::Text(text.into()))
    }

    /// The id without quotes.
    pub fn plain(&self) -> Cow<'_, str> {
        match self {
            Id::Number(number) => number.to_string().into(),
            Id::Digits(text) | Id::Text(text) => (&**text).into(),
            Id::Spelt(json) => json.get(1..json.len() - 1).unwrap_or(json).into(),
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Id::Number(number) => write!(f, "{number}"),
            Id::Digits(json) | Id::Spelt(json) => f.write_str(json),
            Id::Text(text) => write!(f, "{text:?}"),
        }
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Id::Number(number) => serializer.serialize_i64(*number),
            Id::Text(text) => serializer.serialize_str(text),
            // No type of serde holds such a number, or such a text: JSON gets it as it is.
            Id::Digits(json) | Id::Spelt(json) => RawValue::from_string(json.to_string())
                .map_err(S::Error::custom)?
                .serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Id;

    #[test]
    fn text_that_is_a_number() {
        assert_eq!(Id::of_text("42"), Id::Number(42));
        assert!(
            ["042", "+1", "1.0", "a", "", "-0"]
                .iter()
                .all(|text| matches!(Id::of_text(text), Id::Text(_)))
        );
    }

    #[test]
    fn names_that_are_numbers() {
        for name in ["12", "12.0", "12.", "+12.00"] {
            assert_eq!(Id::of_name(name), Id::Number(12), "{name}");
        }
        for name in ["012", "012.0", "12e4", "12.5", "1.2.3", "-00", "a", ""] {
            assert_eq!(Id::of_name(name), Id::Text(name.into()), "{name}");
        }
        assert_eq!(Id::of_name("0.0"), Id::Number(0));
    }

    #[test]
    fn numbers_of_any_size() {
        assert_eq!(Id::of_number("4711.0"), Some(Id::Number(4711)));
        assert_eq!(Id::of_number("4711.5"), None);
        let long = "12345678901234567890";
        for spelt in [long, "12345678901234567890.00", "1234567890123456789e1"] {
            assert_eq!(Id::of_number(spelt), Some(Id::Digits(long.into())));
        }
        assert_eq!(Id::of_text(long), Id::Digits(long.into()));
        let json = serde_json::to_string(&[Id::of_text(long), Id::of_text("a")]);
        assert_eq!(json.expect("ids are JSON"), format!("[{long},\"a\"]"));
    }
}
