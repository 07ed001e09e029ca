//! Runs from counts, values and parts, checked.

use super::mask::{MaskRuns, MaskValues};
use super::stack::Runs;
use super::values::Values;
use crate::pixel::{Labels, Order, checked_pixels};
use crate::{Error, Result};

impl Runs {
    /// One binary mask from its counts: the first is background, then they alternate. A count of 0
    /// joins its neighbours. Fails unless the counts sum to `size[0] * size[1]`.
    pub fn from_counts(
        size: [u32; 2],
        order: Order,
        counts: impl IntoIterator<Item = u32>,
    ) -> Result<Self> {
        let mut first = None;
        let runs = counts
            .into_iter()
            .enumerate()
            .map(|(i, count)| (i % 2 == 1, count));
        let starts = join(size, runs, |value| {
            first.get_or_insert(value);
        })?;
        Ok(Self::single_binary(
            size,
            order,
            starts,
            first.unwrap_or(false),
        ))
    }

    /// One mask of several values: `values[i]` stands `counts[i]` times. Neighbours of one value,
    /// and counts of 0, are joined. Fails unless the counts sum to `size[0] * size[1]`.
    pub fn from_values(
        size: [u32; 2],
        order: Order,
        values: &[i64],
        counts: &[u32],
    ) -> Result<Self> {
        if values.len() != counts.len() {
            let (v, c) = (values.len(), counts.len());
            return Err(Error::format(
                "counts",
                format!("{c} counts for {v} values, there must be one for each"),
            ));
        }
        let mut kept = Vec::new();
        let starts = join(
            size,
            values.iter().copied().zip(counts.iter().copied()),
            |value| kept.push(value),
        )?;
        Ok(Self::single(
            size,
            order,
            starts,
            Values::Labels(Labels::narrowest(&kept)),
        ))
    }

