//! The fuzzers' bodies: plain functions of bytes that panic where something is wrong.
//! `tests/fuzzed.rs` calls them with the kept inputs.

use std::sync::OnceLock;

use maskrle::{
    Backend, CocoCounts, CocoMask, CocoRle, Encoder, KaggleRle, Limits, MaskRuns, MaskView, Masks,
    Order, Runs, SetOp, ValueCounts,
};
use ndarray::{Array2, Axis, Zip};

const ORDERS: [Order; 2] = [Order::RowMajor, Order::ColumnMajor];

/// Bytes taken from the front; zeros when there are none left.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn byte(&mut self) -> u8 {
        let Some((&byte, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        byte
    }

    fn word(&mut self) -> u32 {
        u32::from_le_bytes([(); 4].map(|()| self.byte()))
    }

    /// Small or of any height and width.
    fn size(&mut self) -> [u32; 2] {
        match self.byte() {
            0 => [self.word(), self.word()],
            1 => [self.word() >> 16, self.word() >> 16],
            _ => [self.byte(), self.byte()].map(u32::from),
        }
    }

    fn order(&mut self) -> Order {
        ORDERS[usize::from(self.byte() % 2)]
    }

    fn words(&mut self) -> Vec<u32> {
        (0..self.0.len() / 4).map(|_| self.word()).collect()
    }
}

