//! Many masks of one format as one stack.

use super::coco::{CocoCounts, CocoMask, CocoRle};
use super::kaggle::KaggleRle;
use super::values::ValueCounts;
use crate::Result;
use crate::limits::Limits;
use crate::parallel;
use crate::pixel::Order;
use crate::runs::{MaskRuns, Runs, Values, offsets};

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
    /// Reads `count` masks, of `runs` runs at most in all, as one stack.
    #[doc(hidden)]
    fn read_stack<'m>(
        count: usize,
        runs: u64,
        mask: impl Fn(usize) -> &'m Self + Sync + Send,
    ) -> Result<Runs>
    where
        Self: Sized + 'm,
    {
        let read = parallel::map(count, runs, |index| {
            let read = mask(index).to_runs();
            read.map_err(|error| error.within("mask", index))
        });
        Runs::from_masks(&read.into_iter().collect::<Result<Vec<_>>>()?)
    }
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
        F::read_stack(masks.len(), most, |index| &masks[index])
    }
}

impl<F: Encoded> Encoded for &F {
    fn to_runs(&self) -> Result<MaskRuns> {
        (**self).to_runs()
    }

    fn most_runs(&self) -> u64 {
        (**self).most_runs()
    }

    fn read_stack<'m>(
        count: usize,
        runs: u64,
        mask: impl Fn(usize) -> &'m Self + Sync + Send,
    ) -> Result<Runs>
    where
        Self: 'm,
    {
        F::read_stack(count, runs, |index| *mask(index))
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

encoded!(CocoCounts, rle => rle.counts.len() as u64);
encoded!(ValueCounts, rle => rle.counts.len() as u64);
// A pair is four bytes with its spaces, and two runs; another stands before the first.
encoded!(KaggleRle, rle => rle.pairs.len() as u64 / 2 + 1);

impl Encoded for CocoRle {
    fn to_runs(&self) -> Result<MaskRuns> {
        CocoRle::to_runs(self)
    }

    fn most_runs(&self) -> u64 {
        super::coco::counts_in(self.counts.as_bytes())
    }

    fn read_stack<'m>(
        count: usize,
        runs: u64,
        mask: impl Fn(usize) -> &'m Self + Sync + Send,
    ) -> Result<Runs> {
        read_coco(count, runs, mask, |rle| rle.size, CocoRle::append_starts)
    }
}

impl sealed::Sealed for CocoRle {}

impl Encoded for CocoMask {
    fn to_runs(&self) -> Result<MaskRuns> {
        CocoMask::to_runs(self)
    }

    fn most_runs(&self) -> u64 {
        match self {
            CocoMask::Rle(rle) => rle.most_runs(),
            CocoMask::Counts(counts) => counts.most_runs(),
        }
    }

    fn read_stack<'m>(
        count: usize,
        runs: u64,
        mask: impl Fn(usize) -> &'m Self + Sync + Send,
    ) -> Result<Runs> {
        read_coco(count, runs, mask, CocoMask::size, CocoMask::append_starts)
    }
}

impl sealed::Sealed for CocoMask {}

/// [`Encoded::read_stack`] of masks in COCO's formats: `append` puts the starts of each straight to
/// a stack and is true if the first run is foreground. Memory of its own for each of 1000 tiny
/// masks took half of the time.
fn read_coco<'m, F: 'm>(
    count: usize,
    runs: u64,
    mask: impl Fn(usize) -> &'m F + Sync + Send,
    size: impl Fn(&F) -> [u32; 2] + Sync + Send,
    append: impl Fn(&F, &mut Vec<u32>) -> Result<bool> + Sync + Send,
) -> Result<Runs> {
    let parts = parallel::map_ranges(count, runs, |range| {
        let mut starts = Vec::new();
        let mut counts = Vec::with_capacity(range.len());
        let mut first = Vec::with_capacity(range.len());
        for index in range.clone() {
            let (mask, before) = (mask(index), starts.len());
            let read = append(mask, &mut starts);
            first.push(read.map_err(|error| error.within("mask", index))?);
            counts.push((starts.len() - before) as u64);
        }
        let sizes = range.map(|index| size(mask(index))).collect();
        let (offsets, values) = (offsets(counts), Values::Binary(first));
        Ok(Runs::new(
            Order::ColumnMajor,
            sizes,
            offsets,
            starts,
            values,
        ))
    });
    Runs::concat(parts.into_iter().collect::<Result<Vec<_>>>()?)
}
