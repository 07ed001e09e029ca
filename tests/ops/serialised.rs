//! Every type there and back, as JSON; and JSON that is none of it.

use maskrle::format::Counts;
use maskrle::{
    Backend, BitOrder, ChosenBackend, CocoCounts, CocoMask, CocoRle, Connectivity, Encoder, Error,
    Footprint, Instance, KaggleRle, Labels, Limits, MaskRuns, Masks, MorphOp, Order, Position,
    Runs, SetOp, Tally, ValueCounts, Values,
};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{BytesDeserializer, Error as ValueError, MapDeserializer};
use serde_json::{from_value, json, to_value};

fn there_and_back<
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
>(
    value: T,
    expected: serde_json::Value,
) {
    let written = to_value(&value).unwrap();
    assert_eq!(written, expected);
    assert_eq!(from_value::<T>(written).unwrap(), value);
}

#[test]
fn every_type_comes_back_from_json() {
    there_and_back(Order::RowMajor, json!("row"));
    there_and_back(BitOrder::Little, json!("little"));
    there_and_back(Connectivity::Eight, json!("eight"));
    there_and_back(MorphOp::Close, json!("close"));
    there_and_back(Footprint::Box([3, 5]), json!({ "box": [3, 5] }));
    there_and_back(SetOp::Intersection, json!("intersection"));
    there_and_back(
        Limits::default()
            .with_pixels(1)
            .with_runs(2)
            .with_masks(3)
            .with_pairs(4),
        json!({ "pixels": 1, "runs": 2, "masks": 3, "pairs": 4 }),
    );
    let instance = json!({ "map": 0, "label": -7, "area": 3, "bbox": [1, 2, 3, 4] });
    let read: Instance = from_value(instance.clone()).unwrap();
    assert_eq!(
        (read.map, read.label, read.area, read.bbox),
        (0, -7, 3, [1, 2, 3, 4])
    );
    there_and_back(read, instance);
    let mask = MaskRuns::from_counts([2, 3], Order::ColumnMajor, [3, 3]).unwrap();
    let runs = Runs::from(mask.clone());
    let written = json!({
        "order": "column", "sizes": [[2, 3]], "offsets": [0, 2], "starts": [0, 3],
        "values": { "binary": [false] }
    });
    assert_eq!(
        to_value(runs.get(0)).unwrap(),
        written,
        "one of the stack is a stack of one"
    );
    there_and_back(mask, written.clone());
    there_and_back(runs, written);
    there_and_back(Values::Binary(vec![true]), json!({ "binary": [true] }));
    there_and_back(Labels::I8(vec![-1]), json!({ "i8": [-1] }));
    let labels = MaskRuns::from_values([1, 3], Order::RowMajor, &[300, 5], &[1, 2]).unwrap();
    there_and_back(
        labels,
        json!({
            "order": "row", "sizes": [[1, 3]], "offsets": [0, 2], "starts": [0, 1],
            "values": { "labels": { "u16": [300, 5] } }
        }),
    );
    let values = ValueCounts {
        size: [1, 3],
        order: Order::RowMajor,
        values: vec![300, 5],
        counts: vec![1, 2],
    };
    there_and_back(
        values,
        json!({ "size": [1, 3], "order": "row", "values": [300, 5], "counts": [1, 2] }),
    );
    there_and_back(Counts::Text("33".into()), json!("33"));
    there_and_back(Counts::Numbers(vec![3, 3]), json!([3, 3]));
    there_and_back(
        KaggleRle::by_columns([2, 3], "1 2"),
        json!({ "size": [2, 3], "order": "column", "pairs": "1 2" }),
    );
    there_and_back(
        CocoMask::Rle(CocoRle {
            size: [2, 3],
            counts: "33".into(),
        }),
        json!({ "size": [2, 3], "counts": "33" }),
    );
    // Segment Anything's "uncompressed_rle".
    there_and_back(
        CocoMask::Counts(CocoCounts {
            size: [2, 3],
            counts: vec![3, 3],
        }),
        json!({ "size": [2, 3], "counts": [3, 3] }),
    );
}

/// An encoder's reports on itself.
#[test]
fn reports_come_back_from_json() {
    there_and_back(Backend::Cpu, json!("cpu"));
    let encoder = Encoder::builder().backend(Backend::Cpu).build().unwrap();
    let chosen: ChosenBackend = encoder.backend().clone();
    let written = json!({ "backend": "cpu", "adapter": null, "reason": chosen.reason });
    there_and_back(chosen, written);
    encoder
        .coco(&Masks::binary(&ndarray::arr2(&[[1u8]])).unwrap())
        .unwrap();
    let tally: Tally = encoder.tally();
    there_and_back(tally, json!({ "cpu": 1, "gpu": 0 }));
    there_and_back(Error::Input("no".into()), json!({ "input": "no" }));
    let error = CocoRle {
        size: [2, 2],
        counts: "1P".into(),
    }
    .to_runs()
    .unwrap_err();
    there_and_back(
        error,
        json!({ "format": {
            "mask": null, "at": { "character": 2 }, "what": "the string ends within a number"
        } }),
    );
    there_and_back(Position::Counts, json!("counts"));
}

