//! Element types of 64 bits, and bfloat16: against plain loops over the pixels, in both orders, of
//! any strides. The other types are those of `backends.rs`, on every backend.

mod support;

use maskrle::{
    Backend, ElementType, Encoder, Error, Float, Integer, Labels, Masks, Order, PixelArray,
    PixelVisitor, Runs, Values, bf16,
};
use ndarray::{Array2, Array3, ArrayView3, Axis, s};
use support::*;

fn cpu() -> Encoder {
    Encoder::builder()
        .backend(Backend::Cpu)
        .threads(2)
        .build()
        .expect("two threads")
}

/// Calls `check` with stacks of many sizes, and views of many strides.
fn each_view<T: Sample>(
    seed: u64,
    mut check: impl FnMut(ArrayView3<'_, T>) -> Result<(), String>,
) -> Result<(), String> {
    for shape in [
        [3, 37, 45],
        [2, 64, 32],
        [1, 5, 131],
        [2, 130, 3],
        [1, 66, 600],
    ] {
        for pattern in PATTERNS {
            check(stack::<T>(shape, pattern, seed).view())?;
        }
    }
    each_strided(seed, &mut check)?;
    // Tiny masks, which follow one another in memory or have gaps between them.
    let tiny = stack::<T>([300, 9, 11], Pattern::Noise, seed);
    check(tiny.view())?;
    check(tiny.slice(s![.., ..7, ..9]))?;
    // Masks beside each other, pixel by pixel.
    let beside = stack::<T>([40, 50, 70], Pattern::Runs(30), seed);
    check(beside.view().permuted_axes([2, 0, 1]))
}

fn integers<T: Integer + Sample>(label: impl Fn(T) -> i64 + Copy) {
    let encoder = cpu();
    each_view::<T>(1, |view| {
        check_binary(&through_coco(&encoder), view)?;
        check_labels_by(&of_encoder(&encoder), view, label)
    })
    .unwrap();
}

#[test]
fn integers_of_64_bits() {
    integers::<u64>(|label| label.try_into().expect("the samples fit"));
    integers::<i64>(|label| label);
}

fn floats<T: Float + Sample>() {
    let encoder = cpu();
    for threshold in [
        0.0,
        -0.0,
        0.5,
        -0.5,
        f64::NEG_INFINITY,
        f64::INFINITY,
        -1e-300,
        1e-300,
    ] {
        let rounded = T::nearest(threshold);
        each_view::<T>(2, |view| {
            check_threshold(&of_encoder(&encoder), view, threshold, rounded)
        })
        .unwrap();
    }
}

#[test]
fn doubles() {
    floats::<f64>();
}

#[test]
fn brain_floats() {
    floats::<bf16>();
}

/// Every interesting double against every interesting threshold, each between two pixels that are
/// never above.
#[test]
fn thresholds_of_doubles() {
    let bits = [
        0,
        1,
        2,
        0x000f_ffff_ffff_ffff,
        0x0010_0000_0000_0000,
        0x3fb9_9999_9999_999a,
        0x3ff0_0000_0000_0000,
        0x3ff0_0000_0000_0001,
        0x7fef_ffff_ffff_ffff,
        0x7ff0_0000_0000_0000,
        0x7ff0_0000_0000_0001,
        u64::MAX >> 1,
    ];
    let pixels: Vec<f64> = bits
        .iter()
        .flat_map(|&bits| [bits, bits | 1 << 63, u64::MAX])
        .map(f64::from_bits)
        .collect();
    let thresholds = pixels.clone();
    let pixels = Array3::from_shape_vec((1, 3, bits.len()), pixels).unwrap();
    let encoder = cpu();
    for threshold in thresholds.into_iter().filter(|value| !value.is_nan()) {
        check_threshold(&of_encoder(&encoder), pixels.view(), threshold, threshold).unwrap();
    }
}

#[test]
fn labels_that_no_run_holds_are_refused() {
    let mut classes = Array3::<u64>::zeros((2, 4, 5));
    let runs = |classes: &Array3<u64>, order| cpu().runs(&Masks::labels(classes)?, order);
    classes[[1, 2, 3]] = i64::MAX as u64;
    for order in [Order::RowMajor, Order::ColumnMajor] {
        let runs = runs(&classes, order).unwrap();
        assert_eq!(runs.get(1).unwrap().values().max(), Some(i64::MAX));
    }
    classes[[1, 2, 3]] += 1;
    for order in [Order::RowMajor, Order::ColumnMajor] {
        assert_eq!(
            runs(&classes, order),
            Err(Error::Input(
                "mask 1: the label 9223372036854775808 in row 2, column 3 is too large: values of \
                 runs are at most 9223372036854775807"
                    .into()
            ))
        );
    }
    // As foreground it is as good as any.
    let masks = Masks::binary(&classes).unwrap();
    assert_eq!(cpu().runs(&masks, Order::RowMajor).unwrap().areas(), [0, 1]);
    let parts = |value| {
        let values = Values::Labels(Labels::U64(vec![0, 5, value]));
        Runs::from_parts(
            Order::RowMajor,
            vec![[1, 1], [1, 4]],
            vec![0, 1, 3],
            vec![0, 0, 2],
            values,
        )
    };
    assert!(parts(i64::MAX as u64).is_ok());
    assert_eq!(
        parts(1 << 63).unwrap_err().to_string(),
        "mask 1, run 1: it has the value 9223372036854775808, the limit is 9223372036854775807"
    );
}

#[test]
fn labels_of_64_bits_go_through_the_operations() {
    let far = 1 << 40;
    let classes = ndarray::arr2(&[[0, far, far], [7, far, -far]]);
    let runs = cpu()
        .runs(&Masks::labels(&classes).unwrap(), Order::RowMajor)
        .unwrap();
    let map = runs.get(0).unwrap();
    assert_eq!(map.decode::<i64>(Order::RowMajor).unwrap(), classes);
    let error = map.decode::<u64>(Order::RowMajor).unwrap_err().to_string();
    assert_eq!(error, format!("the label -{far} does not fit uint64"));
    let (instances, masks) = runs.split_labels().unwrap();
    let labels: Vec<i64> = instances.iter().map(|instance| instance.label).collect();
    assert_eq!(labels, [-far, 7, far]);
    let again = masks.to_label_map(labels).unwrap();
    assert_eq!(again.decode::<i64>(Order::RowMajor).unwrap(), classes);
    let encoded = maskrle::ValueCounts::from(map);
    assert_eq!(encoded.to_runs().unwrap(), map);
}

/// Of each type of the list, an array that names it.
#[test]
fn arrays_know_their_type() {
    struct Name;
    impl PixelVisitor for Name {
        type Output = (ElementType, bool);
        fn integers<T: Integer>(self, _: &Array3<T>) -> (ElementType, bool) {
            (T::TYPE, false)
        }
        fn floats<T: Float>(self, _: &Array3<T>) -> (ElementType, bool) {
            (T::TYPE, true)
        }
    }
    fn array<T: maskrle::Element>() -> PixelArray {
        PixelArray::from(Array3::from_elem((2, 3, 5), T::default()))
    }
    let all = [
        array::<bool>(),
        array::<u8>(),
        array::<i8>(),
        array::<u16>(),
        array::<i16>(),
        array::<u32>(),
        array::<i32>(),
        array::<u64>(),
        array::<i64>(),
        array::<maskrle::f16>(),
        array::<bf16>(),
        array::<f32>(),
        array::<f64>(),
    ];
    let types: Vec<_> = all.iter().map(PixelArray::element_type).collect();
    assert_eq!(types, ElementType::ALL);
    for pixels in &all {
        let element = pixels.element_type();
        assert_eq!(pixels.visit(Name), (element, element.is_float()));
        assert_eq!(pixels.shape(), [2, 3, 5]);
        assert_eq!(pixels.strides(), [15, 5, 1]);
        assert_eq!(pixels.bytes(), 30 * element.bytes());
        assert_eq!(
            pixels.as_bytes().map(<[u8]>::len),
            Some(pixels.bytes() as usize)
        );
        assert_eq!(pixels.binary().is_ok(), !element.is_float());
        assert_eq!(pixels.labels().is_ok(), !element.is_float());
        assert_eq!(pixels.threshold(0.0).is_ok(), element.is_float());
        for error in [pixels.binary().err(), pixels.threshold(0.0).err()]
            .into_iter()
            .flatten()
        {
            assert!(error.to_string().contains(element.name()), "{error}");
        }
    }
}

#[test]
fn arrays_with_gaps_have_no_bytes() {
    let pixels = Array3::<u16>::zeros((2, 3, 4)).slice_move(s![.., .., ..;2]);
    assert_eq!(PixelArray::from(pixels).as_bytes(), None);
    let transposed = Array3::<u16>::zeros((2, 3, 4)).permuted_axes([0, 2, 1]);
    let transposed = PixelArray::from(transposed);
    assert_eq!(transposed.strides(), [12, 1, 4]);
    assert_eq!(transposed.as_bytes().map(<[u8]>::len), Some(48));
}

#[test]
fn slices_are_masks() {
    let stack = stack::<i64>([6, 4, 5], Pattern::Noise, 3);
    let pixels = stack.as_slice().unwrap();
    let runs = |masks: maskrle::Result<Masks<'_>>| {
        cpu().runs(&masks.unwrap(), Order::ColumnMajor).unwrap()
    };
    let expected = runs(Masks::labels(&stack));
    assert_eq!(runs(Masks::labels((pixels, [6, 4, 5]))), expected);
    assert_eq!(runs(Masks::labels((pixels, [2, 3, 4, 5]))), expected);
    assert_eq!(
        runs(Masks::labels((pixels, [6, 4, 5], [20, 5, 1]))),
        expected
    );
    assert_eq!(
        runs(Masks::labels((&pixels[20..40], [4, 5]))),
        runs(Masks::labels(stack.index_axis(Axis(0), 1)))
    );
    let every_other: Array2<i64> = stack.slice(s![0, ..;2, ..]).to_owned();
    assert_eq!(
        runs(Masks::labels((pixels, [2, 5], [10, 1]))),
        runs(Masks::labels(&every_other))
    );
    for dimensions in [
        Masks::labels((pixels, [1, 6, 4, 5, 1])),
        Masks::labels((&pixels[..1], [])),
    ] {
        let error = dimensions.unwrap_err().to_string();
        assert!(error.contains("masks have 1 ([w]), 2 ([h, w])"), "{error}");
    }
}
