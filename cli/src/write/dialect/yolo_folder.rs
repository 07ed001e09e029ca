//! YOLO's labels in a folder, a file for each image.

use std::collections::{BTreeMap, HashSet};
use std::io::Write;

use anyhow::{Context, Result, bail};

use super::image_spool::ImageSpool;
use super::names::file_beside;
use super::yolo::line_of;
use crate::coco::Images;
use crate::output::{NewFolder, Output};
use crate::write::mask_info::MaskInfo;
use crate::write::writer::{EncodedMask, Writer};

/// Writes a line for each mask that is not empty, and the names of the classes. Images without
/// masks get a file of no lines.
pub struct YoloFolder {
    pub folder: NewFolder,
    pub images: ImageSpool,
    /// Pixels that an outline may be off.
    pub tolerance: f64,
    /// Names of the classes.
    pub classes: BTreeMap<u32, String>,
}

/// Most classes whose names are written, a line for each number up to the last.
const MOST_CLASSES: u32 = 1 << 16;

impl Writer for YoloFolder {
    fn begin(&self) -> Result<Vec<u8>> {
        Ok(Vec::new())
    }

    fn image(&mut self, info: &MaskInfo<'_>, size: [u32; 2]) -> Result<()> {
        self.images.image(info, size).map(drop)
    }

    fn mask(
        &mut self,
        _: &mut Vec<u8>,
        info: &MaskInfo<'_>,
        mask: EncodedMask<'_>,
    ) -> Result<bool> {
        let Some(line) = line_of(info, mask, self.tolerance)? else {
            return Ok(false);
        };
        let class = line.class;
        self.images.add(format!("{line}\n").as_bytes())?;
        let name = || self.images.names.label(info);
        self.classes.entry(class).or_insert_with(name);
        Ok(true)
    }

    fn commit(&mut self) -> Result<()> {
        self.images.commit();
        Ok(())
    }

    fn roll_back(&mut self) -> Result<()> {
        self.images.roll_back();
        Ok(())
    }

    fn images_without_masks(&mut self, images: &Images, _: &mut Output) -> Result<()> {
        self.images.list(images, |_, _| {})
    }

    fn end(self: Box<Self>, _: &mut Output) -> Result<()> {
        let YoloFolder {
            folder,
            images,
            classes,
            ..
        } = *self;
        let (images, mut texts) = images.into_groups()?;
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
