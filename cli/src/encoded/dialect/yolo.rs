//! YOLO: a line of a polygon for each object of an image, and a file or each of a folder's.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use maskrle::dialect::YoloSegment;

use super::list::read_lines;
use super::object::{DialectOptions, OnObject};
use crate::coco::stem;
use crate::encoded::bytes::{Reader, Source};
use crate::encoded::entry::{Entry, ImageName, Object};
use crate::encoded::limits::limits;
use crate::encoded::line_error::{LineError, at_line};
use crate::read::{natural, picture_size};

/// Image that a file's lines are of.
struct Image<'a> {
    name: &'a str,
    size: Option<[u32; 2]>,
    /// Names of the classes, from the first on.
    classes: &'a [String],
}

/// Reads the labels of one image, which is called as the file is.
pub fn read(
    reader: Reader,
    options: &DialectOptions<'_>,
    on: &mut OnObject<'_>,
) -> Result<(), LineError> {
    let image = Image {
        name: options.stem,
        size: options.size,
        classes: &[],
    };
    read_lines(reader, on, |line| object(line, &image))
}

/// Reads the labels of all images of a folder. Where their size is not given, it is that of the
/// images, which are in `images` where the labels are in `labels`.
pub fn read_folder(options: &DialectOptions<'_>, on: &mut OnObject<'_>) -> Result<(), LineError> {
    let folder = options.path;
    let files = text_files(folder).map_err(at_line(0))?;
    let parent = folder.parent().unwrap_or(folder);
    let classes = [folder, parent].map(|folder| folder.join(CLASSES));
    let classes = classes
        .iter()
        .find_map(|file| fs::read_to_string(file).ok());
    let classes: Vec<String> = classes
        .iter()
        .flat_map(|text| text.lines())
        .map(|name| name.trim().to_owned())
        .collect();
    for path in files {
        let shown = path.display().to_string();
        let picture = picture_of(&path);
        let open = || -> Result<_> {
            let size = match (options.size, &picture) {
                (None, Some(picture)) => {
                    let size = picture_size(picture);
                    Some(size.with_context(|| picture.display().to_string())?)
                }
                (size, _) => size,
            };
            Ok((Source::open(&path)?.reader()?, size))
        };
        let (reader, size) = match open() {
            Ok(opened) => opened,
            Err(error) => {
                on(0, Err(error.context(shown))).map_err(at_line(0))?;
                continue;
            }
        };
        let name = picture.as_deref().and_then(Path::file_name);
        let name = name.map(|name| name.to_string_lossy().into_owned());
        let image = Image {
            name: &name.unwrap_or_else(|| stem(&shown).to_owned()),
            size,
            classes: &classes,
        };
        let mut on_line =
            |line: u64, object: Result<_>| on(0, object.with_context(|| format!("{shown}:{line}")));
        read_lines(reader, &mut on_line, |line| object(line, &image))
            .map_err(|LineError { error, .. }| at_line(0)(error))?;
    }
    Ok(())
}

/// File of the names of the classes, one a line, in the folder of the labels or around it.
const CLASSES: &str = "classes.txt";

/// The labels of a folder, in natural order.
fn text_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in folder.read_dir().context("the folder cannot be read")? {
        let path = entry.context("the folder cannot be read")?.path();
        let is_text = path.extension().is_some_and(|extension| extension == "txt");
        if is_text && path.file_name().is_some_and(|name| name != CLASSES) {
            files.push((path.to_string_lossy().into_owned(), path));
        }
    }
    if files.is_empty() {
        bail!("no labels in the folder, which are in .txt files");
    }
    files.sort_by(|(a, _), (b, _)| natural(a, b).then_with(|| a.cmp(b)));
    Ok(files.into_iter().map(|(_, path)| path).collect())
}

/// The image that labels are of, where it lies as Ultralytics has it.
fn picture_of(labels: &Path) -> Option<PathBuf> {
    let parts: Vec<_> = labels.components().collect();
    let at = parts
        .iter()
        .rposition(|part| part.as_os_str() == "labels")?;
    let images = parts[..at].iter().collect::<PathBuf>().join("images");
    let path = images.join(parts[at + 1..].iter().collect::<PathBuf>());
    let pictures = ["jpg", "jpeg", "png", "JPG", "JPEG", "PNG"];
    let mut pictures = pictures.iter().map(|end| path.with_extension(end));
    pictures.find(|picture| picture.is_file())
}

fn object(line: &str, image: &Image<'_>) -> Result<Object> {
    let Some(size) = image.size else {
        bail!(
            "YOLO's lines do not hold the image's size: --size H,W is needed, or the images in \
             a folder images beside labels"
        );
    };
    // A class, a box, and perhaps a score.
    if matches!(line.split_ascii_whitespace().count(), 5 | 6) {
        return Ok(Object::NoMask);
    }
    let line: YoloSegment = line.parse()?;
    let class = image.classes.get(line.class as usize);
    Ok(Object::Mask(Entry {
        id: None,
        image: Some(ImageName::Name(image.name.into())),
        category: Some(line.class.into()),
        label: class
            .filter(|name| !name.is_empty())
            .map(|name| name.as_str().into()),
        score: line.score,
        is_crowd: false,
        runs: line.to_runs_within(size, &limits())?,
    }))
}
