//! The first line of a CSV file, before it is known what separates its fields.

use csv::{ReaderBuilder, StringRecord};

use super::columns::Columns;

/// Characters between fields: a comma, or what spreadsheets write in its place.
const DELIMITERS: [u8; 3] = *b",;\t";

/// The character between fields that a line `sep=;` tells, which Excel reads and does not show.
pub fn told_delimiter(line: &[u8]) -> Option<u8> {
    let line = line.trim_ascii_end();
    let line = line
        .strip_prefix(b"\"")
        .and_then(|line| line.strip_suffix(b"\""))
        .unwrap_or(line);
    let (key, told) = line.split_at_checked(4)?;
    match told {
        [delimiter] if key.eq_ignore_ascii_case(b"sep=") => Some(*delimiter),
        // A tab is white space.
        [] if key.eq_ignore_ascii_case(b"sep=") => Some(b'\t'),
        _ => None,
    }
}

/// The character between the fields of a header: one that makes a column of the masks, as names may
/// have the others in them; else the first that is there.
pub fn delimiter(header: &[u8], column: Option<&str>) -> u8 {
    let found = || DELIMITERS.into_iter().filter(|byte| header.contains(byte));
    let have_masks = |&delimiter: &u8| {
        let names = fields(header, delimiter);
        names.is_some_and(|names| Columns::have_masks(&names, column))
    };
    found()
        .find(have_masks)
        .or_else(|| found().next())
        .unwrap_or(b',')
}

/// Fields of a line.
fn fields(line: &[u8], delimiter: u8) -> Option<StringRecord> {
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .from_reader(line);
    reader.records().next()?.ok()
}

/// Error of a header that is JSON behind something else; None where it looks like none.
pub fn junk_before_json(header: &[u8]) -> Option<String> {
    /// Most characters that are shown.
    const MOST: usize = 40;
    let header = String::from_utf8_lossy(header);
    let brackets = ['{', '}', '[', ']'];
    let json = header
        .find(['{', '['])
        .filter(|&at| begins_json(&header[at..]));
    let is_sign = || header.contains(brackets) && !header.contains(char::is_alphanumeric);
    let before = match json {
        Some(at) => &header[..at],
        // Such as the `)]}',` that servers put on a line before JSON.
        None if is_sign() => &header,
        None => return None,
    };
    let text = before.trim();
    let junk = match text.trim_start_matches('\u{feff}') {
        "" if text.is_empty() => return None,
        "" => "a second byte order mark".to_owned(),
        _ if text.chars().count() > MOST => {
            format!("{:?}...", text.chars().take(MOST).collect::<String>())
        }
        _ => format!("{text:?}"),
    };
    Some(format!(
        "neither JSON nor CSV: {junk} stands before the JSON"
    ))
}

/// Error of a header that is one value of JSON, such as `null`, and stands alone in its file.
pub fn bare_value(header: &[u8]) -> Option<String> {
    /// Most characters that are shown.
    const MOST: usize = 40;
    let value: serde_json::Value = serde_json::from_slice(header.trim_ascii()).ok()?;
    let kind = match value {
        serde_json::Value::Null => "",
        serde_json::Value::Bool(_) => "the flag ",
        serde_json::Value::Number(_) => "the number ",
        serde_json::Value::String(_) => "the text ",
        _ => return None,
    };
    let text = String::from_utf8_lossy(header.trim_ascii());
    let shown: String = text.chars().take(MOST).collect();
    let cut = if shown.len() < text.len() { "..." } else { "" };
    Some(format!(
        "JSON of {kind}{shown}{cut} alone holds no masks: they are in a dataset, an object with \
         \"annotations\", in a list of objects, or in an object on each line"
    ))
}

/// True if a text that begins with a bracket looks like JSON: a header may have `Size [px]`.
fn begins_json(text: &str) -> bool {
    let mut characters = text.chars().filter(|c| !c.is_whitespace());
    match (characters.next(), characters.next()) {
        (Some('{'), next) => matches!(next, None | Some('"' | '}')),
        (Some('['), next) => matches!(next, None | Some('{' | '[' | '"')),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{delimiter, junk_before_json, told_delimiter};

    #[test]
    fn delimiters() {
        for (header, expected) in [
            ("ImageId,EncodedPixels\n", b','),
            ("ImageId;EncodedPixels", b';'),
            (";EncodedPixels", b';'),
            ("name, with a comma\tEncodedPixels", b'\t'),
            ("a;b\tEncodedPixels", b'\t'),
            ("a;b\tc, EncodedPixels", b','),
            ("a;b", b';'),
            ("EncodedPixels", b','),
        ] {
            assert_eq!(delimiter(header.as_bytes(), None), expected, "{header:?}");
        }
        assert_eq!(delimiter(b"a,b\tmine", Some("mine")), b'\t');
        for (line, expected) in [
            ("sep=;\r\n", Some(b';')),
            ("\"SEP=|\"\n", Some(b'|')),
            ("sep=\t\n", Some(b'\t')),
            ("sep=;;", None),
            ("sep,a", None),
            ("se", None),
        ] {
            assert_eq!(told_delimiter(line.as_bytes()), expected, "{line:?}");
        }
    }

    #[test]
    fn junk() {
        for (header, expected) in [
            ("x{\"a\": 1}", "\"x\""),
            ("var data = [", "\"var data =\""),
            (")]}',\n", "\")]}',\""),
            ("\u{feff}{\"a\":[", "a second byte order mark"),
        ] {
            let error = junk_before_json(header.as_bytes()).expect(header);
            assert!(error.contains(expected), "{error}");
        }
        for header in ["Size [px],a", "a[0],b", "a,b", "", "{\"a\"", "f{x}"] {
            assert_eq!(junk_before_json(header.as_bytes()), None, "{header}");
        }
    }
}
