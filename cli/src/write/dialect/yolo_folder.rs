//! YOLO's labels in a folder, a file for each image.

use std::collections::{BTreeMap, HashSet};
use std::io::Write;

use anyhow::{Context, Result, bail};

use super::by_image::PerImage;
use super::names::{Names, file_beside};
use super::spool::{Group, Texts};
use super::yolo::line_of;
use crate::output::{NewFolder, Output};
use crate::write::mask_info::MaskInfo;
use crate::write::writer::EncodedMask;

/// Writes a line for each mask that is not empty, and the names of the classes. Images without
/// masks get a file of no lines.
pub struct YoloFolder {
    pub folder: NewFolder,
    /// Pixels that an outline may be off.
    pub tolerance: f64,
    /// Names of the classes.
    pub classes: BTreeMap<u32, String>,
}

/// Most classes whose names are written, a line for each number up to the last.
const MOST_CLASSES: u32 = 1 << 16;

impl PerImage for YoloFolder {
    fn mask(
        &mut self,
        names: &Names,
        info: &MaskInfo<'_>,
        mask: EncodedMask<'_>,
    ) -> Result<Option<Vec<u8>>> {
        let Some(line) = line_of(info, mask, self.tolerance)? else {
            return Ok(None);
        };
        let name = || names.label(info);
        self.classes.entry(line.class).or_insert_with(name);
        Ok(Some(format!("{line}\n").into_bytes()))
    }

    fn end(self, images: Vec<Group>, mut texts: Texts, _: &mut Output) -> Result<()> {
        let YoloFolder {
            folder, classes, ..
        } = self;
        let mut names = HashSet::from([CLASSES.to_owned()]);
        for image in &images {
            let name = file_beside(&image.name, "txt");
            if !names.insert(name.clone()) {
                bail!("the image {:?}: there is another {name}", image.name);
            }
            let mut file = folder.file(&name)?;
            texts.each(image, |line| {
                file.write_all(line).with_context(|| name.clone())
            })?;
            file.flush().with_context(|| name.clone())?;
        }
        let last = classes.last_key_value().map(|(class, _)| *class);
        if let Some(last) = last.filter(|last| *last < MOST_CLASSES) {
            let mut file = folder.file(CLASSES)?;
            for class in 0..=last {
                let number = class.to_string();
                let name = classes.get(&class).unwrap_or(&number);
                writeln!(file, "{}", name.replace(['\r', '\n'], " ")).context(CLASSES)?;
            }
            file.flush().context(CLASSES)?;
        }
        folder.finish()
    }
}

/// File of the names of the classes.
const CLASSES: &str = "classes.txt";
