//! The format of OUT, as its extension says it.

use std::fs;
use std::path::Path;

use clap::ValueEnum;

use super::format::Format;

/// The format of OUT where none is asked for.
pub fn usual_format(output: Option<&Path>) -> Format {
    match extension(output).as_deref() {
        Some("csv") => Format::Kaggle,
        _ => Format::Coco,
    }
}

/// Fails where OUT's extension says that it is of another format. A name without one says nothing,
/// and neither does .txt.
pub fn check_extension(output: Option<&Path>, format: Format) -> Result<(), String> {
    let Some(extension) = extension(output) else {
        return Ok(());
    };
    let own = format.extensions();
    if extension == "txt" || own.contains(&extension.as_str()) {
        return Ok(());
    }
    let is_known = |format: &Format| format.extensions().contains(&extension.as_str());
    if Format::value_variants().iter().any(is_known) {
        let name = format.to_possible_value();
        let name = name.map_or_else(String::new, |value| value.get_name().to_owned());
        let (kind, own) = match own {
            ["csv"] => ("CSV", ".csv"),
            ["xml"] => ("XML", ".xml"),
            ["txt"] => ("lines of text", ".txt"),
            _ => ("JSON", ".jsonl or .json"),
        };
        return Err(format!(
            "OUT ends in .{extension}, and {name} is {kind}: {own}"
        ));
    }
    match extension.as_str() {
        "gz" | "zst" => Err(format!(
            "OUT ends in .{extension}, and nothing is compressed: \
             -, standard output, can be piped to a program that does"
        )),
        _ => Err(format!(
            "OUT ends in .{extension}, which maskrle does not write: .jsonl, .json or .csv"
        )),
    }
}

/// OUT where it is a folder, for the format that has a file for each image: one that is there, or
/// whose name ends in a slash.
pub fn folder_of(output: Option<&Path>, format: Format) -> Option<&Path> {
    let is_named_so = |path: &Path| {
        let name = path.to_string_lossy();
        name.ends_with(std::path::is_separator) || path.is_dir()
    };
    output.filter(|path| format == Format::Yolo && is_named_so(path))
}

/// Extension of the file that is to be written, in lower case. Pipes and devices have none that
/// counts.
fn extension(output: Option<&Path>) -> Option<String> {
    let path = output?;
    let is_stream = fs::metadata(path).is_ok_and(|found| !found.is_file());
    let extension = path.extension().filter(|_| !is_stream)?;
    Some(extension.to_string_lossy().to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{check_extension, usual_format};
    use crate::write::Format;

    #[test]
    fn extensions_say_the_format() {
        for name in [
            "a.json",
            "a.JSONL",
            "b/a.ndjson",
            "a.txt",
            "a",
            "-",
            ".json",
        ] {
            let path = Some(Path::new(name));
            assert_eq!(usual_format(path), Format::Coco);
            assert_eq!(check_extension(path, Format::Coco), Ok(()), "{name}");
        }
        let csv = Some(Path::new("a.CSV"));
        assert_eq!(usual_format(csv), Format::Kaggle);
        assert_eq!(check_extension(csv, Format::Kaggle), Ok(()));
        assert!(check_extension(csv, Format::CocoDataset).is_err());
        for name in ["a.json", "a.parquet", "a.csv.gz", "a.npy", "a.json.zst"] {
            let path = Some(Path::new(name));
            assert!(check_extension(path, Format::Kaggle).is_err(), "{name}");
        }
    }
}
