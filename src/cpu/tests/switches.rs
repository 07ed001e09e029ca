//! Both sides of every size at which a scan of one mask goes over to another way.

use ndarray::{Array3, Axis, s};

use super::plain::{AtLevel, Random, check, check_binary, cpus};
use crate::cpu::read::{LINE, LINE_PIXELS};
use crate::cpu::scan::{
    BAND, BYTES_AT_ONCE, BYTES_IN_TURN, COLUMNS, COLUMNS_OF_STRIP, DENSE_COLUMNS, LEAST_PIXELS,
    PIECE, WIDE,
};

/// One below, at, and one above.
pub(super) fn around(sizes: impl IntoIterator<Item = usize>) -> Vec<usize> {
    sizes
        .into_iter()
        .flat_map(|size| [size - 1, size, size + 1])
        .collect()
}

/// Rows that follow one another, and rows that lie apart.
fn check_rows([height, width]: [usize; 2], random: &mut Random, cpus: &[AtLevel]) {
    for of_256 in [2, 90] {
        let apart = random.stack([1, height, width + 3], of_256);
        let apart = apart.slice(s![.., .., 1..width + 1]);
        check(cpus, apart);
        check(cpus, apart.to_owned().view());
    }
}

/// Words, parts of a line of words that are read at once, and lines, across the rows.
#[test]
fn widths_around_words_and_lines() {
    let (cpus, mut random) = (cpus(1), Random(1));
    let words = around((1..=LINE).map(|words| 64 * words));
    let lines = around([LINE_PIXELS / 2, 3 * LINE_PIXELS / 2, 2 * LINE_PIXELS]);
    for width in [1].into_iter().chain(words).chain(lines) {
        for height in [2, 9, BAND, BAND + 6] {
            check_rows([height, width], &mut random, &cpus);
        }
    }
}

/// Columns of one band that are read at a time, words from which on rows lie further apart, and
/// bytes from which on a strip is a band.
#[test]
fn widths_around_what_the_nearest_cache_holds() {
    let (cpus, mut random) = (cpus(1), Random(2));
    // Rows that lie further apart, of whole lines and of a few words more.
    const { assert!(COLUMNS == 64 * WIDE) }
    let ends = [64, 128, LINE_PIXELS / 2].map(|end| 64 * WIDE + end);
    let sizes = [BYTES_AT_ONCE / 8, COLUMNS, 64 * (WIDE - 1), 2 * COLUMNS];
    for width in around(sizes.into_iter().chain(ends)) {
        for height in [2, BAND + 1] {
            check_rows([height, width], &mut random, &cpus);
        }
    }
    for width in around([BYTES_AT_ONCE]) {
        check_rows([BAND + 9, width], &mut random, &cpus);
    }
    // 24 rows are read at once.
    for width in around([BYTES_IN_TURN / 24, 6 * LINE_PIXELS, 11 * LINE_PIXELS]) {
        check_rows([BAND + 9, width], &mut random, &cpus);
    }
}

/// Columns that a strip has at most.
#[test]
fn widths_around_strips() {
    let (cpus, mut random) = (cpus(1), Random(6));
    for width in around([COLUMNS_OF_STRIP]) {
        check(&cpus, random.stack([1, BAND + 1, width], 2).view());
    }
}

/// Rows that are read at once, strips, bands, and the tiles below one another that are indexed
/// together.
#[test]
fn heights_around_strips_bands_and_indexed_tiles() {
    let (cpus, mut random) = (cpus(1), Random(3));
    for bytes in [BYTES_AT_ONCE, BYTES_IN_TURN] {
        // 24 rows, two bands, and three are read at once, where pixels are read in order and where
        // they are in turn.
        for rows in [24, 2 * BAND, 3 * BAND] {
            for height in around([8, BAND, BAND + 8, BAND + 24, 96, 2 * BAND, 3 * BAND]) {
                check_rows([height, bytes / rows], &mut random, &cpus);
            }
        }
    }
    for height in around([8, 16, 63, 64, 128].map(|tiles| tiles * BAND)) {
        check_rows([height, 67], &mut random, &cpus);
    }
}

/// Every set of a line's eight tiles.
#[test]
fn every_set_of_tiles_that_hold_a_boundary() {
    let cpus = cpus(1);
    for present in 0..256usize {
        let stack = Array3::from_shape_fn((1, BAND + 8, LINE_PIXELS), |(_, row, column)| {
            let word = column / 64;
            let is_there = present >> word & 1 == 1;
            u8::from(is_there && row % 5 < 2 && column % 64 == 7 * word + row % 3)
        });
        check_binary(&cpus, stack.view());
    }
}

/// Columns that hold a boundary, around those of dense tiles: one tile below another, as many as
/// are indexed together, and more.
#[test]
fn tiles_around_dense_ones() {
    let cpus = cpus(1);
    let dense = DENSE_COLUMNS as usize;
    for whole in [0, 1, 8, 63, 64] {
        for columns in around([dense]).into_iter().chain([0, 1, 64]) {
            for is_last_other in [false, true] {
                let shape = (1, whole * BAND + 9, 64 + 50);
                let stack = Array3::from_shape_fn(shape, |(_, row, column)| {
                    let columns = match is_last_other {
                        true if row / BAND == whole => 3,
                        _ => columns,
                    };
                    // 27 is odd, so that every column comes once.
                    let is_there = 27 * column % 64 < columns;
                    u8::from(is_there && (row % BAND).is_multiple_of(3 + column % 3))
                });
                check_binary(&cpus, stack.view());
            }
        }
    }
}

/// Pieces of a row along the scan, in rows that follow one another, which are read as one, and in
/// rows that lie apart.
#[test]
fn rows_around_pieces() {
    let (cpus, mut random) = (cpus(1), Random(4));
    for width in around([PIECE, 2 * PIECE]) {
        for height in [1, 2] {
            check_rows([height, width], &mut random, &cpus);
            check_binary(&cpus, Array3::ones((1, height, width)).view());
        }
    }
}

/// Masks that lie pixel by pixel beside each other, from as many pixels on as are worth taking
/// apart.
#[test]
fn interleaved_masks_around_the_least_pixels() {
    let (cpus, mut random) = (cpus(1), Random(5));
    let least = LEAST_PIXELS as usize;
    let sizes = [
        [7, (least - 1) / 7],
        [16, least / 16],
        [27, (least + 1) / 27],
    ];
    assert_eq!(
        sizes.map(|[height, width]| height * width),
        [least - 1, least, least + 1]
    );
    for [height, width] in sizes {
        // Words of 64 pixels of 5 to 7, and of 8 more, are most of a line, or of the second one.
        for masks in [1, 2, 3, 5, 6, 7, 13, 14, 15, 63, 64, 65, 129] {
            let stack = random.stack([height, width, masks], 60);
            let first = stack.view().permuted_axes([2, 0, 1]);
            check(&cpus, first);
            check(&cpus, first.permuted_axes([0, 2, 1]));
            // A part of them, and one mask alone.
            let mut some = first;
            some.slice_axis_inplace(Axis(0), (masks / 2..masks).into());
            check(&cpus, some);
        }
    }
}
