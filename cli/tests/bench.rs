//! `maskrle bench` as scripts see it.
//!
//! The trial of a GPU runs on any adapter there is, software ones included; without one it
//! shows as ignored, and with `MASKRLE_REQUIRE_GPU=1` that is a failure.

#[path = "../../tests/support/gpu.rs"]
mod gpu;

use assert_cmd::Command;
use libtest_mimic::{Arguments, Trial};
use maskrle::gpu::passes::PASSES;
use maskrle::{Backend, Encoder};
use serde_json::Value;

fn main() {
    let arguments = Arguments::from_args();
    let tests: [(&str, fn()); 6] = [
        (
            "json_is_what_the_contract_says",
            json_is_what_the_contract_says,
        ),
        (
            "the_backends_asked_for_are_benched",
            the_backends_asked_for_are_benched,
        ),
        (
            "the_order_and_the_output_follow_each_other",
            the_order_and_the_output_follow_each_other,
        ),
        ("people_get_a_table", people_get_a_table),
        ("wrong_usage_exits_with_2", wrong_usage_exits_with_2),
        ("a_missing_input_exits_with_1", a_missing_input_exits_with_1),
    ];
    let trial = |(name, test): (&str, fn())| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    };
    let mut trials: Vec<_> = tests.into_iter().map(trial).collect();
    let adapter = Encoder::builder()
        .backend(Backend::Gpu)
        .allow_software(true)
        .build();
    let missing = adapter.as_ref().err().map(ToString::to_string);
    trials.push(
        trial(("gpu::shows_in_every_figure", a_gpu_shows_in_every_figure))
            .with_ignored_flag(missing.is_some()),
    );
    trials.extend(missing.map(|why| gpu::missing("gpu", why)));
    libtest_mimic::run(&arguments, trials).exit();
}

fn bench(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_maskrle"));
    command.arg("bench").args(arguments);
    command
}

fn report(arguments: &[&str]) -> Value {
    let small = ["--shape", "2,64,64", "--repeat", "2", "--json"];
    let output = bench(&[&small[..], arguments].concat())
        .assert()
        .success()
        .get_output()
        .stdout
        .clone();
    serde_json::from_slice(&output).expect("one JSON object")
}

/// The keys of an object, sorted.
fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    keys
}

fn assert_positive(value: &Value, what: &str) {
    assert!(
        value
            .as_f64()
            .is_some_and(|number| number.is_finite() && number > 0.0),
        "{what} is {value}"
    );
}

fn assert_positive_or_null(value: &Value, what: &str) {
    if !value.is_null() {
        assert_positive(value, what);
    }
}

fn json_is_what_the_contract_says() {
    for arguments in [
        &["--output", "starts"][..],
        &["--output", "coco"],
        &["--order", "row", "--pattern", "noise"],
    ] {
        let report = report(arguments);
        let expected = [
            "adapter",
            "device_gb_per_s",
            "machine",
            "order",
            "pattern",
            "read_gb_per_s",
            "results",
            "schema",
            "shape",
        ];
        assert_eq!(keys(&report), expected);
        assert_eq!(report["schema"], 1);
        assert_eq!(report["shape"], serde_json::json!([2, 64, 64]));
        for text in ["adapter", "machine", "order", "pattern"] {
            assert!(
                report[text].as_str().is_some_and(|text| !text.is_empty()),
                "{text} is {}",
                report[text]
            );
        }
        assert_eq!(keys(&report["read_gb_per_s"]), ["1", "all"]);
        assert_positive(&report["read_gb_per_s"]["1"], "the read limit");
        assert_positive(&report["read_gb_per_s"]["all"], "the read limit");
        assert_eq!(keys(&report["device_gb_per_s"]), ["copy", "read", "upload"]);
        for key in keys(&report["device_gb_per_s"]) {
            assert_positive_or_null(&report["device_gb_per_s"][key], key);
        }
        let results = report["results"].as_array().expect("a list");
        assert!(!results.is_empty());
        results.iter().for_each(assert_result);
    }
}

fn assert_result(result: &Value) {
    let expected = [
        "backend",
        "fraction_of_limit",
        "gb_per_s",
        "median_ms",
        "min_ms",
        "name",
        "output",
        "passes_ms",
        "residency",
        "threads",
    ];
    assert_eq!(keys(result), expected);
    for number in ["gb_per_s", "median_ms", "min_ms", "threads"] {
        assert_positive(&result[number], number);
    }
    let backend = result["backend"].as_str().expect("a name");
    assert!(["cpu", "gpu", "auto"].contains(&backend), "{backend}");
    assert!(["host", "device"].contains(&result["residency"].as_str().expect("a name")));
    assert!(["starts", "coco"].contains(&result["output"].as_str().expect("a name")));
    assert_positive_or_null(&result["fraction_of_limit"], "fraction_of_limit");
    if backend == "cpu" {
        assert_positive(&result["fraction_of_limit"], "a CPU's fraction_of_limit");
        assert!(result["passes_ms"].is_null());
    }
}

