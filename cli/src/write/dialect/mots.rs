//! MOTS: a line for each mask.

use std::collections::HashMap;
use std::io::Write;

use anyhow::{Context, Result, anyhow};
use maskrle::dialect::MotsLine;
use maskrle::{CocoRle, Order};

use super::names::Names;
use crate::coco::{Id, stem};
use crate::encoded::ImageName;
use crate::output::Output;
use crate::write::mask_info::{MaskInfo, Origin};
use crate::write::writer::{EncodedMask, Writer};

/// Class of regions that are ignored.
const IGNORED_CLASS: u32 = 10;
/// Ids of one class.
const IDS_OF_CLASS: u32 = 1000;

/// Writes a line for each mask that is not empty. Objects without an id are counted, by frame and
/// class.
#[derive(Debug)]
pub struct Mots {
    names: Names,
    counted: HashMap<(u32, u32), u32>,
    /// Objects that were counted since the last commit.
    current: Vec<(u32, u32)>,
}

impl Mots {
    pub fn new(names: Names) -> Self {
        Mots {
            names,
            counted: HashMap::new(),
            current: Vec::new(),
        }
    }

    /// Id of an object that has none.
    fn next_id(&mut self, frame: u32, class: u32) -> Result<u32> {
        let count = self.counted.entry((frame, class)).or_default();
        if *count == IDS_OF_CLASS {
            return Err(anyhow!(
                "frame {frame} has more than {IDS_OF_CLASS} objects of class {class}, and MOTS \
                 has no more ids"
            ));
        }
        let id = class
            .checked_mul(IDS_OF_CLASS)
            .context("its category is no class of MOTS")?;
        let id = id + *count;
        *count += 1;
        self.current.push((frame, class));
        Ok(id)
    }
}

impl Writer for Mots {
    fn begin(&self) -> Result<Vec<u8>> {
        Ok(Vec::new())
    }

    fn mask(
        &mut self,
        out: &mut Vec<u8>,
        info: &MaskInfo<'_>,
        mask: EncodedMask<'_>,
    ) -> Result<bool> {
        if mask.is_empty() {
            return Ok(false);
        }
        let rle = mask.with_runs(Order::ColumnMajor, |runs| Ok(CocoRle::try_from(runs)?))?;
        let frame = frame(&self.names, info)?;
        let class = u32::try_from(info.label.unwrap_or(1));
        let class = class.context("its category is no class of MOTS, a number of 32 bits")?;
        let (id, class) = match info.object {
            _ if info.is_crowd => (MotsLine::IGNORED, IGNORED_CLASS),
            Some(Id::Number(id)) => (
                u32::try_from(*id).context("its id is no number of 32 bits")?,
                class,
            ),
            _ => (self.next_id(frame, class)?, class),
        };
        writeln!(
            out,
            "{}",
            MotsLine {
                frame,
                id,
                class,
                rle
            }
        )?;
        Ok(true)
    }

    fn commit(&mut self) -> Result<()> {
        self.current.clear();
        Ok(())
    }

    fn roll_back(&mut self) -> Result<()> {
        for counted in self.current.drain(..) {
            if let Some(count) = self.counted.get_mut(&counted) {
                *count -= 1;
            }
        }
        Ok(())
    }

    fn end(self: Box<Self>, _: &mut Output) -> Result<()> {
        Ok(())
    }
}

/// Number of a mask's frame: the id of its image, its index in a stack, or the digits that the name
/// of its file ends with.
fn frame(names: &Names, info: &MaskInfo<'_>) -> Result<u32> {
    let index = match info.origin {
        Origin::Encoded(Some(ImageName::Id(Id::Number(id), None))) => u64::try_from(*id).ok(),
        _ => names.index(info),
    };
    if let Some(index) = index {
        return u32::try_from(index).context("its frame is beyond what 32 bits hold");
    }
    let name = names.image(info)?;
    let stem = stem(&name);
    let digits = stem.trim_start_matches(|c: char| !c.is_ascii_digit());
    let digits = digits.rsplit(|c: char| !c.is_ascii_digit()).next();
    let frame = digits.and_then(|digits| digits.parse().ok());
    frame.with_context(|| format!("the image {name:?} does not end in the number of a frame"))
}