/// Every parser: a mask that is one, or an error.
pub fn parsers(data: &[u8]) {
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
fn check(mask: MaskView<'_>) {
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

/// A COCO string is read if, and only if, pycocotools reads it soundly: each number is whole, of at
/// most seven groups, each count 0 to 2^32 - 1, and all sum to the pixels.
pub fn acceptance(data: &[u8]) {
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

fn encoder() -> &'static Encoder {
    static ENCODER: OnceLock<Encoder> = OnceLock::new();
    ENCODER.get_or_init(|| {
        Encoder::builder()
            .backend(Backend::Cpu)
            .threads(1)
            .build()
            .expect("a CPU is there")
    })
}

/// Masks of one size, from the bits of the bytes, each of which is some pixels.
fn masks(bytes: &mut Bytes<'_>, count: usize) -> Vec<Array2<bool>> {
    let [h, w] = [bytes.byte() % 72, bytes.byte() % 72].map(usize::from);
    let mask = |_| {
        let (pixels_per_bit, by_column) =
            (1 + usize::from(bytes.byte() % 90), bytes.byte() % 2 == 1);
        let scanned: Vec<bool> = (0..(h * w).div_ceil(8 * pixels_per_bit))
            .flat_map(|_| {
                let byte = bytes.byte();
                (0..8 * pixels_per_bit).map(move |index| byte >> (index / pixels_per_bit) & 1 == 1)
            })
            .collect();
        let pixel = |(y, x)| scanned[if by_column { x * h + y } else { y * w + x }];
        Array2::from_shape_fn((h, w), pixel)
    };
    (0..count).map(mask).collect()
}

/// Pixels to runs and back, in both scan orders, into both layouts; to the other order and back;
/// and as labels.
pub fn round_trip(data: &[u8]) {
    let mut bytes = Bytes(data);
    let pixels = masks(&mut bytes, 2);
    let stack = ndarray::stack(
        Axis(0),
        &pixels.iter().map(|mask| mask.view()).collect::<Vec<_>>(),
    )
    .expect("one size");
    let labels = stack.mapv(u8::from) * (1 + bytes.byte() / 2);
    let labels = &labels + &stack.slice(ndarray::s![..;-1, .., ..]).mapv(u8::from);
    for order in ORDERS {
        let runs = encoder()
            .runs(&Masks::binary(&stack).expect("small"), order)
            .expect("small");
        let maps = encoder()
            .runs(&Masks::labels(&labels).expect("small"), order)
            .expect("small");
        let other = if order == Order::RowMajor {
            Order::ColumnMajor
        } else {
            Order::RowMajor
        };
        for layout in ORDERS {
            assert_eq!(runs.decode::<bool>(layout).as_ref(), Ok(&stack));
            assert_eq!(maps.decode::<u8>(layout).as_ref(), Ok(&labels));
        }
        let reordered = runs.to_order(other).expect("small");
        assert_eq!(
            reordered,
            encoder()
                .runs(&Masks::binary(&stack).expect("small"), other)
                .expect("small")
        );
        assert_eq!(
            maps.to_order(other)
                .and_then(|maps| maps.to_order(order))
                .as_ref(),
            Ok(&maps)
        );
        if order == Order::ColumnMajor {
            let strings = encoder()
                .coco(&Masks::binary(&stack).expect("small"))
                .expect("small");
            assert_eq!(Runs::read(&strings).as_ref(), Ok(&runs));
        }
        for map in &maps {
            let (instances, masks) = map.split_labels().expect("few");
            if !instances.is_empty() {
                let again = masks
                    .to_label_map(instances.iter().map(|instance| instance.label))
                    .expect("small");
                assert_eq!(again, map);
            }
        }
    }
}

/// Set algebra, measures and overlap against the pixels' own.
pub fn algebra(data: &[u8]) {
    let mut bytes = Bytes(data);
    let (order, pixels) = (bytes.order(), masks(&mut bytes, 3));
    let runs_of = |mask: &Array2<bool>| {
        encoder()
            .runs(&Masks::binary(mask).expect("small"), order)
            .expect("small")
    };
    let runs = Runs::concat(pixels.iter().map(runs_of)).expect("one order");
    let area = |mask: &Array2<bool>| mask.iter().filter(|&&pixel| pixel).count() as u64;
    assert_eq!(runs.areas(), pixels.iter().map(area).collect::<Vec<_>>());
    for (op, by_pixel) in [
        (SetOp::Union, (|a, b| a || b) as fn(bool, bool) -> bool),
        (SetOp::Intersection, |a, b| a && b),
        (SetOp::Difference, |a, b| a && !b),
        (SetOp::Xor, |a, b| a != b),
    ] {
        let merged = |a: &Array2<bool>, b: &Array2<bool>| {
            Zip::from(a).and(b).map_collect(|&a, &b| by_pixel(a, b))
        };
        let two = merged(&pixels[0], &pixels[1]);
        let [a, b] = [0, 1].map(|index| runs.mask(index));
        let expected = runs_of(&two);
        assert_eq!(a.merge(b, op).map(Runs::from), Ok(expected), "{op:?}");
        assert_eq!(a.merge_area(b, op), Ok(area(&two)), "{op:?}");
        assert_eq!(
            runs.merge(op).map(Runs::from),
            Ok(runs_of(&merged(&two, &pixels[2]))),
            "{op:?}"
        );
    }
    let crowd = [false, true, false];
    let iou = runs.iou(&runs, &crowd).expect("one size");
    for ((row, column), &iou) in iou.indexed_iter() {
        let (a, b) = (&pixels[row], &pixels[column]);
        let both = Zip::from(a)
            .and(b)
            .fold(0u64, |both, &a, &b| both + u64::from(a && b));
        let whole = if crowd[column] {
            area(a)
        } else {
            area(a) + area(b) - both
        };
        assert_eq!(
            iou,
            if both == 0 {
                0.0
            } else {
                both as f64 / whole as f64
            }
        );
    }
}

/// A polygon of any coordinates: a mask or an error; and what is traced of the mask makes it again.
pub fn polygons(data: &[u8]) {
    let mut bytes = Bytes(data);
    let (size, is_near) = (bytes.size(), bytes.byte() % 4 > 0);
    let mut polygon = Vec::new();
    while !bytes.0.is_empty() {
        // Tenths of pixels, or any float there is.
        let word = bytes.word();
        let any = || f64::from_bits(u64::from(word) << 32 | u64::from(word.reverse_bits()));
        polygon.push(if is_near {
            f64::from(word as i16) / 10.0
        } else {
            any()
        });
    }
    let limits = Limits::default().with_runs(1 << 16);
    let Ok(runs) = Runs::from_polygons_within(size, &[polygon], &limits) else {
        return;
    };
    let traced = runs
        .get(0)
        .expect("one mask")
        .to_polygons()
        .expect("binary");
    if traced.is_empty() {
        return assert_eq!(runs.areas(), [0]);
    }
    let segmentation: Vec<Vec<f64>> = traced.iter().map(|polygon| polygon.to_coco()).collect();
    let again =
        Runs::from_polygons(size, &segmentation).and_then(|parts| parts.merge(SetOp::Union));
    assert_eq!(again.map(Runs::from).as_ref(), Ok(&runs));
}
