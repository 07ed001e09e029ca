//! Bytes as COCO's strings, against a plain reader.

use maskrle::{CocoCounts, CocoRle};

use super::bytes::Bytes;

/// A COCO string is read if, and only if, pycocotools reads it soundly: each number is whole, of at
/// most seven groups, each count 0 to 2^32 - 1, and all sum to the pixels.
pub fn run(data: &[u8]) {
    let mut bytes = Bytes(data);
    let mut size = bytes.size();
    let plain = plain_counts(bytes.0);
    let sum: Option<u64> = plain
        .as_ref()
        .map(|counts| counts.iter().copied().map(u64::from).sum());
    // A size that fits is worth more than any other.
    if let Some(sum) = sum.and_then(|sum| u32::try_from(sum).ok())
        && size[0] % 4 != 0
    {
        size = [sum, 1];
    }
    let pixels = u64::from(size[0]) * u64::from(size[1]);
    let is_sound = sum == Some(pixels) && pixels <= u64::from(u32::MAX);
    let read = CocoRle::from_bytes(size, bytes.0).and_then(|rle| rle.to_runs());
    assert_eq!(
        read.is_ok(),
        is_sound,
        "{read:?} of {:?} in {size:?}",
        String::from_utf8_lossy(bytes.0)
    );
    if let (Ok(runs), Some(counts)) = (read, plain) {
        assert_eq!(CocoCounts { size, counts }.to_runs().as_ref(), Ok(&runs));
        let string = runs.to_coco().expect("column-major");
        assert_eq!(string.to_runs().as_ref(), Ok(&runs));
    }
}

/// The counts that a string is of, read a group at a time. Never optimise it.
fn plain_counts(text: &[u8]) -> Option<Vec<u32>> {
    let mut counts: Vec<u32> = Vec::new();
    let mut bytes = text.iter();
    while !bytes.as_slice().is_empty() {
        let (mut number, mut groups) = (0i64, 0);
        let last = loop {
            let bits = bytes
                .next()
                .copied()
                .filter(|byte| (48..112).contains(byte) && groups < 7)?
                - 48;
            number += i64::from(bits % 32) << (5 * groups);
            groups += 1;
            if bits < 32 {
                break bits;
            }
        };
        if last >= 16 {
            number -= 1 << (5 * groups);
        }
        if counts.len() > 2 {
            number += i64::from(counts[counts.len() - 2]);
        }
        counts.push(u32::try_from(number).ok()?);
    }
    Some(counts)
}
