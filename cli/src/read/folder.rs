//! The files that the inputs stand for: themselves, and those in folders, in the order in which
//! people number them.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::file::{ACCEPTED, FileType, STANDARD_INPUT};
use super::name::Name;
use super::natural::natural;
use crate::text::plural;

/// A file to read, or what stands where one should be.
#[derive(Debug)]
pub struct InputFile {
    pub path: PathBuf,
    pub name: Name,
    /// Number of its bytes; none for what can be read but once, such as a pipe.
    pub size: Option<u64>,
    /// Reason why it cannot be read, where that is known.
    pub error: Option<String>,
}

/// Files in the order of the inputs.
#[derive(Debug, Default)]
pub struct Listing {
    pub files: Vec<InputFile>,
    /// Numbers of what was left out, for each folder that was given and has some.
    pub unread: Vec<Unread>,
}

/// Numbers of what is in a folder and is not read.
#[derive(Debug, Default)]
pub struct Unread {
    pub folder: String,
    pub folders: u64,
    /// Number of links to folders that were read already.
    pub repeated: u64,
    /// Number of files of other kinds.
    pub others: u64,
}

impl Unread {
    /// A line of the summary; none if everything was read.
    pub fn note(&self) -> Option<String> {
        let counts = self.counts();
        let hint = if self.folders > 0 {
            " (--recursive reads folders)"
        } else {
            ""
        };
        let were = if self.is_one() { "was" } else { "were" };
        (!counts.is_empty()).then(|| format!("{counts} in {} {were} not read{hint}", self.folder))
    }

    fn is_one(&self) -> bool {
        self.folders + self.repeated + self.others == 1
    }

    /// Numbers of all; empty if everything was read.
    fn counts(&self) -> String {
        let counts = [
            (self.folders, "folder", "folders"),
            (
                self.repeated,
                "link to a folder read before",
                "links to folders read before",
            ),
            (self.others, "file of another kind", "files of other kinds"),
        ];
        let counts = counts
            .into_iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(count, one, many)| plural(count, one, many));
        counts.collect::<Vec<_>>().join(" and ")
    }
}

/// Lists the files that the inputs are, and those in the folders that they are.
pub fn list(inputs: &[PathBuf], is_recursive: bool) -> Listing {
    let mut listing = Listing::default();
    for path in inputs {
        let is_path = path.as_os_str() != STANDARD_INPUT;
        if is_path && path.is_dir() {
            Walk::new(path, is_recursive, &mut listing).all();
        } else {
            let metadata = is_path.then(|| fs::metadata(path).ok()).flatten();
            let metadata = metadata.filter(|found| found.is_file());
            listing.files.push(InputFile {
                name: Name::of_file(path, None),
                path: path.clone(),
                size: metadata.map(|found| found.len()),
                error: None,
            });
        }
    }
    name_apart(&mut listing.files);
    listing
}

/// Gives all files their paths as given for names where two would have one name.
fn name_apart(files: &mut [InputFile]) {
    let mut names = HashSet::new();
    if files.iter().all(|file| names.insert(&file.name.file_name)) {
        return;
    }
    for file in files {
        file.name = file.name.clone().with_path(&file.path);
    }
}

/// A walk through a folder that was given.
struct Walk<'a> {
    root: &'a Path,
    is_recursive: bool,
    files: &'a mut Vec<InputFile>,
    all_unread: &'a mut Vec<Unread>,
    unread: Unread,
    /// The folder that was given, and those that were entered, as the system names them: links may
    /// lead back.
    known_root: PathBuf,
    entered: HashSet<PathBuf>,
}

impl<'a> Walk<'a> {
    fn new(root: &'a Path, is_recursive: bool, listing: &'a mut Listing) -> Self {
        Walk {
            root,
            is_recursive,
            files: &mut listing.files,
            all_unread: &mut listing.unread,
            unread: Unread {
                folder: root.display().to_string(),
                ..Unread::default()
            },
            known_root: root.canonicalize().unwrap_or_else(|_| root.to_owned()),
            entered: HashSet::new(),
        }
    }

    /// Lists all of the folder, which must have something to read.
    fn all(mut self) {
        let before = self.files.len();
        self.enter(self.root);
        if self.files.len() == before {
            let are = if self.unread.is_one() { "is" } else { "are" };
            let hint = match (self.unread.counts().as_str(), self.unread.folders) {
                ("", _) => String::new(),
                (counts, 0) => format!("; there {are} {counts}"),
                (counts, _) => format!("; there {are} {counts}, and --recursive reads folders"),
            };
            let why = format!("no masks in the folder: {ACCEPTED} are read{hint}");
            self.bad(self.root, why);
        } else if self.unread.note().is_some() {
            self.all_unread.push(self.unread);
        }
    }

    /// Lists a folder's files, and those of the folders in it.
    fn enter(&mut self, folder: &Path) {
        if self.is_recursive {
            let known = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
            // A file that a link leads to within the folder that was given is read by its own name.
            let is_within = folder.is_symlink() && known.starts_with(&self.known_root);
            if folder != self.root && is_within || !self.entered.insert(known) {
                self.unread.repeated += 1;
                return;
            }
        }
        match entries(folder) {
            Ok(paths) => paths.into_iter().for_each(|path| self.entry(path)),
            Err(error) => self.bad(folder, format!("{error:#}")),
        }
    }

    fn entry(&mut self, path: PathBuf) {
        match fs::metadata(&path) {
            Ok(found) if found.is_dir() && self.is_recursive => self.enter(&path),
            Ok(found) if found.is_dir() => self.unread.folders += 1,
            Ok(found) if found.is_file() && FileType::of_name(&path).is_some() => {
                self.files.push(InputFile {
                    name: Name::of_file(&path, Some(self.root)),
                    path,
                    size: Some(found.len()),
                    error: None,
                });
            }
            Ok(_) => self.unread.others += 1,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.bad(&path, "a link to nothing".into());
            }
            Err(error) => self.bad(&path, error.to_string()),
        }
    }

    fn bad(&mut self, path: &Path, why: String) {
        self.files.push(InputFile {
            name: Name::of_file(path, Some(self.root)),
            path: path.to_owned(),
            size: None,
            error: Some(why),
        });
    }
}

/// Paths of what is in a folder, in natural order of the names.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut entries = Vec::new();
    for entry in folder.read_dir().context("the folder cannot be read")? {
        let entry = entry.context("the folder cannot be read")?;
        entries.push((
            entry.file_name().to_string_lossy().into_owned(),
            entry.path(),
        ));
    }
    entries.sort_by(|(a, a_path), (b, b_path)| natural(a, b).then_with(|| a_path.cmp(b_path)));
    Ok(entries.into_iter().map(|(_, path)| path).collect())
}
