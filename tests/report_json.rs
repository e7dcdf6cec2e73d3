//! The JSON report keeps its contract: the published schema is fresh, and every shape of report
//! is valid against it.

#[allow(dead_code)] // Not every test file needs every report.
#[path = "../src/report/testing.rs"]
mod testing;

use std::path::PathBuf;
use std::{env, fs};

use jobtriage::model::{self, LogReport, Problem};
use jobtriage::report::{Style, Tally, by_name, json};
use serde_json::{Value, json};

fn schema_file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("schema/report.schema.json")
}

/// `UPDATE=1 cargo test --test report_json` writes the file anew.
#[test]
fn the_published_schema_is_fresh() {
    let fresh = serde_json::to_string_pretty(&json::schema()).expect("a schema is JSON") + "\n";
    if env::var_os("UPDATE").is_some() {
        fs::write(schema_file(), &fresh).expect("the schema can be written");
    }
    let published = fs::read_to_string(schema_file()).unwrap_or_default();
    assert!(
        published == fresh,
        "run: UPDATE=1 cargo test --test report_json"
    );
}

/// Validates what the format writes, not what the types would.
fn report(logs: &[LogReport], errors: &[Problem]) -> Value {
    let out = testing::written("json", &Style::default(), logs, errors);
    serde_json::from_str(&out).expect("the report is JSON")
}

fn faults(report: &Value) -> Vec<String> {
    let schema = jsonschema::validator_for(&json::schema()).expect("the schema is a schema");
    schema
        .iter_errors(report)
        .map(|error| error.to_string())
        .collect()
}

#[test]
fn every_shape_is_valid() {
    for log in testing::every_shape() {
        let faults = faults(&report(std::slice::from_ref(&log), &[]));
        assert!(faults.is_empty(), "{:?}: {faults:?}", log.source);
    }
    let errors = [
        Problem {
            source: "a".into(),
            message: "b".into(),
            hint: None,
        },
        Problem {
            source: "a".into(),
            message: "b".into(),
            hint: Some("c".into()),
        },
    ];
    assert!(faults(&report(&testing::every_shape(), &errors)).is_empty());
    assert!(faults(&report(&[], &errors)).is_empty());
}

#[test]
fn the_schema_is_strict() {
    let report = report(&[testing::from_variable()], &[]);
    let spoil = |path: &str, value: Option<Value>| {
        let mut report = report.clone();
        let (parent, key) = path.rsplit_once('/').expect("a path");
        let parent = report.pointer_mut(parent).expect("the parent exists");
        let object = parent.as_object_mut().expect("the parent is an object");
        match value {
            Some(value) => object.insert(key.into(), value),
            None => object.remove(key),
        };
        faults(&report)
    };
    assert!(spoil("/logs/0/cause/role", Some(json!("wrapper"))).is_empty());
    // `null` is written, never left out; words come from closed lists; lines are numbers.
    assert!(!spoil("/logs/0/exit_code", None).is_empty());
    assert!(!spoil("/logs/0/unexplained", None).is_empty());
    assert!(!spoil("/logs/0/cause/verify", None).is_empty());
    assert!(!spoil("/logs/0/cause/owner", Some(json!("nobody"))).is_empty());
    assert!(!spoil("/logs/0/outcome", Some(json!("green"))).is_empty());
    assert!(!spoil("/logs/0/cause/line", Some(json!("6"))).is_empty());
    assert!(!spoil("/summary", None).is_empty());
}

#[test]
fn the_report_is_that_of_the_design() {
    let report = report(&[testing::from_variable()], &[]);
    let keys = |value: &Value| {
        value
            .as_object()
            .expect("an object")
            .keys()
            .cloned()
            .collect()
    };
    let sorted = |mut names: Vec<String>| {
        names.sort_unstable();
        names
    };
    let has = |value: &Value, names: &str| {
        let names = names.split(' ').map(str::to_owned).collect();
        assert_eq!(sorted(keys(value)), sorted(names));
    };
    has(&report, "schema_version tool logs errors summary");
    has(&report["tool"], "name version patterns");
    let log = &report["logs"][0];
    has(
        log,
        "source inputs dialect lang truncated outcome exit_code started ended project runner section command status \
         cause also consequences unexplained",
    );
    has(&log["inputs"][0], "source kind lines bytes");
    has(&log["runner"], "version name executor image");
    has(
        &log["cause"],
        "id title category role confidence owner retry line count text evidence captures further cause \
         fix notes checks verify links score fingerprint place",
    );
    has(&log["cause"]["evidence"][0], "source line text section");
    has(&log["consequences"][0], "id line");
    assert_eq!(log["cause"]["captures"]["step"], Value::Null);
    has(
        &report["summary"],
        "logs failed timed_out succeeded canceled no_verdict explained unexplained partial retry first_seen \
         last_seen undated outside known causes unexplained_groups unexplained_groups_left group_by groups groups_left",
    );
}
