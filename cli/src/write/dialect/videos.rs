//! Videos and their objects, of images that are frames.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};

use super::composed::{Collected, Waiting};
use super::spool::{Group, Place, Texts};
use crate::coco::stem;
use crate::read::natural;

/// A video: its frames and its objects.
pub struct Video {
    pub name: String,
    /// Height and width.
    pub size: [u32; 2],
    /// Indices of its images, in the order of the frames.
    pub frames: Vec<usize>,
    /// Objects in the order in which they came.
    pub objects: Vec<Object>,
}

/// An object of a video.
pub struct Object {
    pub id: String,
    pub category: i64,
    pub label: String,
    pub is_crowd: bool,
    /// Frames that it is in, and the places of its masks there, in the order of the frames.
    pub masks: Vec<(usize, Place)>,
}

/// Most entries of a file, one for each object in each frame of its video: a few bytes may stand
/// for an object, and a list of all frames is written for it.
const MOST_ENTRIES: u64 = 1 << 26;

/// The videos of all masks, in the order in which they came. Images of one folder are a video, or
/// those that are called VIDEO_NUMBER or VIDEO:NUMBER; its frames are ordered by their names, as
/// people number files.
pub fn videos(collected: &mut Collected) -> Result<Vec<Video>> {
    let mut videos: Vec<Video> = Vec::new();
    let mut by_name = HashMap::new();
    for (index, image) in collected.images.iter().enumerate() {
        let name = video_of(&image.name);
        let at = *by_name.entry(name.to_owned()).or_insert(videos.len());
        if at == videos.len() {
            videos.push(Video {
                name: name.to_owned(),
                size: image.size,
                frames: Vec::new(),
                objects: Vec::new(),
            });
        }
        let video = &mut videos[at];
        if video.size != image.size {
            let ([h, w], [height, width]) = (video.size, image.size);
            bail!(
                "the video {name:?}: its frame {:?} is of {height} x {width}, others of {h} x {w}",
                image.name
            );
        }
        video.frames.push(index);
    }
    for video in &mut videos {
        let name = |&index: &usize| collected.images[index].name.as_str();
        video.frames.sort_by(|a, b| natural(name(a), name(b)));
        video.objects = objects(&video.frames, &collected.images, &mut collected.texts)
            .with_context(|| format!("the video {:?}", video.name))?;
    }
    let entries = |video: &Video| video.frames.len() as u64 * video.objects.len() as u64;
    let entries: u64 = videos.iter().map(entries).sum();
    if entries > MOST_ENTRIES {
        bail!("{entries} masks and gaps of objects in frames, the limit is {MOST_ENTRIES}");
    }
    Ok(videos)
}

/// Name of the video that an image is a frame of.
fn video_of(image: &str) -> &str {
    if let Some((folder, _)) = image.rsplit_once('/') {
        return folder;
    }
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    for (name, separator) in [(image, ':'), (stem(image), '_')] {
        if let Some((video, number)) = name.rsplit_once(separator)
            && is_number(number)
            && !video.is_empty()
        {
            return video;
        }
    }
    "video"
}

/// Objects of some frames.
fn objects(frames: &[usize], images: &[Group], texts: &mut Texts) -> Result<Vec<Object>> {
    let mut objects: Vec<Object> = Vec::new();
    let mut by_id = HashMap::new();
    for (frame, &index) in frames.iter().enumerate() {
        let image = &images[index];
        for &place in image.places() {
            let mask: Waiting = serde_json::from_slice(&texts.at(place)?)?;
            let id = mask.object.with_context(|| {
                format!(
                    "a mask of {:?} has no id of its object, which is followed from frame to \
                     frame: MOTS, SA-V and YouTube-VIS have it",
                    image.name
                )
            })?;
            let at = *by_id.entry(id.clone()).or_insert(objects.len());
            if at == objects.len() {
                objects.push(Object {
                    id,
                    category: mask.category,
                    label: mask.label,
                    is_crowd: mask.is_crowd,
                    masks: Vec::new(),
                });
            }
            let object = &mut objects[at];
            if object.masks.last().is_some_and(|(last, _)| *last == frame) {
                bail!("the object {} has two masks in {:?}", object.id, image.name);
            }
            object.masks.push((frame, place));
        }
    }
    Ok(objects)
}

#[cfg(test)]
mod tests {
    use super::video_of;

    #[test]
    fn videos_of_frames() {
        for (image, video) in [
            ("v/00000.jpg", "v"),
            ("a/v_1/00000.jpg", "a/v_1"),
            ("sav_000001_00012", "sav_000001"),
            ("v_00012.png", "v"),
            ("masks.npy:3", "masks.npy"),
            ("00012.png", "video"),
            ("12", "video"),
            ("_12", "video"),
        ] {
            assert_eq!(video_of(image), video, "{image}");
        }
    }
}
