//! Work and memory in proportion to what a call is given.

use maskrle::{BitOrder, Encoder, MaskRuns, Masks, Order};
use ndarray::{Array2, Array3, arr0, s};

/// Promises more items than it has.
struct Liar<I>(I);

impl<I: Iterator> Iterator for Liar<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (usize::MAX, None)
    }
}

#[test]
fn counts_that_are_promised_take_no_memory() {
    for (size, counts) in [
        ([2, 3], vec![1, 5]),
        ([65_535, 65_537], vec![u32::MAX]),
        ([1, u32::MAX], vec![0, 7, u32::MAX - 7]),
    ] {
        let lied = MaskRuns::from_counts(size, Order::RowMajor, Liar(counts.iter().copied()));
        let said = MaskRuns::from_counts(size, Order::RowMajor, counts);
        assert_eq!(lied, said);
    }
    assert!(MaskRuns::from_counts([2, 3], Order::RowMajor, Liar([7].into_iter())).is_err());
}

#[test]
#[cfg(target_pointer_width = "64")]
fn pixels_of_broadcast_masks_are_not_wrapped() {
    let pixel = arr0(1u8);
    for shape in [
        [1 << 31, 1 << 16, 1 << 15],
        [3, 65_535, 65_537],
        [isize::MAX as usize, 1, 1],
    ] {
        let masks = Masks::binary(pixel.broadcast(shape).expect("it may be")).expect("each fits");
        let pixels: u128 = shape.iter().map(|&side| side as u128).product();
        assert_eq!(u128::from(masks.pixels()), pixels, "{shape:?}");
    }
    let many = || {
        Masks::binary(
            pixel
                .broadcast([1 << 31, 1 << 16, 1 << 15])
                .expect("it may be"),
        )
    };
    let batch = Masks::batch((0..8).map(|_| many().expect("each fits"))).expect("of one kind");
    assert_eq!(batch.pixels(), u64::MAX);
}

/// Rows narrower than a word, which do not follow one another in memory, are read as one; numbers
/// of rows around those that are read at a time.
#[test]
fn narrow_rows_are_one_row() {
    let pixel = |row: usize, column: usize| {
        u8::from((row * 31 + column).wrapping_mul(0x9e37_79b9) >> 5 & 3 == 0)
    };
    for threads in [1, 2] {
        let encoder = Encoder::builder().threads(threads).build().expect("it is");
        for width in (1..=10).chain([31, 32, 33, 62, 63, 64, 65]) {
            for rows in [1, 2, 63, 64, 65, 511, 512, 513, 1024, 1500] {
                let wide =
                    Array2::from_shape_fn((rows, width + 3), |(row, column)| pixel(row, column));
                let narrow = wide.slice(s![.., 1..width + 1]);
                let whole = narrow.as_standard_layout();
                let packed = packed(&narrow.to_owned());
                for order in [Order::RowMajor, Order::ColumnMajor] {
                    let runs = |masks: &Masks<'_>| encoder.runs(masks, order).expect("small");
                    let expected = runs(&Masks::binary(&whole).expect("small"));
                    let found = runs(&Masks::binary(narrow).expect("small"));
                    assert_eq!(found, expected, "{rows} x {width}, {order}");
                    let bits = Masks::packed(&packed, width, BitOrder::Big);
                    let found = runs(&bits.expect("small"));
                    assert_eq!(found, expected, "packed, {rows} x {width}, {order}");
                }
            }
        }
    }
}

/// Masks large enough for chunks of rows on several threads.
#[test]
fn chunks_of_narrow_rows_join() {
    let encoder = Encoder::builder().threads(2).build().expect("it is");
    for width in [1, 3, 60] {
        let rows = (9 << 20) / width;
        let wide = Array2::from_shape_fn((rows, width + 1), |(row, column)| {
            u8::from((row * width + column) % 1009 < 300)
        });
        let narrow = wide.slice(s![.., ..width]);
        let whole = narrow.as_standard_layout();
        let runs = |masks| encoder.runs(&masks, Order::RowMajor).expect("it fits");
        let expected = runs(Masks::binary(&whole).expect("it fits"));
        assert_eq!(
            runs(Masks::binary(narrow).expect("it fits")),
            expected,
            "{width}"
        );
    }
}

/// Pixels, eight to a byte, the first the highest bit; rows begin at a byte.
fn packed(pixels: &Array2<u8>) -> Array2<u8> {
    let (rows, width) = pixels.dim();
    Array2::from_shape_fn((rows, width.div_ceil(8)), |(row, byte)| {
        let bits = (8 * byte..width.min(8 * byte + 8)).map(|column| pixels[[row, column]]);
        bits.enumerate()
            .fold(0, |all, (bit, pixel)| all | pixel << (7 - bit))
    })
}

