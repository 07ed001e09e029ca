//! The output of `maskrle bench`: one JSON object, or a table of its figures.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use maskrle::gpu::passes::{PASSES, Pass};
use serde::Serialize;

use crate::table;

/// Columns of the table that are words; the others are numbers.
const WORDS: usize = 3;

/// Everything that was measured. The keys are a contract: see `bench --json` in the documentation.
#[derive(Debug, Serialize)]
pub struct Report {
    pub schema: u32,
    pub machine: String,
    /// The GPU's name, or the reason why there is none.
    pub adapter: String,
    pub shape: [usize; 3],
    pub order: maskrle::Order,
    pub pattern: String,
    pub read_gb_per_s: ReadLimit,
    pub device_gb_per_s: DeviceLimit,
    pub results: Vec<Row>,
}

/// Rates of multi-stream reads of the benched bytes, in 10^9 bytes a second.
#[derive(Debug, Serialize)]
pub struct ReadLimit {
    #[serde(rename = "1")]
    pub one: f64,
    pub all: f64,
}

/// Rates of the GPU's memory and of the way to it, in 10^9 bytes a second; null where there is no
/// GPU.
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
    /// Rate of the least time, in 10^9 bytes a second.
    pub gb_per_s: f64,
    /// Rate as a share of the limit's; null where the limit was not measured.
    pub fraction_of_limit: Option<f64>,
    /// The GPU's mean time in each pass of a call; null where no GPU reports it.
    pub passes_ms: Option<BTreeMap<&'static str, f64>>,
}

/// Place of the pixels before they are encoded.
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
            table::lines(&rows, WORDS).join("\n"),
            self.passes()
        )
    }

    /// Lines below the table, one for each result that went through GPU passes.
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

    /// Lines of what was measured, and on what.
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
            "machine  {machine}\nadapter  {adapter}\n\
             masks    {n} of {height} x {width}, {pattern}, {order}-major runs\n"
        )
    }

    /// Lines of the limits.
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
    /// Cells of its row of the table.
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
