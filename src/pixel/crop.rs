//! Some rows and columns of an array's masks.

use std::ops::Range;

use ndarray::{ArrayView4, s};

use super::element::Element;
use super::typed::{Pixels, with_view};
use crate::{Error, Result};

/// Some rows and columns, which are there. Fails on packed bits.
pub(super) fn cropped<'a>(pixels: Pixels<'a>, ranges: [Range<u32>; 2]) -> Result<Pixels<'a>> {
    fn crop<'a, T: Element>(
        view: ArrayView4<'a, T>,
        [rows, columns]: [Range<u32>; 2],
    ) -> Pixels<'a> {
        let [rows, columns] = [rows, columns].map(|side| side.start as usize..side.end as usize);
        T::pixels(view.slice_move(s![.., .., rows, columns]))
    }
    Ok(
        with_view!(pixels, view => crop(view, ranges), (_bytes, _width, _order) => {
            return Err(Error::Input(
                "packed bits are not cropped: crop the array, by bytes".into(),
            ));
        }),
    )
}
