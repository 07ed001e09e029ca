//! A value of JSON text that was read already, so that its brackets and quotes are known to match.

use std::borrow::Cow;
use std::fmt::Display;
use std::ops::Range;
use std::str::FromStr;

use anyhow::{Result, anyhow};

use crate::coco::{Id, whole};

/// Text of a value, without white space around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value<'a>(&'a str);

/// Kind of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Null,
    Flag,
    Number,
    Text,
    List,
    Object,
}

/// A member of an object.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// Key as it is spelt, with its quotes.
    pub key: &'a str,
    pub value: Value<'a>,
}

impl<'a> Value<'a> {
    /// The value that is all of `text`, which is valid JSON.
    pub fn new(text: &'a str) -> Self {
        Value(text.trim())
    }

    /// Text of the value, as the file has it.
    pub fn json(self) -> &'a str {
        self.0
    }

    pub fn kind(self) -> Kind {
        match self.0.as_bytes().first() {
            Some(b'n') => Kind::Null,
            Some(b't' | b'f') => Kind::Flag,
            Some(b'"') => Kind::Text,
            Some(b'[') => Kind::List,
            Some(b'{') => Kind::Object,
            // NaN and Infinity are numbers too.
            _ => Kind::Number,
        }
    }

    /// True if it is a text, or if all numbers in it are spelt by their digits alone.
    pub fn is_plain(self) -> bool {
        let is_digits = |byte| !matches!(byte, b'.' | b'e' | b'E');
        self.kind() == Kind::Text || self.0.bytes().all(is_digits)
    }

    /// Byte range of `text` that the value, which was found in it, stands at.
    pub fn span_in(self, text: &str) -> Range<usize> {
        let start = self.0.as_ptr() as usize - text.as_ptr() as usize;
        start..start + self.0.len()
    }

    /// Items of a list; of other values none.
    pub fn items(self) -> impl Iterator<Item = Value<'a>> {
        let mut rest = Pieces::of(self, Kind::List);
        std::iter::from_fn(move || rest.next())
    }

    /// Members of an object, in their order; of other values none.
    pub fn members(self) -> impl Iterator<Item = Member<'a>> {
        let mut rest = Pieces::of(self, Kind::Object);
        std::iter::from_fn(move || {
            Some(Member {
                key: rest.next()?.0,
                value: rest.next()?,
            })
        })
    }

    /// The last member of this key, if it is there and not null: of a repeated key Python takes the
    /// last, too.
    pub fn member(self, key: &str) -> Option<Value<'a>> {
        self.members()
            .filter(|member| member.has_key(key))
            .last()
            .map(|member| member.value)
            .filter(|value| value.kind() != Kind::Null)
    }

    /// A text.
    pub fn string(self) -> Result<Cow<'a, str>> {
        if self.kind() != Kind::Text {
            return Err(self.unlike("a text"));
        }
        decoded(self.0).ok_or_else(|| {
            anyhow!("a text in which half of a surrogate pair (such as \\ud800) is no character")
        })
    }

    /// A text; of a number, its spelling.
    pub fn name(self) -> Result<Cow<'a, str>> {
        match self.kind() {
            Kind::Number => Ok(self.0.into()),
            Kind::Text => self.string(),
            _ => Err(self.unlike("a text")),
        }
    }

    /// A whole number of the type T, which error messages call `wanted`.
    pub fn whole<T: FromStr>(self, wanted: impl Display) -> Result<T> {
        // Most are spelt as they usually are.
        match self.0.parse() {
            Ok(number) => Ok(number),
            Err(_) => whole(self.0).ok_or_else(|| self.unlike(wanted)),
        }
    }

    /// A number that is not infinite.
    pub fn number(self) -> Result<f64> {
        let wanted = "a number";
        match self.kind() {
            Kind::Number => match self.0.parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(number),
                Ok(_) if self.0.ends_with(|c: char| c.is_ascii_digit()) => {
                    Err(anyhow!("{} is too large a number", self.shown()))
                }
                _ => Err(self.unlike(wanted)),
            },
            _ => Err(self.unlike(wanted)),
        }
    }

    /// A number that is not infinite, or a text that is one.
    pub fn number_or_text(self) -> Result<f64> {
        let text = match self.kind() {
            Kind::Text => decoded(self.0).unwrap_or_default(),
            _ => return self.number(),
        };
        let number = text.trim().parse().ok();
        let number = number.filter(|number: &f64| number.is_finite());
        number.ok_or_else(|| self.unlike("a number"))
    }

    /// A number that stands for yes or no, or one of the words.
    pub fn flag(self) -> Result<bool> {
        match self.kind() {
            Kind::Flag => Ok(self.0 == "true"),
            Kind::Number => self.number().map(|number| number != 0.0),
            Kind::Text if self.0 == "\"0\"" => Ok(false),
            Kind::Text if self.0 == "\"1\"" => Ok(true),
            _ => Err(self.unlike("0 or 1")),
        }
    }

    pub fn id(self) -> Result<Id> {
        let id = match self.kind() {
            Kind::Number => Id::of_number(self.0),
            Kind::Text => Some(match decoded(self.0) {
                Some(text) => Id::Text(text.into()),
                None => Id::Spelt(with_halves(self.0).into()),
            }),
            _ => None,
        };
        id.ok_or_else(|| self.unlike("a whole number or text"))
    }

    /// The error that something else should be here.
    pub fn unlike(self, wanted: impl Display) -> anyhow::Error {
        anyhow!("{} where {wanted} should be", self.shown())
    }

    /// The value in an error message.
    fn shown(self) -> String {
        /// Most characters that are shown.
        const MOST: usize = 40;
        let cut = match self.0.char_indices().nth(MOST) {
            Some((end, _)) => format!("{}...", &self.0[..end]),
            None => self.0.to_owned(),
        };
        match self.kind() {
            Kind::Text => format!("the text {cut}"),
            Kind::List => "a list".into(),
            Kind::Object => "an object".into(),
            Kind::Null | Kind::Flag | Kind::Number => cut,
        }
    }
}

