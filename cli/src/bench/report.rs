//! What `maskrle bench` prints: one JSON object, or a table of the same.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use maskrle::gpu::passes::{PASSES, Pass};
use serde::Serialize;

/// Everything that was measured. The keys are a contract: see `bench --json` in the documentation.
#[derive(Debug, Serialize)]
pub struct Report {
    pub schema: u32,
    pub machine: String,
    /// The GPU's name, or why there is none.
    pub adapter: String,
    pub shape: [usize; 3],
    pub order: maskrle::Order,
    pub pattern: String,
    pub read_gb_per_s: ReadLimit,
    pub device_gb_per_s: DeviceLimit,
    pub results: Vec<Row>,
}

/// Multi-stream reads of the benched bytes.
#[derive(Debug, Serialize)]
pub struct ReadLimit {
    #[serde(rename = "1")]
    pub one: f64,
    pub all: f64,
}

/// The GPU's memory and the way to it; null where there is no GPU.
#[derive(Debug, Default, Serialize)]
pub struct DeviceLimit {
    pub read: Option<f64>,
    pub copy: Option<f64>,
    pub upload: Option<f64>,
}

/// One backend's times.
#[derive(Debug, Serialize)]
pub struct Row {
    pub name: &'static str,
    pub backend: maskrle::Backend,
    pub residency: Residency,
    pub output: &'static str,
    pub threads: usize,
    pub median_ms: f64,
    pub min_ms: f64,
    /// Of the least time.
    pub gb_per_s: f64,
    /// Null where the limit was not measured.
    pub fraction_of_limit: Option<f64>,
    /// The GPU's time in each pass of a call, on average; null where no GPU told it.
    pub passes_ms: Option<BTreeMap<&'static str, f64>>,
}

/// Where the pixels are before they are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Residency {
    Host,
    Device,
}

impl fmt::Display for Residency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Residency::Host => "host",
            Residency::Device => "device",
        })
    }
}

impl Report {
    /// The report for people to read.
    pub fn table(&self) -> String {
        let mut rows = vec![
            [
                "result",
                "pixels",
                "output",
                "threads",
                "median ms",
                "min ms",
                "GB/s",
                "of limit",
            ]
            .map(String::from),
        ];
        rows.extend(self.results.iter().map(Row::cells));
        format!(
            "{}\n{}\n{}{}",
            self.heading(),
            self.limits(),
            aligned(&rows),
            self.passes()
        )
    }

    /// Below the table, a line for each result that went through GPU passes.
    fn passes(&self) -> String {
        let mut text = String::new();
        for Row {
            name, passes_ms, ..
        } in &self.results
        {
            let Some(passes) = passes_ms else { continue };
            let ms = |pass: &Pass| Some(format!("{} {:.3}", pass.name, passes.get(pass.name)?));
            let passes: Vec<_> = PASSES.iter().filter_map(ms).collect();
            let _ = write!(
                text,
                "\n{name}: mean ms on the device: {}",
                passes.join(", ")
            );
        }
        text
    }

    fn heading(&self) -> String {
        let Report {
            machine,
            adapter,
            shape: [n, height, width],
            pattern,
            ..
        } = self;
        let order = match self.order {
            maskrle::Order::ColumnMajor => "column",
            maskrle::Order::RowMajor => "row",
        };
        format!(
            "machine  {machine}\nadapter  {adapter}\nmasks    {n} of {height} x {width}, {pattern}, {order}-major runs\n"
        )
    }

    fn limits(&self) -> String {
        let device = &self.device_gb_per_s;
        let limits = [
            ("read, 1 thread", Some(self.read_gb_per_s.one)),
            ("read, all threads", Some(self.read_gb_per_s.all)),
            ("device read", device.read),
            ("device copy", device.copy),
            ("upload", device.upload),
        ];
        let mut text = String::from("limits, in GB/s (10^9 bytes a second) at best\n");
        for (name, rate) in limits {
            let _ = writeln!(
                text,
                "  {name:<18} {:>8}",
                or_dash(rate, |rate| format!("{rate:.2}"))
            );
        }
        text
    }
}

impl Row {
    fn cells(&self) -> [String; 8] {
        [
            self.name.into(),
            self.residency.to_string(),
            self.output.into(),
            self.threads.to_string(),
            format!("{:.3}", self.median_ms),
            format!("{:.3}", self.min_ms),
            format!("{:.2}", self.gb_per_s),
            or_dash(self.fraction_of_limit, |fraction| format!("{fraction:.3}")),
        ]
    }
}

fn or_dash(value: Option<f64>, text: impl Fn(f64) -> String) -> String {
    value.map_or("-".into(), text)
}

/// Cells under each other: the first three columns are words and start together, the others are
/// numbers and end so.
fn aligned(rows: &[[String; 8]]) -> String {
    let widths: [usize; 8] =
        std::array::from_fn(|column| rows.iter().map(|row| row[column].len()).max().unwrap_or(0));
    let line = |row: &[String; 8]| {
        let cells =
            row.iter()
                .zip(widths)
                .enumerate()
                .map(|(column, (cell, width))| match column {
                    0..3 => format!("{cell:<width$}"),
                    _ => format!("{cell:>width$}"),
                });
        cells.collect::<Vec<_>>().join("  ")
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}
