//! The flag pass of resampled masks: samples and taps to bits, counts and first pixels. All numbers
//! are quarters and their products, which no device rounds.

use half::{bf16, f16};
use libtest_mimic::Failed;
use maskrle::gpu::passes::{Binding, FLAG_RESAMPLED, Params, Resampled, Stripe, Tap, float_terms};

use crate::compaction::ones_a_block;
use crate::flags::{bits_of, stripe, words_of_stripe};
use crate::support::Random;
use crate::{Bench, equal, table, words_of};

const THRESHOLD: f32 = 0.25;
/// Samples of a tap whose weights are not numbers.
const NOT_A_NUMBER: u32 = 1 << 31;

/// A mask's samples, and how its pixels are made of them.
struct Mask {
    own: [u32; 2],
    samples: Vec<f32>,
    window: [std::ops::Range<u32>; 2],
    taps: [Vec<Tap>; 2],
}

fn below(random: &mut Random, bound: u32) -> u32 {
    random.below(bound.into()) as u32
}

fn quarters(random: &mut Random, most: u32) -> f32 {
    below(random, most) as f32 / 4.0
}

impl Mask {
    fn new(random: &mut Random, target: [u32; 2]) -> Self {
        let own = [1 + below(random, 5), 1 + below(random, 6)];
        let samples = (0..own[0] * own[1]).map(|_| quarters(random, 9) - 1.0);
        let samples = samples.collect();
        let window = target.map(|side| {
            let begin = below(random, 3).min(side - 1);
            begin..side - below(random, 3).min(side - 1 - begin)
        });
        let taps = [0, 1].map(|axis: usize| {
            let tap = |_| {
                // From two before the samples to one after.
                let first = below(random, own[axis] + 3).wrapping_sub(2);
                let far = quarters(random, 4);
                if below(random, 20) == 0 {
                    return Tap {
                        samples: [NOT_A_NUMBER; 2],
                        weights: [f32::NAN; 2],
                    };
                }
                Tap {
                    samples: [first, first.wrapping_add(below(random, 2))],
                    weights: [1.0 - far, far],
                }
            };
            window[axis].clone().map(tap).collect()
        });
        Mask {
            own,
            samples,
            window,
            taps,
        }
    }

    fn sample(&self, row: u32, column: u32) -> f32 {
        let [rows, columns] = self.own;
        match row < rows && column < columns {
            true => self.samples[(row * columns + column) as usize],
            false => 0.0,
        }
    }

    /// 1 if a pixel of the target is foreground.
    fn pixel(&self, place: [u32; 2]) -> u32 {
        let [rows, columns] = &self.window;
        if !rows.contains(&place[0]) || !columns.contains(&place[1]) {
            return 0;
        }
        let row = self.taps[0][(place[0] - rows.start) as usize];
        let column = self.taps[1][(place[1] - columns.start) as usize];
        let mut sum = 0.0;
        for (row, row_weight) in row.samples.into_iter().zip(row.weights) {
            for (column, weight) in column.samples.into_iter().zip(column.weights) {
                sum += self.sample(row, column) * row_weight * weight;
            }
        }
        u32::from(sum > THRESHOLD)
    }

    /// The samples as words, of one of the types.
    fn words(&self, sample_type: u32) -> Vec<u32> {
        let samples = self.samples.iter();
        let halves: Vec<u16> = match sample_type {
            0 => return samples.map(|sample| sample.to_bits()).collect(),
            1 => samples
                .map(|&sample| f16::from_f32(sample).to_bits())
                .collect(),
            _ => samples
                .map(|&sample| bf16::from_f32(sample).to_bits())
                .collect(),
        };
        let pair = |pair: &[u16]| {
            let second = pair.get(1).copied().unwrap_or(0x3c00);
            u32::from(pair[0]) | u32::from(second) << 16
        };
        halves.chunks(2).map(pair).collect()
    }
}

/// Masks of many targets, types and formulas in one table.
pub fn flags_resampled(bench: &Bench) -> Result<(), Failed> {
    let mut random = Random(0x7a95);
    let (mut words, mut taps, mut how, mut stripes) = (vec![0xff; 3], vec![], vec![], vec![]);
    let (mut expected, mut firsts) = (Vec::new(), Vec::new());
    for index in 0..60 {
        let target = [[40, 33], [1, 1], [16, 70], [7, 100], [300, 5]][index % 5];
        let mask = Mask::new(&mut random, target);
        let [sample_type, formula, first_pixel] = [0; 3].map(|_| below(&mut random, 3));
        let per_word = if sample_type == 0 { 1 } else { 2 };
        let (at, first_word) = (words.len() as u32 * per_word, expected.len() as u32);
        let [height, width] = target;
        let across = height >= 16 && below(&mut random, 2) == 0;
        let stripe = Stripe {
            first: first_word,
            row_stride: mask.own[1],
            ..stripe(height, width, across, at, first_word)
        };
        let [rows, columns] = mask.window.clone();
        how.push(Resampled {
            row_taps: taps.len() as u32,
            column_taps: (taps.len() + mask.taps[0].len()) as u32,
            top: rows.start,
            left: columns.start,
            rows: rows.end - rows.start,
            columns: columns.end - columns.start,
            own_rows: mask.own[0],
            own_columns: mask.own[1],
            formula,
            sample_type,
            first_pixel,
            unused: 0,
        });
        let pixel = |y, x| match ([y, x], first_pixel) {
            ([0, 0], 0 | 1) => first_pixel,
            (place, _) => mask.pixel(place),
        };
        firsts.push(if first_pixel == 2 { pixel(0, 0) } else { 7 });
        expected.extend(bits_of(&stripe, pixel));
        assert_eq!(
            words_of_stripe(&stripe),
            expected.len() as u32 - first_word,
            "a task a word"
        );
        words.extend(mask.words(sample_type));
        taps.extend(mask.taps.concat());
        stripes.push(stripe);
    }
    let [positive, negative, infinite] = float_terms(32, THRESHOLD.to_bits(), 0x7f80_0000);
    let tasks = expected.len() as u32;
    let params = words_of(&Params {
        tasks,
        stripes: stripes.len() as u32,
        positive,
        negative,
        infinite,
        ..Default::default()
    });
    let blocks = ones_a_block(&expected);
    let table = table(&stripes);
    let how: Vec<u32> = how.iter().flat_map(words_of).collect();
    let taps: Vec<u32> = taps.iter().flat_map(words_of).collect();
    let (out, zeros, values) = (
        vec![u32::MAX; expected.len()],
        vec![0; blocks.len()],
        vec![7; firsts.len()],
    );
    let inputs = [
        (Binding::Params, &params[..]),
        (Binding::Stripes, &table[..]),
        (Binding::Words, &words[..]),
        (Binding::Bits, &out[..]),
        (Binding::Blocks, &zeros[..]),
        (Binding::Values, &values[..]),
        (Binding::Resampled, &how[..]),
        (Binding::Taps, &taps[..]),
    ];
    let groups = tasks.div_ceil(FLAG_RESAMPLED.workgroup_size);
    for (binding, got) in bench.run(&FLAG_RESAMPLED, &[], groups, &inputs) {
        match binding {
            Binding::Bits => equal("bits", &got, &expected)?,
            Binding::Blocks => equal("blocks", &got, &blocks)?,
            _ => equal("first pixels", &got, &firsts)?,
        }
    }
    Ok(())
}
