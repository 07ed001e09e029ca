//! Both sides of every number of pixels from which on masks, or parts of one, go to several
//! threads.

use ndarray::{Array3, ArrayView3, s};

use super::plain::{Random, check, check_binary, check_labels, cpus};
use super::switches::around;
use crate::cpu::backend::{Cpu, PIXELS_OF_SEVERAL_TASKS};
use crate::cpu::scan::{BAND, CHUNKS_PER_WAVE, COLUMNS_OF_STRIP};
use crate::parallel::PIXELS_PER_CHUNK;
use crate::pixel::Masks;

/// Numbers of masks and of pixels around those that are for several threads.
#[test]
fn stacks_around_several_tasks() {
    let (cpus, mut random) = (cpus(2), Random(1));
    let several = PIXELS_OF_SEVERAL_TASKS as usize;
    let shapes = [[41, 31, 825], [64, 128, 128], [17, 1, 61681]];
    assert_eq!(
        shapes.map(|[masks, height, width]| masks * height * width),
        [several - 1, several, several + 1]
    );
    let tiny = around([several / 256])
        .into_iter()
        .map(|masks| [masks, 16, 16]);
    let small = around([several / 4096])
        .into_iter()
        .map(|masks| [masks, 64, 64]);
    for shape in shapes.into_iter().chain(tiny).chain(small) {
        check(&cpus, random.stack(shape, 40).view());
    }
}

/// Masks that lie pixel by pixel beside each other, by one thread and by several.
#[test]
fn interleaved_stacks_around_several_tasks() {
    let (cpus, mut random) = (cpus(2), Random(2));
    let several = PIXELS_OF_SEVERAL_TASKS as usize;
    for height in around([several / 2048]) {
        let stack = random.stack([height, 512, 4], 40);
        check_binary(&cpus, stack.view().permuted_axes([2, 0, 1]));
    }
    // Tasks of whole blocks of pixels, the last of which is none.
    for [height, width, masks] in [[160, 101, 70], [1025, 1024, 2], [31, 33, 1030]] {
        let stack = random.stack([height, width, masks], 40);
        check_binary(&cpus, stack.view().permuted_axes([2, 0, 1]));
        check_binary(&cpus, stack.view().permuted_axes([2, 1, 0]));
    }
}

/// Pixels of a mask from which on the pieces of its rows are read in parallel.
#[test]
fn rows_around_chunks() {
    let (cpus, mut random) = (cpus(2), Random(3));
    for width in around([PIXELS_PER_CHUNK, 2 * PIXELS_PER_CHUNK]) {
        check(&cpus, random.stack([1, 1, width], 1).view());
    }
    // Rows of some pieces that lie apart.
    let apart = random.stack([1, 31, 70_001], 1);
    check(&cpus, apart.slice(s![.., .., 1..]));
}

/// Rows from which on those of a mask are read in parallel, across the scan: a chunk is a multiple
/// of a band.
#[test]
fn columns_around_chunks() {
    let (cpus, mut random) = (cpus(2), Random(4));
    // Rows of whole lines of words, of whole words, and of neither, with most of a line left.
    for width in [900, 960, 1000, 1024] {
        let rows = PIXELS_PER_CHUNK.div_ceil(BAND * width) * BAND;
        for height in around([rows, rows + BAND, 2 * rows]) {
            check(&cpus, random.stack([1, height, width], 1).view());
            // The row above a chunk holds foreground nearly everywhere.
            check_binary(&cpus, random.stack([1, height, width], 255).view());
        }
    }
}

/// Rows of some strips beside each other, in chunks of a band.
#[test]
fn chunks_of_several_strips() {
    let (cpus, mut random) = (cpus(2), Random(5));
    let shape = [1, 2 * BAND + 9, COLUMNS_OF_STRIP + 65];
    assert!(shape[2] * BAND > PIXELS_PER_CHUNK);
    check(&cpus, random.stack(shape, 1).view());
}

/// Runs at both ends of every chunk, and in the last row, of masks around as many chunks as are
/// read before any is handed on.
#[test]
fn masks_around_waves_of_chunks() {
    let cpus = cpus(2);
    let wave = CHUNKS_PER_WAVE * PIXELS_PER_CHUNK;
    let mut stack = Array3::<u8>::zeros((1, 5800, 5801));
    assert!(stack.len() > wave + 5801);
    let pixels = stack.as_slice_mut().expect("it is whole");
    for chunk in 1..=CHUNKS_PER_WAVE {
        let first = chunk * PIXELS_PER_CHUNK;
        pixels[first - 2..first - 1].fill(1);
        pixels[first..first + chunk].fill(1);
    }
    let last_row = pixels.len() - 5801;
    pixels[last_row + 7..last_row + 9].fill(1);
    pixels[last_row + 5000..].fill(2);
    check_binary(&cpus, stack.view());
    let pixels = stack.as_slice().expect("it is whole");
    for size in around([wave]) {
        let flat = ArrayView3::from_shape((1, 1, size), &pixels[..size]).expect("as many");
        check_labels(&cpus, flat);
    }
}

/// One mask that several threads read is read by as many as were asked for.
#[test]
fn one_large_mask_is_read_by_the_threads_of_its_backend() {
    let threads = rayon::current_num_threads() + 1;
    let cpu = Cpu::new(threads).expect("threads");
    let mask = Array3::<u8>::zeros([1, 1024, 2048]);
    let masks = Masks::binary(&mask).expect("small");
    let threads_there = cpu.each_task(&masks, 0..1, |_, _| rayon::current_num_threads());
    assert_eq!(threads_there, [threads]);
}
