//! Folders: the files of masks in them, in the order in which people number them.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::file::{ACCEPTED, FileType};

/// The files that `path` stands for: itself, or those in the folder that it is.
pub fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_dir() {
        files_in(path)
    } else {
        Ok(vec![path.to_owned()])
    }
}

/// The files of masks in a folder, not in those within it, in natural order of their names.
fn files_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in folder.read_dir().context("the folder cannot be read")? {
        let path = entry.context("the folder cannot be read")?.path();
        if FileType::of_name(&path).is_some() && path.is_file() {
            files.push(path);
        }
    }
    if files.is_empty() {
        bail!("no masks in the folder: {ACCEPTED} are read");
    }
    let name = |path: &PathBuf| {
        path.file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    };
    files.sort_by(|a, b| natural(&name(a), &name(b)).then_with(|| a.cmp(b)));
    Ok(files)
}

/// Compares names with the numbers in them as numbers: img2 comes before img10.
fn natural(mut a: &str, mut b: &str) -> Ordering {
    loop {
        let (a_digits, a_rest) = split_digits(a);
        let (b_digits, b_rest) = split_digits(b);
        if !a_digits.is_empty() && !b_digits.is_empty() {
            // Without leading zeros the longer number is the larger one.
            let (a_value, b_value) = (
                a_digits.trim_start_matches('0'),
                b_digits.trim_start_matches('0'),
            );
            let order = a_value.len().cmp(&b_value.len()).then(a_value.cmp(b_value));
            if order != Ordering::Equal {
                return order;
            }
            (a, b) = (a_rest, b_rest);
            continue;
        }
        let (mut a_chars, mut b_chars) = (a.chars(), b.chars());
        let (a_char, b_char) = (a_chars.next(), b_chars.next());
        if a_char != b_char || a_char.is_none() {
            return a_char.cmp(&b_char);
        }
        (a, b) = (a_chars.as_str(), b_chars.as_str());
    }
}

fn split_digits(name: &str) -> (&str, &str) {
    name.split_at(
        name.find(|c: char| !c.is_ascii_digit())
            .unwrap_or(name.len()),
    )
}

#[cfg(test)]
mod tests {
    use super::natural;

    #[test]
    fn numbers_in_names_count_as_numbers() {
        let mut names = [
            "img10.png",
            "img2.png",
            "img1b.png",
            "img1.png",
            "a.png",
            "img02.png",
            "img.png",
            "2.png",
        ];
        names.sort_by(|a, b| natural(a, b).then_with(|| a.cmp(b)));
        assert_eq!(
            names,
            [
                "2.png",
                "a.png",
                "img.png",
                "img1.png",
                "img1b.png",
                "img02.png",
                "img2.png",
                "img10.png"
            ]
        );
    }
}
