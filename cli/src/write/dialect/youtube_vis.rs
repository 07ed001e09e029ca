//! YouTube-VIS: a dataset of videos, whose annotations have a mask for each frame.

use anyhow::Result;
use serde::Serialize;

use super::composed::{Collected, Composition, Waiting};
use super::spool::Texts;
use super::videos::{Object, Video, videos};
use crate::coco::{Categories, Category};
use crate::output::Output;

/// Writes a dataset of all videos.
pub struct YoutubeVis;

/// Members of a video, in their order.
#[derive(Serialize)]
struct VideoRow<'a> {
    id: usize,
    width: u32,
    height: u32,
    length: usize,
    file_names: Vec<&'a str>,
}

impl Composition for YoutubeVis {
    fn compose(self, mut collected: Collected, output: &mut Output) -> Result<()> {
        let videos = videos(&mut collected)?;
        output.write(b"{\"videos\":[")?;
        for (index, video) in videos.iter().enumerate() {
            let [height, width] = video.size;
            let frames = video.frames.iter();
            let row = VideoRow {
                id: index + 1,
                width,
                height,
                length: video.frames.len(),
                file_names: frames
                    .map(|&frame| collected.images[frame].name.as_str())
                    .collect(),
            };
            output.write(if index == 0 { b"\n" } else { b",\n" })?;
            output.write(&serde_json::to_vec(&row)?)?;
        }
        output.write(b"\n],\n\"annotations\":[")?;
        let (mut count, mut categories) = (0, Categories::default());
        for (index, video) in videos.iter().enumerate() {
            for object in &video.objects {
                count += 1;
                output.write(if count == 1 { b"\n" } else { b",\n" })?;
                annotation(
                    [count, index + 1],
                    video,
                    object,
                    &mut collected.texts,
                    output,
                )?;
                let (id, name) = (object.category, object.label.clone());
                categories.add_named(&Category { id, name });
            }
        }
        output.write(b"\n],\n\"categories\":[")?;
        for (index, category) in categories.list().enumerate() {
            output.write(if index == 0 { b"\n" } else { b",\n" })?;
            output.write(&serde_json::to_vec(&category)?)?;
        }
        output.write(b"\n]}\n")
    }
}

/// Writes the annotation of an object, by the ids of both.
fn annotation(
    [id, video_id]: [usize; 2],
    video: &Video,
    object: &Object,
    texts: &mut Texts,
    output: &mut Output,
) -> Result<()> {
    let ([height, width], category) = (video.size, object.category);
    let (is_crowd, frames) = (u8::from(object.is_crowd), video.frames.len());
    let (mut areas, mut bboxes) = (vec![None; frames], vec![None; frames]);
    let head = format!(
        "{{\"id\":{id},\"video_id\":{video_id},\"category_id\":{category},\
         \"iscrowd\":{is_crowd},\"height\":{height},\"width\":{width},\"segmentations\":["
    );
    output.write(head.as_bytes())?;
    let mut masks = object.masks.iter().peekable();
    for frame in 0..frames {
        if frame > 0 {
            output.write(b",")?;
        }
        let Some(&(_, place)) = masks.next_if(|(found, _)| *found == frame) else {
            output.write(b"null")?;
            continue;
        };
        let mask: Waiting = serde_json::from_slice(&texts.at(place)?)?;
        output.write(&serde_json::to_vec(&mask.rle)?)?;
        let runs = mask.rle.to_runs()?;
        areas[frame] = Some(runs.view().area());
        bboxes[frame] = Some(runs.view().bbox());
    }
    output.write(b"],\"areas\":")?;
    output.write(&serde_json::to_vec(&areas)?)?;
    output.write(b",\"bboxes\":")?;
    output.write(&serde_json::to_vec(&bboxes)?)?;
    output.write(b"}")
}
