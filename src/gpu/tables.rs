//! Parameters and tables of a chunk's passes: one upload, of which each pass binds its parts.

use super::kept_groups::Part;
use super::layout::{Kernel, StripeTable};
use super::passes::{BLOCK_WORDS, Params, Stripe, float_terms};
use super::plan::Chunk;
use super::windows::Window;
use crate::predicate::Predicate;

/// Parts that one dispatch binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct PassParts {
    pub(super) params: Part,
    pub(super) stripes: Part,
    /// Of masks that are resampled.
    pub(super) resampled: Part,
    pub(super) taps: Part,
}

impl PassParts {
    pub(super) fn all(&self) -> [Part; 4] {
        [self.params, self.stripes, self.resampled, self.taps]
    }
}

/// Parts of a chunk.
#[derive(Debug, Default)]
pub(super) struct ChunkParts {
    /// Of each window, those of its flag passes in order.
    pub(super) windows: Vec<Vec<PassParts>>,
    /// Of the passes over the chunk as a whole.
    pub(super) whole: PassParts,
    /// Of those that write strings.
    pub(super) strings: PassParts,
}

/// The upload of a chunk.
#[derive(Debug, Default)]
pub(super) struct ChunkTables {
    pub(super) bytes: Vec<u8>,
    pub(super) parts: ChunkParts,
}

/// An upload to which parts are added.
struct Upload {
    bytes: Vec<u8>,
    /// Bytes of which the first byte of every part is a multiple.
    alignment: usize,
}

/// Least bytes of a part: a table of no entry is bound too.
const LEAST: usize = 16;

impl Upload {
    fn add<T: bytemuck::NoUninit>(&mut self, data: &[T]) -> Part {
        let offset = self.bytes.len().next_multiple_of(self.alignment);
        self.bytes.resize(offset, 0);
        self.bytes.extend_from_slice(bytemuck::cast_slice(data));
        let end = self.bytes.len().max(offset + LEAST);
        self.bytes.resize(end, 0);
        Part {
            offset: offset as u64,
            bytes: (end - offset) as u64,
        }
    }

    /// The parts of a flag pass over the stripes of `table`.
    fn add_flag_pass(
        &mut self,
        window: &Window,
        table: &StripeTable,
        predicate: Params,
    ) -> PassParts {
        let stripes = &table.stripes;
        let [tasks_each, words_each, step] = steps(stripes, table.tasks).unwrap_or_default();
        let params = Params {
            tasks: table.tasks,
            stripes: stripes.len() as u32,
            tasks_each,
            words_each,
            step,
            ..predicate
        };
        let mut parts = PassParts {
            params: self.add(&[params]),
            stripes: self.add(least_stripes(stripes, tasks_each)),
            ..PassParts::default()
        };
        if table.kernel == Kernel::Resampled {
            parts.resampled = self.add(&window.resampled.masks);
            parts.taps = self.add(&window.resampled.taps);
        }
        parts
    }
}

impl ChunkTables {
    /// The upload of a chunk, whose parts begin at multiples of `alignment` bytes.
    pub(super) fn new(
        chunk: &Chunk,
        predicate: Predicate,
        strings: Option<Params>,
        alignment: u32,
    ) -> Self {
        let mut upload = Upload {
            bytes: Vec::new(),
            alignment: alignment as usize,
        };
        let of_predicate = predicate_params(predicate, chunk.element_bits);
        let mut windows = Vec::with_capacity(chunk.windows.len());
        for window in &chunk.windows {
            let tables = window.tables.iter();
            let parts = tables.map(|table| upload.add_flag_pass(window, table, of_predicate));
            windows.push(parts.collect::<Vec<_>>());
        }
        let params = upload.add(&[compact_params(chunk, 0)]);
        let stripes = match (only_table(chunk), windows.last()) {
            // It has all masks of the chunk, in order.
            (Some(_), Some(parts)) => parts[0].stripes,
            _ => upload.add(&chunk.table()),
        };
        let whole = PassParts {
            params,
            stripes,
            ..PassParts::default()
        };
        let strings = PassParts {
            params: strings.map_or(Part::default(), |params| upload.add(&[params])),
            ..PassParts::default()
        };
        ChunkTables {
            bytes: upload.bytes,
            parts: ChunkParts {
                windows,
                whole,
                strings,
            },
        }
    }
}

