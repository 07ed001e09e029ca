//! The passes from bits to starts and their values.

use libtest_mimic::Failed;
use maskrle::gpu::passes::{BLOCK_WORDS, Binding, COMPACT, COMPACT_LABELS, Params, SCAN, Stripe};

use crate::flags::{stripe, words_of_stripe};
use crate::support::Random;
use crate::{Bench, equal, table, words_of};

pub fn ones_a_block(bits: &[u32]) -> Vec<u32> {
    bits.chunks(BLOCK_WORDS as usize)
        .map(|block| block.iter().map(|word| word.count_ones()).sum())
        .collect()
}

pub fn exclusive_sum(counts: &[u32]) -> (Vec<u32>, u32) {
    let mut total = 0;
    let mut sums = Vec::new();
    for count in counts {
        sums.push(total);
        total += count;
    }
    (sums, total)
}

pub fn scans(bench: &Bench) -> Result<(), Failed> {
    let mut random = Random(2);
    for blocks in [1, 2, 255, 256, 257, 1000, 1024, 1025, 100_000] {
        let counts: Vec<u32> = (0..blocks).map(|_| random.below(32_769) as u32).collect();
        let groups = counts.chunks(BLOCK_WORDS as usize).map(exclusive_sum);
        let (sums, totals): (Vec<_>, Vec<_>) = groups.unzip();
        let params = Params {
            blocks,
            ..Default::default()
        };
        let out = vec![u32::MAX; totals.len()];
        let inputs = [
            (Binding::Params, &words_of(&params)[..]),
            (Binding::Blocks, &counts[..]),
            (Binding::Totals, &out[..]),
        ];
        let written = bench.run(&SCAN, &[], totals.len() as u32, &inputs);
        equal(&format!("{blocks} blocks"), &written[0].1, &sums.concat())?;
        equal(
            &format!("the totals of {blocks} blocks"),
            &written[1].1,
            &totals,
        )?;
    }
    Ok(())
}

/// Bits of some masks, and what the passes before the compaction make of them.
struct Compacted {
    stripes: Vec<Stripe>,
    bits: Vec<u32>,
    blocks: Vec<u32>,
    totals: Vec<u32>,
    starts: Vec<u32>,
    /// The total, and where each mask's starts begin.
    summary: Vec<u32>,
}

impl Compacted {
    fn new(shapes: &[(u32, u32, bool)], one_in: u64) -> Self {
        let mut random = Random(3);
        let mut stripes: Vec<Stripe> = Vec::new();
        let (mut words, mut pixels) = (0, 0);
        for &(height, width, across) in shapes {
            let next = stripe(height, width, across, pixels, words);
            words += words_of_stripe(&next);
            pixels += height * width;
            stripes.push(next);
        }
        let mut bits = vec![0u32; words.next_multiple_of(4) as usize];
        let (mut starts, mut summary) = (Vec::new(), vec![0]);
        for stripe in &stripes {
            summary.push(starts.len() as u32);
            for position in 0..stripe.height * stripe.width {
                if position == 0 || random.below(one_in) == 0 {
                    let (line, within) =
                        (position / stripe.line_length, position % stripe.line_length);
                    bits[(stripe.first_word + line * stripe.words_per_line + within / 32)
                        as usize] |= 1 << (within % 32);
                    starts.push(position);
                }
            }
        }
        summary[0] = starts.len() as u32;
        let ones = ones_a_block(&bits);
        let (blocks, totals): (Vec<_>, Vec<_>) =
            ones.chunks(BLOCK_WORDS as usize).map(exclusive_sum).unzip();
        // Bits beyond the words must not be counted.
        let used = words as usize;
        bits[used..].fill(u32::MAX);
        Compacted {
            stripes,
            bits,
            blocks: blocks.concat(),
            totals,
            starts,
            summary,
        }
    }

    fn words(&self) -> u32 {
        self.stripes
            .last()
            .map_or(0, |last| last.first_word + words_of_stripe(last))
    }
}

const SHAPES: [(u32, u32, bool); 6] = [
    (300, 200, true),
    (2, 2, false),
    (1, 1, false),
    (5, 1000, false),
    (32, 40, true),
    (700, 90, true),
];

