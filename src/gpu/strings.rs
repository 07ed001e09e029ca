//! COCO's strings that the device has written, with the areas and boxes of their masks.

use std::ops::Range;
use std::sync::atomic::Ordering;

use super::budget::words_of_measures;
use super::device::GpuDevice;
use super::faults::Fault;
use super::passes::MEASURES;
use super::plan::Chunk;
use super::readback::{ChunkRuns, ReadWords, Readback};
use super::record::{Contents, Strings};
use crate::Result;

/// Most characters that are expected of a thousand starts: of more the strings would hardly be
/// fewer bytes than the starts, of four each.
const MOST_EXPECTED: u64 = 3000;
/// Words of a mask's measures.
const A_MASK: usize = MEASURES[1] as usize;

/// Strings of a chunk's masks, or the runs of which the host makes them.
#[derive(Debug)]
pub(crate) enum ChunkStrings {
    Written(WrittenStrings),
    Runs(ChunkRuns),
}

/// Strings of masks, one after the other.
#[derive(Debug)]
pub(crate) struct WrittenStrings {
    /// Four characters a word, as they lie in the device's memory.
    words: Vec<u32>,
    pub(crate) masks: Vec<WrittenMask>,
}

/// A mask whose string the device has written. Nothing of it is checked beyond its bounds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct WrittenMask {
    pub(crate) mask: usize,
    /// Its characters among those of all.
    pub(crate) characters: Range<usize>,
    pub(crate) runs: u32,
    pub(crate) begins_with_foreground: bool,
    pub(crate) area: u32,
    /// `[x, y, width, height]`.
    pub(crate) bbox: [u32; 4],
}

impl WrittenStrings {
    pub(crate) fn characters(&self, of: &WrittenMask) -> &[u8] {
        &bytemuck::cast_slice(&self.words)[of.characters.clone()]
    }
}

/// The contents of a chunk's readback, if strings of this many starts are fewer bytes than the
/// starts, as of masks of many runs.
pub(super) fn expected_strings(gpu: &GpuDevice, chunk: &Chunk, starts: u64) -> Option<Contents> {
    let density = gpu.characters.load(Ordering::Relaxed);
    if density > MOST_EXPECTED {
        // Nearer to it with each chunk, so that strings are tried again.
        gpu.characters
            .store(density - density / 64, Ordering::Relaxed);
        return None;
    }
    strings_at_density(chunk.words, chunk.placed.len() as u64, starts, density)
        .map(Contents::Strings)
}

/// Strings of at most `starts` starts, if the last ones had `density` characters a thousand starts.
fn strings_at_density(words: u32, masks: u64, starts: u64, density: u64) -> Option<Strings> {
    let strings = Strings {
        starts,
        characters: (starts * density).div_ceil(4000).min(words.into()),
        values: masks,
        measures: words_of_measures(masks),
    };
    (strings.characters + strings.measures < starts).then_some(strings)
}

impl Readback {
    /// Reads the strings of masks of this height and width, or, where there are more starts or
    /// characters than were expected, their runs.
    pub(super) fn read_strings(&mut self, size: [u32; 2]) -> Result<ChunkStrings> {
        let mut words = self.read_mapped(self.contents)?;
        let total = self.total(&words)?;
        if let Contents::Strings(strings) = self.contents {
            if u64::from(total) <= strings.starts {
                let characters = self.number_of_characters(&mut words, total)?;
                if characters.div_ceil(4) <= strings.characters as usize {
                    let written = self.take_strings(words, characters, total, size);
                    return written.map(ChunkStrings::Written);
                }
            }
            // None of them are starts, which are all on the device still.
            words.contents.clear();
        }
        self.take(words, total).map(ChunkStrings::Runs)
    }

    /// The number of characters, of which the next chunk's is expected.
    fn number_of_characters(&self, words: &mut ReadWords, total: u32) -> Result<usize> {
        self.inject(words);
        let &[characters, in_order, ..] = &words.measures[..] else {
            return Err(self.gpu.fault("no measures came back"));
        };
        if in_order != total {
            return Err(self
                .gpu
                .fault(format!("{in_order} of {total} runs are in order")));
        }
        // One to seven a run, and one before a first run of foreground.
        if characters < total || u64::from(characters) > 8 * u64::from(total) {
            return Err(self
                .gpu
                .fault(format!("{characters} characters of {total} runs")));
        }
        let density = u64::from(characters) * 1000 / u64::from(total);
        self.gpu.characters.store(density, Ordering::Relaxed);
        Ok(characters as usize)
    }

