//! Who uses whom, and what is wrong with it.

use std::collections::{BTreeMap, BTreeSet};

use crate::resolve::Entity;
use crate::tree::Tree;

/// The layers of a crate, each a file or folder of `src`, with groups of the layers that it may
/// use, all of which come before it. `lib.rs` and `main.rs` are on top: they may use all, and no
/// layer may use them.
pub type Table<'t> = [(&'t str, &'t [&'t [&'t str]])];

/// A file that uses what another one defines, and the first line that does.
#[derive(Debug)]
pub struct Edge {
    pub from: usize,
    pub to: usize,
    pub line: usize,
    pub path: String,
}

/// Everything that is wrong with a crate's sources, a line each.
pub fn faults(tree: &Tree, table: &Table<'_>) -> Vec<String> {
    let (edges, unknown) = edges(tree);
    let mut faults = tree.faults.clone();
    faults.extend(unknown);
    faults.extend(faults_of_table(tree, table));
    faults.extend(upward(tree, &edges, table));
    faults
}

/// The uses of one file by another, once for each pair; and the paths that lead nowhere.
pub fn edges(tree: &Tree) -> (Vec<Edge>, Vec<String>) {
    let mut edges: BTreeMap<(usize, usize), Edge> = BTreeMap::new();
    let mut unknown = Vec::new();
    for used in &tree.uses {
        let from = tree.modules[used.module].file;
        if tree.files[from].is_test {
            continue;
        }
        let path = used.path.join("::");
        let Some(entities) = tree.resolve(used.module, &used.path) else {
            let file = tree.shown(from);
            unknown.push(format!("{file}:{}: `{path}` leads nowhere", used.line));
            continue;
        };
        for entity in entities {
            let to = match entity {
                Entity::Defined(file) => file,
                // Of a file's module everything may come; what an index re-exports is looked up
                // where it is used, and so is what comes through a module's name.
                Entity::Module(module) if used.is_glob && !tree.is_index(module) => {
                    tree.modules[module].file
                }
                Entity::Module(_) => continue,
            };
            if to != from && !tree.files[to].is_test {
                let (line, path) = (used.line, path.clone());
                edges.entry((from, to)).or_insert(Edge {
                    from,
                    to,
                    line,
                    path,
                });
            }
        }
    }
    (edges.into_values().collect(), unknown)
}

/// The layer that a file is of: the first part of its path.
fn layer(path: &str) -> &str {
    let first = path.split('/').next().unwrap_or(path);
    first.trim_end_matches(".rs")
}

fn is_root(layer: &str) -> bool {
    layer == "lib" || layer == "main"
}

fn faults_of_table(tree: &Tree, table: &Table<'_>) -> Vec<String> {
    let files = tree.files.iter().filter(|file| !file.is_test);
    let layers: BTreeSet<&str> = files.map(|file| layer(&file.path)).collect();
    let mut faults = Vec::new();
    for layer in layers.iter().filter(|layer| !is_root(layer)) {
        if !table.iter().any(|(name, _)| name == layer) {
            faults.push(format!(
                "`{layer}` is missing from the table of layers: say there what it may use"
            ));
        }
    }
    for (index, (name, below)) in table.iter().enumerate() {
        if !layers.contains(name) {
            faults.push(format!(
                "`{name}` is in the table of layers, but there is no such module"
            ));
        }
        for used in below.concat() {
            if !table[..index].iter().any(|(name, _)| *name == used) {
                faults.push(format!(
                    "`{name}` may use `{used}` by the table of layers, which does not come \
                     before it"
                ));
            }
        }
    }
    faults
}

/// The uses of a layer by one that may not use it.
fn upward(tree: &Tree, edges: &[Edge], table: &Table<'_>) -> Vec<String> {
    let mut faults = Vec::new();
    for edge in edges {
        let [from, to] = [edge.from, edge.to].map(|file| layer(&tree.files[file].path));
        let entry = table.iter().find(|(name, _)| *name == from);
        let below = entry.map_or(Vec::new(), |(_, below)| below.concat());
        if from != to && !is_root(from) && !below.contains(&to) {
            let below = if below.is_empty() {
                "nothing".to_owned()
            } else {
                below.join(", ")
            };
            faults.push(format!(
                "{}; of other layers `{from}` may use {below}: what both need belongs there, or in \
                 a new layer below both",
                describe(tree, edge)
            ));
        }
    }
    faults
}

/// Where an edge is, and what it is of.
fn describe(tree: &Tree, edge: &Edge) -> String {
    let [from, to] = [edge.from, edge.to].map(|file| tree.shown(file));
    format!("{from}:{}: `{}` is defined in {to}", edge.line, edge.path)
}

/// The circles of files, each with the uses that make it.
pub fn circles(tree: &Tree) -> Vec<String> {
    let (edges, _) = edges(tree);
    let count = tree.files.len();
    let reached: Vec<BTreeSet<usize>> = (0..count).map(|file| reached_from(file, &edges)).collect();
    let mut done = BTreeSet::new();
    let mut circles = Vec::new();
    for file in 0..count {
        if !reached[file].contains(&file) || done.contains(&file) {
            continue;
        }
        let files: BTreeSet<usize> = (file..count)
            .filter(|&other| reached[file].contains(&other) && reached[other].contains(&file))
            .collect();
        let within = edges
            .iter()
            .filter(|edge| files.contains(&edge.from) && files.contains(&edge.to));
        let lines: Vec<String> = within
            .map(|edge| format!("  {}", describe(tree, edge)))
            .collect();
        let names: Vec<String> = files.iter().map(|&file| tree.shown(file)).collect();
        circles.push(format!(
            "{} use each other: move what both need to a file below them\n{}",
            names.join(", "),
            lines.join("\n")
        ));
        done.extend(files);
    }
    circles
}

/// The files that a file uses, and those that they use, and so on.
fn reached_from(file: usize, edges: &[Edge]) -> BTreeSet<usize> {
    let (mut reached, mut to_visit) = (BTreeSet::new(), vec![file]);
    while let Some(from) = to_visit.pop() {
        for edge in edges.iter().filter(|edge| edge.from == from) {
            if reached.insert(edge.to) {
                to_visit.push(edge.to);
            }
        }
    }
    reached
}