impl Member<'_> {
    /// True if this is its key, however it is spelt.
    pub fn has_key(&self, key: &str) -> bool {
        has_key(self.key, key)
    }
}

/// True if `spelt`, which has quotes and may have escapes, is this key.
pub fn has_key(spelt: &str, key: &str) -> bool {
    match spelt.get(1..spelt.len() - 1) {
        Some(inner) if !inner.contains('\\') => inner == key,
        _ => decoded(spelt).is_some_and(|decoded| decoded == key),
    }
}

/// The text that is spelt so, with its quotes. None where an escape is half of a surrogate pair.
pub fn decoded(spelt: &str) -> Option<Cow<'_, str>> {
    match spelt.get(1..spelt.len() - 1) {
        Some(inner) if !inner.contains('\\') => Some(inner.into()),
        _ => serde_json::from_str::<String>(spelt).ok().map(Cow::Owned),
    }
}

/// JSON of a text with half of a surrogate pair in it: one and the same, however the text is spelt.
fn with_halves(spelt: &str) -> String {
    let mut units: Vec<u16> = Vec::with_capacity(spelt.len());
    let mut rest = spelt.get(1..spelt.len() - 1).unwrap_or_default();
    while let Some(next) = rest.chars().next() {
        // An escape is of two characters, or of \u and four digits.
        let length = match rest.get(..6) {
            Some(escape) if escape.starts_with("\\u") => 6,
            _ if next == '\\' => 2,
            _ => next.len_utf8(),
        };
        let (piece, others) = rest.split_at(length);
        rest = others;
        let digits = piece.strip_prefix("\\u");
        match digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()) {
            Some(unit) => units.push(unit),
            None => units.extend(
                decoded(&format!("\"{piece}\""))
                    .unwrap_or_default()
                    .encode_utf16(),
            ),
        }
    }
    let mut json = String::from('"');
    for unit in char::decode_utf16(units) {
        match unit {
            Ok(character) => {
                let quoted = serde_json::Value::from(character.to_string()).to_string();
                json.push_str(quoted.get(1..quoted.len() - 1).unwrap_or_default());
            }
            Err(half) => json += &format!("\\u{:04x}", half.unpaired_surrogate()),
        }
    }
    json.push('"');
    json
}

