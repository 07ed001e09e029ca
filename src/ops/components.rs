//! Pixels of a mask that hang together, found by union-find over the blocks of its runs.

use std::ops::Range;

use super::merge::require_binary;
use super::spans::{mask_of, push_spans, span_of};
use crate::Result;
use crate::limits::Limits;
use crate::runs::{Block, MaskRuns, MaskView, Runs, Values, foreground_blocks};

/// Neighbours of a pixel that belong to its component.
///
/// ```
/// use maskrle::{Connectivity, MaskRuns, Order};
///
/// let corners = MaskRuns::from_counts([2, 2], Order::RowMajor, [0, 1, 2, 1])?;
/// assert_eq!(corners.connected_components(Connectivity::Four)?.len(), 2);
/// assert_eq!(corners.connected_components(Connectivity::Eight)?.len(), 1);
/// # Ok::<(), maskrle::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
pub enum Connectivity {
    /// Pixels that share an edge with it.
    Four,
    /// Pixels that share an edge or a corner.
    Eight,
}

/// A binary mask's foreground by components, which are numbered in scan order of their first
/// pixels.
pub(super) struct Components<'a> {
    mask: MaskView<'a>,
    /// The foreground, in scan order.
    blocks: Vec<Block>,
    /// Number of each block's component.
    numbers: Vec<u32>,
    count: usize,
}

impl<'a> Components<'a> {
    pub(super) fn new(mask: MaskView<'a>, connectivity: Connectivity) -> Result<Self> {
        require_binary(&mask)?;
        let mut foreground = Vec::with_capacity(mask.len() / 2);
        foreground_blocks(&mask, |block| foreground.push(block));
        let (numbers, count) = sets(&foreground, connectivity).into_numbers();
        Ok(Components {
            mask,
            blocks: foreground,
            numbers,
            count,
        })
    }

    /// Number of pixels of each component.
    pub(super) fn areas(&self) -> Vec<u64> {
        let mut areas = vec![0; self.count];
        for (block, &number) in self.blocks.iter().zip(&self.numbers) {
            let [lines, within] =
                [&block.lines, &block.within].map(|range| u64::from(range.end - range.start));
            areas[number as usize] += lines * within;
        }
        areas
    }

    /// True for each component that reaches a border of the mask.
    pub(super) fn at_border(&self) -> Vec<bool> {
        let [length, count] = self.mask.lines();
        let mut at_border = vec![false; self.count];
        for (Block { lines, within, .. }, &number) in self.blocks.iter().zip(&self.numbers) {
            at_border[number as usize] |=
                lines.start == 0 || lines.end == count || within.start == 0 || within.end == length;
        }
        at_border
    }

    /// The mask of all components that are to be kept.
    pub(super) fn keep(&self, keep: impl Fn(usize) -> bool) -> MaskRuns {
        let length = self.mask.lines()[0];
        let kept = self.blocks.iter().zip(&self.numbers);
        let kept = kept.filter(|&(_, &number)| keep(number as usize));
        mask_of(kept.map(|(block, _)| span_of(block, length)), &self.mask)
    }

    /// A mask of each component.
    pub(super) fn split(&self, limits: &Limits) -> Result<Runs> {
        limits.check_masks(self.count as u64)?;
        limits.check_runs(self.count as u64 + 2 * self.blocks.len() as u64)?;
        let length = self.mask.lines()[0];
        let (ends, sorted) = self.by_component();
        let (mut offsets, mut starts, mut first) = (vec![0], Vec::new(), Vec::new());
        let mut from = 0;
        for end in ends {
            let spans = sorted[from..end].iter();
            let spans = spans.map(|&block| span_of(&self.blocks[block as usize], length));
            first.push(push_spans(&mut starts, spans, self.mask.pixels()));
            offsets.push(starts.len() as u64);
            from = end;
        }
        let sizes = vec![self.mask.size(); self.count];
        let values = Values::Binary(first);
        Ok(Runs::new(self.mask.order(), sizes, offsets, starts, values))
    }

    /// Indices of blocks, those of a component together and in scan order, and where each
    /// component's end: a counting sort.
    fn by_component(&self) -> (Vec<usize>, Vec<u32>) {
        let mut places = vec![0; self.count + 1];
        for &number in &self.numbers {
            places[number as usize + 1] += 1;
        }
        for number in 0..self.count {
            places[number + 1] += places[number];
        }
        let mut sorted = vec![0; self.blocks.len()];
        for (block, &number) in self.numbers.iter().enumerate() {
            sorted[places[number as usize]] = block as u32;
            places[number as usize] += 1;
        }
        // Each place has moved on to its component's end.
        places.pop();
        (places, sorted)
    }
}

/// Blocks of foreground in scan order, those joined that hang together.
fn sets(blocks: &[Block], connectivity: Connectivity) -> Sets {
    // Pixels beyond a block's end that touch it on the next line.
    let reach = match connectivity {
        Connectivity::Four => 0,
        Connectivity::Eight => 1,
    };
    let mut sets = Sets::new(blocks.len() as u32);
    let (mut before, mut from) = (0..0, 0);
    for line in blocks.chunk_by(|a, b| a.lines.start == b.lines.start) {
        let here = from..from + line.len();
        if before.end > 0 && blocks[before.start].lines.end == line[0].lines.start {
            join_lines(blocks, before, here.clone(), reach, &mut sets);
        }
        from = here.end;
        before = here;
    }
    sets
}

/// Joins the blocks of a line with those of the line before that touch them. Blocks of one line
/// never touch.
fn join_lines(
    blocks: &[Block],
    before: Range<usize>,
    here: Range<usize>,
    reach: u64,
    sets: &mut Sets,
) {
    let (mut i, mut j) = (before.start, here.start);
    while i < before.end && j < here.end {
        let (a, b) = (&blocks[i].within, &blocks[j].within);
        let touches =
            |a: &Range<u32>, b: &Range<u32>| u64::from(a.start) < u64::from(b.end) + reach;
        if touches(a, b) && touches(b, a) {
            sets.join(i as u32, j as u32);
        }
        // The one that ends first touches none of the other line's later ones.
        if a.end < b.end {
            i += 1;
        } else {
            j += 1;
        }
    }
}

/// Disjoint sets of numbers. Each has its least as root.
struct Sets {
    /// A number of the same set, and less, or itself for a root.
    parents: Vec<u32>,
}

impl Sets {
    fn new(count: u32) -> Self {
        Sets {
            parents: (0..count).collect(),
        }
    }

    fn root(&mut self, mut number: u32) -> u32 {
        loop {
            let parent = self.parents[number as usize];
            if parent == number {
                return number;
            }
            // Halves the path for those who come after.
            let above = self.parents[parent as usize];
            self.parents[number as usize] = above;
            number = above;
        }
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.parents[a.max(b) as usize] = a.min(b);
    }

    /// The sets numbered in the order of their roots: the number of each member's, and how many.
    fn into_numbers(self) -> (Vec<u32>, usize) {
        let mut numbers = self.parents;
        let mut count = 0;
        for member in 0..numbers.len() {
            let parent = numbers[member] as usize;
            // A parent is less, so it has its number already.
            numbers[member] = if parent == member {
                count += 1;
                count - 1
            } else {
                numbers[parent]
            };
        }
        (numbers, count as usize)
    }
}