#[test]
fn a_stack_of_masks_of_one_pixel_is_read() {
    let stack = Array3::from_shape_fn((5000, 1, 1), |(index, _, _)| u8::from(index % 3 == 0));
    let runs = Encoder::new().runs(&Masks::binary(&stack).expect("small"), Order::RowMajor);
    assert_eq!(runs.expect("small").len(), 5000);
}

#[cfg(feature = "serde")]
mod bytes {
    use ciborium::Value;
    use maskrle::{CocoMask, CocoRle};
    use serde::de::value::{Error, SeqDeserializer};
    use serde::de::{Deserialize, Deserializer, Error as _, IntoDeserializer, Visitor};

    /// CBOR of an object.
    fn cbor(size: Value, counts: Value) -> Vec<u8> {
        let members = [
            ("size", size),
            ("counts", counts),
            ("score", Value::Float(0.5)),
        ];
        let members = members.map(|(key, value)| (Value::Text(key.into()), value));
        let mut bytes = Vec::new();
        ciborium::into_writer(&Value::Map(members.into()), &mut bytes).expect("it can be written");
        bytes
    }

    fn size() -> Value {
        Value::Array(vec![2.into(), 3.into()])
    }

    /// Strings and bytes, short ones and such as do not fit the reader's buffer.
    #[test]
    fn counts_of_cbor_are_strings_or_bytes() {
        for counts in ["33".to_owned(), String::new(), "o".repeat(5000)] {
            let expected = CocoRle::new([2, 3], counts.as_str());
            for value in [Value::Text(counts.clone()), Value::Bytes(counts.into())] {
                let cbor = cbor(size(), value);
                let rle: CocoRle = ciborium::from_reader(&cbor[..]).expect("it is a mask");
                assert_eq!(rle, expected);
                let mask: CocoMask = ciborium::from_reader(&cbor[..]).expect("it is a mask");
                assert_eq!(mask, CocoMask::Rle(expected.clone()));
            }
        }
        let there_and_back = CocoRle::new([2, 3], "33");
        let mut cbor = Vec::new();
        ciborium::into_writer(&there_and_back, &mut cbor).expect("it can be written");
        let read: CocoRle = ciborium::from_reader(&cbor[..]).expect("it is a mask");
        assert_eq!(read, there_and_back);
    }

    #[test]
    fn cbor_that_is_no_mask_is_refused() {
        for counts in [
            Value::Bytes(vec![b'3', 0xe9]),
            Value::Null,
            Value::Float(3.0),
            Value::Array(vec![3.into(), 3.into()]),
        ] {
            let cbor = cbor(size(), counts);
            assert!(ciborium::from_reader::<CocoRle, _>(&cbor[..]).is_err());
        }
        let cbor = cbor(Value::Null, Value::Text("33".into()));
        assert!(ciborium::from_reader::<CocoRle, _>(&cbor[..]).is_err());
    }

    /// A member of a format that does not describe itself, as bincode's do not.
    enum Member {
        Size,
        Counts(&'static str),
    }

    impl<'de> IntoDeserializer<'de, Error> for Member {
        type Deserializer = Member;

        fn into_deserializer(self) -> Member {
            self
        }
    }

    impl<'de> Deserializer<'de> for Member {
        type Error = Error;

        fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
            Err(Error::custom("the format does not say what comes"))
        }

        fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self {
                Member::Counts(text) => visitor.visit_str(text),
                Member::Size => Err(Error::custom("no string")),
            }
        }

        fn deserialize_tuple<V: Visitor<'de>>(
            self,
            _: usize,
            visitor: V,
        ) -> Result<V::Value, Error> {
            match self {
                Member::Size => visitor.visit_seq(SeqDeserializer::new([2u32, 3].into_iter())),
                Member::Counts(_) => Err(Error::custom("no tuple")),
            }
        }

        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str bytes byte_buf
            option unit unit_struct newtype_struct seq tuple_struct map struct enum
            identifier ignored_any
        }
    }

    #[test]
    fn formats_that_do_not_describe_themselves_are_asked_for_a_string() {
        let members = [Member::Size, Member::Counts("33")];
        let members = SeqDeserializer::<_, Error>::new(members.into_iter());
        let rle = CocoRle::deserialize(members).expect("it is a mask");
        assert_eq!(rle, CocoRle::new([2, 3], "33"));
    }
}
