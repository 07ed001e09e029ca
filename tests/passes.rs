//! Each pass alone, on buffers made by hand, against a plain loop. Ignored without an adapter.

#[path = "support/gpu.rs"]
mod gpu;
mod support;

use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use maskrle::gpu::passes::{
    Access, BLOCK_WORDS, COMPACT, FLAG_ACROSS, FLAG_ACROSS_PACKED, FLAG_ALONG, FLAG_STRIDED, Params, Pass, SCAN,
    Stripe, VALUES, float_terms, workgroups,
};
use maskrle::wgpu::{self, util::DeviceExt};
use support::Random;

type Test = fn(&Bench) -> Result<(), Failed>;

fn main() {
    let arguments = Arguments::from_args();
    let device = gpu::device();
    let tests: [(&str, Test); 8] = [
        ("flag_along", |bench| flags(bench, &FLAG_ALONG, &[8, 16, 32])),
        ("flag_along_packed", |bench| flags(bench, &FLAG_ALONG, &[1])),
        ("flag_across", |bench| flags(bench, &FLAG_ACROSS, &[8, 16, 32])),
        ("flag_across_packed", |bench| flags(bench, &FLAG_ACROSS_PACKED, &[1])),
        ("flag_strided", |bench| flags(bench, &FLAG_STRIDED, &[8, 16, 32])),
        ("scan_blocks", scans),
        ("compact_starts", compacts),
        ("read_values", values),
    ];
    let mut trials = Vec::new();
    let bench = match device {
        Ok((device, queue)) => Some(Arc::new(Bench { device, queue })),
        Err(why) => {
            trials.push(gpu::missing("passes", why));
            None
        }
    };
    trials.extend(tests.map(|(name, test)| {
        let (ignored, bench) = (bench.is_none(), bench.clone());
        Trial::test(name, move || test(&*bench.ok_or("no adapter")?)).with_ignored_flag(ignored)
    }));
    libtest_mimic::run(&arguments, trials).exit();
}

/// A device to run single passes on.
struct Bench {
    device: wgpu::Device,
    queue: wgpu::Queue,
}

impl Bench {
    /// Runs a pass over buffers given by binding, and gives back what is in the written ones.
    fn run(&self, pass: &Pass, constants: &[u32], groups: u32, inputs: &[(u32, &[u32])]) -> Vec<(u32, Vec<u32>)> {
        let module = self.device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some(pass.name),
            source: wgpu::ShaderSource::Wgsl(pass.source.into()),
        });
        let constants: Vec<_> =
            pass.constants.iter().copied().zip(constants.iter().map(|&value| value.into())).collect();
        let pipeline = self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(pass.name),
            layout: None,
            module: &module,
            entry_point: Some(pass.name),
            compilation_options: wgpu::PipelineCompilationOptions { constants: &constants, ..Default::default() },
            cache: None,
        });
        let buffers: Vec<(u32, Access, wgpu::Buffer)> = pass
            .bindings
            .iter()
            .map(|&(binding, access)| {
                let (_, words) = inputs.iter().find(|(number, _)| *number == binding).expect("every binding is given");
                let usage =
                    if access == Access::Uniform { wgpu::BufferUsages::UNIFORM } else { wgpu::BufferUsages::STORAGE };
                let descriptor = wgpu::util::BufferInitDescriptor {
                    label: None,
                    contents: bytemuck::cast_slice(words),
                    usage: usage | wgpu::BufferUsages::COPY_SRC,
                };
                (binding, access, self.device.create_buffer_init(&descriptor))
            })
            .collect();
        let entries: Vec<_> = buffers
            .iter()
            .map(|(binding, _, buffer)| wgpu::BindGroupEntry {
                binding: *binding,
                resource: buffer.as_entire_binding(),
            })
            .collect();
        let layout = pipeline.get_bind_group_layout(0);
        let group = self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &layout,
            entries: &entries,
        });
        let mut commands = self.device.create_command_encoder(&Default::default());
        let mut compute = commands.begin_compute_pass(&Default::default());
        compute.set_pipeline(&pipeline);
        compute.set_bind_group(0, &group, &[]);
        let (x, y) = workgroups(groups);
        compute.dispatch_workgroups(x, y, 1);
        drop(compute);
        self.queue.submit([commands.finish()]);
        let written = buffers.iter().filter(|(_, access, _)| *access == Access::Write);
        written.map(|(binding, _, buffer)| (*binding, self.read(buffer))).collect()
    }

    fn read(&self, buffer: &wgpu::Buffer) -> Vec<u32> {
        let readback = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: buffer.size(),
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let mut commands = self.device.create_command_encoder(&Default::default());
        commands.copy_buffer_to_buffer(buffer, 0, &readback, 0, buffer.size());
        self.queue.submit([commands.finish()]);
        readback.map_async(wgpu::MapMode::Read, .., |result| result.expect("it maps"));
        self.device.poll(wgpu::PollType::wait_indefinitely()).expect("it finishes");
        bytemuck::pod_collect_to_vec(&readback.get_mapped_range(..).expect("it is mapped"))
    }
}

