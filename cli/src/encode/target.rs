//! What masks become: rows of a file, or annotations of one of COCO's documents.

use anyhow::{Context, Result};
use maskrle::{CocoRle, MaskRuns, Runs};

use super::Failure;
use super::annotations::Annotations;
use crate::ids::Ids;
use crate::output::Output;
use crate::read::Name;
use crate::rows::{Place, Rows};

/// What a chunk of masks was encoded to.
pub enum Encoded {
    Coco(Vec<CocoRle>),
    Runs(Runs),
}

/// Where encoded masks go.
pub enum Target {
    Rows { rows: Rows, ids: Ids },
    Annotations(Box<Annotations>),
}

/// What a target was before an input; [`Target::roll_back`] returns to it.
pub struct Mark {
    output: u64,
    annotations: Option<super::annotations::Mark>,
}

/// What was written.
#[derive(Debug, Clone, Copy, Default)]
pub struct Written {
    pub masks: u64,
    pub runs: u64,
    /// Masks of no pixel, which no annotation is made of.
    pub empty: u64,
}

impl Target {
    /// Whether strings are all it needs, so that no runs need be made.
    pub fn wants_coco(&self) -> bool {
        match self {
            Target::Rows { rows, .. } => rows.wants_coco(),
            Target::Annotations(annotations) => annotations.wants_coco(),
        }
    }

    /// What the file begins with.
    pub fn begin(&self) -> Result<Vec<u8>> {
        match self {
            Target::Rows { rows, .. } => rows.header(),
            Target::Annotations(annotations) => Ok(annotations.begin().to_vec()),
        }
    }

    pub fn mark(&mut self, output: &mut Output) -> Result<Mark> {
        let annotations = match self {
            Target::Rows { .. } => None,
            Target::Annotations(annotations) => Some(annotations.mark()),
        };
        Ok(Mark {
            output: output.mark()?,
            annotations,
        })
    }

    /// Takes back what was written of an input that failed.
    pub fn roll_back(&mut self, mark: Mark, output: &mut Output) -> Result<()> {
        if let (Target::Annotations(annotations), Some(mark)) = (self, mark.annotations) {
            annotations.roll_back(mark)?;
        }
        output.roll_back(mark.output)
    }

    /// An input begins, whose masks have this height and width.
    pub fn input(&mut self, name: &Name, size: [usize; 2]) -> Result<()> {
        match self {
            Target::Rows { .. } => Ok(()),
            Target::Annotations(annotations) => annotations.input(name, size),
        }
    }

    /// Writes a chunk, whose first mask is at `place`.
    pub fn write(
        &mut self,
        mut place: Place<'_>,
        encoded: &Encoded,
        output: &mut Output,
    ) -> Result<Written, Failure> {
        let mut written = Written::default();
        let mut out = Vec::new();
        let mut flush = |out: &mut Vec<u8>| {
            output.write(out).map_err(Failure::Output)?;
            out.clear();
            Ok::<(), Failure>(())
        };
        match encoded {
            Encoded::Coco(strings) => {
                for coco in strings {
                    let runs = runs_of(&coco.counts);
                    written.empty += self.coco(&mut out, place, coco, runs)?;
                    written.runs += runs;
                    place.index += 1;
                    flush(&mut out)?;
                }
                written.masks = strings.len() as u64;
            }
            Encoded::Runs(runs) => {
                for mask in runs {
                    written.empty += self.runs(&mut out, place, mask)?;
                    place.index += 1;
                    flush(&mut out)?;
                }
                written.masks = runs.len() as u64;
                written.runs = runs.starts().len() as u64;
            }
        }
        Ok(written)
    }

    /// An input of so many masks was written.
    pub fn end_input(&mut self, name: &Name, is_stack: bool, masks: u64) -> Result<()> {
        match self {
            Target::Rows { rows, ids } if rows.has_ids() => ids.add(name, is_stack, masks),
            Target::Rows { .. } => {}
            Target::Annotations(annotations) => annotations.end_input()?,
        }
        Ok(())
    }

    /// Writes what comes after the last mask.
    pub fn end(self, output: &mut Output) -> Result<()> {
        match self {
            Target::Rows { .. } => Ok(()),
            Target::Annotations(annotations) => annotations.end(output),
        }
    }

    /// Returns how many masks were left out, being empty.
    fn coco(
        &mut self,
        out: &mut Vec<u8>,
        place: Place<'_>,
        coco: &CocoRle,
        runs: u64,
    ) -> Result<u64> {
        match self {
            Target::Rows { rows, .. } => rows.write_coco(out, place, coco).map(|()| 0),
            Target::Annotations(annotations) => annotations.coco(out, place, coco, runs),
        }
    }

    /// Returns how many masks were left out, being empty.
    fn runs(&mut self, out: &mut Vec<u8>, place: Place<'_>, mask: MaskRuns<'_>) -> Result<u64> {
        match self {
            Target::Rows { rows, ids } => {
                if rows.has_ids() {
                    ids.check(place)?;
                }
                rows.write(out, place, mask).map(|()| 0)
            }
            Target::Annotations(annotations) => annotations
                .runs(out, place, mask)
                .with_context(|| format!("mask {}", place.index)),
        }
    }
}

/// How many runs a COCO string holds: a count ends where no continuation bit is set, and the first
/// may be of no pixels.
fn runs_of(counts: &str) -> u64 {
    let ends = counts
        .bytes()
        .filter(|byte| byte.wrapping_sub(48) & 0x20 == 0)
        .count() as u64;
    ends - u64::from(counts.starts_with('0'))
}