/// Values, or keys and values, that stand one after the other.
struct Pieces<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Pieces<'a> {
    /// Pieces of a list or an object; none of a value of another kind.
    fn of(value: Value<'a>, kind: Kind) -> Self {
        let text = if value.kind() == kind { value.0 } else { "" };
        Pieces { text, at: 1 }
    }

    fn next(&mut self) -> Option<Value<'a>> {
        let bytes = self.text.as_bytes();
        while let b',' | b':' | b' ' | b'\n' | b'\r' | b'\t' = bytes.get(self.at)? {
            self.at += 1;
        }
        let start = self.at;
        self.at = match bytes[start] {
            b']' | b'}' => return None,
            b'"' => after_text(bytes, start),
            b'[' | b'{' => after_brackets(bytes, start),
            _ => bytes[start..]
                .iter()
                .position(|byte| matches!(byte, b',' | b']' | b'}' | b' ' | b'\n' | b'\r' | b'\t'))
                .map_or(bytes.len(), |length| start + length),
        };
        self.text.get(start..self.at).map(Value)
    }
}

/// End of a text that begins at `start`.
fn after_text(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// End of a list or an object that begins at `start`.
fn after_brackets(bytes: &[u8], start: usize) -> usize {
    let (mut at, mut open) = (start, 0u32);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = after_text(bytes, at);
                continue;
            }
            b'[' | b'{' => open += 1,
            b']' | b'}' => open -= 1,
            _ => {}
        }
        at += 1;
        if open == 0 {
            return at;
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::{Kind, Value};

    #[test]
    fn pieces_of_lists_and_objects() {
        let list = Value::new(" [1 , \"a,]\\\"\" ,[[2],{\"b\":\"}\"}], NaN,{} , -Infinity]\n");
        let items: Vec<_> = list.items().map(Value::json).collect();
        let expected = [
            "1",
            "\"a,]\\\"\"",
            "[[2],{\"b\":\"}\"}]",
            "NaN",
            "{}",
            "-Infinity",
        ];
        assert_eq!(items, expected);
        assert_eq!(Value::new("[ ]").items().count(), 0);
        let object = Value::new(r#"{ "a" : 1,"\u0061":[2], "b":null,"\ud800":3 }"#);
        assert_eq!(object.members().count(), 4);
        assert_eq!(object.member("a").map(Value::json), Some("[2]"));
        assert_eq!((object.member("b"), object.member("c")), (None, None));
        assert_eq!(object.items().count(), 0);
        assert_eq!(list.kind(), Kind::List);
    }

    #[test]
    fn flags_and_numbers() {
        let flag = |text| Value::new(text).flag().ok();
        for (text, expected) in [
            ("0", Some(false)),
            ("0.0", Some(false)),
            ("-0e7", Some(false)),
            ("false", Some(false)),
            ("\"0\"", Some(false)),
            ("1", Some(true)),
            ("1.0", Some(true)),
            ("true", Some(true)),
            ("\"1\"", Some(true)),
            ("\"no\"", None),
            ("NaN", None),
            ("[]", None),
        ] {
            assert_eq!(flag(text), expected, "{text}");
        }
        assert!(Value::new("NaN").number().is_err() && Value::new("1e999").number().is_err());
        let wrong = Value::new("[5]")
            .whole::<u32>("a whole number")
            .unwrap_err();
        assert_eq!(wrong.to_string(), "a list where a whole number should be");
    }
}