fn words_of<T: bytemuck::NoUninit>(value: &T) -> Vec<u32> {
    bytemuck::pod_collect_to_vec(bytemuck::bytes_of(value))
}

fn table(stripes: &[Stripe]) -> Vec<u32> {
    stripes.iter().flat_map(words_of).collect()
}

fn equal(name: &str, got: &[u32], expected: &[u32]) -> Result<(), Failed> {
    match got.iter().zip(expected).position(|(a, b)| a != b) {
        _ if got.len() < expected.len() => Err(format!("{name}: {} words for {}", got.len(), expected.len()).into()),
        Some(at) => Err(format!("{name}: word {at} is {:#x}, it should be {:#x}", got[at], expected[at]).into()),
        None => Ok(()),
    }
}

/// A mask's pixels on a device: `gap` elements lie between its rows, and each column of a row is `column_stride` on.
#[derive(Clone, Copy)]
struct Lying {
    height: u32,
    width: u32,
    across: bool,
    gap: u32,
    column_stride: u32,
}

impl Lying {
    fn row_stride(&self) -> u32 {
        self.width * self.column_stride + self.gap
    }

    /// The mask as one stripe from `at` on, in elements or, packed, in bytes; its bits from word `first_word` on.
    fn stripe(&self, at: u32, first_word: u32, row_stride: u32, columns_share_words: bool) -> Stripe {
        let Lying { height, width, across, column_stride, .. } = *self;
        let line_length = if across && !columns_share_words { height } else { height * width };
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
fn stripe(height: u32, width: u32, across: bool, at: u32, first_word: u32) -> Stripe {
    Lying { height, width, across, gap: 0, column_stride: 1 }.stripe(at, first_word, width, false)
}

fn words_of_stripe(stripe: &Stripe) -> u32 {
    stripe.words_per_line * (stripe.height * stripe.width / stripe.line_length)
}

/// The oracle: the bits of a mask whose answers are given by row and column.
fn bits_of(stripe: &Stripe, answer: impl Fn(u32, u32) -> u32) -> Vec<u32> {
    let Stripe { height, width, .. } = *stripe;
    let mut bits = vec![0u32; words_of_stripe(stripe) as usize];
    let mut before = None;
    for position in 0..height * width {
        let (y, x) = if stripe.across != 0 {
            (position % height, position / height)
        } else {
            (position / width, position % width)
        };
        let here = answer(y, x);
        let (line, within) = (position / stripe.line_length, position % stripe.line_length);
        if before != Some(here) {
            bits[(line * stripe.words_per_line + within / 32) as usize] |= 1 << (within % 32);
        }
        before = Some(here);
    }
    bits
}

/// How a flag pass counts a stripe's tasks.
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
fn lying(pass: &Pass, element_bits: u32) -> Vec<Lying> {
    let packed = element_bits == 1;
    let is_across = |across: bool| match pass.name {
        "flag_along" => !across,
        "flag_strided" => true,
        _ => across,
    };
    let sizes =
        [(40, 33), (1, 1), (64, 5), (7, 100), (33, 70), (100, 64), (32, 16), (31, 300), (65, 1), (300, 4), (1200, 40)];
    let mut all = Vec::new();
    for (height, width) in sizes {
        for across in [false, true].into_iter().filter(|&across| is_across(across)) {
            for gap in if packed { vec![0] } else { vec![0, 3, 16] } {
                for column_stride in if pass.name == FLAG_STRIDED.name { vec![1, 3] } else { vec![1] } {
                    all.push(Lying { height, width, across, gap, column_stride });
                }
            }
        }
    }
    all
}

/// A flag pass over masks of many shapes, together in one table, from elements that are aligned in some and not in others.
fn flags(bench: &Bench, pass: &'static Pass, widths: &[u32]) -> Result<(), Failed> {
    for &element_bits in widths {
        let questions: &[u32] = match element_bits {
            1 => &[0],
            8 => &[0, 2],
            _ => &[0, 1, 2],
        };
        for &question in questions {
            for threshold in if question == 1 { vec![1.0, -1.0, 0.0] } else { vec![0.0] } {
                flag(bench, pass, element_bits, question, threshold)?;
            }
        }
    }
    Ok(())
}

fn flag(bench: &Bench, pass: &'static Pass, element_bits: u32, question: u32, threshold: f32) -> Result<(), Failed> {
    let mut random = Random(u64::from(element_bits));
    let unit = element_bits.max(8);
    // Floats about 1.0 and -1.0, zeros of both signs, and a NaN of each sign.
    let choices: [u32; 8] = match unit {
        16 => [0, 0x3c01, 0xffff, 0x3c00, 0x8000, 0xbbff, 0x7fff, 0xfc00],
        _ => [0, 0x3f80_0001, 0xffff_ffff, 1, 0x8000_0000, 0xbf7f_ffff, 0x7fc0_0000, 0xff80_0000],
    };
    let (mut elements, mut stripes, mut expected, mut first_task) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for mask in lying(pass, element_bits) {
        // Begins at any element.
        elements.resize(elements.len() + random.below(20) as usize, 0xff);
        let at = elements.len() as u32;
        let row_stride = if element_bits == 1 { mask.width.div_ceil(8) } else { mask.row_stride() };
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
        stripe.highest_first = u32::from(element_bits == 1 && random.below(2) == 1);
        let answer = |y: u32, x: u32| {
            if element_bits == 1 {
                let byte = pixels[(y * row_stride + x / 8) as usize];
                let bit = if stripe.highest_first != 0 { 7 - x % 8 } else { x % 8 };
                return byte >> bit & 1;
            }
            let pixel = pixels[(y * row_stride + x * mask.column_stride) as usize];
            match question {
                0 => u32::from(pixel != 0),
                1 if unit == 16 => u32::from(half::f16::from_bits(pixel as u16).to_f32() > threshold),
                1 => u32::from(f32::from_bits(pixel) > threshold),
                _ => pixel,
            }
        };
        expected.extend(bits_of(&stripe, answer));
        elements.extend(&pixels);
        stripes.push(Stripe { first: first_task, ..stripe });
        first_task += tasks(pass, &stripe, element_bits);
    }
    let per_word = 32 / unit;
    elements.resize(elements.len().next_multiple_of(per_word as usize), 0);
    let pixels: Vec<u32> = elements
        .chunks(per_word as usize)
        .map(|chunk| {
            chunk
                .iter()
                .enumerate()
                .fold(0, |word, (i, pixel)| word | (pixel & (u32::MAX >> (32 - unit))) << (i as u32 * unit))
        })
        .collect();
    let [positive, negative, infinite] = match unit {
        16 => float_terms(16, half::f16::from_f32(threshold).to_bits().into(), 0x7c00),
        _ => float_terms(32, threshold.to_bits(), 0x7f80_0000),
    };
    let params =
        Params { tasks: first_task, stripes: stripes.len() as u32, positive, negative, infinite, ..Default::default() };
    let groups =
        if pass.name == FLAG_ACROSS_PACKED.name { first_task } else { first_task.div_ceil(pass.workgroup_size) };
    let blocks = ones_a_block(&expected);
    let (params, table) = (words_of(&params), table(&stripes));
    let (out, zeros) = (vec![u32::MAX; expected.len()], vec![0; blocks.len()]);
    let inputs =
        [(0, &params[..]), (1, &table[..]), (2, &pixels[..]), (3, &pixels[..]), (4, &out[..]), (5, &zeros[..])];
    let written = bench.run(pass, &[element_bits, question], groups, &inputs);
    let name = format!("{element_bits} bits, question {question}, threshold {threshold}");
    equal(&name, &written[0].1, &expected)?;
    equal(&format!("{name}, blocks"), &written[1].1, &blocks)
}

fn ones_a_block(bits: &[u32]) -> Vec<u32> {
    bits.chunks(BLOCK_WORDS as usize).map(|block| block.iter().map(|word| word.count_ones()).sum()).collect()
}

fn exclusive_sum(counts: &[u32]) -> (Vec<u32>, u32) {
    let mut total = 0;
    let mut sums = Vec::new();
    for count in counts {
        sums.push(total);
        total += count;
    }
    (sums, total)
}

fn scans(bench: &Bench) -> Result<(), Failed> {
    let mut random = Random(2);
    for blocks in [1, 2, 255, 256, 257, 1000, 1024, 1025, 100_000] {
        let counts: Vec<u32> = (0..blocks).map(|_| random.below(32_769) as u32).collect();
        let groups = counts.chunks(BLOCK_WORDS as usize).map(exclusive_sum);
        let (sums, totals): (Vec<_>, Vec<_>) = groups.unzip();
        let params = Params { blocks, ..Default::default() };
        let out = vec![u32::MAX; totals.len()];
        let inputs = [(0, &words_of(&params)[..]), (5, &counts[..]), (6, &out[..])];
        let written = bench.run(&SCAN, &[], totals.len() as u32, &inputs);
        equal(&format!("{blocks} blocks"), &written[0].1, &sums.concat())?;
        equal(&format!("the totals of {blocks} blocks"), &written[1].1, &totals)?;
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
                    let (line, within) = (position / stripe.line_length, position % stripe.line_length);
                    bits[(stripe.first_word + line * stripe.words_per_line + within / 32) as usize] |=
                        1 << (within % 32);
                    starts.push(position);
                }
            }
        }
        summary[0] = starts.len() as u32;
        let ones = ones_a_block(&bits);
        let (blocks, totals): (Vec<_>, Vec<_>) = ones.chunks(BLOCK_WORDS as usize).map(exclusive_sum).unzip();
        // What is beyond the words is not to be counted.
        let used = words as usize;
        bits[used..].fill(u32::MAX);
        Compacted { stripes, bits, blocks: blocks.concat(), totals, starts, summary }
    }

    fn words(&self) -> u32 {
        self.stripes.last().map_or(0, |last| last.first_word + words_of_stripe(last))
    }
}