    /// A stack from what [`Runs`] gives as parts, checked: height and width of each mask; where
    /// each mask's runs begin in `starts`, and, last, where they end; every run's start, relative
    /// to its mask; and what the runs hold.
    ///
    /// # Errors
    /// [`Error::Format`] with the mask at fault, unless each mask's starts ascend from 0 to below
    /// its number of pixels (or are none, where it has none), and each has a value, which is not
    /// its neighbour's, nor above `i64::MAX`; [`Error::Limit`] where a mask has more than `u32::MAX` pixels.
    ///
    /// ```
    /// use maskrle::{Order, Runs, Values};
    ///
    /// let first_is_set = Values::Binary(vec![false, true]);
    /// let runs = Runs::from_parts(Order::RowMajor, vec![[2, 3], [1, 4]], vec![0, 2, 3], vec![0, 4, 0], first_is_set)?;
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
            return Err(Error::format("offsets", what));
        }
        let (have, need) = match &values {
            Values::Binary(first) => (first.len(), masks),
            Values::Labels(labels) => (labels.len(), runs),
        };
        if have != need {
            return Err(Error::format(
                "values",
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
                .map_err(|error| error.within(format!("mask {index}")))?;
            if let Some((run, value)) = too_large.filter(|(run, _)| range.contains(run)) {
                let what = format!("it has the value {value}, the limit is {}", i64::MAX);
                return Err(Error::format(
                    format!("mask {index}, run {}", run - range.start),
                    what,
                ));
            }
            if let Values::Labels(labels) = &values
                && let Some(equal) =
                    (range.start + 1..range.end).find(|&run| labels.get(run) == labels.get(run - 1))
            {
                let what = format!(
                    "it has the value {} of the run before it",
                    labels.get(equal)
                );
                return Err(Error::format(
                    format!("mask {index}, run {}", equal - range.start),
                    what,
                ));
            }
        }
        Ok(Self::new(order, sizes, offsets, starts, values))
    }

    /// One stack of the masks of several.
    ///
    /// # Errors
    /// [`Error::Input`] unless all have one scan order, and are binary masks or label maps
    /// throughout.
    ///
    /// ```
    /// use maskrle::{CocoRle, Runs};
    ///
    /// let [a, b] = ["15", "015"].map(|counts| CocoRle { size: [2, 3], counts: counts.into() }.to_runs());
    /// let both = Runs::concat([a?, b?])?;
    /// assert_eq!(both.areas(), [5, 1]);
    /// # Ok::<(), maskrle::Error>(())
    /// ```
    pub fn concat(parts: impl IntoIterator<Item = Runs>) -> Result<Self> {
        let mut parts: Vec<Runs> = parts.into_iter().collect();
        if parts.len() == 1 {
            return Ok(parts.remove(0));
        }
        let Some(first) = parts.first() else {
            return Ok(Self::new(
                Order::ColumnMajor,
                Vec::new(),
                vec![0],
                Vec::new(),
                Values::Binary(Vec::new()),
            ));
        };
        let (order, masks) = (first.order(), parts.iter().map(Runs::len).sum());
        if let Some(other) = parts.iter().position(|part| part.order() != order) {
            let (have, found) = (order.name(), parts[other].order().name());
            return Err(Error::Input(format!(
                "part {other} is scanned in {found} order, those before it in {have} order"
            )));
        }
        let values = join_values(&parts)?;
        let mut sizes = Vec::with_capacity(masks);
        let mut offsets = Vec::with_capacity(masks + 1);
        let mut starts = Vec::with_capacity(parts.iter().map(|part| part.starts().len()).sum());
        for part in &parts {
            sizes.extend_from_slice(part.sizes());
            offsets.extend(
                part.offsets()[..part.len()]
                    .iter()
                    .map(|offset| starts.len() as u64 + offset),
            );
            starts.extend_from_slice(part.starts());
        }
        offsets.push(starts.len() as u64);
        Ok(Self::new(order, sizes, offsets, starts, values))
    }

    pub(crate) fn single_binary(
        size: [u32; 2],
        order: Order,
        starts: Vec<u32>,
        first: bool,
    ) -> Self {
        Self::single(size, order, starts, Values::Binary(vec![first]))
    }

    pub(crate) fn single(size: [u32; 2], order: Order, starts: Vec<u32>, values: Values) -> Self {
        Self::new(
            order,
            vec![size],
            vec![0, starts.len() as u64],
            starts,
            values,
        )
    }
}

impl From<MaskRuns<'_>> for Runs {
    /// A stack of this mask alone.
    fn from(mask: MaskRuns<'_>) -> Self {
        let values = match mask.kind() {
            MaskValues::Binary { first } => Values::Binary(vec![first]),
            MaskValues::Labels { labels, offset } => {
                Values::Labels(labels.part(offset..offset + mask.len()))
            }
        };
        Self::single(mask.size(), mask.order(), mask.starts().to_vec(), values)
    }
}

/// What [`Runs`] are written as, before they are checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
pub(crate) struct Parts {
    order: Order,
    sizes: Vec<[u32; 2]>,
    offsets: Vec<u64>,
    starts: Vec<u32>,
    values: Values,
}

#[cfg(feature = "serde")]
impl TryFrom<Parts> for Runs {
    type Error = Error;

    fn try_from(parts: Parts) -> Result<Self> {
        Runs::from_parts(
            parts.order,
            parts.sizes,
            parts.offsets,
            parts.starts,
            parts.values,
        )
    }
}

/// Takes one mask's runs as value and length, in scan order, and joins neighbours of one value.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    starts: Vec<u32>,
    values: Vec<i64>,
    position: u32,
}

impl Builder {
    /// The next `count` pixels hold `value`. All counts together must not exceed `u32::MAX`.
    pub(crate) fn push(&mut self, value: i64, count: u32) {
        if count > 0 && self.values.last() != Some(&value) {
            self.starts.push(self.position);
            self.values.push(value);
        }
        self.position += count;
    }

    /// How many pixels there are so far.
    pub(crate) fn position(&self) -> u32 {
        self.position
    }

