//! The layers of the library and of the command, from the lowest to the highest.

use crate::check::Table;

/// Layers of the library: error, limits, predicate <- parallel, simd <- pixel <- runs <- format,
/// ops, polygon; format, polygon <- dialect; runs, format <- cpu; runs <- gpu; all of these <-
/// encoder.
pub const LIBRARY: &Table<'_> = &[
    ("error", &[]),
    ("limits", &[&["error"]]),
    ("predicate", &[&["error", "limits"]]),
    ("parallel", &[BASE]),
    ("simd", &[BASE]),
    ("pixel", &[BASE, &["parallel", "simd"]]),
    ("runs", &[BASE, &["parallel", "simd", "pixel"]]),
    ("format", &[UP_TO_RUNS]),
    ("ops", &[UP_TO_RUNS]),
    ("polygon", &[UP_TO_RUNS]),
    ("dialect", &[UP_TO_RUNS, &["format", "polygon"]]),
    ("cpu", &[UP_TO_RUNS, &["format"]]),
    ("gpu", &[UP_TO_RUNS]),
    (
        "encoder",
        &[UP_TO_RUNS, &["format", "ops", "polygon", "cpu", "gpu"]],
    ),
];

const BASE: &[&str] = &["error", "limits", "predicate"];
const UP_TO_RUNS: &[&str] = &[
    "error",
    "limits",
    "predicate",
    "parallel",
    "simd",
    "pixel",
    "runs",
];

/// Layers of the command: helpers <- coco, read <- encoded <- write <- verbs <- command.
pub const COMMAND: &Table<'_> = &[
    ("text", &[]),
    ("file_kind", &[]),
    ("table", &[]),
    ("standard_error", &[]),
    ("temporary", &[]),
    ("positioned", &[]),
    ("threads", &[]),
    ("signals", &[&["temporary"]]),
    ("progress", &[&["standard_error"]]),
    ("output", &[&["temporary"]]),
    ("error", &[&["text", "output"]]),
    ("budget", &[&["text"]]),
    ("options", &[&["text", "budget", "threads"]]),
    ("coco", &[HELPERS]),
    ("read", &[HELPERS]),
    ("encoded", &[HELPERS, &["coco", "read"]]),
    ("write", &[HELPERS, &["coco", "encoded", "read"]]),
    ("adapters", &[HELPERS]),
    ("bench", &[HELPERS, FILES]),
    ("completions", &[HELPERS]),
    ("convert", &[HELPERS, FILES]),
    ("decode", &[HELPERS, FILES]),
    ("encode", &[HELPERS, FILES]),
    ("man", &[HELPERS]),
    ("show", &[HELPERS, FILES]),
    ("stats", &[HELPERS, FILES]),
    ("command", &[HELPERS, VERBS]),
];

const HELPERS: &[&str] = &[
    "text",
    "file_kind",
    "table",
    "standard_error",
    "temporary",
    "positioned",
    "threads",
    "progress",
    "output",
    "error",
    "budget",
    "options",
];
const FILES: &[&str] = &["coco", "encoded", "read", "write"];
const VERBS: &[&str] = &[
    "adapters",
    "bench",
    "completions",
    "convert",
    "decode",
    "encode",
    "man",
    "show",
    "stats",
];
