//! The flag passes: pixels to boundary bits and counts.

use libtest_mimic::Failed;
use maskrle::gpu::passes::{
    Binding, FLAG_ACROSS, FLAG_ACROSS_PACKED, FLAG_ALONG, FLAG_STRIDED, Params, Pass, Stripe,
    float_terms,
};

use crate::compaction::ones_a_block;
use crate::support::{HALVES_ABOUT_ONE, Random, SINGLES_ABOUT_ONE};
use crate::{Bench, equal, table, words_of};

/// A mask's pixels on a device: `gap` elements lie between its rows, and each column of a row is
/// `column_stride` on.
#[derive(Clone, Copy)]
struct Layout {
    height: u32,
    width: u32,
    across: bool,
    gap: u32,
    column_stride: u32,
}

impl Layout {
    fn row_stride(&self) -> u32 {
        self.width * self.column_stride + self.gap
    }

    /// The mask as one stripe from `at` on, in elements or, packed, in bytes; its bits from word
    /// `first_word` on.
    fn stripe(
        &self,
        at: u32,
        first_word: u32,
        row_stride: u32,
        columns_share_words: bool,
    ) -> Stripe {
        let Layout {
            height,
            width,
            across,
            column_stride,
            ..
        } = *self;
        let line_length = if across && !columns_share_words {
            height
        } else {
            height * width
        };
        let words_per_line = line_length.div_ceil(32);
        Stripe {
            first: first_word,
            line_words: words_per_line,
            first_line_word: 0,
            first_word,
            words_per_line,
            line_length,
            height,
            width,
            across: u32::from(across),
            row_stride,
            column_stride,
            first_row: 0,
            first_row_at: at,
            last_row_at: at + (height - 1) * row_stride,
            highest_first: 0,
            unused: 0,
        }
    }
}

/// A mask whose pixels are side by side.
pub fn stripe(height: u32, width: u32, across: bool, at: u32, first_word: u32) -> Stripe {
    Layout {
        height,
        width,
        across,
        gap: 0,
        column_stride: 1,
    }
    .stripe(at, first_word, width, false)
}

pub fn words_of_stripe(stripe: &Stripe) -> u32 {
    stripe.words_per_line * (stripe.height * stripe.width / stripe.line_length)
}

/// The oracle: the boundary bits of a mask whose values are given by row and column.
pub fn bits_of(stripe: &Stripe, value: impl Fn(u32, u32) -> u32) -> Vec<u32> {
    let Stripe { height, width, .. } = *stripe;
    let mut bits = vec![0u32; words_of_stripe(stripe) as usize];
    let mut before = None;
    for position in 0..height * width {
        let (y, x) = if stripe.across != 0 {
            (position % height, position / height)
        } else {
            (position / width, position % width)
        };
        let here = value(y, x);
        let (line, within) = (position / stripe.line_length, position % stripe.line_length);
        if before != Some(here) {
            bits[(line * stripe.words_per_line + within / 32) as usize] |= 1 << (within % 32);
        }
        before = Some(here);
    }
    bits
}

/// Number of a stripe's tasks, as a flag pass counts them.
fn tasks(pass: &Pass, stripe: &Stripe, element_bits: u32) -> u32 {
    if pass.name == FLAG_ACROSS.name {
        (stripe.width * element_bits).div_ceil(512) * 4 * stripe.line_words
    } else if pass.name == FLAG_ACROSS_PACKED.name {
        stripe.width.div_ceil(256) * stripe.line_words
    } else {
        words_of_stripe(stripe)
    }
}

/// Masks that a flag pass takes.
fn layouts(pass: &Pass, element_bits: u32) -> Vec<Layout> {
    let packed = element_bits == 1;
    let is_across = |across: bool| match pass.name {
        "flag_along" => !across,
        "flag_strided" => true,
        _ => across,
    };
    let sizes = [
        (40, 33),
        (1, 1),
        (64, 5),
        (7, 100),
        (33, 70),
        (100, 64),
        (32, 16),
        (31, 300),
        (65, 1),
        (300, 4),
        (1200, 40),
        (300, 64),
    ];
    let mut all = Vec::new();
    for (height, width) in sizes {
        for across in [false, true]
            .into_iter()
            .filter(|&across| is_across(across))
        {
            for gap in if packed { vec![0] } else { vec![0, 3, 16] } {
                for column_stride in if pass.name == FLAG_STRIDED.name {
                    vec![1, 3]
                } else {
                    vec![1]
                } {
                    all.push(Layout {
                        height,
                        width,
                        across,
                        gap,
                        column_stride,
                    });
                }
            }
        }
    }
    all
}

