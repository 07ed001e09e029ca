//! Names of inputs.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::path::{Component, Path};

/// Names of an input, for messages and for the formats.
#[derive(Debug, Clone)]
pub struct Name {
    /// The path as given, and the array's name in an archive.
    pub source: String,
    /// The file's stem, and the array's name in an archive: Kaggle's `ImageId`.
    pub id: String,
    /// The path's last part, or the path below the folder that was given, and the array's name in
    /// an archive: COCO's `file_name`.
    pub file_name: String,
    /// The file's stem, or in an archive the array's name: images are found by it.
    pub stem: String,
    /// The array's name in an archive.
    pub array: Option<String>,
}

impl Name {
    /// Names of the input that a file is. `folder` is the one that was given, if the file is in it.
    pub fn of_file(path: &Path, folder: Option<&Path>) -> Self {
        let text = |part: Option<&OsStr>| {
            part.unwrap_or(path.as_os_str())
                .to_string_lossy()
                .into_owned()
        };
        let stem = text(path.file_stem());
        let below = folder.and_then(|folder| path.strip_prefix(folder).ok());
        Name {
            source: path.display().to_string(),
            id: stem.clone(),
            file_name: below.map_or_else(|| text(path.file_name()), slashed),
            stem,
            array: None,
        }
    }

    /// Copy of the names, of which that of the file is its path as given.
    pub fn with_path(self, path: &Path) -> Self {
        Name {
            file_name: slashed(path),
            ..self
        }
    }

    /// Names of an array in this archive.
    pub fn of_array(&self, array: &str) -> Self {
        Name {
            source: format!("{}:{array}", self.source),
            id: format!("{}_{array}", self.id),
            file_name: format!("{}:{array}", self.file_name),
            stem: array.to_owned(),
            array: Some(array.to_owned()),
        }
    }
}

/// A path with the slashes that every system reads.
fn slashed(path: &Path) -> String {
    let parts: Vec<Cow<'_, str>> = path
        .components()
        .filter_map(|part| match part {
            Component::CurDir => None,
            Component::RootDir => Some("".into()),
            part => Some(part.as_os_str().to_string_lossy()),
        })
        .collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files() {
        let name = |path, folder: Option<&str>| {
            let name = Name::of_file(Path::new(path), folder.map(Path::new));
            (name.source, name.id, name.file_name)
        };
        let names = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
        assert_eq!(name("m/a.png", None), names("m/a.png", "a", "a.png"));
        let in_folder = name("./m/é/a.png", Some("./m/"));
        assert_eq!(in_folder, names("./m/é/a.png", "a", "é/a.png"));
        assert_eq!(name("-", None), names("-", "-", "-"));
        let given = |path: &'static str| {
            let name = Name::of_file(Path::new(path), None);
            name.with_path(Path::new(path)).file_name
        };
        assert_eq!(given("./m//a.png"), "m/a.png");
        assert_eq!(given("/m/../a.png"), "/m/../a.png");
    }
}