pub fn compacts(bench: &Bench) -> Result<(), Failed> {
    // The second is of more than one group of blocks.
    for (shapes, one_in) in [
        (SHAPES.to_vec(), 5),
        (vec![(7000, 5000, true), (1, 1, false)], 2000),
    ] {
        let made = Compacted::new(&shapes, one_in);
        let total = made.starts.len() as u32;
        let third = total / 3;
        // All in room enough, none in too little, and a range of starts.
        for (in_ranges, from, capacity, expected) in [
            (0, 0, total, &made.starts[..]),
            (0, 0, total - 1, &[]),
            (
                1,
                third,
                third,
                &made.starts[third as usize..2 * third as usize],
            ),
        ] {
            let params = Params {
                tasks: made.words(),
                stripes: made.stripes.len() as u32,
                blocks: made.blocks.len() as u32,
                first_start: from,
                capacity,
                ..Default::default()
            };
            let to_fill = vec![u32::MAX; made.summary.len()];
            let out = vec![u32::MAX; total as usize];
            let (params, table) = (words_of(&params), table(&made.stripes));
            let inputs = [
                (Binding::Params, &params[..]),
                (Binding::Stripes, &table[..]),
                (Binding::Bits, &made.bits[..]),
                (Binding::Blocks, &made.blocks[..]),
                (Binding::Totals, &made.totals[..]),
                (Binding::Summary, &to_fill[..]),
                (Binding::Starts, &out[..]),
            ];
            let written = bench.run(&COMPACT, &[in_ranges], made.blocks.len() as u32, &inputs);
            let unwritten = vec![u32::MAX; out.len() - expected.len()];
            equal("starts", &written[1].1, &[expected, &unwritten].concat())?;
            let begins = if expected.is_empty() {
                &to_fill[1..]
            } else {
                &made.summary[1..]
            };
            equal(
                "the total and where each mask begins",
                &written[0].1,
                &[&[total], begins].concat(),
            )?;
        }
    }
    Ok(())
}

/// Starts with the labels at them, of elements of all sizes: all of them, and a range.
pub fn compacts_labels(bench: &Bench) -> Result<(), Failed> {
    let made = Compacted::new(&SHAPES, 5);
    let mut random = Random(4);
    let count: u32 = SHAPES.iter().map(|(height, width, _)| height * width).sum();
    for element_bits in [8, 16, 32] {
        let per_word = 32 / element_bits;
        let pixels: Vec<u32> = (0..count.div_ceil(per_word))
            .map(|_| random.next() as u32)
            .collect();
        let label = |at: u32| {
            let word = pixels[(at / per_word) as usize] >> (at % per_word * element_bits);
            word & (u32::MAX >> (32 - element_bits))
        };
        let mut labels = Vec::new();
        for (index, stripe) in made.stripes.iter().enumerate() {
            let begin = made.summary[index + 1] as usize;
            let end = made.summary.get(index + 2);
            let end = end.map_or(made.starts.len(), |&end| end as usize);
            for &start in &made.starts[begin..end] {
                let Stripe { height, width, .. } = *stripe;
                let position = match stripe.across {
                    0 => start,
                    _ => start % height * width + start / height,
                };
                labels.push(label(stripe.first_row_at + position));
            }
        }
        let total = labels.len();
        for (in_ranges, range) in [(0, 0..total), (1, total / 3..total / 2)] {
            let params = Params {
                tasks: made.words(),
                stripes: made.stripes.len() as u32,
                blocks: made.blocks.len() as u32,
                first_start: range.start as u32,
                capacity: range.len() as u32,
                ..Default::default()
            };
            let (to_fill, out) = (vec![0; made.summary.len()], vec![u32::MAX; range.len()]);
            let (params, table) = (words_of(&params), table(&made.stripes));
            let inputs = [
                (Binding::Params, &params[..]),
                (Binding::Stripes, &table[..]),
                (Binding::Words, &pixels[..]),
                (Binding::Bits, &made.bits[..]),
                (Binding::Blocks, &made.blocks[..]),
                (Binding::Totals, &made.totals[..]),
                (Binding::Summary, &to_fill[..]),
                (Binding::Starts, &out[..]),
                (Binding::Values, &out[..]),
            ];
            let groups = made.blocks.len() as u32;
            let constants = [element_bits, in_ranges];
            let written = bench.run(&COMPACT_LABELS, &constants, groups, &inputs);
            equal("summary", &written[0].1, &made.summary)?;
            equal("starts", &written[1].1, &made.starts[range.clone()])?;
            equal("labels", &written[2].1, &labels[range])?;
        }
    }
    Ok(())
}
