//! Many masks of one format as one stack.

use super::coco::{CocoCounts, CocoMask, CocoRle};
use super::kaggle::KaggleRle;
use super::values::ValueCounts;
use crate::Result;
use crate::limits::Limits;
use crate::parallel;
use crate::runs::{MaskRuns, Runs};

mod sealed {
    pub trait Sealed {}
}

/// One mask in one of the formats, for [`Runs::read`] to read.
pub trait Encoded: Sync + sealed::Sealed {
    /// The mask's runs, or the fault and its position.
    fn to_runs(&self) -> Result<MaskRuns>;
    /// Number of its runs at most, which is no more than its number of bytes.
    #[doc(hidden)]
    fn most_runs(&self) -> u64;
}

impl Runs {
    /// Reads the masks of many strings, or lists of counts, as one stack, on all cores.
    ///
    /// # Errors
    /// As of the format's `to_runs`, with the mask at fault, counted from 0; as of
    /// [`Runs::from_masks`]; and [`Error::Limit`](crate::Error::Limit) beyond the default
    /// [`Limits`].
    ///
    /// ```
    /// use maskrle::{CocoRle, Runs, SetOp};
    ///
    /// let rles = ["15", "015"].map(|counts| CocoRle::new([2, 3], counts));
    /// let runs = Runs::read(&rles)?;
    /// assert_eq!(runs.bboxes(), [[0, 0, 3, 2], [0, 0, 1, 1]]);
    /// assert_eq!(runs.merge(SetOp::Union)?.area(), 6);
    ///
    /// let cut = CocoRle::new([2, 3], "1P");
    /// let error = Runs::read(&[&rles[0], &cut]).unwrap_err();
    /// assert_eq!(error.to_string(), "mask 1, character 2: the string ends within a number");
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn read<F: Encoded>(masks: &[F]) -> Result<Runs> {
        Self::read_within(masks, &Limits::default())
    }

    /// [`Runs::read`] within other limits, on masks and runs.
    pub fn read_within<F: Encoded>(masks: &[F], limits: &Limits) -> Result<Runs> {
        limits.check_masks(masks.len() as u64)?;
        let most = masks.iter().map(F::most_runs).sum();
        limits.check_runs(most)?;
        let read = parallel::map(masks.len(), most, |index| {
            masks[index]
                .to_runs()
                .map_err(|error| error.within("mask", index))
        });
        Runs::from_masks(&read.into_iter().collect::<Result<Vec<_>>>()?)
    }
}

impl<F: Encoded> Encoded for &F {
    fn to_runs(&self) -> Result<MaskRuns> {
        (**self).to_runs()
    }

    fn most_runs(&self) -> u64 {
        (**self).most_runs()
    }
}

impl<F: Encoded> sealed::Sealed for &F {}

macro_rules! encoded {
    ($type:ty, $this:ident => $most_runs:expr) => {
        impl Encoded for $type {
            fn to_runs(&self) -> Result<MaskRuns> {
                <$type>::to_runs(self)
            }

            fn most_runs(&self) -> u64 {
                let $this = self;
                $most_runs
            }
        }

        impl sealed::Sealed for $type {}
    };
}

encoded!(CocoRle, rle => super::coco::counts_in(rle.counts.as_bytes()));
encoded!(CocoCounts, rle => rle.counts.len() as u64);
encoded!(ValueCounts, rle => rle.counts.len() as u64);
// A pair is four bytes with its spaces, and two runs; another stands before the first.
encoded!(KaggleRle, rle => rle.pairs.len() as u64 / 2 + 1);
encoded!(CocoMask, mask => match mask {
    CocoMask::Rle(rle) => rle.most_runs(),
    CocoMask::Counts(counts) => counts.most_runs(),
});