fn the_backends_asked_for_are_benched() {
    let names = |arguments: &[&str]| -> Vec<String> {
        let report = report(arguments);
        let results = report["results"].as_array().expect("a list");
        results
            .iter()
            .map(|result| result["name"].as_str().expect("a name").to_owned())
            .collect()
    };
    assert_eq!(
        names(&["--backend", "cpu", "--threads", "2"]),
        ["cpu-1", "cpu-all"]
    );
    assert_eq!(names(&["--backend", "cpu", "--threads", "1"]), ["cpu-1"]);
    assert_eq!(names(&["--backend", "auto"]), ["auto"]);
    let all = names(&["--threads", "2"]);
    assert_eq!(all[..3], ["cpu-1", "cpu-all", "auto"]);
}

fn the_order_and_the_output_follow_each_other() {
    let outputs = |arguments: &[&str]| {
        let report = report(arguments);
        (
            report["order"].clone(),
            report["results"][0]["output"].clone(),
        )
    };
    assert_eq!(outputs(&[]), ("column".into(), "coco".into()));
    assert_eq!(
        outputs(&["--order", "row"]),
        ("row".into(), "starts".into())
    );
    assert_eq!(
        outputs(&["--order", "column", "--output", "starts"]),
        ("column".into(), "starts".into())
    );
}

fn people_get_a_table() {
    let output = bench(&["--shape", "1,32,32", "--repeat", "1"])
        .assert()
        .success()
        .get_output()
        .stdout
        .clone();
    let text = String::from_utf8(output).expect("text");
    for word in [
        "machine",
        "adapter",
        "GB/s",
        "read, 1 thread",
        "upload",
        "median ms",
        "cpu-1",
    ] {
        assert!(text.contains(word), "{word} is not in\n{text}");
    }
}

fn a_gpu_shows_in_every_figure() {
    let arguments = ["--allow-software", "--backend", "gpu", "--pattern", "noise"];
    let report = report(&arguments);
    for key in ["read", "copy", "upload"] {
        assert_positive(&report["device_gb_per_s"][key], key);
    }
    let results = report["results"].as_array().expect("a list");
    // Of the flag passes, the one that these masks take.
    let passes = ["compact_starts", "flag_across", "scan_blocks"];
    assert!(
        passes
            .iter()
            .all(|name| PASSES.iter().any(|pass| pass.name == *name))
    );
    let [from_host, on_device] = &results[..] else {
        panic!("two results of one backend: {results:?}")
    };
    for (result, name, residency) in [
        (from_host, "gpu", "host"),
        (on_device, "gpu-device", "device"),
    ] {
        assert_result(result);
        assert_eq!(
            (&result["name"], &result["backend"]),
            (&name.into(), &"gpu".into())
        );
        assert_eq!(result["residency"], residency);
        assert_positive(&result["fraction_of_limit"], "a GPU's fraction_of_limit");
        assert_eq!(keys(&result["passes_ms"]), passes);
        for pass in passes {
            assert_positive(&result["passes_ms"][pass], pass);
        }
    }

    // A fall-back is reported on standard error; all that is there otherwise is the driver's own.
    let output = bench(&arguments)
        .args(["--shape", "2,64,64", "--repeat", "1"])
        .assert()
        .success()
        .get_output()
        .clone();
    let [table, errors] =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("text"));
    assert!(!errors.contains("the CPU encoded"), "{errors}");
    let adapter = report["adapter"].as_str().expect("a name");
    for word in ["\ngpu", "gpu-device", adapter].iter().chain(&passes) {
        assert!(table.contains(word), "{word} is not in\n{table}");
    }
}

fn wrong_usage_exits_with_2() {
    let wrong: [&[&str]; 11] = [
        &["--order", "row", "--output", "coco"],
        &["--shape", "1,2"],
        &["--shape", "0,8,8"],
        &["--shape", "1,65536,65536"],
        &["--shape", "99999999999999,65535,65535"],
        &["--shape", "1,-2,3"],
        &["--repeat", "0"],
        &["--pattern", "stripes"],
        &["--backend", "tpu"],
        &["stack.npy", "--shape", "1,2,3"],
        &["stack.npy", "--pattern", "noise"],
    ];
    for arguments in wrong {
        let assert = bench(arguments).assert().code(2);
        assert!(assert.get_output().stdout.is_empty(), "{arguments:?}");
    }
}

fn a_missing_input_exits_with_1() {
    let assert = bench(&["no such stack.npy"]).assert().code(1);
    let error = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    assert!(
        error.starts_with("error: ") && error.contains("no such stack.npy"),
        "{error}"
    );
}