    /// Strings of masks with their measures.
    fn take_strings(
        &self,
        words: ReadWords,
        characters: usize,
        total: u32,
        size: [u32; 2],
    ) -> Result<WrittenStrings> {
        let (measures, _) = words.measures[MEASURES[0] as usize..].as_chunks::<A_MASK>();
        let begins = measures.iter().map(|&[begin, ..]| begin as usize);
        let ends = begins.clone().skip(1).chain([characters]);
        let first_runs = &words.summary[1..];
        let runs_end = first_runs[1..].iter().chain([&total]);
        let mut masks = Vec::with_capacity(measures.len());
        let mut end_before = 0;
        for (index, (((begin, end), placed), runs_end)) in begins
            .zip(ends)
            .zip(&self.chunk.placed)
            .zip(runs_end)
            .enumerate()
        {
            let wrong = |what: &str| {
                let mask = placed.mask;
                Err(self
                    .gpu
                    .fault(format!("the {what} of mask {mask} is wrong")))
            };
            if begin != end_before || end <= begin || end > characters {
                return wrong("string");
            }
            let Some((area, bbox)) = measured(measures[index], size) else {
                return wrong("box");
            };
            masks.push(WrittenMask {
                mask: placed.mask,
                characters: begin..end,
                runs: runs_end.wrapping_sub(first_runs[index]),
                begins_with_foreground: words.values[index] != 0,
                area,
                bbox,
            });
            end_before = end;
        }
        Ok(WrittenStrings {
            words: words.contents,
            masks,
        })
    }

    /// Makes characters wrong, if a test injects it.
    fn inject(&self, words: &mut ReadWords) {
        let faults = &self.gpu.faults;
        if faults.strikes(Fault::WrongCharacter) {
            words.contents[0] ^= 1;
        }
        if faults.strikes(Fault::MissingCharacters) {
            let last = words.measures[0].div_ceil(4) as usize - 1;
            words.contents[last] = 0;
        }
        if faults.strikes(Fault::StartsOutOfOrder) {
            words.measures[1] -= 1;
        }
    }
}

/// Area and box of a mask of this height and width, as the device has measured it; none where no
/// mask has them.
fn measured(
    [_, area, rows, bottom, left, right]: [u32; A_MASK],
    [height, width]: [u32; 2],
) -> Option<(u32, [u32; 4])> {
    if area == 0 {
        return Some((0, [0; 4]));
    }
    let top = height.checked_sub(rows)?;
    let [box_height, box_width] = [bottom.checked_sub(top)?, right.checked_sub(left)? + 1];
    let is_possible = bottom <= height
        && right < width
        && u64::from(area) <= u64::from(box_height) * u64::from(box_width);
    is_possible.then_some((area, [left, top, box_width, box_height]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Strings come back where they and the measures are fewer bytes than the starts.
    #[test]
    fn strings_are_expected_where_they_are_fewer_bytes() {
        for (words, masks, starts, density, expected) in [
            (100_000, 3, 10_000, 2000, Some(5000)),
            (100_000, 3, 10_000, 1300, Some(3250)),
            (100_000, 3, 10_001, 1300, Some(3251)),
            (100_000, 1200, 10_000, 1300, None),
            (100_000, 625, 10_000, 2500, None),
            (100_000, 624, 10_000, 2500, Some(6250)),
            (2000, 3, 10_000, 2500, Some(2000)),
            (100_000, 1, 8, 2000, None),
        ] {
            let strings = strings_at_density(words, masks, starts, density);
            let case = format!("{words} words, {masks} masks, {starts} starts, {density}");
            assert_eq!(
                strings.map(|strings| strings.characters),
                expected,
                "{case}"
            );
        }
    }

    #[test]
    fn measures_are_those_of_a_mask() {
        for (measures, expected) in [
            ([9, 0, 7, 7, 7, 7], Some((0, [0; 4]))),
            // Rows 2 to 4 and columns 1 to 3 of five rows and seven columns.
            ([9, 9, 3, 5, 1, 3], Some((9, [1, 2, 3, 3]))),
            ([9, 10, 3, 5, 1, 3], None),
            ([9, 9, 3, 6, 1, 3], None),
            ([9, 9, 6, 5, 1, 3], None),
            ([9, 1, 3, 1, 1, 3], None),
            ([9, 1, 3, 5, 4, 3], None),
            ([9, 1, 3, 5, 6, 6], Some((1, [6, 2, 1, 3]))),
            ([9, 1, 3, 5, 6, 7], None),
        ] {
            assert_eq!(measured(measures, [5, 7]), expected, "{measures:?}");
        }
    }
}
