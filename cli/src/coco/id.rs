//! The ids of images and annotations.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Id of an image or an annotation. COCO's own are numbers; many other files have text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged, expecting = "an id is a whole number or text")]
pub enum Id {
    Number(i64),
    Text(Box<str>),
}

impl Id {
    /// A number where the text is a whole number as it is usually written; else the text.
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

#[cfg(test)]
mod tests {
    use super::Id;

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
