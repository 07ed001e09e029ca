//! The direction of the sources: no file uses a layer above its own, and no files use each other
//! in a circle, in the library and in the command.
//!
//! Every path in `src` and `cli/src` is followed to the file that defines what it names, through
//! the re-exports of `lib.rs` and `mod.rs`; macros, attributes and function bodies are read too.
//! `mod` lines and the re-exports of `lib.rs` and `mod.rs` are no uses, and what is compiled for
//! tests only is not looked at. `tables.rs` holds the layers.

mod check;
mod planted;
mod resolve;
mod tables;
mod tree;
mod uses;

use std::path::Path;

use tree::{Tree, sources_in};

fn library() -> Tree {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    Tree::new("maskrle", "src", &sources_in(&folder))
}

/// The command's sources, which a package of the library comes without.
fn command() -> Option<Tree> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cli/src");
    folder
        .is_dir()
        .then(|| Tree::new("maskrle_cli", "cli/src", &sources_in(&folder)))
}

fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn no_file_of_the_library_uses_a_layer_above_its_own() {
    assert_none(&check::faults(&library(), tables::LIBRARY));
}

#[test]
fn no_files_of_the_library_use_each_other_in_a_circle() {
    assert_none(&check::circles(&library()));
}

#[test]
fn no_file_of_the_command_uses_a_layer_above_its_own() {
    if let Some(tree) = command() {
        assert_none(&check::faults(&tree, tables::COMMAND));
    }
}

#[test]
fn no_files_of_the_command_use_each_other_in_a_circle() {
    if let Some(tree) = command() {
        assert_none(&check::circles(&tree));
    }
}
