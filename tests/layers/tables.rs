//! The layers of the library and of the command, from the lowest to the highest.

use crate::check::Table;

/// Layers of the library: error, limits, predicate <- parallel, simd <- pixel <- runs <- format,
/// ops, polygon; runs, format <- cpu; runs <- gpu; all of these <- encoder.
pub const LIBRARY: &Table<'_> = &[
    ("error", &[]),
    ("limits", &["error"]),
    ("predicate", &["error", "limits"]),
    ("parallel", BASE),
    ("simd", BASE),
    (
        "pixel",
        &["error", "limits", "predicate", "parallel", "simd"],
    ),
    ("runs", BELOW_RUNS),
    ("format", UP_TO_RUNS),
    ("ops", UP_TO_RUNS),
    ("polygon", UP_TO_RUNS),
    (
        "cpu",
        &[
            "error",
            "limits",
            "predicate",
            "parallel",
            "simd",
            "pixel",
            "runs",
            "format",
        ],
    ),
    ("gpu", UP_TO_RUNS),
    (
        "encoder",
        &[
            "error",
            "limits",
            "predicate",
            "parallel",
            "simd",
            "pixel",
            "runs",
            "format",
            "ops",
            "polygon",
            "cpu",
            "gpu",
        ],
    ),
];

const BASE: &[&str] = &["error", "limits", "predicate"];
const BELOW_RUNS: &[&str] = &["error", "limits", "predicate", "parallel", "simd", "pixel"];
const UP_TO_RUNS: &[&str] = &[
    "error",
    "limits",
    "predicate",
    "parallel",
    "simd",
    "pixel",
    "runs",
];

/// Layers of the command: helpers <- coco <- coded, read <- rows, ids <- verbs.
pub const COMMAND: &Table<'_> = &[
    ("output", &[]),
    ("progress", &[]),
    ("coco", &["output"]),
    ("coded", &["coco"]),
    ("read", &[]),
    ("rows", &["read"]),
    ("ids", &["read", "rows"]),
    ("options", &["coco", "coded", "rows"]),
    ("adapters", &[]),
    ("bench", &["read", "options"]),
    ("convert", &["output", "coco", "coded", "rows", "options"]),
    ("decode", &["output", "coded", "options"]),
    (
        "encode",
        &[
            "output", "progress", "coco", "coded", "read", "rows", "ids", "options",
        ],
    ),
    ("show", &["output", "coco", "coded", "read", "options"]),
    ("stats", &["output", "coded", "read", "options"]),
];
