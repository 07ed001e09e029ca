//! Sources with a fault planted in them, which is noticed, and their like without one.

use crate::check::{Table, circles, faults};
use crate::tree::Tree;

const TABLE: &Table<'_> = &[("low", &[]), ("high", &[&["low"]])];
const LIB: &str = "mod high;\nmod low;\npub use high::Thing;";
const HIGH: &str = "pub struct Thing;\npub fn f() {}\npub enum Kind { A }";

fn tree(files: &[(&str, &str)]) -> Tree {
    let of = |&(path, text): &(&str, &str)| (path.to_owned(), text.to_owned());
    Tree::new("planted", "src", &files.iter().map(of).collect())
}

/// The faults of a crate whose layer `low` has this text.
fn faults_of_low(low: &str) -> Vec<String> {
    let files = [("lib.rs", LIB), ("high.rs", HIGH), ("low.rs", low)];
    faults(&tree(&files), TABLE)
}

/// One fault, which begins as given.
#[track_caller]
fn assert_fault(faults: &[String], expected: &str) {
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].starts_with(expected), "{faults:?}");
}

#[track_caller]
fn assert_upward(low: &str, place: &str) {
    assert_fault(
        &faults_of_low(low),
        &format!(
            "src/low.rs:{place} is defined in src/high.rs; of other layers `low` may use nothing"
        ),
    );
}

#[test]
fn a_layer_below_may_be_used() {
    let high = "use crate::low::Small;\npub struct Thing(Small);\nfn f() { crate::low::g() }";
    let low = "pub struct Small;\npub fn g() {}";
    let tree = tree(&[("lib.rs", LIB), ("high.rs", high), ("low.rs", low)]);
    assert_eq!(faults(&tree, TABLE), [""; 0]);
    assert_eq!(circles(&tree), [""; 0]);
}

#[test]
fn a_use_of_a_layer_above_is_noticed() {
    assert_upward("\nuse crate::high::Kind;", "2: `crate::high::Kind`");
    assert_upward("use super::high::{Kind as K};", "1: `super::high::Kind`");
    assert_upward("use crate::high::*;", "1: `crate::high`");
}

#[test]
fn a_path_through_a_re_export_is_noticed() {
    assert_upward("use crate::Thing;", "1: `crate::Thing`");
    assert_upward("fn g(_: crate::Thing) {}", "1: `crate::Thing`");
    let files = [
        ("lib.rs", "mod high;\nmod low;"),
        (
            "high/mod.rs",
            "mod kinds;\npub use kinds::*;\npub use self::Kind as Sort;",
        ),
        ("high/kinds.rs", "pub enum Kind { A }"),
        ("low.rs", "use crate::high::Sort;"),
    ];
    let expected = "src/low.rs:1: `crate::high::Sort` is defined in src/high/kinds.rs";
    assert_fault(&faults(&tree(&files), TABLE), expected);
}

#[test]
fn a_path_in_a_function_body_is_noticed() {
    assert_upward("fn g() {\n    crate::high::f();\n}", "2: `crate::high::f`");
    assert_upward("fn g() { use crate::high::f; }", "1: `crate::high::f`");
    assert_upward("use crate::high;\nfn g() { high::f() }", "2: `high::f`");
    // A function of the module's name does not hide what is in the module.
    let files = [
        ("lib.rs", "mod high;\nmod low;"),
        ("high/mod.rs", "pub mod kinds;\npub fn kinds() {}"),
        ("high/kinds.rs", "pub fn f() {}"),
        ("low.rs", "fn g() { crate::high::kinds::f() }"),
    ];
    let expected = "src/low.rs:1: `crate::high::kinds::f` is defined in src/high/kinds.rs";
    assert_fault(&faults(&tree(&files), TABLE), expected);
    assert_upward("use super::*;\nfn g() -> Thing { g() }", "2: `Thing`");
}

#[test]
fn a_path_in_a_macro_is_noticed() {
    assert_upward("fn g() { dbg!(crate::high::f()) }", "1: `crate::high::f`");
    assert_upward("m! { use crate::{high::Kind}; }", "1: `crate::high::Kind`");
    let definition = "macro_rules! m { ($x:expr) => { $crate::high::f($x) } }";
    assert_upward(definition, "1: `crate::high::f`");
}

#[test]
fn a_path_in_an_attribute_is_noticed() {
    let text = "#[serde(with = \"crate::high::f\")]\nstruct Small;";
    assert_upward(text, "1: `crate::high::f`");
}

#[test]
fn a_name_that_a_macro_defines_is_found_in_the_file_of_its_call() {
    let files = [
        ("lib.rs", "mod high;\nmod low;"),
        ("high.rs", "types!(Kind);"),
        ("low.rs", "use crate::high::Kind;"),
    ];
    let expected = "src/low.rs:1: `crate::high::Kind` is defined in src/high.rs";
    assert_fault(&faults(&tree(&files), TABLE), expected);
}

