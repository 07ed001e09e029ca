//! The library's public items, with all features, are those that `tests/public_api.txt` lists, so
//! that a change of the API shows in the diff. After an intended change:
//!
//!     UPDATE_SNAPSHOTS=yes cargo test --all-features --test public_api
//!
//! The list is made from rustdoc's JSON, whose format changes with the toolchain. Where it is not
//! the one that the crate `public-api` reads, the test shows as ignored, and with
//! `MASKRLE_REQUIRE_API=1` that is a failure: the two need versions that fit each other.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::{Arguments, Failed, Trial};
use public_api::Builder;

/// Version of rustdoc's JSON that this version of `public-api` reads.
const FORMAT: u64 = 57;

fn main() {
    let arguments = Arguments::from_args();
    let test = Trial::test("public_items_are_those_of_the_snapshot", || {
        check_format()?;
        check_items()
    });
    let is_required = std::env::var("MASKRLE_REQUIRE_API").is_ok_and(|value| value == "1");
    let test = match check_format() {
        Err(why) if !is_required => test.with_kind(why).with_ignored_flag(true),
        _ => test,
    };
    libtest_mimic::run(&arguments, vec![test]).exit();
}

/// The folder for what is made here: cargo's own target folder is locked while tests are built.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("public-api")
}

/// An error if this toolchain writes another format, as an empty crate shows.
fn check_format() -> Result<(), String> {
    let folder = folder();
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    fs::write(folder.join("empty.rs"), "").map_err(|error| error.to_string())?;
    let mut rustdoc = Command::new(std::env::var("RUSTDOC").unwrap_or_else(|_| "rustdoc".into()));
    rustdoc.args(["empty.rs", "--crate-type", "lib", "--crate-name", "empty"]);
    rustdoc.args([
        "-Z",
        "unstable-options",
        "--output-format",
        "json",
        "-o",
        ".",
    ]);
    run(rustdoc.current_dir(&folder).env("RUSTC_BOOTSTRAP", "empty"))?;
    let json = fs::read(folder.join("empty.json")).map_err(|error| error.to_string())?;
    let json: serde_json::Value =
        serde_json::from_slice(&json).map_err(|error| error.to_string())?;
    match &json["format_version"] {
        version if *version == FORMAT => Ok(()),
        version => Err(format!(
            "rustdoc's JSON is of format {version}, not {FORMAT}"
        )),
    }
}

fn check_items() -> Result<(), Failed> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut cargo = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
    cargo.args(["rustdoc", "--quiet", "--lib", "--all-features"]);
    cargo.arg("--manifest-path").arg(root.join("Cargo.toml"));
    cargo.arg("--target-dir").arg(folder());
    cargo.args(["--", "-Z", "unstable-options", "--output-format", "json"]);
    // Of this crate alone: others may ask whether the toolchain is a nightly one, and differ.
    run(cargo.env("RUSTC_BOOTSTRAP", "maskrle"))?;
    let items = Builder::from_rustdoc_json(folder().join("doc/maskrle.json"))
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .build()?;
    items.assert_eq_or_update(root.join("tests/public_api.txt"));
    Ok(())
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned())
}
