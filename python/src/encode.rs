//! Encoded masks as Python's objects, in each format.

use maskrle::{CocoCounts, CocoRle, KaggleRle, MaskView, Masks, Order, Runs, ValueCounts};
use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::encoder::parse_order;
use crate::error::exception;
use crate::process::detached;
use crate::rle::{counts_dict, str_dict};

/// A format, and the scan order of those that have a choice.
#[derive(Clone, Copy)]
pub(crate) enum Format {
    Coco,
    CocoCounts,
    Kaggle(Order),
    Values(Order),
}

impl Format {
    /// The format of a name, in the order that is asked for.
    pub(crate) fn parse(name: &str, order: Option<&str>) -> PyResult<Self> {
        let asked = order.map(parse_order).transpose()?;
        let order = asked.unwrap_or(Order::ColumnMajor);
        let format = match name {
            "coco" => Format::Coco,
            "coco-counts" => Format::CocoCounts,
            "kaggle" => Format::Kaggle(order),
            "values" => Format::Values(order),
            _ => {
                return Err(PyValueError::new_err(format!(
                    "format={name:?}: \"coco\", \"coco-counts\", \"kaggle\" and \"values\" are \
                     known"
                )));
            }
        };
        let is_coco = matches!(format, Format::Coco | Format::CocoCounts);
        if is_coco && asked == Some(Order::RowMajor) {
            return Err(PyValueError::new_err(
                "COCO's masks are column-major: order=\"row-major\" goes with \"kaggle\" and \
                 \"values\"",
            ));
        }
        Ok(format)
    }

    fn order(self) -> Order {
        match self {
            Format::Coco | Format::CocoCounts => Order::ColumnMajor,
            Format::Kaggle(order) | Format::Values(order) => order,
        }
    }
}

/// Items of all masks, in their order.
pub(crate) type Items<'py> = Box<dyn Iterator<Item = PyResult<Bound<'py, PyAny>>> + 'py>;

/// Encodes masks of each batch: an item each.
pub(crate) fn items<'py, 'e>(
    py: Python<'py>,
    format: Format,
    encoder: impl FnOnce() -> maskrle::Result<&'e maskrle::Encoder> + Send,
    batches: &[Masks<'_>],
) -> PyResult<Items<'py>> {
    if let Format::Coco = format {
        let rles = detached(py, || {
            let encoder = encoder()?;
            let rles = batches.iter().map(|masks| encoder.coco(masks));
            rles.collect::<maskrle::Result<Vec<_>>>()
        })?;
        return Ok(Box::new(strings(py, rles.into_iter().flatten())));
    }
    let runs = detached(py, || runs_of_each(encoder()?, batches, format.order()))?;
    let items = runs.iter().map(|runs| items_of_runs(py, format, runs));
    let items = items.collect::<PyResult<Vec<_>>>()?;
    Ok(Box::new(items.into_iter().flatten()))
}

/// Runs of the masks of each batch.
pub(crate) fn runs_of_each(
    encoder: &maskrle::Encoder,
    batches: &[Masks<'_>],
    order: Order,
) -> maskrle::Result<Vec<Runs>> {
    let runs = batches.iter().map(|masks| encoder.runs(masks, order));
    runs.collect()
}

/// Writes runs: an item each. Runs of another order are brought to the format's.
pub(crate) fn items_of_runs<'py>(
    py: Python<'py>,
    format: Format,
    runs: &Runs,
) -> PyResult<Items<'py>> {
    let ordered = match runs.order() == format.order() {
        true => None,
        false => Some(detached(py, || runs.to_order(format.order()))?),
    };
    let runs = ordered.as_ref().unwrap_or(runs);
    if let Format::Coco = format {
        let rles = detached(py, || runs.to_coco())?;
        return Ok(Box::new(strings(py, rles)));
    }
    let items = runs.iter().map(|mask| item(py, format, mask));
    let items = items.collect::<PyResult<Vec<_>>>()?;
    Ok(Box::new(items.into_iter().map(Ok)))
}

fn strings<'py>(
    py: Python<'py>,
    rles: impl IntoIterator<Item = CocoRle>,
) -> impl Iterator<Item = PyResult<Bound<'py, PyAny>>> {
    rles.into_iter()
        .map(move |rle| Ok(str_dict(py, &rle)?.into_any()))
}

fn item<'py>(py: Python<'py>, format: Format, mask: MaskView<'_>) -> PyResult<Bound<'py, PyAny>> {
    match format {
        Format::Coco => {
            let rle = CocoRle::try_from(mask).map_err(exception)?;
            Ok(str_dict(py, &rle)?.into_any())
        }
        Format::CocoCounts => {
            let rle = CocoCounts::try_from(mask).map_err(exception)?;
            Ok(counts_dict(py, &rle)?.into_any())
        }
        Format::Kaggle(_) => {
            let rle = KaggleRle::try_from(mask).map_err(exception)?;
            Ok(rle.pairs.into_pyobject(py)?.into_any())
        }
        Format::Values(_) => {
            let rle = ValueCounts::from(mask);
            let dict = PyDict::new(py);
            dict.set_item(intern!(py, "size"), rle.size.to_vec())?;
            dict.set_item(intern!(py, "order"), rle.order.to_string())?;
            dict.set_item(intern!(py, "values"), rle.values)?;
            dict.set_item(intern!(py, "counts"), rle.counts)?;
            Ok(dict.into_any())
        }
    }
}
