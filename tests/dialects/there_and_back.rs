//! Masks that become a dialect's, and come back.

use maskrle::dialect::{CvatMask, LabelStudioRle, MotsLine, NuImagesRle, OpenImagesRle};
use maskrle::{Encoder, Error, MaskRuns, Masks, Order};
use ndarray::Array2;
use proptest::prelude::*;

use crate::support::strategies;

fn runs(pixels: &Array2<bool>, order: Order) -> MaskRuns {
    let masks = Masks::binary(pixels).unwrap();
    Encoder::new()
        .runs(&masks, order)
        .unwrap()
        .mask(0)
        .to_owned()
}

proptest! {
    #[test]
    fn any_mask_comes_back(pixels in strategies::mask()) {
        let mask = runs(&pixels, Order::ColumnMajor);
        prop_assert_eq!(NuImagesRle::try_from(&mask)?.to_runs()?, mask.clone());
        prop_assert_eq!(OpenImagesRle::try_from(&mask)?.to_runs()?, mask.clone());
        let line = MotsLine { frame: 1, id: 2001, class: 2, rle: mask.to_coco()? };
        prop_assert_eq!(line.to_string().parse::<MotsLine>()?, line.clone());
        prop_assert_eq!(line.to_runs()?, mask);

        let mask = runs(&pixels, Order::RowMajor);
        prop_assert_eq!(LabelStudioRle::try_from(&mask)?.to_runs()?, mask.clone());
        if !mask.is_empty() {
            let cvat = CvatMask::try_from(&mask)?;
            prop_assert_eq!(cvat.to_runs()?, mask.clone());
            let size = mask.size();
            prop_assert_eq!(&CvatMask::from_points(size, &cvat.points())?, &cvat);
            prop_assert_eq!(&CvatMask::from_rle(size, &cvat.rle(), cvat.placement())?, &cvat);
            let [left, top, width, height] = cvat.placement();
            if mask.area() > 0 {
                prop_assert_eq!([left, top, width, height], mask.bbox());
            }
        }
    }
}

/// Runs of the other order, and label maps, are misuse.
#[test]
fn other_runs_are_refused() {
    let by_columns = MaskRuns::from_counts([2, 3], Order::ColumnMajor, [1, 5]).unwrap();
    let by_rows = MaskRuns::from_counts([2, 3], Order::RowMajor, [1, 5]).unwrap();
    let map = MaskRuns::from_values([2, 3], Order::RowMajor, &[0, 7], &[1, 5]).unwrap();
    let is_misuse = |error: Error| matches!(error, Error::Input(_));
    for mask in [&by_rows, &map] {
        assert!(is_misuse(NuImagesRle::try_from(mask).unwrap_err()));
        assert!(is_misuse(OpenImagesRle::try_from(mask).unwrap_err()));
    }
    for mask in [&by_columns, &map] {
        assert!(is_misuse(CvatMask::try_from(mask).unwrap_err()));
        assert!(is_misuse(LabelStudioRle::try_from(mask).unwrap_err()));
    }
    let error = CvatMask::try_from(&by_columns).unwrap_err().to_string();
    let expected = "CVAT runs are row-major, these are column-major: to_order makes others of them";
    assert_eq!(error, expected);
    let none = MaskRuns::from_counts([0, 3], Order::RowMajor, [0]).unwrap();
    assert!(is_misuse(CvatMask::try_from(&none).unwrap_err()));
    let large = MaskRuns::from_counts([1 << 15, 1 << 15], Order::RowMajor, [1 << 30]).unwrap();
    assert!(is_misuse(LabelStudioRle::try_from(&large).unwrap_err()));
}
