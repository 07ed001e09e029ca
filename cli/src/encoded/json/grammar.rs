//! JSON's grammar, byte by byte: where a value ends, and whether it is one.
//!
//! Two things more are taken than the standard has, because Python's json writes and reads them:
//! the numbers NaN, Infinity and -Infinity, and texts with half of a surrogate pair. What is made
//! of either is up to whoever reads the value.

use crate::encoded::limits::MOST_OPEN;

/// A value, as far as it has come.
#[derive(Debug, Default)]
pub struct Grammar {
    state: State,
    /// Lists and objects that are open, by the bracket that closes them.
    open: Vec<u8>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Value,
    ItemOrEnd,
    KeyOrEnd,
    Key,
    Colon,
    AfterItem,
    Text {
        is_key: bool,
    },
    Escape {
        is_key: bool,
    },
    Hex {
        is_key: bool,
        left: u8,
    },
    Minus,
    Zero,
    Digits,
    Point,
    Fraction,
    Exponent,
    ExponentSign,
    ExponentDigits,
    /// The rest of a word.
    Word(&'static [u8]),
    Done,
}

/// A byte that cannot be here.
#[derive(Debug, PartialEq, Eq)]
pub struct BadByte {
    /// Its index in the bytes that were given.
    pub at: usize,
    /// Text of what is wrong with it.
    pub what: String,
}

impl Grammar {
    /// Begins the next value.
    pub fn begin(&mut self) {
        self.state = State::Value;
        self.open.clear();
    }

    /// True if the value has ended.
    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// Takes the next bytes, to the end of the value at most. Returns how many were taken.
    pub fn take(&mut self, bytes: &[u8]) -> Result<usize, BadByte> {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            match self.state {
                State::Text { is_key } => {
                    let rest = &bytes[at..];
                    at += rest
                        .iter()
                        .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))
                        .unwrap_or(rest.len());
                    match bytes.get(at) {
                        None => break,
                        Some(b'"') if is_key => self.state = State::Colon,
                        Some(b'"') => self.end_value(),
                        Some(b'\\') => self.state = State::Escape { is_key },
                        Some(&byte) => return Err(bad(at, control_character(byte))),
                    }
                    at += 1;
                }
                State::Digits | State::Fraction | State::ExponentDigits
                    if byte.is_ascii_digit() =>
                {
                    at += 1;
                }
                State::Done => break,
                _ => {
                    // A number ends before the byte after it.
                    let is_taken = self.step(byte).map_err(|wanted| {
                        bad(at, format!("{} where {wanted} should be", shown(byte)))
                    })?;
                    if self.open.len() > MOST_OPEN {
                        let what =
                            format!("more than {MOST_OPEN} lists and objects within each other");
                        return Err(bad(at, what));
                    }
                    at += usize::from(is_taken);
                }
            }
        }
        Ok(at)
    }

    /// Ends the text. The error is what the value is cut short in.
    pub fn finish(&mut self) -> Result<(), &'static str> {
        match self.state {
            State::Zero | State::Digits | State::Fraction | State::ExponentDigits
                if self.open.is_empty() =>
            {
                self.state = State::Done;
                Ok(())
            }
            State::Done => Ok(()),
            State::Value => Err("where a value should begin"),
            State::Text { .. } | State::Escape { .. } | State::Hex { .. } => Err("within a text"),
            State::Word(_) => Err("within a word"),
            _ => match self.open.last() {
                Some(b']') => Err("within a list"),
                Some(_) => Err("within an object"),
                None => Err("within a number"),
            },
        }
    }

    /// Takes one byte. Returns false if it is not part of the number that ended before it. The
    /// error is what should be here.
    fn step(&mut self, byte: u8) -> Result<bool, &'static str> {
        use State::*;
        let is_space = matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        self.state = match (self.state, byte) {
            (Value | ItemOrEnd | KeyOrEnd | Key | Colon | AfterItem, _) if is_space => self.state,
            (ItemOrEnd | AfterItem, b']') | (KeyOrEnd | AfterItem, b'}')
                if self.open.last() == Some(&byte) =>
            {
                self.open.pop();
                self.end_value();
                return Ok(true);
            }
            (Value | ItemOrEnd, _) => self.begin_value(byte).ok_or(match self.state {
                ItemOrEnd => "a value or `]`",
                _ => "a value",
            })?,
            (KeyOrEnd | Key, b'"') => Text { is_key: true },
            (KeyOrEnd, _) => return Err("a key in double quotes or `}`"),
            (Key, _) => return Err("a key in double quotes"),
            (Colon, b':') => Value,
            (Colon, _) => return Err("`:`"),
            (AfterItem, b',') => match self.open.last() {
                Some(b']') => Value,
                _ => Key,
            },
            (AfterItem, _) => {
                return Err(match self.open.last() {
                    Some(b']') => "`,` or `]`",
                    _ => "`,` or `}`",
                });
            }
            (Escape { is_key }, b'u') => Hex { is_key, left: 4 },
            (Escape { is_key }, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                Text { is_key }
            }
            (Escape { .. }, _) => return Err("one of \"\\/bfnrtu"),
            (Hex { is_key, left }, _) if byte.is_ascii_hexdigit() => match left {
                1 => Text { is_key },
                _ => Hex {
                    is_key,
                    left: left - 1,
                },
            },
            (Hex { .. }, _) => return Err("one of four hexadecimal digits"),
            (Word([first, rest @ ..]), _) if byte == *first => match rest {
                [] => {
                    self.end_value();
                    return Ok(true);
                }
                _ => Word(rest),
            },
            (Word(_), _) => return Err("true, false, null, NaN or Infinity"),
            _ => match self.in_number(byte) {
                Some(next) => next?,
                None => {
                    self.end_value();
                    return Ok(false);
                }
            },
        };
        Ok(true)
    }

    /// State after the first byte of a value. None where no value begins so.
    fn begin_value(&mut self, byte: u8) -> Option<State> {
        Some(match byte {
            b'[' => {
                self.open.push(b']');
                State::ItemOrEnd
            }
            b'{' => {
                self.open.push(b'}');
                State::KeyOrEnd
            }
            b'"' => State::Text { is_key: false },
            b'-' => State::Minus,
            b'0' => State::Zero,
            b'1'..=b'9' => State::Digits,
            b't' => State::Word(b"rue"),
            b'f' => State::Word(b"alse"),
            b'n' => State::Word(b"ull"),
            b'N' => State::Word(b"aN"),
            b'I' => State::Word(b"nfinity"),
            _ => return None,
        })
    }

    /// State after another byte of a number. None where the number has ended before it.
    fn in_number(&self, byte: u8) -> Option<Result<State, &'static str>> {
        use State::*;
        Some(Ok(match (self.state, byte) {
            (Minus, b'0') => Zero,
            (Minus, b'1'..=b'9') => Digits,
            (Minus, b'I') => Word(b"nfinity"),
            (Zero | Digits, b'.') => Point,
            (Point, b'0'..=b'9') => Fraction,
            (Zero | Digits | Fraction, b'e' | b'E') => Exponent,
            (Exponent, b'+' | b'-') => ExponentSign,
            (Exponent | ExponentSign, b'0'..=b'9') => ExponentDigits,
            (Minus | Point | Exponent | ExponentSign, _) => return Some(Err("a digit")),
            _ => return None,
        }))
    }

    fn end_value(&mut self) {
        self.state = if self.open.is_empty() {
            State::Done
        } else {
            State::AfterItem
        };
    }
}

