//! A stack from its parts, checked.

use super::stack::Runs;
use super::values::Values;
use crate::error::Position;
use crate::pixel::{Order, checked_pixels};
use crate::{Error, Result};

impl Runs {
    /// A stack from the parts that [`Runs`] gives, checked: height and width of each mask; offset
    /// of each mask's runs in `starts`, and, last, their number; every run's start, relative to its
    /// mask; and the values of the runs.
    ///
    /// # Errors
    /// [`Error::Format`] with the mask at fault, unless each mask's starts ascend from 0 to below
    /// its number of pixels (or are none, where it has none), and each has a value, which is not
    /// its neighbour's; [`Error::Limit`] where a mask has more than `u32::MAX` pixels.
    ///
    /// ```
    /// use maskrle::{Order, Runs, Values};
    ///
    /// let first_is_set = Values::Binary(vec![false, true]);
    /// let (sizes, offsets, starts) = (vec![[2, 3], [1, 4]], vec![0, 2, 3], vec![0, 4, 0]);
    /// let runs = Runs::from_parts(Order::RowMajor, sizes, offsets, starts, first_is_set)?;
    /// assert_eq!(runs.areas(), [2, 4]);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn from_parts(
        order: Order,
        sizes: Vec<[u32; 2]>,
        offsets: Vec<u64>,
        starts: Vec<u32>,
        values: Values,
    ) -> Result<Self> {
        let (masks, runs) = (sizes.len(), starts.len());
        if offsets.len() != masks + 1
            || offsets[0] != 0
            || offsets[masks] != runs as u64
            || !offsets.is_sorted()
        {
            let what = format!(
                "{masks} masks and {runs} starts have {} that ascend from 0 to {runs}",
                masks + 1
            );
            return Err(Error::format(Position::Offsets, what));
        }
        let (have, need) = match &values {
            Values::Binary(first) => (first.len(), masks),
            Values::Labels(labels) => (labels.len(), runs),
        };
        if have != need {
            return Err(Error::format(
                Position::Values,
                format!("{have} values, there must be {need}"),
            ));
        }
        let too_large = match &values {
            Values::Labels(labels) => labels.first_too_large(),
            Values::Binary(_) => None,
        };
        for (index, &size) in sizes.iter().enumerate() {
            let pixels = checked_pixels(size)?;
            let range = offsets[index] as usize..offsets[index + 1] as usize;
            check_starts(&starts[range.clone()], pixels)
                .map_err(|error| error.within("mask", index))?;
            if let Some((run, value)) = too_large.filter(|(run, _)| range.contains(run)) {
                let what = format!("it has the value {value}, the limit is {}", i64::MAX);
                let run = Position::Run(run - range.start);
                return Err(Error::format(run, what).within("mask", index));
            }
            if let Values::Labels(labels) = &values
                && let Some(equal) =
                    (range.start + 1..range.end).find(|&run| labels.get(run) == labels.get(run - 1))
            {
                let what = format!(
                    "it has the value {} of the run before it",
                    labels.get(equal)
                );
                let run = Position::Run(equal - range.start);
                return Err(Error::format(run, what).within("mask", index));
            }
        }
        Ok(Self::new(order, sizes, offsets, starts, values))
    }
}

/// Refuses starts that do not ascend from 0 to below a mask's number of pixels.
fn check_starts(starts: &[u32], pixels: u32) -> Result<()> {
    if starts.is_empty() != (pixels == 0) {
        return Err(Error::format(
            Position::Starts,
            format!("{} for a mask of {pixels} pixels", starts.len()),
        ));
    }
    if let Some(&first) = starts.first().filter(|&&first| first != 0) {
        return Err(Error::format(
            Position::Run(0),
            format!("it starts at {first}, the first starts at 0"),
        ));
    }
    if let Some(place) = starts.windows(2).position(|pair| pair[0] >= pair[1]) {
        let what = format!(
            "it starts at {}, and the run before it at {}",
            starts[place + 1],
            starts[place]
        );
        return Err(Error::format(Position::Run(place + 1), what));
    }
    match starts.last() {
        Some(&last) if last >= pixels => {
            let at = Position::Run(starts.len() - 1);
            Err(Error::format(
                at,
                format!("it starts at {last}, beyond the mask's {pixels} pixels"),
            ))
        }
        _ => Ok(()),
    }
}
