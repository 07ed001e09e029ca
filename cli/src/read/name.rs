//! Names of inputs.

use std::ffi::OsStr;
use std::path::Path;

/// Names of an input, for messages and for the formats.
#[derive(Debug, Clone)]
pub struct Name {
    /// The path as given, and the array's name in an archive.
    pub source: String,
    /// The file's stem, and the array's name in an archive: Kaggle's `ImageId`.
    pub id: String,
    /// The path's last part, and the array's name in an archive: COCO's `file_name`.
    pub file_name: String,
    /// The file's stem, or in an archive the array's name: images are found by it.
    pub stem: String,
}

impl Name {
    /// Names of the input that a file is.
    pub fn of_file(path: &Path) -> Self {
        let text = |part: Option<&OsStr>| {
            part.unwrap_or(path.as_os_str())
                .to_string_lossy()
                .into_owned()
        };
        let stem = text(path.file_stem());
        let file_name = text(path.file_name());
        Name {
            source: path.display().to_string(),
            id: stem.clone(),
            file_name,
            stem,
        }
    }

    /// Names of an array in this archive.
    pub fn of_array(&self, array: &str) -> Self {
        Name {
            source: format!("{}:{array}", self.source),
            id: format!("{}_{array}", self.id),
            file_name: format!("{}:{array}", self.file_name),
            stem: array.to_owned(),
        }
    }
}
