//! `maskrle adapters`: what GPUs there are, and which of them would encode.

use std::io::Write;

use anyhow::{Context, Result};
use maskrle::gpu::{AdapterReport, adapters};

/// List the adapters that can encode, and why the others are passed over
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The adapter that `--backend auto` takes is marked with *. WGPU_BACKEND=vulkan looks through one \
                        graphics API only."
)]
pub struct Args {
    /// A JSON list, with each adapter's limits and features
    #[arg(long)]
    json: bool,
}

/// Prints the list.
pub fn run(args: &Args) -> Result<()> {
    let found = adapters();
    let text = if args.json {
        serde_json::to_string_pretty(&found)? + "\n"
    } else {
        table(&found)
    };
    std::io::stdout()
        .write_all(text.as_bytes())
        .context("standard output")
}

fn table(adapters: &[AdapterReport]) -> String {
    if adapters.is_empty() {
        return "no adapter: the CPU encodes\n".into();
    }
    let header = ["", "name", "api", "type", "driver", "binding", "use"].map(String::from);
    let rows: Vec<_> = std::iter::once(header)
        .chain(adapters.iter().map(cells))
        .collect();
    let widths: Vec<_> = (0..rows[0].len())
        .map(|column| {
            rows.iter()
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let line = |row: &[String; 7]| {
        let cells: Vec<_> = row
            .iter()
            .zip(&widths)
            .map(|(cell, &width)| format!("{cell:width$}"))
            .collect();
        cells.join("  ").trim_end().to_owned() + "\n"
    };
    let taken = adapters.iter().find(|adapter| adapter.chosen);
    let auto = taken.map_or_else(
        || "the CPU alone".into(),
        |adapter| format!("the CPU, and {} for large stacks", adapter.name),
    );
    rows.iter().map(line).collect::<String>() + &format!("--backend auto takes {auto}\n")
}

fn cells(adapter: &AdapterReport) -> [String; 7] {
    [
        if adapter.chosen { "*" } else { "" }.into(),
        adapter.name.clone(),
        adapter.backend.clone(),
        adapter.device_type.clone(),
        adapter.driver.clone(),
        format!("{} MiB", adapter.max_binding_bytes >> 20),
        adapter
            .passed_over
            .as_ref()
            .map_or_else(|| "yes".into(), |why| format!("no: {why}")),
    ]
}