    /// The mask, binary or of labels as `model` is.
    pub(crate) fn finish(self, size: [u32; 2], model: &MaskRuns<'_>) -> Result<Runs> {
        debug_assert_eq!(Ok(self.position), checked_pixels(size));
        let values = match model.kind() {
            MaskValues::Binary { .. } => {
                Values::Binary(vec![self.values.first().is_some_and(|&value| value != 0)])
            }
            MaskValues::Labels { labels, .. } => Values::Labels(labels.of_same_type(&self.values)),
        };
        Ok(Runs::single(size, model.order(), self.starts, values))
    }
}

/// The starts of runs given as value and length: a run of no pixels is dropped, neighbours of one
/// value become one. `each` is told the value of every run that is kept.
fn join<V: PartialEq + Copy>(
    size: [u32; 2],
    runs: impl Iterator<Item = (V, u32)>,
    mut each: impl FnMut(V),
) -> Result<Vec<u32>> {
    let pixels = checked_pixels(size)?;
    let mut starts = Vec::with_capacity(runs.size_hint().0.min(pixels as usize));
    let mut last = None;
    let mut position = 0u32;
    for (index, (value, count)) in runs.enumerate() {
        if count > 0 && last != Some(value) {
            starts.push(position);
            each(value);
            last = Some(value);
        }
        match position.checked_add(count).filter(|&end| end <= pixels) {
            Some(end) => position = end,
            None => return Err(beyond(index, size)),
        }
    }
    check_sum(position, size)?;
    Ok(starts)
}

/// Count `index` goes beyond the mask.
#[cold]
pub(crate) fn beyond(index: usize, [h, w]: [u32; 2]) -> Error {
    let what = format!(
        "the counts sum to more than the {} pixels of {h} x {w}",
        u64::from(h) * u64::from(w)
    );
    Error::format(format!("count {index}"), what)
}

/// Refuses counts whose sum is less than the mask's pixels.
pub(crate) fn check_sum(sum: u32, [h, w]: [u32; 2]) -> Result<()> {
    let pixels = u64::from(h) * u64::from(w);
    if u64::from(sum) != pixels {
        let what = format!("they sum to {sum}, a mask of {h} x {w} has {pixels} pixels");
        return Err(Error::format("counts", what));
    }
    Ok(())
}

fn check_starts(starts: &[u32], pixels: u32) -> Result<()> {
    if starts.is_empty() != (pixels == 0) {
        return Err(Error::format(
            "starts",
            format!("{} for a mask of {pixels} pixels", starts.len()),
        ));
    }
    if let Some(&first) = starts.first().filter(|&&first| first != 0) {
        return Err(Error::format(
            "run 0",
            format!("it starts at {first}, the first starts at 0"),
        ));
    }
    if let Some(place) = starts.windows(2).position(|pair| pair[0] >= pair[1]) {
        let what = format!(
            "it starts at {}, and the run before it at {}",
            starts[place + 1],
            starts[place]
        );
        return Err(Error::format(format!("run {}", place + 1), what));
    }
    match starts.last() {
        Some(&last) if last >= pixels => {
            let at = format!("run {}", starts.len() - 1);
            Err(Error::format(
                at,
                format!("it starts at {last}, beyond the mask's {pixels} pixels"),
            ))
        }
        _ => Ok(()),
    }
}

/// The values of several stacks as those of one.
fn join_values(parts: &[Runs]) -> Result<Values> {
    let binary: Vec<&[bool]> = parts
        .iter()
        .filter_map(|part| {
            if let Values::Binary(first) = part.values() {
                Some(&first[..])
            } else {
                None
            }
        })
        .collect();
    if binary.len() == parts.len() {
        return Ok(Values::Binary(binary.concat()));
    }
    let labels: Vec<&Labels> = parts
        .iter()
        .filter_map(|part| {
            if let Values::Labels(labels) = part.values() {
                Some(labels)
            } else {
                None
            }
        })
        .collect();
    if labels.len() == parts.len() {
        return Ok(Values::Labels(Labels::concat(&labels)));
    }
    Err(Error::Input(
        "binary masks and label maps do not go together in one stack".into(),
    ))
}
