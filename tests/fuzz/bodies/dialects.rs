//! Bytes as masks of every dialect.

use maskrle::dialect::{
    CvatMask, LabelStudioRle, MotsLine, NuImagesRle, OpenImagesRle, YoloSegment,
};
use maskrle::{Limits, MaskRuns, Order};

use super::bytes::Bytes;
use super::parsers::check;

/// Every parser: a mask that is one, and that the dialect writes again, or an error.
pub fn run(data: &[u8]) {
    let Ok(mask) = parsed(Bytes(data)) else {
        return;
    };
    let runs = mask.len();
    assert!(runs <= MOST_RUNS, "{runs} runs of {} bytes", data.len());
    check(mask.view());
    match mask.order() {
        Order::ColumnMajor => {
            let again = NuImagesRle::try_from(&mask).and_then(|rle| rle.to_runs());
            assert_eq!(again.as_ref(), Ok(&mask));
            let again = OpenImagesRle::try_from(&mask).and_then(|rle| rle.to_runs());
            assert_eq!(again.as_ref(), Ok(&mask));
        }
        Order::RowMajor => {
            if mask.pixels() < 1 << 30 {
                let again = LabelStudioRle::try_from(&mask).and_then(|rle| rle.to_runs());
                assert_eq!(again.as_ref(), Ok(&mask));
            }
            if !mask.is_empty() {
                let again = CvatMask::try_from(&mask).and_then(|rle| rle.to_runs());
                assert_eq!(again.as_ref(), Ok(&mask));
            }
        }
    }
}

const MOST_RUNS: usize = 1 << 14;

fn parsed(mut bytes: Bytes<'_>) -> maskrle::Result<MaskRuns> {
    let limits = Limits::default().with_runs(MOST_RUNS as u64);
    let kind = bytes.byte() % 7;
    let size = bytes.size();
    let text = String::from_utf8_lossy(bytes.0);
    match kind {
        0 => NuImagesRle::new(size, text).to_runs(),
        1 => OpenImagesRle::new(size, text)
            .to_coco_within(&limits)?
            .to_runs(),
        2 => {
            let line: MotsLine = text.parse()?;
            assert_eq!(line.to_string().parse().as_ref(), Ok(&line));
            line.to_runs()
        }
        3 => {
            let points: Vec<u32> = match size[0] % 2 {
                0 => bytes.0.iter().copied().map(u32::from).collect(),
                _ => bytes.words(),
            };
            CvatMask::from_points(size, &points)?.to_runs_within(&limits)
        }
        4 => {
            let place = [(); 4].map(|()| bytes.byte()).map(u32::from);
            let rle = String::from_utf8_lossy(bytes.0);
            CvatMask::from_rle(size, &rle, place)?.to_runs_within(&limits)
        }
        5 => LabelStudioRle::new(size, bytes.0).to_runs(),
        _ => {
            let line: YoloSegment = text.parse()?;
            assert_eq!(line.to_string().parse().as_ref(), Ok(&line));
            line.to_runs_within(size, &limits)
        }
    }
}