/// The table that has all masks of the chunk; none where several passes flag them. Of a mask in
/// several windows, the last one's.
fn only_table(chunk: &Chunk) -> Option<&StripeTable> {
    match &chunk.windows.last()?.tables[..] {
        [table] => Some(table),
        _ => None,
    }
}

/// Tasks, words of bits and elements from each stripe to the next, where these are all that
/// differs: then the first stripe tells the others.
fn steps(stripes: &[Stripe], tasks: u32) -> Option<[u32; 3]> {
    let first = stripes.first()?;
    let second = stripes.get(1).unwrap_or(first);
    let tasks_each = tasks / stripes.len() as u32;
    let words_each = second.first_word - first.first_word;
    let step = second.first_row_at.wrapping_sub(first.first_row_at);
    let is_told = |(index, stripe): (u32, &Stripe)| {
        let steps = index.wrapping_mul(step);
        *stripe
            == Stripe {
                first: index * tasks_each,
                first_word: first.first_word + index.wrapping_mul(words_each),
                first_row_at: first.first_row_at.wrapping_add(steps),
                last_row_at: first.last_row_at.wrapping_add(steps),
                ..*first
            }
    };
    let are_told = (0..).zip(stripes).all(is_told);
    (are_told && tasks_each > 0).then_some([tasks_each, words_each, step])
}

/// The stripes that are uploaded: the first alone if it tells the others.
fn least_stripes(stripes: &[Stripe], tasks_each: u32) -> &[Stripe] {
    match tasks_each {
        0 => stripes,
        _ => &stripes[..1],
    }
}

/// Parameters of the passes over a chunk as a whole, of the starts from `first_start` on.
pub(super) fn compact_params(chunk: &Chunk, first_start: u32) -> Params {
    let masks = chunk.placed.len() as u32;
    let steps = only_table(chunk).and_then(|table| steps(&table.stripes, table.tasks));
    let [_, words_each, step] = steps.unwrap_or_default();
    Params {
        tasks: chunk.words,
        stripes: masks,
        blocks: chunk.words.div_ceil(BLOCK_WORDS),
        first_start,
        capacity: chunk.words,
        // Words are its tasks.
        tasks_each: steps.map_or(0, |_| chunk.words / masks),
        words_each,
        step,
        ..Params::default()
    }
}

/// Parameters that the predicate makes.
fn predicate_params(predicate: Predicate, element_bits: u32) -> Params {
    let Predicate::Above(threshold) = predicate else {
        return Params::default();
    };
    let shift = 32 - element_bits;
    let [positive, negative, infinite] = float_terms(
        element_bits,
        threshold.bits() >> shift,
        threshold.infinity_bits() >> shift,
    );
    Params {
        positive,
        negative,
        infinite,
        ..Params::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripes(count: u32) -> Vec<Stripe> {
        let stripe = |index| Stripe {
            first: 7 * index,
            first_word: 5 * index,
            first_row_at: 3 + 100 * index,
            last_row_at: 93 + 100 * index,
            ..Stripe::default()
        };
        (0..count).map(stripe).collect()
    }

    #[test]
    fn a_stripe_tells_the_others_where_all_steps_are_equal() {
        assert_eq!(steps(&stripes(1), 7), Some([7, 0, 0]));
        for count in [2, 3, 100] {
            let even = stripes(count);
            assert_eq!(steps(&even, 7 * count), Some([7, 5, 100]));
            let last = count as usize - 1;
            let changes: [fn(&mut Stripe); 4] = [
                |stripe| stripe.first += 1,
                |stripe| stripe.last_row_at += 1,
                |stripe| stripe.width += 1,
                |stripe| stripe.highest_first += 1,
            ];
            for change in changes {
                let mut odd = even.clone();
                change(&mut odd[last]);
                assert_eq!(steps(&odd, 7 * count), None, "{count}");
            }
        }
        assert_eq!(steps(&[], 0), None);
    }

    #[test]
    fn parts_are_aligned_and_never_empty() {
        let mut upload = Upload {
            bytes: Vec::new(),
            alignment: 256,
        };
        for (words, offset, bytes) in [(3, 0, 16), (64, 256, 256), (65, 512, 260), (0, 1024, 16)] {
            let part = upload.add(&vec![1u32; words]);
            assert_eq!(part, Part { offset, bytes }, "{words} words");
        }
        assert_eq!(upload.bytes.len(), 1040);
    }
}