const SHAPES: [(u32, u32, bool); 6] =
    [(300, 200, true), (2, 2, false), (1, 1, false), (5, 1000, false), (32, 40, true), (700, 90, true)];

fn compacts(bench: &Bench) -> Result<(), Failed> {
    // The second is of more than one group of blocks.
    for (shapes, one_in) in [(SHAPES.to_vec(), 5), (vec![(7000, 5000, true), (1, 1, false)], 2000)] {
        let made = Compacted::new(&shapes, one_in);
        let total = made.starts.len() as u32;
        let third = total / 3;
        // All in room enough, none in too little, and a stretch.
        for (by_stretches, from, capacity, expected) in [
            (0, 0, total, &made.starts[..]),
            (0, 0, total - 1, &[]),
            (1, third, third, &made.starts[third as usize..2 * third as usize]),
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
                (0, &params[..]),
                (1, &table[..]),
                (4, &made.bits[..]),
                (5, &made.blocks[..]),
                (6, &made.totals[..]),
                (7, &to_fill[..]),
                (8, &out[..]),
            ];
            let written = bench.run(&COMPACT, &[by_stretches], made.blocks.len() as u32, &inputs);
            let unwritten = vec![u32::MAX; out.len() - expected.len()];
            equal("starts", &written[1].1, &[expected, &unwritten].concat())?;
            let begins = if expected.is_empty() { &to_fill[1..] } else { &made.summary[1..] };
            equal("the total and where each mask begins", &written[0].1, &[&[total], begins].concat())?;
        }
    }
    Ok(())
}