fn bad(at: usize, what: String) -> BadByte {
    BadByte { at, what }
}

fn control_character(byte: u8) -> String {
    match byte {
        b'\n' | b'\r' => "a text that does not end on its line".into(),
        b'\t' => "a tab in a text, which JSON spells \\t".into(),
        _ => format!("the control character {byte:#04x} in a text"),
    }
}

/// A byte in an error message.
pub fn shown(byte: u8) -> String {
    match byte {
        b'\n' | b'\r' => "the line's end".into(),
        0x20..=0x7e => format!("`{}`", char::from(byte)),
        _ => format!("the byte {byte:#04x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::Grammar;

    /// Number of bytes of the value that `text` begins with, if it is one, given `step` bytes at a
    /// time.
    fn length(text: &str, step: usize) -> Option<usize> {
        let mut grammar = Grammar::default();
        let mut taken = 0;
        for bytes in text.as_bytes().chunks(step) {
            taken += grammar.take(bytes).ok()?;
            if grammar.is_done() {
                return Some(taken);
            }
        }
        grammar.finish().ok().map(|()| taken)
    }

    #[test]
    fn values() {
        for text in [
            "0",
            "-0",
            "-0.5e-7",
            "12",
            "1E+9",
            "1.25",
            "true",
            "false",
            "null",
            "NaN",
            "Infinity",
            "-Infinity",
            r#""""#,
            r#""a\"\\\/\b\f\n\r\t\u00e9\ud800""#,
            "[]",
            "[ ]",
            "{ }",
            r#"[1, [2 , 3],{"a" : {"b":[ "c" ]}} ]"#,
            r#"{"a":-0,"a":1e5}"#,
        ] {
            for step in 1..=text.len() {
                assert_eq!(length(text, step), Some(text.len()), "{text}");
                let more = format!("  {text} ,1");
                assert_eq!(length(&more, step), Some(text.len() + 2), "{more}");
            }
        }
    }

    #[test]
    fn no_values() {
        for text in [
            "",
            " ",
            "-",
            "+1",
            ".5",
            "1.",
            "1.e5",
            "1e",
            "1e+",
            "-a",
            "nul",
            "nan",
            "True",
            "'a'",
            "\"",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"\n\"",
            "[",
            "[1",
            "[1,",
            "[1,]",
            "[,1]",
            "[1 2]",
            "]",
            "{",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":1",
            "{\"a\":1,",
            "{\"a\":1,}",
            "{a:1}",
            "{\"a\" 1}",
            "[}",
            "{]",
            "[1}",
            "{\"a\":1]",
            "-Inf",
            "-NaN",
        ] {
            for step in 1..=text.len().max(1) {
                assert_eq!(length(text, step), None, "{text}");
            }
        }
    }
}