#[test]
fn what_is_for_tests_only_is_passed_over() {
    let text = "#[cfg(test)]\nmod tests { use crate::high::f; }";
    assert_eq!(faults_of_low(text), [""; 0]);
    assert_eq!(faults_of_low("#[cfg(test)]\nuse crate::high::f;"), [""; 0]);
    let text = "#[cfg(all(test, unix))]\nfn g() { crate::high::f() }";
    assert_eq!(faults_of_low(text), [""; 0]);
    assert_upward(
        "#[cfg(not(test))]\nuse crate::high::f;",
        "2: `crate::high::f`",
    );
    let files = [
        ("lib.rs", LIB),
        ("high.rs", HIGH),
        ("low/mod.rs", "#[cfg(test)]\nmod tests;"),
        ("low/tests.rs", "use crate::high::f;"),
    ];
    assert_eq!(faults(&tree(&files), TABLE), [""; 0]);
}

#[test]
fn what_lies_in_lib_rs_is_above_all_layers() {
    let lib = "mod high;\nmod low;\npub fn usage() {}";
    let files = [
        ("lib.rs", lib),
        ("high.rs", "use crate::usage;"),
        ("low.rs", ""),
    ];
    let expected = "src/high.rs:1: `crate::usage` is defined in src/lib.rs; of other layers `high` \
                    may use low";
    assert_fault(&faults(&tree(&files), TABLE), expected);
}

#[test]
fn layers_and_their_table_are_alike() {
    let files = [
        ("lib.rs", "mod high;\nmod low;\nmod new;"),
        ("high.rs", ""),
        ("low.rs", ""),
    ];
    let with_new = [&files[..], &[("new/mod.rs", "")]].concat();
    let expected = "`new` is missing from the table of layers";
    assert_fault(&faults(&tree(&with_new), TABLE), expected);

    let files = [
        ("lib.rs", "mod high;\nmod low;"),
        ("high.rs", ""),
        ("low.rs", ""),
    ];
    let expected = "`old` is in the table of layers, but there is no such module";
    let table: &Table<'_> = &[("low", &[]), ("old", &[]), ("high", &[&["low"]])];
    assert_fault(&faults(&tree(&files), table), expected);
    let expected = "`low` may use `high` by the table of layers, which does not come before it";
    let table: &Table<'_> = &[("low", &[&["high"]]), ("high", &[])];
    assert_fault(&faults(&tree(&files), table), expected);
}

#[test]
fn a_path_or_a_file_that_is_not_followed_is_noticed() {
    let expected = "src/low.rs:1: `crate::high::Gone` leads nowhere";
    assert_fault(&faults_of_low("use crate::high::Gone;"), expected);
    let files = [
        ("lib.rs", LIB),
        ("high.rs", HIGH),
        ("low.rs", ""),
        ("high/lost.rs", ""),
    ];
    let expected = "src/high/lost.rs: no `mod` line leads to this file";
    assert_fault(&faults(&tree(&files), TABLE), expected);
}

/// The circles of a crate with a folder of these three files, of which `mod.rs` re-exports all.
fn circles_of(a: &str, b: &str, c: &str) -> Vec<String> {
    let index = "mod a;\nmod b;\nmod c;\npub use a::A;\npub use b::B;\npub use c::C;";
    circles(&tree(&[
        ("lib.rs", "mod folder;"),
        ("folder/mod.rs", index),
        ("folder/a.rs", &format!("pub struct A;\n{a}")),
        ("folder/b.rs", &format!("pub struct B;\n{b}")),
        ("folder/c.rs", &format!("pub struct C;\n{c}")),
    ]))
}

#[test]
fn a_circle_of_files_is_noticed() {
    let found = circles_of("use super::b::B;", "fn g(_: crate::folder::A) {}", "");
    let expected = "src/folder/a.rs, src/folder/b.rs use each other";
    assert_fault(&found, expected);
    assert!(
        found[0]
            .contains("\n  src/folder/b.rs:2: `crate::folder::A` is defined in src/folder/a.rs"),
        "{found:?}"
    );
    let found = circles_of("use super::B;", "use super::C;", "fn g() { m!(super::A) }");
    assert_fault(
        &found,
        "src/folder/a.rs, src/folder/b.rs, src/folder/c.rs use each other",
    );
}

#[test]
fn files_that_use_one_another_one_way_are_no_circle() {
    assert_eq!(circles_of("use super::B;", "use super::c::C;", ""), [""; 0]);
    let test = "#[cfg(test)]\nmod tests { use super::super::A; }";
    assert_eq!(circles_of("use super::B;", test, ""), [""; 0]);
}

#[test]
fn a_folder_that_defines_what_its_files_use_is_a_circle() {
    let found = circles(&tree(&[
        ("lib.rs", "mod folder;"),
        ("folder/mod.rs", "mod a;\nuse a::A;\npub struct Whole(A);"),
        ("folder/a.rs", "pub struct A;\nimpl super::Whole {}"),
    ]));
    assert_fault(&found, "src/folder/mod.rs, src/folder/a.rs use each other");
}