fn values(bench: &Bench) -> Result<(), Failed> {
    let made = Compacted::new(&SHAPES, 5);
    let mut random = Random(4);
    let pixels: u32 = SHAPES.iter().map(|(height, width, _)| height * width).sum();
    let pixels: Vec<u32> = (0..pixels).map(|_| random.next() as u32).collect();
    let mut expected = Vec::new();
    for (index, stripe) in made.stripes.iter().enumerate() {
        let end = made.summary.get(index + 2).map_or(made.starts.len(), |&end| end as usize);
        for &start in &made.starts[made.summary[index + 1] as usize..end] {
            let Stripe { height, width, first_row_at, .. } = *stripe;
            let place = if stripe.across != 0 { start % height * width + start / height } else { start };
            expected.push(pixels[(first_row_at + place) as usize]);
        }
    }
    let firsts: Vec<u32> =
        made.stripes.iter().map(|stripe| u32::from(pixels[stripe.first_row_at as usize] != 0)).collect();
    for (question, expected) in [(2, expected), (0, firsts)] {
        let params = Params { tasks: expected.len() as u32, stripes: made.stripes.len() as u32, ..Default::default() };
        let out = vec![u32::MAX; expected.len()];
        let (params, table) = (words_of(&params), table(&made.stripes));
        let inputs = [
            (0, &params[..]),
            (1, &table[..]),
            (3, &pixels[..]),
            (7, &made.summary[..]),
            (8, &made.starts[..]),
            (9, &out[..]),
        ];
        let groups = (expected.len() as u32).div_ceil(VALUES.workgroup_size);
        let written = bench.run(&VALUES, &[32, question], groups, &inputs);
        equal("values", &written[0].1, &expected)?;
    }
    Ok(())
}
