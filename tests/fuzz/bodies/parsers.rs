//! Bytes as text of every format.

use maskrle::{
    CocoCounts, CocoMask, CocoRle, KaggleRle, Limits, MaskRuns, MaskView, Order, Runs, SetOp,
    ValueCounts,
};

use super::bytes::{Bytes, ORDERS};

/// Every parser: a mask that is one, or an error.
pub fn run(data: &[u8]) {
    let mut bytes = Bytes(data);
    let kind = bytes.byte() % 8;
    let Some(runs) = (if kind < 6 {
        parsed_mask(kind, bytes).map(|mask| mask.map(Runs::from))
    } else {
        parsed_stack(kind, bytes)
    }) else {
        return;
    };
    if let Ok(runs) = runs {
        runs.iter().for_each(check);
        let _ = runs.merge(SetOp::Union);
        let _ = runs.iou(&runs, &[]);
        check_limits(&runs);
    }
}

/// One mask in one of the formats; none if the bytes are no JSON of one.
fn parsed_mask(kind: u8, mut bytes: Bytes<'_>) -> Option<maskrle::Result<MaskRuns>> {
    Some(match kind {
        0 => CocoRle::from_bytes(bytes.size(), bytes.0).and_then(|rle| rle.to_runs()),
        1 => CocoRle {
            size: bytes.size(),
            counts: String::from_utf8_lossy(bytes.0).into(),
        }
        .to_runs(),
        2 => CocoCounts {
            size: bytes.size(),
            counts: bytes.words(),
        }
        .to_runs(),
        3 => {
            let (size, order) = (bytes.size(), bytes.order());
            KaggleRle {
                size,
                order,
                pairs: String::from_utf8_lossy(bytes.0).into(),
            }
            .to_runs()
        }
        4 => {
            let (size, order) = (bytes.size(), bytes.order());
            let (values, counts) = bytes
                .words()
                .chunks(2)
                .map(|pair| (i64::from(pair[0] as i32), pair[pair.len() - 1]))
                .unzip();
            ValueCounts {
                size,
                order,
                values,
                counts,
            }
            .to_runs()
        }
        _ => serde_json::from_slice::<CocoMask>(bytes.0).ok()?.to_runs(),
    })
}

/// A stack as JSON, or of many strings; none if the bytes are no JSON of one.
fn parsed_stack(kind: u8, mut bytes: Bytes<'_>) -> Option<maskrle::Result<Runs>> {
    Some(match kind {
        6 => Ok(serde_json::from_slice::<Runs>(bytes.0).ok()?),
        _ => {
            let size = bytes.size();
            let texts = bytes.0.split(|&byte| byte == b' ');
            let rles: Vec<_> = texts
                .map(|text| CocoRle {
                    size,
                    counts: String::from_utf8_lossy(text).into(),
                })
                .collect();
            let limits = Limits::default()
                .with_runs(1 << 16)
                .with_masks(1 << 10)
                .with_pixels(0)
                .with_pairs(0);
            Runs::read_within(&rles, &limits)
        }
    })
}

/// Whatever is made of a stack is within limits on all of it, or an error.
fn check_limits(runs: &Runs) {
    let limits = Limits::default()
        .with_pixels(1 << 14)
        .with_runs(1 << 12)
        .with_masks(64)
        .with_pairs(64);
    let check_runs = |made: maskrle::Result<Runs>| {
        assert!(made.map_or(0, |made| made.starts().len()) <= 1 << 12)
    };
    for order in ORDERS {
        if order != runs.order() {
            check_runs(runs.to_order_within(order, &limits));
        }
        assert!(
            runs.decode_within::<bool>(order, &limits)
                .map_or(0, |pixels| pixels.len())
                <= 1 << 14
        );
    }
    check_runs(runs.pad_within([1, 2, 3, 4], &limits));
    assert!(
        runs.iou_within(runs, &[], &limits)
            .map_or(0, |iou| iou.len())
            <= 64
    );
    if let Ok((instances, masks)) = runs.split_labels_within(&limits) {
        assert!(instances.len() <= 64 && masks.starts().len() <= 1 << 12);
    }
}

/// A mask that came of hostile bytes is as good as any other: its parts are sound, it is written
/// and read as itself, and all operations are defined on it, within limits.
pub fn check(mask: MaskView<'_>) {
    let (owned, runs) = (mask.to_owned(), Runs::from(mask));
    let parts = (
        runs.order(),
        vec![mask.size()],
        runs.offsets().to_vec(),
        runs.starts().to_vec(),
        runs.values().clone(),
    );
    assert_eq!(
        Runs::from_parts(parts.0, parts.1, parts.2, parts.3, parts.4).as_ref(),
        Ok(&runs)
    );
    assert_eq!(
        ValueCounts::from(mask).to_runs().expect("it was runs"),
        mask
    );
    if mask.is_binary() {
        assert_eq!(
            KaggleRle::try_from(mask)
                .and_then(|kaggle| kaggle.to_runs())
                .as_ref(),
            Ok(&owned)
        );
        if mask.order() == Order::ColumnMajor {
            assert_eq!(
                CocoRle::try_from(mask)
                    .and_then(|rle| rle.to_runs())
                    .as_ref(),
                Ok(&owned)
            );
            assert_eq!(
                CocoCounts::try_from(mask)
                    .and_then(|rle| rle.to_runs())
                    .as_ref(),
                Ok(&owned)
            );
        }
        let complement = runs.complement().expect("it is binary");
        assert_eq!(
            runs.areas()[0] + complement.areas()[0],
            u64::from(mask.pixels())
        );
        assert_eq!(complement.complement().as_ref(), Ok(&runs));
    }
    let [x, y, w, h] = mask.bbox();
    assert_eq!(mask.area() == 0, w == 0 && h == 0);
    assert!(x + w <= mask.size()[1] && y + h <= mask.size()[0]);
    assert!(
        mask.centroid()
            .is_none_or(|[cx, cy]| cx >= f64::from(x) - 0.5 && cy >= f64::from(y) - 0.5)
    );
    assert_eq!(runs.flip_up_down().flip_up_down(), runs);
    assert_eq!(runs.flip_left_right().flip_left_right(), runs);
    assert_eq!(runs.transpose().transpose(), runs);
    assert_eq!(
        mask.crop([x, y, w, h]).expect("it is within").area(),
        mask.area()
    );

    let limits = Limits::default()
        .with_pixels(1 << 14)
        .with_runs(1 << 14)
        .with_masks(1 << 10)
        .with_pairs(1 << 10);
    for order in ORDERS {
        if let Ok(reordered) = mask.to_order_within(order, &limits) {
            assert!(reordered.starts().len() <= 1 << 14 || order == mask.order());
            assert_eq!(reordered.area(), mask.area());
        }
        if let Ok(pixels) = mask.decode_within::<bool>(order, &limits) {
            assert!(pixels.len() <= 1 << 14);
            assert_eq!(
                pixels.iter().filter(|&&pixel| pixel).count() as u64,
                mask.area()
            );
        }
    }
    if let Ok(framed) = mask.pad_within([1, 2, 3, 4], &limits) {
        assert!(framed.starts().len() <= 1 << 14);
        let [h, w] = mask.size();
        assert_eq!(framed.crop([3, 1, w, h]).expect("it is within"), owned);
    }
}
