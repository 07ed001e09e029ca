//! The passes from starts to COCO's strings, areas and boxes.

use libtest_mimic::Failed;
use maskrle::gpu::passes::{BLOCK_WORDS, Binding, CHARACTERS, MEASURE, MEASURES, Params};

use crate::compaction::exclusive_sum;
use crate::support::Random;
use crate::{Bench, equal, words_of};

/// Masks of one size, by their starts.
struct Given {
    height: u32,
    pixels: u32,
    starts: Vec<u32>,
    /// The total, and where each mask's starts begin.
    summary: Vec<u32>,
    /// 1 for each mask whose first pixel is foreground.
    firsts: Vec<u32>,
}

/// What the passes make of them.
struct Expected {
    characters: Vec<u8>,
    /// Characters of each start.
    lengths: Vec<u32>,
    measures: Vec<u32>,
}

impl Given {
    /// Masks of this height and width, of at most so many starts each.
    fn new([height, width]: [u32; 2], most: &[u64], random: &mut Random) -> Self {
        let pixels = height * width;
        let mut given = Given {
            height,
            pixels,
            starts: Vec::new(),
            summary: vec![0],
            firsts: Vec::new(),
        };
        for &most in most {
            given.summary.push(given.starts.len() as u32);
            given.firsts.push(random.below(2) as u32);
            // Near each other or far apart, so that differences are of all lengths and both signs.
            let within =
                [u64::from(pixels), 1 + u64::from(pixels) / 1000][random.below(2) as usize];
            let mut starts: Vec<u32> = (1..most)
                .map(|_| match random.below(3) {
                    0 => random.below(within) as u32,
                    1 => pixels - 1 - random.below(within) as u32,
                    _ => random.below(pixels.into()) as u32,
                })
                .chain([0])
                .collect();
            starts.sort_unstable();
            starts.dedup();
            given.starts.extend(starts);
        }
        given.summary[0] = given.starts.len() as u32;
        given
    }

    fn total(&self) -> u32 {
        self.summary[0]
    }

    fn blocks(&self) -> u32 {
        self.total().div_ceil(BLOCK_WORDS)
    }

    /// The plain loop.
    fn expected(&self) -> Expected {
        let (mut characters, mut lengths) = (Vec::new(), Vec::new());
        let mut measures = vec![0, self.total()];
        for (mask, &first) in self.firsts.iter().enumerate() {
            let begin = self.summary[1 + mask] as usize;
            let end = self.summary.get(2 + mask).unwrap_or(&self.summary[0]);
            let starts = &self.starts[begin..*end as usize];
            let ends = starts[1..].iter().chain([&self.pixels]);
            let mut counts: Vec<i64> = vec![0; first as usize];
            let mut of_mask = [characters.len() as u32, 0, 0, 0, u32::MAX, 0];
            for (&start, &end) in starts.iter().zip(ends) {
                let before = characters.len();
                if counts.len() == 1 && start == 0 {
                    characters.push(b'0');
                }
                let count = i64::from(end - start);
                let difference = match counts.len() {
                    0..3 => count,
                    index => count - counts[index - 2],
                };
                write(difference, &mut characters);
                lengths.push((characters.len() - before) as u32);
                if counts.len() % 2 == 1 {
                    measure(&mut of_mask, [start, end], self.height);
                }
                counts.push(count);
            }
            if of_mask[1] == 0 {
                of_mask[4] = 0;
            }
            measures.extend(of_mask);
        }
        Expected {
            characters,
            lengths,
            measures,
        }
    }
}

/// Adds a run of foreground to area, rows and columns.
fn measure(of_mask: &mut [u32; 6], [start, end]: [u32; 2], height: u32) {
    let [_, area, rows, bottom, left, right] = of_mask;
    let [columns, within] = [
        [start, end - 1].map(|at| at / height),
        [start, end - 1].map(|at| at % height),
    ];
    let [top, lowest] = match columns[0] == columns[1] {
        true => within,
        false => [0, height - 1],
    };
    *area += end - start;
    *rows = (*rows).max(height - top);
    *bottom = (*bottom).max(lowest + 1);
    *left = (*left).min(columns[0]);
    *right = (*right).max(columns[1]);
}

/// As cocoapi's `rleToString` writes a number.
fn write(mut number: i64, characters: &mut Vec<u8>) {
    loop {
        let group = (number & 31) as u8;
        number >>= 5;
        let is_last = number == if group & 16 != 0 { -1 } else { 0 };
        characters.push(48 + group + if is_last { 0 } else { 32 });
        if is_last {
            return;
        }
    }
}

/// Runs of few masks and of many, of all lengths: one mask of as many starts as two groups of
/// blocks have is left to the scan's own test.
fn cases() -> Vec<Given> {
    let mut random = Random(21);
    let few = |count: u64| -> Vec<u64> { (0..count).map(|index| 1 + index % 6).collect() };
    let (some, many) = (few(40), few(900));
    [
        ([7, 9], &some[..]),
        ([1, 1], &[1, 1, 1]),
        ([1, 700], &[300, 5, 2, 1, 700]),
        ([700, 1], &[300, 5, 2, 1, 700]),
        ([11, 13], &many),
        ([1000, 900], &[5000, 1, 3, 20_000, 2, 7]),
        ([65_535, 65_537], &[2, 3, 4, 5, 9, 1, 3000, 4, 4]),
        ([1, u32::MAX], &[2, 3, 4, 5, 9, 1, 3000, 4, 4]),
        ([u32::MAX, 1], &[2, 3, 4, 5, 9, 1, 3000, 4, 4]),
    ]
    .into_iter()
    .map(|(size, most)| Given::new(size, most, &mut random))
    .collect()
}

