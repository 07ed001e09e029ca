//! `Encoder`: the library's, with Python's arguments.

use maskrle::{Backend, Order};
use pyo3::intern;
use pyo3::prelude::*;

use crate::arguments::{Size, memory, threads};
use crate::encode::{Format, items, runs_of_each};
use crate::error::exception;
use crate::masks::{Asked, Input};
use crate::process::{ByProcess, detached, is_forked};
use crate::progress::in_parts;
use crate::runs::Runs;

/// Encoder of the calls that name none, of each process.
static DEFAULT: ByProcess<maskrle::Encoder> = ByProcess::new();

/// The encoder of calls that name none: on all cores, and on the GPU for large stacks.
pub(crate) fn default_encoder() -> maskrle::Result<&'static maskrle::Encoder> {
    DEFAULT.get(|| Options::default().build())
}

#[derive(Clone, Default)]
struct Options {
    backend: Backend,
    threads: usize,
    memory: Option<u64>,
    adapter: Option<String>,
}

impl Options {
    /// An encoder for this process. Devices do not survive a fork, and what a driver does after
    /// one nobody says: a forked process encodes on the CPU.
    fn build(&self) -> maskrle::Result<maskrle::Encoder> {
        let backend = match self.backend {
            _ if is_forked() => Backend::Cpu,
            backend => backend,
        };
        let mut builder = maskrle::Encoder::builder()
            .backend(backend)
            .threads(self.threads);
        if let Some(bytes) = self.memory {
            builder = builder.memory(bytes);
        }
        if let Some(name) = &self.adapter {
            builder = builder.adapter(name).allow_software(true);
        }
        builder.build()
    }
}

/// Encodes masks with threads, backend and memory of its own. It may be shared by threads.
///
/// Args:
///     threads: number of threads, None for one a core.
///     backend: "auto" (the GPU for large stacks, where there is one), "cpu" or "gpu".
///     memory: bytes that chunks on their way through the GPU may take together, None for 256 MiB.
///     adapter: part of the name of the GPU to use, whatever the case; also one that computes on
///         the CPU.
///
/// Raises:
///     ValueError: for another backend, more than 1024 threads, and a memory below 0.
///     RuntimeError: for "gpu" where there is none, with those that were passed over.
///
/// >>> import maskrle, numpy as np
/// >>> encoder = maskrle.Encoder(threads=1, backend="cpu")
/// >>> encoder.encode(np.eye(3, dtype=bool))
/// {'size': [3, 3], 'counts': '013000'}
#[pyclass(frozen, module = "maskrle")]
pub(crate) struct Encoder {
    options: Options,
    encoder: ByProcess<maskrle::Encoder>,
}

impl Encoder {
    fn get(&self) -> maskrle::Result<&maskrle::Encoder> {
        self.encoder.get(|| self.options.build())
    }
}

#[pymethods]
impl Encoder {
    #[new]
    #[pyo3(signature = (*, threads = None, backend = "auto", memory = None, adapter = None))]
    fn new(
        py: Python<'_>,
        #[pyo3(from_py_with = threads)] threads: Option<usize>,
        backend: &str,
        #[pyo3(from_py_with = memory)] memory: Option<u64>,
        adapter: Option<String>,
    ) -> PyResult<Self> {
        let encoder = Self {
            options: Options {
                backend: backend.parse().map_err(exception)?,
                threads: threads.unwrap_or(0),
                memory,
                adapter,
            },
            encoder: ByProcess::default(),
        };
        py.detach(|| encoder.get().map(drop)).map_err(exception)?;
        Ok(encoder)
    }

