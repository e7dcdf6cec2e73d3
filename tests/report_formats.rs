//! Every format over every shape of report: the golden files under `tests/golden/` say what is
//! written, other readers and published rules say whether it is accepted.

#[allow(dead_code)] // Not every test file needs every report.
#[path = "../src/report/testing.rs"]
mod testing;

use std::path::PathBuf;
use std::{env, fs};

use jobtriage::model::{self, Lang, Problem};
use jobtriage::report::{FORMATS, Style, Tally, by_name};

#[path = "common/program.rs"]
mod program;

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
}

fn unreadable() -> Problem {
    Problem {
        source: "core.bin".into(),
        message: "looks binary (NUL at byte 17)".into(),
        hint: Some("use --text to read it all the same".into()),
    }
}

/// Ends of files, so that editors colour them.
fn extension(format: &str) -> &str {
    match format {
        "gitlab-codequality" | "sarif" => "json",
        "junit" => "xml",
        "markdown" | "prompt" => "md",
        "text" | "short" | "table" | "github" => "txt",
        other => other,
    }
}

fn compare(name: &str, written: &str, differing: &mut Vec<String>) {
    let path = golden(name);
    if env::var_os("UPDATE").is_some() {
        fs::create_dir_all(golden("")).expect("the folder can be made");
        fs::write(&path, written).expect("the file can be written");
    }
    if fs::read_to_string(&path).unwrap_or_default() != written {
        differing.push(name.to_owned());
    }
}

/// `UPDATE=1 cargo test --test report_formats` writes the files anew: read the difference.
#[test]
fn every_format_writes_what_the_golden_files_say() {
    let mut differing = Vec::new();
    for format in FORMATS {
        let (name, end) = (format.name(), extension(format.name()));
        let style = Style::default();
        let many = testing::written(name, &style, &testing::every_shape(), &[unreadable()]);
        compare(&format!("{name}.many.{end}"), &many, &mut differing);
        let one = testing::written(name, &style, &[testing::from_variable()], &[]);
        compare(&format!("{name}.one.{end}"), &one, &mut differing);
        let korean = Style {
            lang: Lang::Ko,
            ..style
        };
        let one = testing::written(name, &korean, &[testing::korean()], &[]);
        compare(&format!("{name}.korean.{end}"), &one, &mut differing);
    }
    assert!(differing.is_empty(), "run with UPDATE=1: {differing:?}");
}

fn attacked() -> Vec<model::LogReport> {
    let mut logs = testing::every_shape();
    for attack in testing::ATTACKS {
        let log = testing::saying(attack);
        logs.push(model::LogReport {
            cause: None,
            status: model::Status::Unexplained,
            ..log.clone()
        });
        logs.push(log);
    }
    logs
}

/// `schema/sarif-subset.schema.json` is stricter than the standard: what is valid there is valid
/// SARIF, and has what GitHub asks for.
#[test]
fn sarif_is_what_its_readers_take() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("schema/sarif-subset.schema.json");
    let schema = fs::read_to_string(path).expect("the schema is there");
    let schema = serde_json::from_str(&schema).expect("the schema is JSON");
    let schema = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .expect("the schema is a schema");
    let faults = |document: &serde_json::Value| -> Vec<String> {
        let errors = schema.iter_errors(document);
        errors
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect()
    };
    let sarif = |logs: &[model::LogReport], errors: &[Problem]| -> serde_json::Value {
        let out = testing::written("sarif", &Style::default(), logs, errors);
        serde_json::from_str(&out).expect("SARIF is JSON")
    };
    for (logs, errors) in [
        (attacked(), vec![unreadable()]),
        (vec![testing::clean("ok.log")], vec![]),
        (vec![], vec![]),
    ] {
        let faults = faults(&sarif(&logs, &errors));
        assert!(faults.is_empty(), "{faults:#?}");
    }
    // The schema is not one that takes everything.
    let mut document = sarif(&[testing::from_variable()], &[]);
    let result = &mut document["runs"][0]["results"][0];
    result["locations"] = serde_json::json!([]);
    result["message"]["text"] = "".into();
    result["colour"] = "red".into();
    assert_eq!(faults(&document).len(), 3);
}

#[test]
fn the_help_names_every_format() {
    let help = program::command(&["--help"])
        .output()
        .expect("the program runs");
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    let (_, listed) = help.split_once("repeatable (").expect("a list");
    let (listed, _) = listed.split_once(')').expect("its end");
    let listed: Vec<&str> = listed.split(',').map(str::trim).collect();
    let formats: Vec<&str> = FORMATS.iter().map(|format| format.name()).collect();
    assert_eq!(listed, formats);
    assert!(
        FORMATS
            .iter()
            .all(|format| by_name(format.name()).is_some())
    );
}
