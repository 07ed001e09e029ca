//! The folder of panoptic's PNGs.

use std::path::{Path, PathBuf};

/// Folder of a panoptic file's PNGs, as panopticapi has it: the file's name without `.json`. None
/// of a file whose name lacks that, such as `-`.
pub fn folder_of_pngs(file: &Path) -> Option<PathBuf> {
    let name = file.file_name()?.to_str()?;
    let at = name.to_ascii_lowercase().find(".json")?;
    (at > 0).then(|| file.with_file_name(&name[..at]))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::folder_of_pngs;

    #[test]
    fn folders() {
        for (file, folder) in [
            ("a/b.json", Some("a/b")),
            ("b.JSON.gz", Some("b")),
            ("b.jsonl", Some("b")),
            ("b", None),
            ("-", None),
            (".json", None),
        ] {
            let found = folder_of_pngs(Path::new(file));
            assert_eq!(found.as_deref(), folder.map(Path::new), "{file}");
        }
    }
}
