//! Masks and stacks in the formats: methods that write them.

use super::coco::CocoRle;
use super::kaggle::KaggleRle;
use crate::Result;
use crate::runs::{MaskRuns, MaskView, Runs, delegate_to_view};

impl MaskView<'_> {
    /// The mask as COCO's compressed run lengths.
    ///
    /// # Errors
    /// [`Error::Input`](crate::Error::Input) on row-major runs, and on those of a label map.
    ///
    /// ```
    /// use maskrle::{CocoRle, MaskRuns, Order};
    ///
    /// let mask = MaskRuns::from_counts([2, 3], Order::ColumnMajor, [3, 3])?;
    /// assert_eq!(mask.to_coco()?, CocoRle::new([2, 3], "33"));
    /// let rows = mask.to_order(Order::RowMajor)?;
    /// assert!(rows.to_coco().is_err());
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn to_coco(&self) -> Result<CocoRle> {
        CocoRle::try_from(*self)
    }

    /// The mask as Kaggle's pairs, whose pixels are numbered in its scan order.
    ///
    /// # Errors
    /// [`Error::Input`](crate::Error::Input) on the runs of a label map.
    ///
    /// ```
    /// use maskrle::{KaggleRle, MaskRuns, Order};
    ///
    /// let mask = MaskRuns::from_counts([2, 3], Order::ColumnMajor, [3, 3])?;
    /// assert_eq!(mask.to_kaggle()?, KaggleRle::by_columns([2, 3], "4 3"));
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn to_kaggle(&self) -> Result<KaggleRle> {
        KaggleRle::try_from(*self)
    }
}

delegate_to_view! {
    to_coco() -> Result<CocoRle>;
    to_kaggle() -> Result<KaggleRle>;
}

impl Runs {
    /// [`MaskView::to_coco`] of each mask, on all cores.
    ///
    /// # Errors
    /// As of [`MaskView::to_coco`].
    ///
    /// ```
    /// use maskrle::{CocoRle, Runs};
    ///
    /// let rles = ["15", "015"].map(|counts| CocoRle::new([2, 3], counts));
    /// assert_eq!(Runs::read(&rles)?.to_coco()?, rles);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn to_coco(&self) -> Result<Vec<CocoRle>> {
        self.each(CocoRle::try_from).into_iter().collect()
    }

    /// [`MaskView::to_kaggle`] of each mask, on all cores.
    ///
    /// # Errors
    /// As of [`MaskView::to_kaggle`].
    ///
    /// ```
    /// use maskrle::{KaggleRle, Runs};
    ///
    /// let rles = ["1 3", "2 1 5 2"].map(|pairs| KaggleRle::by_rows([2, 3], pairs));
    /// assert_eq!(Runs::read(&rles)?.to_kaggle()?, rles);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn to_kaggle(&self) -> Result<Vec<KaggleRle>> {
        self.each(KaggleRle::try_from).into_iter().collect()
    }
}
