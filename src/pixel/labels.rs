//! Values of runs of a label map, in the element type of its pixels.

use std::ops::Range;

use super::element::Integer;
use super::typed::{Labels, with_labels};

impl Labels {
    /// The values as a slice of `T`, if that is their type.
    ///
    /// ```
    /// use maskrle::Labels;
    ///
    /// let labels = Labels::I16(vec![-1, 700]);
    /// assert_eq!(labels.as_slice::<i16>(), Some(&[-1, 700][..]));
    /// assert_eq!(labels.as_slice::<u8>(), None);
    /// assert_eq!((labels.len(), labels.get(1)), (2, 700));
    /// ```
    pub fn as_slice<T: Integer>(&self) -> Option<&[T]> {
        T::slice(self)
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        with_labels!(self, values => values.len())
    }

    /// True if there is no value.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Value `index`, whatever its type.
    ///
    /// # Panics
    /// If there is no such value, or it is above `i64::MAX`, which no value of
    /// [`Runs`](crate::Runs) is.
    pub fn get(&self, index: usize) -> i64 {
        fn label<T: Integer>(value: T) -> i64 {
            value
                .to_label()
                .expect("values of runs are at most i64::MAX")
        }
        with_labels!(self, values => label(values[index]))
    }

    /// The first value that runs cannot hold, being above `i64::MAX`: its index, and itself.
    pub(crate) fn first_too_large(&self) -> Option<(usize, u64)> {
        match self {
            Labels::U64(values) => {
                let is_too_large = |&value: &u64| i64::try_from(value).is_err();
                let index = values.iter().position(is_too_large)?;
                Some((index, values[index]))
            }
            _ => None,
        }
    }

    /// Values as the narrowest type that holds them all, u8 before i8 and so on.
    pub(crate) fn narrowest(values: &[i64]) -> Self {
        (all::<u8>(values))
            .or_else(|| all::<i8>(values))
            .or_else(|| all::<u16>(values))
            .or_else(|| all::<i16>(values))
            .or_else(|| all::<u32>(values))
            .or_else(|| all::<i32>(values))
            .unwrap_or_else(|| Labels::I64(values.to_vec()))
    }

    /// The values of a range.
    pub(crate) fn part(&self, range: Range<usize>) -> Self {
        fn part<T: Integer>(values: &[T]) -> Labels {
            T::labels(values.to_vec())
        }
        with_labels!(self, values => part(&values[range]))
    }

    /// All values of several, one after the other: as the first one's type, or, where it does not
    /// hold them all, as the narrowest that does.
    pub(crate) fn concat(parts: &[&Labels]) -> Self {
        let all: Vec<i64> = parts
            .iter()
            .flat_map(|part| (0..part.len()).map(|index| part.get(index)))
            .collect();
        parts
            .first()
            .map_or_else(|| Labels::narrowest(&all), |first| first.of_same_type(&all))
    }

    /// All values of several of one type, one after the other; None if there are none, or of
    /// another type too.
    pub(crate) fn join(parts: Vec<Labels>) -> Option<Self> {
        fn join<T: Integer>(_: &[T], parts: &[Labels]) -> Option<Labels> {
            let parts: Option<Vec<&[T]>> = parts.iter().map(T::slice).collect();
            Some(T::labels(parts?.concat()))
        }
        match &parts[..] {
            [_] => parts.into_iter().next(),
            _ => with_labels!(parts.first()?, first => join(first, &parts)),
        }
    }

    /// Values as the type of these labels, or, where it does not hold them all, as the narrowest
    /// that does.
    pub(crate) fn of_same_type(&self, values: &[i64]) -> Self {
        fn same<T: Integer>(_: &[T], values: &[i64]) -> Option<Labels> {
            all::<T>(values)
        }
        with_labels!(self, own => same(own, values)).unwrap_or_else(|| Labels::narrowest(values))
    }
}

/// Values as `T`, if it holds them all; as bool, if they are 0 and 1.
fn all<T: Integer>(values: &[i64]) -> Option<Labels> {
    let held = |&value: &i64| T::of_label(value).filter(|label| label.to_label() == Some(value));
    let all: Option<Vec<T>> = values.iter().map(held).collect();
    all.map(T::labels)
}

#[cfg(test)]
mod tests {
    use super::Labels;

    #[test]
    fn values_take_the_narrowest_type() {
        for (values, expected) in [
            (vec![0, 255], Labels::U8(vec![0, 255])),
            (vec![-1, 127], Labels::I8(vec![-1, 127])),
            (vec![0, 256], Labels::U16(vec![0, 256])),
            (vec![-1, 128], Labels::I16(vec![-1, 128])),
            (vec![65_536], Labels::U32(vec![65_536])),
            (vec![-1, 32_768], Labels::I32(vec![-1, 32_768])),
            (vec![4_294_967_295], Labels::U32(vec![u32::MAX])),
            (vec![4_294_967_296], Labels::I64(vec![1 << 32])),
            (vec![-1, 1 << 31], Labels::I64(vec![-1, 1 << 31])),
        ] {
            assert_eq!(Labels::narrowest(&values), expected);
        }
    }

    #[test]
    fn values_keep_their_type_where_it_holds_them() {
        let bools = Labels::Bool(vec![]);
        assert_eq!(bools.of_same_type(&[0, 1]), Labels::Bool(vec![false, true]));
        assert_eq!(bools.of_same_type(&[0, 2]), Labels::U8(vec![0, 2]));
        let wide = Labels::U64(vec![]);
        assert_eq!(
            wide.of_same_type(&[i64::MAX]),
            Labels::U64(vec![i64::MAX as u64])
        );
        assert_eq!(wide.of_same_type(&[-1]), Labels::I8(vec![-1]));
        assert_eq!(
            Labels::concat(&[&Labels::I64(vec![1]), &Labels::U8(vec![2])]),
            Labels::I64(vec![1, 2])
        );
    }
}