#[cfg(feature = "gpu")]
#[test]
fn reports_of_a_gpu_come_back_from_json() {
    use maskrle::ElementType;
    use maskrle::gpu::{AdapterReport, GpuWork};

    there_and_back(ElementType::F16, json!("f16"));
    there_and_back(
        GpuWork::default(),
        json!({
            "dispatches": 0, "submits": 0, "waits": 0, "uploads": 0, "bind_groups": 0,
            "buffer_bytes": 0,
        }),
    );
    let report = json!({
        "name": "a", "backend": "vulkan", "device_type": "software", "driver": "d", "vendor": 1,
        "device": 2, "software": true, "max_binding_bytes": 3, "max_buffer_bytes": 4,
        "subgroups": true, "timestamps": false,
        "chosen": false, "passed_over": "it computes on the CPU"
    });
    there_and_back(from_value::<AdapterReport>(report.clone()).unwrap(), report);
}

/// JSON has no bytes, other formats do, and pycocotools gives them.
#[test]
fn counts_are_read_from_bytes() {
    type Bytes<'a> = BytesDeserializer<'a, ValueError>;
    enum Entry<'a> {
        Size,
        Counts(&'a [u8]),
    }
    impl<'de> IntoDeserializer<'de, ValueError> for Entry<'de> {
        type Deserializer = SizeOrCounts<'de>;
        fn into_deserializer(self) -> SizeOrCounts<'de> {
            match self {
                Entry::Size => SizeOrCounts::Size,
                Entry::Counts(bytes) => SizeOrCounts::Bytes(BytesDeserializer::new(bytes)),
            }
        }
    }
    enum SizeOrCounts<'a> {
        Size,
        Bytes(Bytes<'a>),
    }
    impl<'de> serde::Deserializer<'de> for SizeOrCounts<'de> {
        type Error = ValueError;
        fn deserialize_any<V: serde::de::Visitor<'de>>(
            self,
            visitor: V,
        ) -> Result<V::Value, ValueError> {
            match self {
                SizeOrCounts::Size => visitor.visit_seq(serde::de::value::SeqDeserializer::new(
                    [2u32, 3].into_iter(),
                )),
                SizeOrCounts::Bytes(bytes) => bytes.deserialize_any(visitor),
            }
        }
        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
            option unit unit_struct newtype_struct seq tuple tuple_struct map struct enum
            identifier ignored_any
        }
    }
    let map = |counts| {
        MapDeserializer::new([("size", Entry::Size), ("counts", Entry::Counts(counts))].into_iter())
    };
    let expected = CocoRle {
        size: [2, 3],
        counts: "33".into(),
    };
    assert_eq!(CocoRle::deserialize(map(b"33")).unwrap(), expected);
    assert_eq!(
        CocoMask::deserialize(map(b"33")).unwrap(),
        CocoMask::Rle(expected)
    );
    let error = CocoMask::deserialize(map(b"3\xe9")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "character 1: byte 0xe9 is none of COCO's characters, which are '0' to 'o'"
    );
}

#[test]
fn json_that_is_no_mask_is_refused() {
    let error = |value| from_value::<CocoMask>(value).unwrap_err().to_string();
    assert!(error(json!({ "size": [2, 3], "counts": [3, -3] })).contains("-3"));
    assert!(error(json!({ "size": [2, 3], "counts": [3, 0.5] })).contains("0.5"));
    assert!(
        error(json!({ "size": [2, 3], "counts": null })).contains("a string or a list of numbers")
    );
    assert!(error(json!({ "size": [2], "counts": "33" })).contains("2"));
    assert!(error(json!({ "size": [2, 4_294_967_296u64], "counts": "33" })).contains("4294967296"));
    assert!(error(json!({ "size": [2, 3] })).contains("counts"));
    assert!(from_value::<CocoRle>(json!({ "size": [2, 3], "counts": [3, 3] })).is_err());
    let runs = json!({
        "order": "row", "sizes": [[2, 3]], "offsets": [0, 2], "starts": [0, 6],
        "values": { "binary": [false] }
    });
    let error = from_value::<Runs>(runs).unwrap_err().to_string();
    assert_eq!(
        error,
        "mask 0, run 1: it starts at 6, beyond the mask's 6 pixels"
    );
}
