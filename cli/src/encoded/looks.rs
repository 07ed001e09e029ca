//! Dialects that a file looks to be of, for the words of errors: none is told by its content.

/// Keys that objects of a dialect have, and others seldom.
const KEYS: &[(&str, &str)] = &[
    ("shapes", "labelme"),
    ("annotations", "label-studio"),
    ("masklet", "sa-v"),
    ("sample_data_token", "nuimages"),
    ("segmentations", "youtube-vis"),
];

/// Columns of Open Images' files.
const COLUMNS: [&str; 2] = ["PredictionString", "MaskPath"];

/// The dialect whose objects have this key.
pub fn dialect_of_key(key: &str) -> Option<&'static str> {
    let found = KEYS.iter().find(|(of_dialect, _)| *of_dialect == key);
    found.map(|(_, dialect)| *dialect)
}

/// The dialect of a file that begins with this line, which is no JSON.
pub fn dialect_of_line(line: &[u8]) -> Option<&'static str> {
    let line = String::from_utf8_lossy(line);
    let line = line.trim_start_matches('\u{feff}').trim();
    if line.starts_with("<?xml") || line.starts_with("<annotations") {
        return Some("cvat");
    }
    let mut columns = line.split(',').map(|name| name.trim().trim_matches('"'));
    if columns.any(|name| COLUMNS.contains(&name)) {
        return Some("open-images");
    }
    let fields: Vec<&str> = line.split_ascii_whitespace().collect();
    let are_whole = |fields: &[&str]| fields.iter().all(|field| field.parse::<u64>().is_ok());
    let are_numbers = |fields: &[&str]| fields.iter().all(|field| field.parse::<f64>().is_ok());
    match fields.len() {
        6 if are_whole(&fields[..5]) && !are_numbers(&fields[5..]) => Some("mots"),
        7.. if fields.len() % 2 == 1 && are_whole(&fields[..1]) && are_numbers(&fields) => {
            Some("yolo")
        }
        _ => None,
    }
}

/// The words for a file that looks to be of a dialect.
pub fn advice(dialect: &str) -> String {
    format!("it looks like a file of {dialect}, which `maskrle convert --from {dialect}` reads")
}

#[cfg(test)]
mod tests {
    use super::dialect_of_line;

    #[test]
    fn lines() {
        for (line, expected) in [
            ("<?xml version=\"1.0\"?>", Some("cvat")),
            ("\u{feff}<annotations>", Some("cvat")),
            (
                "ImageID,ImageWidth,ImageHeight,PredictionString\r\n",
                Some("open-images"),
            ),
            ("MaskPath,ImageID", Some("open-images")),
            ("1 2001 2 5 6 ;1b0", Some("mots")),
            ("0 0.1 0.1 0.5 0.1 0.5 0.5", Some("yolo")),
            ("0 0.1 0.1 0.5 0.1", None),
            ("1 2 3 4 5 6", None),
            ("ImageId,Pixels", None),
            ("", None),
        ] {
            assert_eq!(dialect_of_line(line.as_bytes()), expected, "{line}");
        }
    }
}
