//! An object of a dialect's file.

use std::path::{Component, Path, PathBuf};

use anyhow::{Result, bail};
use maskrle::MaskRuns;

use crate::budget::Budget;
use crate::coco::whole;
use crate::encoded::bytes::Reader;
use crate::encoded::entry::{Entry, ImageName, Object};

/// Properties of masks that some dialects do not say.
#[derive(Debug, Clone, Copy)]
pub struct DialectOptions<'a> {
    /// The column of the masks in CSV.
    pub column: Option<&'a str>,
    /// Height and width of the images.
    pub size: Option<[u32; 2]>,
    /// Name of the file without folders and extension.
    pub stem: &'a str,
    /// The file, or the folder, which some dialects are.
    pub path: &'a Path,
    pub pngs: PngOptions<'a>,
}

/// PNGs that a dialect has its masks in.
#[derive(Debug, Clone, Copy)]
pub struct PngOptions<'a> {
    /// Folder of those that are files, where it is known.
    pub folder: Option<&'a Path>,
    /// Memory that the pixels of one may take.
    pub budget: Budget,
}

impl PngOptions<'_> {
    /// Path of a file in the folder, which no name leads out of.
    pub fn path_of(&self, name: &str) -> Result<PathBuf> {
        let Some(folder) = self.folder else {
            bail!("the folder of the PNGs is not known: --pngs FOLDER says it");
        };
        let mut parts = Path::new(name).components();
        if !parts.all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
            bail!("{name:?} is no file in the folder of the PNGs");
        }
        Ok(folder.join(name))
    }
}

/// Opens the file at its beginning.
pub type Open<'a> = dyn Fn() -> Result<Reader> + 'a;

/// Takes an object's line, and the object or what is wrong with it. An error ends the reading.
pub type OnObject<'a> = dyn FnMut(u64, Result<Object>) -> Result<()> + 'a;

impl Entry {
    /// A mask of a dialect. A label that is a whole number is the category.
    pub fn labelled(image: ImageName, label: Option<&str>, runs: MaskRuns) -> Self {
        let category = label.and_then(whole);
        Entry {
            id: None,
            image: Some(image),
            category,
            label: label.filter(|_| category.is_none()).map(Box::from),
            score: None,
            is_crowd: false,
            runs,
        }
    }
}
