//! Plain loops, and the comparison of every SIMD level with them.

use std::ops::Deref;

use fearless_simd::Level;
use ndarray::{Array3, ArrayView2, ArrayView3, Axis};

use crate::cpu::backend::Cpu;
use crate::parallel::Threads;
use crate::pixel::{Labels, Masks, Order};
use crate::runs::{BitLines, Boundaries, BoundaryBits, Starts, begins_with_foreground};
use crate::simd::levels;
use crate::simd::twins::UseTwins;

/// A backend at one SIMD level.
#[derive(Debug)]
pub(super) struct AtLevel {
    cpu: Cpu,
    has_twins: bool,
}

impl AtLevel {
    /// Uses twins of AVX-512's kernels, if it is the one that has them, as long as they live.
    pub(super) fn use_twins(&self) -> Option<UseTwins> {
        self.has_twins.then(UseTwins::begin)
    }
}

impl Deref for AtLevel {
    type Target = Cpu;

    fn deref(&self) -> &Cpu {
        &self.cpu
    }
}

/// A backend for each SIMD level of this machine, and one with twins of AVX-512's kernels. Scratch
/// goes from mask to mask: each level's is that of one backend.
pub(super) fn cpus(threads: usize) -> Vec<AtLevel> {
    let at_level = |level, has_twins| AtLevel {
        cpu: Cpu::at_level(threads, level).expect("threads"),
        has_twins,
    };
    let native = levels::native().into_iter();
    let native = native.map(|level| at_level(level, false));
    native.chain([at_level(Level::fallback(), true)]).collect()
}

/// A linear congruential generator.
pub(super) struct Random(pub(super) u32);

impl Random {
    pub(super) fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.0 >> 8
    }

    /// A stack in which a pixel is one of 1 to 3 in `of_256` of 256 cases, else 0.
    pub(super) fn stack(&mut self, shape: [usize; 3], of_256: u32) -> Array3<u8> {
        Array3::from_shape_simple_fn(shape, || {
            let random = self.next();
            let value = (random & 3).max(1) as u8;
            if random >> 16 < of_256 { value } else { 0 }
        })
    }
}

/// The starts of a mask's runs.
pub(super) fn starts<P: PartialEq>(mask: ArrayView2<'_, P>, order: Order) -> Vec<u32> {
    let in_scan_order = match order {
        Order::RowMajor => mask,
        Order::ColumnMajor => mask.reversed_axes(),
    };
    let mut before = None;
    let mut starts = Vec::new();
    for (position, pixel) in in_scan_order.iter().enumerate() {
        if before.replace(pixel) != Some(pixel) {
            starts.push(position as u32);
        }
    }
    starts
}

/// The starts of all masks of a stack.
fn starts_of_stack<P: PartialEq>(stack: ArrayView3<'_, P>, order: Order) -> Starts {
    let mut all = Starts::default();
    for mask in stack.axis_iter(Axis(0)) {
        let of_mask = starts(mask, order);
        all.counts.push(of_mask.len() as u32);
        all.starts.extend(of_mask);
    }
    all
}

/// Compares starts in both orders, and strings, of a stack's binary masks, and starts of its
/// labels.
pub(super) fn check(cpus: &[AtLevel], stack: ArrayView3<'_, u8>) {
    check_binary(cpus, stack);
    check_labels(cpus, stack);
}

/// The pixels at the starts of a stack's masks.
fn labels_of_stack(stack: ArrayView3<'_, u8>, order: Order, starts: &Starts) -> Labels {
    let (mut labels, mut left) = (Vec::new(), &starts.starts[..]);
    for (mask, &count) in stack.axis_iter(Axis(0)).zip(&starts.counts) {
        let (of_mask, others) = left.split_at(count as usize);
        left = others;
        let pixels: Vec<u8> = match order {
            Order::RowMajor => mask.iter().copied().collect(),
            Order::ColumnMajor => mask.t().iter().copied().collect(),
        };
        labels.extend(of_mask.iter().map(|&start| pixels[start as usize]));
    }
    Labels::U8(labels)
}

/// Compares starts in both orders of a stack's labels, and their values.
pub(super) fn check_labels(cpus: &[AtLevel], stack: ArrayView3<'_, u8>) {
    let masks = Masks::labels(stack).expect("small");
    for order in [Order::RowMajor, Order::ColumnMajor] {
        let mut expected = starts_of_stack(stack, order);
        expected.labels = Some(labels_of_stack(stack, order, &expected));
        check_starts(cpus, &masks, order, &expected);
    }
}

/// Compares starts in both orders, and strings, of a stack's binary masks.
pub(super) fn check_binary(cpus: &[AtLevel], stack: ArrayView3<'_, u8>) {
    let masks = Masks::binary(stack).expect("small");
    let foreground = stack.map(|&pixel| pixel > 0);
    for order in [Order::RowMajor, Order::ColumnMajor] {
        let expected = starts_of_stack(foreground.view(), order);
        check_starts(cpus, &masks, order, &expected);
        if order == Order::ColumnMajor {
            check_strings(cpus, &masks, &expected);
        }
    }
}

fn check_starts(cpus: &[AtLevel], masks: &Masks<'_>, order: Order, expected: &Starts) {
    for cpu in cpus {
        let _twins = cpu.use_twins();
        let found = cpu.starts(masks, order, 0..masks.len());
        assert!(found == *expected, "{cpu:?}, {order:?}: {masks:?}");
    }
}

/// Column-major starts as boundary bits: a line a column, or one for all.
fn bits(masks: &Masks<'_>, starts: &Starts, has_columns: bool) -> BoundaryBits {
    let (mut words, mut places, mut at) = (Vec::new(), Vec::new(), 0);
    for (index, &count) in starts.counts.iter().enumerate() {
        let [height, width] = masks.size(index).map(|side| side as usize);
        let (lines, length) = match has_columns {
            true => (width, height),
            false => (1, height * width),
        };
        let (first, lines) = (words.len(), BitLines { lines, length });
        words.resize(first + lines.words(), 0u32);
        for start in &starts.starts[at..at + count as usize] {
            let [line, pixel] = [*start as usize / length, *start as usize % length];
            words[first + line * lines.words_per_line() + pixel / 32] |= 1 << (pixel % 32);
        }
        at += count as usize;
        places.push((first, lines));
    }
    BoundaryBits::new(words, &places)
}

fn check_strings(cpus: &[AtLevel], masks: &Masks<'_>, expected: &Starts) {
    for cpu in cpus {
        let _twins = cpu.use_twins();
        let strings = cpu.coco(masks, 0..masks.len());
        assert_eq!(strings.len(), masks.len());
        let mut expected_starts = &expected.starts[..];
        for (string, &count) in strings.iter().zip(&expected.counts) {
            let found = string.to_runs().expect("the string is good");
            let (starts, rest) = expected_starts.split_at(count as usize);
            expected_starts = rest;
            assert!(found.starts() == starts, "{cpu:?}: {masks:?}");
        }
        let mask = |index| {
            let first = begins_with_foreground(masks, index, cpu.level());
            (masks.size(index), first)
        };
        let from_starts = cpu.coco_of_starts(expected, Threads::All, mask);
        assert!(strings == from_starts, "{cpu:?}: {masks:?}");
        for has_columns in [false, true] {
            let bits = Boundaries::Bits(bits(masks, expected, has_columns));
            let from_bits = cpu.coco_of_boundaries(&bits, Threads::All, mask);
            assert!(strings == from_bits, "{cpu:?}: {masks:?}, by bits");
        }
    }
}
