//! `minbrain fleet status`.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use minbrain_fleet::{NodeView, Overview, SchemaView};
use serde_json::{Value, json};

use super::Place;
use crate::bench::json_line;
use crate::bench::table::{self, Column};
use crate::failure::Failure;
use crate::wording::{count, figure};

const NODES: [Column; 5] = [
    Column::words("node", 22),
    Column::words("role", 8),
    Column::words("reached", 8),
    Column::figures("slots", 7),
    Column::figures("MB", 8),
];
const SCHEMAS: [Column; 6] = [
    Column::words("schema", 22),
    Column::figures("experiences", 12),
    Column::figures("budget", 12),
    Column::figures("banks", 6),
    Column::figures("lives", 6),
    Column::words("forgetting", 10),
];

/// Which fleet.
#[derive(Clone, Debug, Args)]
pub(super) struct StatusArgs {
    /// The directory of a fleet on this machine
    #[arg(long, value_name = "DIR", required_unless_present = "fleet", conflicts_with = "fleet")]
    dir: Option<PathBuf>,
    /// The URL of any fleet
    #[arg(long, value_name = "URL|DIR")]
    fleet: Option<Place>,
    /// Print one JSON object and nothing else
    #[arg(long)]
    json: bool,
}

/// Looks and tells.
pub(super) fn main(args: &StatusArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let place = args.fleet.clone().or_else(|| args.dir.as_deref().map(Place::of_directory));
    let place = place.unwrap_or_else(|| Place(String::new()));
    let overview = Overview::look(&place.address()?)?;
    if args.json {
        return json_line(out, &as_json(&overview));
    }
    let whole = if overview.is_whole { "whole" } else { "not whole: some slots have no primary" };
    writeln!(out, "The cluster is {whole}.\n")?;
    table::head(out, &NODES)?;
    for node in &overview.nodes {
        table::row(out, &NODES, &node_cells(node))?;
    }
    if overview.schemas.is_empty() {
        writeln!(out, "\nNo robot has published anything yet.")?;
        return Ok(());
    }
    writeln!(out)?;
    table::head(out, &SCHEMAS)?;
    for schema in &overview.schemas {
        table::row(out, &SCHEMAS, &schema_cells(schema))?;
    }
    Ok(())
}

fn node_cells(node: &NodeView) -> [String; 5] {
    let role = if node.is_primary { "primary" } else { "replica" };
    let reached = if node.is_up { "yes" } else { "no" };
    let known = |is_known: bool, text: String| if is_known { text } else { "-".to_owned() };
    [
        node.place.clone(),
        role.to_owned(),
        reached.to_owned(),
        known(node.slots > 0, count(node.slots.into())),
        known(node.bytes > 0, figure(node.bytes as f64 / 1e6)),
    ]
}

fn schema_cells(schema: &SchemaView) -> [String; 6] {
    [
        schema.name.clone(),
        count(schema.experiences),
        count(schema.budget),
        count(schema.banks.into()),
        count(schema.lives),
        schema.forgetting.clone(),
    ]
}

fn as_json(overview: &Overview) -> Value {
    let node = |node: &NodeView| {
        json!({
            "place": node.place,
            "role": if node.is_primary { "primary" } else { "replica" },
            "reached": node.is_up,
            "slots": node.slots,
            "bytes": node.bytes,
        })
    };
    let schema = |schema: &SchemaView| {
        json!({
            "name": schema.name,
            "layout": schema.layout.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
            "experiences": schema.experiences,
            "budget": schema.budget,
            "banks": schema.banks,
            "lives": schema.lives,
            "forgetting": schema.forgetting,
            "quantisation": schema.quantisation,
        })
    };
    json!({
        "whole": overview.is_whole,
        "nodes": overview.nodes.iter().map(node).collect::<Vec<_>>(),
        "schemas": overview.schemas.iter().map(schema).collect::<Vec<_>>(),
    })
}
