//! Pixels of a mask that hang together, found by union-find over spans of its runs.

use super::merge::spans;

use super::spans::{mask_of, push_spans};
use super::walk::Spans;
use crate::Result;
use crate::limits::Limits;
use crate::runs::{Lines, MaskRuns, MaskView, Runs, Values};

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
    /// The foreground in scan order, in spans that hang together each.
    spans: Vec<[u32; 2]>,
    /// Number of each span's component.
    numbers: Vec<u32>,
    count: usize,
}

impl<'a> Components<'a> {
    pub(super) fn new(mask: MaskView<'a>, connectivity: Connectivity) -> Result<Self> {
        let (spans, reaches) = whole_spans(spans(&mask)?, &mask, connectivity);
        let length = mask.lines()[0];
        let (numbers, count) = sets(&spans, &reaches, length).into_numbers();
        Ok(Components {
            mask,
            spans,
            numbers,
            count,
        })
    }

    /// Number of pixels of each component.
    pub(super) fn areas(&self) -> Vec<u64> {
        let mut areas = vec![0; self.count];
        for ([start, end], &number) in self.spans.iter().zip(&self.numbers) {
            areas[number as usize] += u64::from(end - start);
        }
        areas
    }

    /// True for each component that reaches a border of the mask.
    pub(super) fn at_border(&self) -> Vec<bool> {
        let mut at_border = vec![false; self.count];
        let [length, count] = self.mask.lines();
        let lines = Lines::new(length.max(1));
        for (&[start, end], &number) in self.spans.iter().zip(&self.numbers) {
            let [line, from] = lines.locate(start);
            let [last, to] = lines.locate(end);
            // A span that goes on to the next line is at the end of this one.
            at_border[number as usize] |=
                line == 0 || line + 1 == count || from == 0 || to == 0 || line != last;
        }
        at_border
    }

    /// The mask of all components that are to be kept.
    pub(super) fn keep(&self, keep: impl Fn(usize) -> bool) -> MaskRuns {
        let kept = self.spans.iter().zip(&self.numbers);
        let kept = kept.filter(|&(_, &number)| keep(number as usize));
        mask_of(kept.map(|(&span, _)| span), &self.mask)
    }

    /// A mask of each component.
    pub(super) fn split(&self, limits: &Limits) -> Result<Runs> {
        limits.check_masks(self.count as u64)?;
        limits.check_runs(self.count as u64 + 2 * self.spans.len() as u64)?;
        let (ends, sorted) = self.by_component();
        let (mut offsets, mut starts, mut first) = (vec![0], Vec::new(), Vec::new());
        let mut from = 0;
        for end in ends {
            let spans = sorted[from..end].iter();
            let spans = spans.map(|&span| self.spans[span as usize]);
            first.push(push_spans(&mut starts, spans, self.mask.pixels()));
            offsets.push(starts.len() as u64);
            from = end;
        }
        let sizes = vec![self.mask.size(); self.count];
        let values = Values::Binary(first);
        Ok(Runs::new(self.mask.order(), sizes, offsets, starts, values))
    }

    /// Indices of spans, those of a component together and in scan order, and where each
    /// component's end: a counting sort.
    fn by_component(&self) -> (Vec<usize>, Vec<u32>) {
        let mut places = vec![0; self.count + 1];
        for &number in &self.numbers {
            places[number as usize + 1] += 1;
        }
        for number in 0..self.count {
            places[number + 1] += places[number];
        }
        let mut sorted = vec![0; self.spans.len()];
        for (span, &number) in self.numbers.iter().enumerate() {
            sorted[places[number as usize]] = span as u32;
            places[number as usize] += 1;
        }
        // Each place has moved on to its component's end.
        places.pop();
        (places, sorted)
    }
}

/// The foreground of a binary mask, in spans that hang together each; and of each the pixels of its
/// lines that touch a neighbour's on the next line, where that is one line on.
fn whole_spans(
    foreground: Spans<'_>,
    mask: &MaskView<'_>,
    connectivity: Connectivity,
) -> (Vec<[u32; 2]>, Vec<[u32; 2]>) {
    let [mut spans, mut reaches] = [0; 2].map(|_| Vec::with_capacity(foreground.len()));
    let length = mask.lines()[0];
    let lines = Lines::new(length.max(1));
    // Pixels that touch beyond a span's ends; the ends of a line have none beyond them.
    let reach = u32::from(connectivity == Connectivity::Eight);
    for [start, end] in foreground.iter() {
        let [first, from] = lines.locate(start);
        let [last, to] = lines.locate(end);
        let touched = [
            start - if from > 0 { reach } else { 0 },
            end + if to > 0 { reach } else { 0 },
        ];
        // More pixels than a line has hang together, whatever line they start on; fewer that go
        // on to the next line may not.
        if first == last || to == 0 && last - first == 1 || end - start > length {
            spans.push([start, end]);
            reaches.push(touched);
        } else {
            let between = last * length;
            spans.extend([[start, between], [between, end]]);
            reaches.extend([[touched[0], between], [between, touched[1]]]);
        }
    }
    (spans, reaches)
}

/// Spans on lines of this length, those joined that hang together.
fn sets(spans: &[[u32; 2]], reaches: &[[u32; 2]], length: u32) -> Sets {
    let mut sets = Sets::new(spans.len() as u32);
    // A span, and one that may be on the lines below it.
    let (mut above, mut below) = (0, 0);
    while below < spans.len() {
        let [start, end] = spans[below];
        // On the line before; nothing is there for those of the first line.
        let end = end.saturating_sub(length);
        let [from, to] = reaches[above];
        if from < end && start < to.saturating_add(length) {
            sets.join(above as u32, below as u32);
        }
        // The one that ends first touches none of the other's later ones. Without branches: it is
        // hard to predict.
        let is_above = usize::from(spans[above][1] < end);
        above += is_above;
        below += 1 - is_above;
    }
    sets
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
