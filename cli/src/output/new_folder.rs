//! A folder that appears only when all of its files are there.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::temporary::NamedFolder;

/// A folder that is filled beside its target and renamed onto it at the end. Dropped before that,
/// it leaves nothing.
#[derive(Debug)]
pub struct NewFolder {
    folder: NamedFolder,
    target: PathBuf,
}

impl NewFolder {
    /// A folder that will become `target`, which is not there yet, or is empty.
    pub fn create(target: &Path) -> Result<Self> {
        let name = target.display();
        match fs::read_dir(target).map(|mut files| files.next().is_some()) {
            Ok(true) => {
                bail!("{name}: the folder is not empty: a new one is written, or an empty one")
            }
            Err(_) if target.exists() => bail!("{name}: is no folder"),
            _ => {}
        }
        let parent = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        if !parent.is_dir() {
            bail!("{name}: there is no folder {}", parent.display());
        }
        let folder = NamedFolder::create_in(parent).with_context(|| name.to_string())?;
        Ok(NewFolder {
            folder,
            target: target.to_owned(),
        })
    }

    /// Opens a new file in the folder, whose name has no folders.
    pub fn file(&self, name: &str) -> Result<BufWriter<File>> {
        let file = File::create_new(self.folder.path().join(name));
        let path = || self.target.join(name).display().to_string();
        Ok(BufWriter::new(file.with_context(path)?))
    }

    /// Puts the folder in its place.
    pub fn finish(self) -> Result<()> {
        let name = || self.target.display().to_string();
        self.folder.persist(&self.target).with_context(name)
    }
}
