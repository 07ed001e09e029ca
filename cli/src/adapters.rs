//! `maskrle adapters`: the GPUs of this machine, and the one that would encode.

use anyhow::Result;
use maskrle::gpu::{AdapterReport, adapters};

use crate::{output, table};

/// List the adapters that can encode, and why the others are passed over
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// A JSON list, with each adapter's limits and features
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
The adapter that `--backend auto` takes is marked with *. WGPU_BACKEND=vulkan looks through one
graphics API only.

Examples:
  maskrle adapters
  maskrle adapters --json | jq '.[].name'";

/// Prints the list of adapters.
pub fn run(args: &Args) -> Result<()> {
    let adapters = adapters();
    let text = if args.json {
        serde_json::to_string_pretty(&adapters)? + "\n"
    } else {
        text(&adapters)
    };
    output::print(text.as_bytes())
}

/// The list for people to read.
fn text(adapters: &[AdapterReport]) -> String {
    if adapters.is_empty() {
        return "no adapter: the CPU encodes\n".into();
    }
    let header = ["", "name", "api", "type", "driver", "binding", "use"].map(String::from);
    let rows: Vec<_> = std::iter::once(header)
        .chain(adapters.iter().map(cells))
        .collect();
    let chosen = adapters.iter().find(|adapter| adapter.chosen);
    let auto = chosen.map_or_else(
        || "the CPU alone".into(),
        |adapter| format!("the CPU, and {} for large stacks", adapter.name),
    );
    let lines = table::lines(&rows, rows[0].len()).join("\n");
    format!("{lines}\n--backend auto takes {auto}\n")
}

/// An adapter's row of the table.
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