fn params(given: &Given, capacity: u32, characters: u32) -> Vec<u32> {
    words_of(&Params {
        stripes: given.firsts.len() as u32,
        blocks: given.blocks(),
        capacity,
        height: given.height,
        pixels: given.pixels,
        characters,
        ..Default::default()
    })
}

/// Blocks and measures that the first pass makes.
fn measured(bench: &Bench, given: &Given, capacity: u32) -> [Vec<u32>; 2] {
    let [of_all, of_a_mask] = MEASURES.map(|words| words as usize);
    let out = vec![0; of_all + of_a_mask * given.firsts.len()];
    let blocks = vec![u32::MAX; given.blocks() as usize];
    let inputs = [
        (Binding::Params, &params(given, capacity, 0)[..]),
        (Binding::Blocks, &blocks[..]),
        (Binding::Summary, &given.summary[..]),
        (Binding::Starts, &given.starts[..]),
        (Binding::Values, &given.firsts[..]),
        (Binding::Measures, &out[..]),
    ];
    let written = bench.run(&MEASURE, &[], given.blocks(), &inputs);
    let [blocks, measures] = written.try_into().expect("two buffers");
    [blocks.1, measures.1]
}

pub fn measures(bench: &Bench) -> Result<(), Failed> {
    for mut given in cases() {
        let Expected {
            lengths,
            mut measures,
            ..
        } = given.expected();
        let blocks: Vec<u32> = lengths
            .chunks(BLOCK_WORDS as usize)
            .map(|block| block.iter().sum())
            .collect();
        // The next pass writes where strings begin.
        measures
            .iter_mut()
            .skip(2)
            .step_by(6)
            .for_each(|at| *at = 0);
        let case = format!("{} starts, height {}", given.total(), given.height);
        let [of_blocks, of_masks] = measured(bench, &given, given.total());
        equal(&format!("blocks, {case}"), &of_blocks, &blocks)?;
        equal(&format!("measures, {case}"), &of_masks, &measures)?;
        // Nothing where there are more starts than room.
        let none = measured(bench, &given, given.total() - 1);
        if none.concat().iter().any(|&word| word != 0) {
            return Err(format!("more starts than there is room for, {case}").into());
        }
        // A start that is behind the next one.
        let last = given.starts.len() - 1;
        if given.starts[last] > 0 {
            given.starts[last] = given.pixels;
            let [_, of_masks] = measured(bench, &given, given.total());
            if of_masks[1] >= given.total() {
                return Err(format!("a run without pixels is in order, {case}").into());
            }
        }
    }
    Ok(())
}

pub fn characters(bench: &Bench) -> Result<(), Failed> {
    let mut longest = 0;
    for given in cases() {
        let expected = given.expected();
        longest = longest.max(expected.lengths.iter().copied().max().unwrap_or(0));
        let blocks: Vec<u32> = expected
            .lengths
            .chunks(BLOCK_WORDS as usize)
            .map(|block| block.iter().sum())
            .collect();
        let groups = blocks.chunks(BLOCK_WORDS as usize).map(exclusive_sum);
        let (blocks, totals): (Vec<_>, Vec<_>) = groups.unzip();
        let mut bytes = expected.characters.clone();
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        let text: Vec<u32> = bytemuck::pod_collect_to_vec(&bytes);
        // Room for all, and for half.
        for room in [text.len(), text.len() / 2] {
            let out = vec![0; text.len() + 1];
            let mut measures = expected.measures.clone();
            let begins: Vec<u32> = measures.iter().copied().skip(2).step_by(6).collect();
            measures
                .iter_mut()
                .skip(2)
                .step_by(6)
                .for_each(|at| *at = 0);
            let inputs = [
                (
                    Binding::Params,
                    &params(&given, given.total(), room as u32)[..],
                ),
                (Binding::Blocks, &blocks.concat()[..]),
                (Binding::Totals, &totals[..]),
                (Binding::Summary, &given.summary[..]),
                (Binding::Starts, &given.starts[..]),
                (Binding::Values, &given.firsts[..]),
                (Binding::Measures, &measures[..]),
                (Binding::Characters, &out[..]),
            ];
            let written = bench.run(&CHARACTERS, &[], given.blocks(), &inputs);
            let case = format!("{} starts, room for {room} words", given.total());
            let mut text = text.clone();
            text[room..].fill(0);
            text.push(0);
            equal(&format!("characters, {case}"), &written[1].1, &text)?;
            measures[0] = expected.characters.len() as u32;
            for (mask, begin) in begins.into_iter().enumerate() {
                measures[2 + 6 * mask] = begin;
            }
            equal(&format!("measures, {case}"), &written[0].1, &measures)?;
        }
    }
    // And one before a first run of foreground.
    if longest < 7 {
        return Err(format!("no run has more than {longest} characters").into());
    }
    Ok(())
}