/// A flag pass over masks of many shapes, together in one table, from elements that are aligned in
/// some and not in others.
pub fn flags(bench: &Bench, pass: &'static Pass, widths: &[u32]) -> Result<(), Failed> {
    for &element_bits in widths {
        let predicates: &[u32] = match element_bits {
            1 => &[0],
            8 => &[0, 2],
            _ => &[0, 1, 2],
        };
        for &predicate in predicates {
            for threshold in if predicate == 1 {
                vec![1.0, -1.0, 0.0]
            } else {
                vec![0.0]
            } {
                let kind = Kind {
                    element_bits,
                    predicate,
                    threshold,
                };
                flag(bench, pass, kind, &layouts(pass, element_bits), None)?;
            }
        }
    }
    Ok(())
}

/// Stacks of masks that lie as the first one does, of which the table has no other, from elements
/// that are aligned or not: in each, at the same gap.
pub fn flags_of_even_stacks(bench: &Bench) -> Result<(), Failed> {
    for (pass, bits) in [
        (&FLAG_ALONG, &[8, 16, 32, 1][..]),
        (&FLAG_ACROSS, &[8, 16, 32]),
        (&FLAG_ACROSS_PACKED, &[1]),
        (&FLAG_STRIDED, &[8]),
    ] {
        for &element_bits in bits {
            let kind = Kind {
                element_bits,
                predicate: 0,
                threshold: 0.0,
            };
            // A few: each takes a pipeline of its own.
            let layouts = layouts(pass, element_bits).into_iter().step_by(5);
            for (index, layout) in layouts.enumerate() {
                let masks = [1, 2, 5][index % 3];
                let gap = [0, 16, 5][index / 3 % 3];
                flag(bench, pass, kind, &vec![layout; masks], Some(gap))?;
            }
        }
    }
    Ok(())
}

/// Type of pixels, and the predicate on them.
#[derive(Clone, Copy)]
struct Kind {
    element_bits: u32,
    predicate: u32,
    threshold: f32,
}

/// Flags masks: from any elements on with a stripe each, or at a gap, by the first one's stripe.
fn flag(
    bench: &Bench,
    pass: &'static Pass,
    kind: Kind,
    masks: &[Layout],
    even_gap: Option<u32>,
) -> Result<(), Failed> {
    let Kind {
        element_bits,
        predicate,
        threshold,
    } = kind;
    let mut random = Random(u64::from(element_bits));
    let unit = element_bits.max(8);
    let choices = if unit == 16 {
        HALVES_ABOUT_ONE
    } else {
        SINGLES_ABOUT_ONE
    };
    let (mut elements, mut stripes, mut expected, mut first_task) =
        (Vec::new(), Vec::new(), Vec::new(), 0);
    let mut firsts = Vec::new();
    for mask in masks {
        // Begins at any element.
        let gap = even_gap.map_or_else(|| random.below(20), u64::from);
        elements.resize(elements.len() + gap as usize, 0xff);
        let at = elements.len() as u32;
        let row_stride = if element_bits == 1 {
            mask.width.div_ceil(8)
        } else {
            mask.row_stride()
        };
        let pixels: Vec<u32> = (0..mask.height * row_stride)
            .map(|_| {
                if element_bits == 1 {
                    random.next() as u32 & 0xff
                } else {
                    choices[random.below(8) as usize] & (u32::MAX >> (32 - unit))
                }
            })
            .collect();
        let shares = pass.name == FLAG_STRIDED.name && mask.height < 16;
        let mut stripe = mask.stripe(at, expected.len() as u32, row_stride, shares);
        let is_highest_first = element_bits == 1 && even_gap.is_none() && random.below(2) == 1;
        stripe.highest_first = u32::from(is_highest_first);
        let value = |y: u32, x: u32| {
            if element_bits == 1 {
                let byte = pixels[(y * row_stride + x / 8) as usize];
                let bit = if stripe.highest_first != 0 {
                    7 - x % 8
                } else {
                    x % 8
                };
                return byte >> bit & 1;
            }
            let pixel = pixels[(y * row_stride + x * mask.column_stride) as usize];
            match predicate {
                0 => u32::from(pixel != 0),
                1 if unit == 16 => {
                    u32::from(half::f16::from_bits(pixel as u16).to_f32() > threshold)
                }
                1 => u32::from(f32::from_bits(pixel) > threshold),
                _ => pixel,
            }
        };
        // Of labels and packed pixels, none is asked for.
        let has_first = predicate != 2 && element_bits > 1;
        firsts.push(if has_first { value(0, 0) } else { 7 });
        expected.extend(bits_of(&stripe, value));
        elements.extend(&pixels);
        stripes.push(Stripe {
            first: first_task,
            ..stripe
        });
        first_task += tasks(pass, &stripe, element_bits);
    }
    let per_word = 32 / unit;
    elements.resize(elements.len().next_multiple_of(per_word as usize), 0);
    let pixels: Vec<u32> = elements
        .chunks(per_word as usize)
        .map(|chunk| {
            chunk.iter().enumerate().fold(0, |word, (i, pixel)| {
                word | (pixel & (u32::MAX >> (32 - unit))) << (i as u32 * unit)
            })
        })
        .collect();
    let [positive, negative, infinite] = match unit {
        16 => float_terms(16, half::f16::from_f32(threshold).to_bits().into(), 0x7c00),
        _ => float_terms(32, threshold.to_bits(), 0x7f80_0000),
    };
    let [tasks_each, words_each, step] = match even_gap {
        None => [0; 3],
        Some(_) => {
            let step = |of: fn(&Stripe) -> u32| {
                of(stripes.get(1).unwrap_or(&stripes[0])) - of(&stripes[0])
            };
            [
                first_task / stripes.len() as u32,
                step(|stripe| stripe.first_word),
                step(|stripe| stripe.first_row_at),
            ]
        }
    };
    let params = Params {
        tasks: first_task,
        stripes: stripes.len() as u32,
        positive,
        negative,
        infinite,
        tasks_each,
        words_each,
        step,
        ..Default::default()
    };
    if even_gap.is_some() {
        stripes.truncate(1);
    }
    let groups = if pass.name == FLAG_ACROSS_PACKED.name {
        first_task
    } else {
        first_task.div_ceil(pass.workgroup_size)
    };
    let blocks = ones_a_block(&expected);
    let (params, table) = (words_of(&params), table(&stripes));
    let (out, zeros) = (vec![u32::MAX; expected.len()], vec![0; blocks.len()]);
    let values = vec![7; firsts.len()];
    let inputs = [
        (Binding::Params, &params[..]),
        (Binding::Stripes, &table[..]),
        (Binding::Vectors, &pixels[..]),
        (Binding::Words, &pixels[..]),
        (Binding::Bits, &out[..]),
        (Binding::Blocks, &zeros[..]),
        (Binding::Values, &values[..]),
    ];
    let written = bench.run(pass, &[element_bits, predicate], groups, &inputs);
    let name = format!("{element_bits} bits, predicate {predicate}, threshold {threshold}");
    equal(&name, &written[0].1, &expected)?;
    equal(&format!("{name}, blocks"), &written[1].1, &blocks)?;
    match written.get(2) {
        Some((_, values)) => equal(&format!("{name}, first pixels"), values, &firsts),
        None => Ok(()),
    }
}

