//! Help, completions and manual pages.

use crate::{TestDir, bytes};

const VERBS: [&str; 9] = [
    "encode",
    "decode",
    "convert",
    "stats",
    "show",
    "adapters",
    "bench",
    "completions",
    "man",
];

#[test]
fn every_verb_has_an_example() {
    let dir = TestDir::new();
    let all = dir.run("--help").ok();
    for verb in VERBS {
        assert!(all.contains(&format!("\n  {verb} ")), "{verb}: {all}");
        let help = dir.run(&format!("{verb} --help")).ok();
        let examples = help.split("Examples:\n").nth(1).unwrap_or_default();
        assert!(examples.contains(&format!("maskrle {verb}")), "{help}");
        // One word for what is taken where an option is not given.
        assert!(!help.contains("by default"), "{help}");
    }
    let help = dir.run("help encode").ok();
    assert_eq!(help, dir.run("encode --help").ok());
}

#[test]
fn options_stand_under_headings() {
    let dir = TestDir::new();
    for (verb, headings) in [
        (
            "encode",
            &["Input", "Output", "COCO documents", "Encoder"][..],
        ),
        ("decode", &["CSV", "Output"]),
        (
            "convert",
            &[
                "CSV",
                "Output",
                "COCO documents",
                "Changes to the masks, in the order given",
            ],
        ),
        ("show", &["Input", "Picture", "CSV", "Output"]),
        ("stats", &["CSV", "Output"]),
    ] {
        let help = dir.run(&format!("{verb} --help")).ok();
        for heading in headings {
            assert!(help.contains(&format!("\n{heading}:\n")), "{verb}: {help}");
        }
    }
    let encode = dir.run("encode --help").ok();
    for text in [
        "-f, --format",
        "-t, --threshold",
        "-j, --threads",
        "-q, --quiet",
        "-o, --output",
    ] {
        assert!(encode.contains(text), "{text}");
    }
    for text in [
        "[default: 512M]",
        "default: kaggle where OUT ends in .csv, else coco",
    ] {
        assert!(encode.contains(text), "{text}");
    }
}

#[test]
fn short_options_are_the_long_ones() {
    let dir = TestDir::new();
    let logits: Vec<u8> = [0.5f32, 2.0]
        .into_iter()
        .flat_map(f32::to_le_bytes)
        .collect();
    dir.file("a.npy", crate::npy("'<f4'", false, "(1, 2)", &logits));
    let long = dir.run("encode --quiet --format coco-counts --threshold 1 --threads 1 a.npy");
    let short = dir.run("encode -q -f coco-counts -t 1 -j 1 a.npy");
    assert_eq!((short.status, short.err.as_str()), (0, ""));
    assert_eq!(short.out, long.out);
    dir.file("rows.jsonl", short.out);
    let long = dir.run("convert rows.jsonl - --to coco").ok();
    assert_eq!(dir.run("convert rows.jsonl - -f coco").ok(), long);
    assert_eq!(dir.run("convert rows.jsonl - --format coco").ok(), long);
    dir.run("show a.npy -t 1 -o a.png").ok();
}

#[test]
fn completions_know_verbs_and_options() {
    let dir = TestDir::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = dir.run(&format!("completions {shell}")).ok();
        for word in ["encode", "completions", "threshold", "coco-dataset"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    assert_eq!(dir.run("completions").status, 2);
    assert_eq!(dir.run("completions cmd.exe").status, 2);
}

#[cfg(unix)]
#[test]
fn bash_reads_its_script() {
    let dir = TestDir::new();
    dir.file("maskrle.bash", dir.run("completions bash").ok());
    let words = "COMP_WORDS=(maskrle enc); COMP_CWORD=1; _maskrle maskrle enc maskrle; echo \
                 \"${COMPREPLY[@]}\"";
    let output = std::process::Command::new("bash")
        .args(["--norc", "-c", &format!(". ./maskrle.bash; {words}")])
        .current_dir(dir.folder.path())
        .output();
    // Not every machine has it.
    if let Ok(output) = output {
        assert_eq!(String::from_utf8_lossy(&output.stdout), "encode\n");
    }
}

#[test]
fn manual_pages() {
    let dir = TestDir::new();
    let page = dir.run("man").ok();
    assert!(page.contains(".TH maskrle 1"), "{page}");
    assert!(VERBS.iter().all(|verb| page.contains(verb)), "{page}");
    std::fs::create_dir(dir.path("man1")).unwrap();
    assert_eq!(dir.run("man man1").ok(), "");
    assert_eq!(dir.read("man1/maskrle.1"), page);
    for verb in VERBS {
        let page = dir.read(&format!("man1/maskrle-{verb}.1"));
        assert!(page.contains("Examples:"), "{verb}: {page}");
    }
    dir.run("man nowhere")
        .fails("error: nowhere: ", "No such file");
    dir.file("file", bytes("(1, 2)", &[0, 1]));
    dir.run("man file").fails("error: file: ", "");
}