    /// Encodes masks as maskrle.encode does, with its arguments, results and errors.
    ///
    /// >>> import maskrle, numpy as np
    /// >>> maskrle.Encoder(threads=1, backend="cpu").encode(np.eye(2, dtype=bool), format="kaggle")
    /// '1 1 4 1'
    #[pyo3(signature = (
        masks, *, threshold = None, at_least = None, labels = false, size = None, order = None,
        format = "coco", progress = None,
    ))]
    #[expect(clippy::too_many_arguments, reason = "each is a keyword of Python's")]
    fn encode<'py>(
        &self,
        masks: &Bound<'py, PyAny>,
        threshold: Option<f64>,
        at_least: Option<f64>,
        labels: bool,
        size: Option<Size>,
        order: Option<&str>,
        format: &str,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let asked = Asked::new(threshold, at_least, labels, size)?;
        let format = Format::parse(format, order)?;
        in_parts(masks, size, progress, |masks| {
            encode(masks, &asked, format, || self.get())
        })
    }

    /// Encodes masks as maskrle.Runs.from_masks does, with its arguments and errors.
    ///
    /// >>> import maskrle, numpy as np
    /// >>> maskrle.Encoder(threads=1, backend="cpu").runs(np.eye(2, dtype=bool))
    /// <Runs: 1 mask of 2 x 2, column-major, 3 runs>
    #[pyo3(signature = (
        masks, *, threshold = None, at_least = None, labels = false, size = None,
        order = "column-major",
    ))]
    fn runs(
        &self,
        masks: &Bound<'_, PyAny>,
        threshold: Option<f64>,
        at_least: Option<f64>,
        labels: bool,
        size: Option<Size>,
        order: &str,
    ) -> PyResult<Runs> {
        let asked = Asked::new(threshold, at_least, labels, size)?;
        runs(masks, &asked, parse_order(order)?, || self.get())
    }

    /// Backend that was chosen, "cpu", "gpu" or "auto", and why.
    ///
    /// >>> import maskrle
    /// >>> maskrle.Encoder(backend="cpu").backend
    /// ('cpu', 'the CPU was asked for')
    #[getter]
    fn backend(&self, py: Python<'_>) -> PyResult<(String, String)> {
        let encoder = self.get().map_err(exception)?;
        let chosen = py.detach(|| encoder.backend());
        Ok((chosen.backend.to_string(), chosen.reason.clone()))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        let module = py.import(intern!(py, "maskrle"))?;
        let rebuild = module.getattr(intern!(py, "_rebuild_encoder"))?;
        let options = &self.options;
        let arguments = (
            options.threads,
            options.backend.to_string(),
            options.memory,
            options.adapter.clone(),
        );
        Ok((rebuild, arguments.into_pyobject(py)?.into_any()))
    }

    fn __repr__(&self) -> String {
        let options = &self.options;
        let threads = match options.threads {
            0 => "None".into(),
            threads => threads.to_string(),
        };
        let mut repr = format!("Encoder(threads={threads}, backend=\"{}\"", options.backend);
        if let Some(bytes) = options.memory {
            repr += &format!(", memory={bytes}");
        }
        if let Some(name) = &options.adapter {
            repr += &format!(", adapter={name:?}");
        }
        repr + ")"
    }
}

/// Encodes masks with the encoder of calls that name none: see maskrle.encode.
#[pyfunction]
#[pyo3(signature = (masks, threshold, at_least, labels, size, order, format, progress = None))]
#[expect(clippy::too_many_arguments, reason = "each is a keyword of Python's")]
pub(crate) fn encode_masks<'py>(
    masks: &Bound<'py, PyAny>,
    threshold: Option<f64>,
    at_least: Option<f64>,
    labels: bool,
    size: Option<Size>,
    order: Option<&str>,
    format: &str,
    progress: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let asked = Asked::new(threshold, at_least, labels, size)?;
    let format = Format::parse(format, order)?;
    in_parts(masks, size, progress, |masks| {
        encode(masks, &asked, format, default_encoder)
    })
}

fn encode<'py, 'e>(
    masks: &Bound<'py, PyAny>,
    asked: &Asked,
    format: Format,
    encoder: impl FnOnce() -> maskrle::Result<&'e maskrle::Encoder> + Send,
) -> PyResult<Bound<'py, PyAny>> {
    let py = masks.py();
    let input = Input::read(masks, asked, false)?;
    let batches = input.batches(asked)?;
    input.nested(py, items(py, format, encoder, &batches)?)
}

/// Runs of masks.
pub(crate) fn runs<'e>(
    masks: &Bound<'_, PyAny>,
    asked: &Asked,
    order: Order,
    encoder: impl FnOnce() -> maskrle::Result<&'e maskrle::Encoder> + Send,
) -> PyResult<Runs> {
    let input = Input::read(masks, asked, false)?;
    let batches = input.batches(asked)?;
    Ok(Runs(detached(masks.py(), || {
        maskrle::Runs::concat(runs_of_each(encoder()?, &batches, order)?)
    })?))
}

/// Order of a keyword.
pub(crate) fn parse_order(order: &str) -> PyResult<Order> {
    order.parse().map_err(exception)
}