/// More workgroups than one dimension holds: as many masks of one word each, packed, of 2 x 2
/// pixels. A workgroup has a mask each.
pub fn more_workgroups_than_a_dimension(bench: &Bench) -> Result<(), Failed> {
    for masks in [65_535, 65_536, 70_000] {
        let stripes: Vec<Stripe> = (0..masks)
            .map(|mask| Stripe {
                first: mask,
                ..stripe(2, 2, true, 2 * mask, 2 * mask)
            })
            .map(|stripe| Stripe {
                row_stride: 1,
                last_row_at: stripe.first_row_at + 1,
                ..stripe
            })
            .collect();
        let mut random = Random(u64::from(masks));
        let rows: Vec<[u8; 2]> = (0..masks)
            .map(|_| [(), ()].map(|()| random.below(4) as u8))
            .collect();
        let mut expected = Vec::new();
        for (stripe, rows) in stripes.iter().zip(&rows) {
            expected.extend(bits_of(stripe, |y, x| u32::from(rows[y as usize] >> x & 1)));
        }
        let bytes: Vec<u8> = rows.concat();
        let pixels: Vec<u32> = bytes
            .chunks(4)
            .map(|chunk| {
                let at = |index: usize| chunk.get(index).copied().unwrap_or(0);
                u32::from_le_bytes([at(0), at(1), at(2), at(3)])
            })
            .collect();
        let params = Params {
            tasks: masks,
            stripes: masks,
            ..Default::default()
        };
        let blocks = ones_a_block(&expected);
        let (params, table) = (words_of(&params), table(&stripes));
        let (out, zeros) = (vec![u32::MAX; expected.len()], vec![0; blocks.len()]);
        let inputs = [
            (Binding::Params, &params[..]),
            (Binding::Stripes, &table[..]),
            (Binding::Words, &pixels[..]),
            (Binding::Bits, &out[..]),
            (Binding::Blocks, &zeros[..]),
        ];
        let written = bench.run(&FLAG_ACROSS_PACKED, &[], masks, &inputs);
        equal(&format!("{masks} masks"), &written[0].1, &expected)?;
        equal(&format!("{masks} masks, blocks"), &written[1].1, &blocks)?;
    }
    Ok(())
}
