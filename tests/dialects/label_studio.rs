//! Label Studio's bits that are none, and those that its own encoders do not write.

use maskrle::dialect::LabelStudioRle;
use maskrle::{MaskRuns, Order};

use crate::refused;

/// Bytes of numbers and their widths.
fn bits(numbers: &[(u32, u32)]) -> Vec<u8> {
    let digits: String = numbers
        .iter()
        .map(|&(number, width)| format!("{number:0w$b}", w = width as usize))
        .collect();
    let bytes = digits.as_bytes().chunks(8);
    bytes
        .map(|byte| {
            byte.iter()
                .enumerate()
                .fold(0, |sum, (at, digit)| sum | (digit - b'0') << (7 - at))
        })
        .collect()
}

const HEAD: [(u32, u32); 6] = [(24, 32), (7, 5), (2, 4), (3, 4), (7, 4), (15, 4)];

fn read(blocks: &[(u32, u32)]) -> maskrle::Result<MaskRuns> {
    LabelStudioRle::new([2, 3], bits(&[&HEAD, blocks].concat())).to_runs()
}

#[test]
fn values_one_by_one() {
    // Half transparent colours of 4 pixels, then a run that begins and ends within a pixel.
    let values =
        [9, 9, 9, 1, 0, 0, 0, 0, 255, 255, 255, 0, 0, 0, 0, 128, 7].map(|value| (value, 8));
    let literal = [&[(0, 1), (2, 2), (16, 8)], &values[..]].concat();
    let mask = read(&[&literal[..], &[(1, 1), (0, 2), (6, 3), (0, 8)]].concat()).unwrap();
    let expected = MaskRuns::from_counts([2, 3], Order::RowMajor, [0, 1, 2, 1, 2]).unwrap();
    assert_eq!(mask, expected);
    // Words of one bit and of 32.
    for width in [1, 32] {
        let head = [(24, 32), (width - 1, 5), (0, 4), (1, 4), (7, 4), (15, 4)];
        let blocks = [
            (1, 1),
            (2, 2),
            (11, 8),
            (1, width),
            (1, 1),
            (2, 2),
            (11, 8),
            (0, width),
        ];
        let brush = LabelStudioRle::new(
            [2, 3],
            bits(&[head, blocks[..6].try_into().unwrap()].concat()),
        );
        refused(brush.to_runs());
        let brush = LabelStudioRle::new([2, 3], bits(&[&head[..], &blocks].concat()));
        assert_eq!(
            brush.to_runs().unwrap().foreground().collect::<Vec<_>>(),
            [(0, 3)]
        );
    }
}

#[test]
fn bits_that_are_none() {
    assert_eq!(
        refused(LabelStudioRle::new([2, 3], [0, 0]).to_runs()),
        "bit 16: the bytes end here"
    );
    let run = |length: u32| [(1, 1), (2, 2), (length - 1, 8), (255, 8)];
    assert_eq!(read(&run(24)).unwrap().area(), 6);
    assert_eq!(
        refused(read(&run(25))),
        "bit 53: a block of values up to 25, and there are 24"
    );
    assert_eq!(refused(read(&run(23))), "bit 72: the bytes end here");
    let other = LabelStudioRle::new([2, 2], bits(&HEAD)).to_runs();
    assert_eq!(refused(other), "bit 0: 24 values, a mask of 2 x 2 has 16");
    // Four thousand million values in a few bytes, of which none are made.
    refused(LabelStudioRle::new([1 << 15, 1 << 15], vec![255; 20]).to_runs());
}
