//! Each pass alone, on buffers made by hand, against a plain loop. Ignored without an adapter.

#[path = "support/gpu.rs"]
mod gpu;
mod support;

use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use maskrle::gpu::passes::{Access, BLOCK_WORDS, COMPACT, COUNT, FLAG, Params, Pass, SCAN, Stripe, workgroups};
use maskrle::wgpu::{self, util::DeviceExt};
use support::Random;

type Test = fn(&Bench) -> Result<(), Failed>;

fn main() {
    let arguments = Arguments::from_args();
    let device = gpu::device();
    let tests: [(&str, Test); 6] = [
        ("flag_boundaries_of_bytes", |bench| flags(bench, 8)),
        ("flag_boundaries_of_halves", |bench| flags(bench, 16)),
        ("flag_boundaries_of_words", |bench| flags(bench, 32)),
        ("count_blocks", counts),
        ("scan_blocks", scans),
        ("compact_starts", compacts),
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
    fn run(
        &self,
        pass: &Pass,
        constants: &[(&str, f64)],
        groups: u32,
        inputs: &[(u32, &[u32])],
    ) -> Vec<(u32, Vec<u32>)> {
        let module = self.device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some(pass.name),
            source: wgpu::ShaderSource::Wgsl(pass.source.into()),
        });
        let pipeline = self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(pass.name),
            layout: None,
            module: &module,
            entry_point: Some(pass.name),
            compilation_options: wgpu::PipelineCompilationOptions { constants, ..Default::default() },
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

/// A mask of `height` x `width` elements from element `at` on, its bits from word `first` on.
fn stripe(height: u32, width: u32, across: bool, at: u32, first: u32) -> Stripe {
    let line_length = if across { height } else { height * width };
    let words_per_line = line_length.div_ceil(32);
    Stripe {
        first,
        line_words: words_per_line,
        first_line_word: 0,
        first_word: first,
        words_per_line,
        line_length,
        height,
        width,
        across: u32::from(across),
        row_stride: width,
        column_stride: 1,
        first_row: 0,
        first_row_at: at,
        last_row_at: at + (height - 1) * width,
        unused: [0; 2],
    }
}

fn words_of_stripe(stripe: &Stripe) -> u32 {
    stripe.words_per_line * stripe.height * stripe.width / stripe.line_length
}

fn flags(bench: &Bench, element_bits: u32) -> Result<(), Failed> {
    let mut random = Random(u64::from(element_bits));
    // The threshold is 1.0 of each width; a byte has no floats, and is not asked.
    let (one, infinity) = if element_bits == 16 { (0x3c00 << 16, 0x7c00 << 16) } else { (0x3f80_0000, 0x7f80_0000) };
    for question in [0, 1, 2] {
        if question == 1 && element_bits == 8 {
            continue;
        }
        let per_word = 32 / element_bits;
        let (mut elements, mut stripes, mut expected) = (Vec::new(), Vec::new(), Vec::new());
        for (height, width, across) in [(40, 33, true), (1, 1, false), (64, 5, true), (7, 100, false), (33, 70, true)] {
            elements.resize(elements.len().next_multiple_of(per_word as usize), 0);
            let stripe = stripe(height, width, across, elements.len() as u32, expected.len() as u32);
            let choices: [u32; 4] =
                if element_bits == 16 { [0, 0x3c01, 0xffff, 0x3c00] } else { [0, 0x3f80_0001, 0xffff_ffff, 1] };
            let mask = u32::MAX >> (32 - element_bits);
            let pixels: Vec<u32> = (0..height * width).map(|_| choices[random.below(4) as usize] & mask).collect();
            let answer = |pixel: u32| match question {
                0 => u32::from(pixel != 0),
                1 if element_bits == 16 => u32::from(half::f16::from_bits(pixel as u16) > half::f16::ONE),
                1 => u32::from(f32::from_bits(pixel) > 1.0),
                _ => pixel,
            };
            let mut bits = vec![0u32; words_of_stripe(&stripe) as usize];
            let mut before = None;
            for position in 0..height * width {
                let (y, x) =
                    if across { (position % height, position / height) } else { (position / width, position % width) };
                let here = answer(pixels[(y * width + x) as usize]);
                let (line, within) = (position / stripe.line_length, position % stripe.line_length);
                if before != Some(here) {
                    bits[(line * stripe.words_per_line + within / 32) as usize] |= 1 << (within % 32);
                }
                before = Some(here);
            }
            elements.extend(pixels);
            stripes.push(stripe);
            expected.extend(bits);
        }
        elements.resize(elements.len().next_multiple_of(per_word as usize), 0);
        let pixels: Vec<u32> = elements
            .chunks(per_word as usize)
            .map(|chunk| chunk.iter().enumerate().fold(0, |word, (i, pixel)| word | pixel << (i as u32 * element_bits)))
            .collect();
        let params = Params {
            words: expected.len() as u32,
            stripes: stripes.len() as u32,
            threshold: one,
            infinity,
            ..Default::default()
        };
        let constants = [("ELEMENT_BITS", f64::from(element_bits)), ("QUESTION", f64::from(question))];
        let out = vec![u32::MAX; expected.len()];
        let inputs = [(0, &words_of(&params)[..]), (1, &table(&stripes)[..]), (2, &pixels[..]), (3, &out[..])];
        let written = bench.run(&FLAG, &constants, (expected.len() as u32).div_ceil(FLAG.workgroup_size), &inputs);
        equal(&format!("question {question}"), &written[0].1, &expected)?;
    }
    Ok(())
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

fn counts(bench: &Bench) -> Result<(), Failed> {
    let mut random = Random(1);
    for words in [1, 1023, 1024, 1025, 100_000] {
        let bits: Vec<u32> = (0..words).map(|_| random.next() as u32).collect();
        let expected = ones_a_block(&bits);
        let params = Params { words, blocks: expected.len() as u32, ..Default::default() };
        let out = vec![u32::MAX; expected.len()];
        let inputs = [(0, &words_of(&params)[..]), (3, &bits[..]), (4, &out[..])];
        let written = bench.run(&COUNT, &[], expected.len() as u32, &inputs);
        equal(&format!("{words} words"), &written[0].1, &expected)?;
    }
    Ok(())
}

fn scans(bench: &Bench) -> Result<(), Failed> {
    let mut random = Random(2);
    for blocks in [1, 2, 255, 256, 257, 1000, 100_000] {
        let counts: Vec<u32> = (0..blocks).map(|_| random.below(32_769) as u32).collect();
        let (expected, total) = exclusive_sum(&counts);
        let params = Params { blocks, ..Default::default() };
        let inputs = [(0, &words_of(&params)[..]), (4, &counts[..]), (5, &[u32::MAX][..])];
        let written = bench.run(&SCAN, &[], 1, &inputs);
        equal(&format!("{blocks} blocks"), &written[0].1, &expected)?;
        equal(&format!("the total of {blocks} blocks"), &written[1].1, &[total])?;
    }
    Ok(())
}

fn compacts(bench: &Bench) -> Result<(), Failed> {
    let mut random = Random(3);
    let mut stripes: Vec<Stripe> = Vec::new();
    let mut words = 0;
    for (height, width, across) in
        [(300, 200, true), (2, 2, false), (1, 1, false), (5, 1000, false), (32, 40, true), (700, 90, true)]
    {
        let next = stripe(height, width, across, 0, words);
        words += words_of_stripe(&next);
        stripes.push(next);
    }
    let mut bits = vec![0u32; words as usize];
    let (mut starts, mut summary) = (Vec::new(), vec![0]);
    for stripe in &stripes {
        summary.push(starts.len() as u32);
        for position in 0..stripe.height * stripe.width {
            if position == 0 || random.below(5) == 0 {
                let (line, within) = (position / stripe.line_length, position % stripe.line_length);
                bits[(stripe.first_word + line * stripe.words_per_line + within / 32) as usize] |= 1 << (within % 32);
                starts.push(position);
            }
        }
    }
    summary[0] = starts.len() as u32;
    let (blocks, _) = exclusive_sum(&ones_a_block(&bits));
    for (capacity, room) in [(starts.len() as u32, true), (starts.len() as u32 - 1, false)] {
        let params = Params {
            words,
            stripes: stripes.len() as u32,
            blocks: blocks.len() as u32,
            capacity,
            ..Default::default()
        };
        let mut to_fill = vec![u32::MAX; summary.len()];
        to_fill[0] = summary[0];
        let out = vec![u32::MAX; starts.len()];
        let (params, table) = (words_of(&params), table(&stripes));
        let inputs =
            [(0, &params[..]), (1, &table[..]), (3, &bits[..]), (4, &blocks[..]), (5, &to_fill[..]), (6, &out[..])];
        let written = bench.run(&COMPACT, &[], blocks.len() as u32, &inputs);
        equal("starts", &written[1].1, if room { &starts } else { &out })?;
        equal("where each mask begins", &written[0].1, if room { &summary } else { &to_fill })?;
    }
    Ok(())
}
