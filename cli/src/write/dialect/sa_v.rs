//! SA-V: a video's masks as `masklet[frame][object]`.

use anyhow::{Context, Result, bail};
use maskrle::{CocoRle, MaskRuns, Order};
use serde_json::Value;

use super::composed::{Collected, Composition, Waiting};
use super::videos::{Video, videos};
use crate::output::Output;

/// Writes the one video. Where an object is not, its mask is empty.
pub struct SaV;

impl Composition for SaV {
    fn compose(self, mut collected: Collected, output: &mut Output) -> Result<()> {
        let videos = videos(&mut collected)?;
        let video = match &videos[..] {
            [video] => video,
            [] => bail!("no frames: SA-V has a file for each video"),
            [one, other, ..] => bail!(
                "SA-V has a file for each video, and there are {:?} and {:?}",
                one.name,
                other.name
            ),
        };
        let [height, width] = video.size;
        let pixels = height.checked_mul(width);
        let pixels = pixels.context("the video has more pixels than a mask may have")?;
        let empty = MaskRuns::from_counts(video.size, Order::ColumnMajor, [pixels])?;
        let empty = serde_json::to_vec(&CocoRle::try_from(empty.view())?)?;
        let head = format!(
            "{{\"video_id\":{},\"video_frame_count\":{},\"video_height\":{height},\
             \"video_width\":{width},\"masklet_num\":{},\"masklet_id\":{},\"masklet\":[",
            serde_json::to_string(&video.name)?,
            video.frames.len(),
            video.objects.len(),
            serde_json::to_string(&ids(video))?,
        );
        output.write(head.as_bytes())?;
        let mut masks: Vec<_> = video
            .objects
            .iter()
            .map(|object| object.masks.iter().peekable())
            .collect();
        for frame in 0..video.frames.len() {
            output.write(if frame == 0 { b"\n[" } else { b",\n[" })?;
            for (index, masks) in masks.iter_mut().enumerate() {
                if index > 0 {
                    output.write(b",")?;
                }
                match masks.next_if(|(found, _)| *found == frame) {
                    Some(&(_, place)) => {
                        let mask: Waiting = serde_json::from_slice(&collected.texts.at(place)?)?;
                        output.write(&serde_json::to_vec(&mask.rle)?)?;
                    }
                    None => output.write(&empty)?,
                }
            }
            output.write(b"]")?;
        }
        output.write(b"\n]}\n")
    }
}

/// Ids of the objects, which are numbers where all are.
fn ids(video: &Video) -> Vec<Value> {
    let ids = video.objects.iter().map(|object| &object.id);
    let numbers = ids
        .clone()
        .map(|id| id.parse::<i64>().ok().map(Value::from));
    let numbers: Option<Vec<_>> = numbers.collect();
    numbers.unwrap_or_else(|| ids.map(|id| Value::from(id.as_str())).collect())
}
