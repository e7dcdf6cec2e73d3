//! Golden runs: every log in `samples/` gets the diagnosis written beside it, and those in `samples/ok/` get none.
//!
//! `samples/<family>/<name>.toml` states what is known of the log because somebody caused it, not what the program said.

use std::fs;
use std::path::{Path, PathBuf};

use jobtriage::diagnosis::{Case, Input, diagnose};
use jobtriage::engine::Scanner;
use jobtriage::library::Library;
use jobtriage::model::{Confidence, Lang, LogReport, Outcome, Status};
use jobtriage::source::{self, Reading};
use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;

/// What is known of a sample.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    outcome: String,
    exit_code: Option<i64>,
    section: Option<String>,
    /// Start of the last command.
    command: Option<String>,
    /// Ids that are right; the first is the best.
    #[serde(default)]
    cause: Vec<String>,
    /// Lines that prove it; the cause must stand on one of them.
    #[serde(default)]
    line: Vec<u64>,
    /// Further inputs of the case, beside the log.
    #[serde(default)]
    together: Vec<String>,
    /// Captures that must have these values.
    #[serde(default)]
    captures: std::collections::BTreeMap<String, String>,
    /// How many notes apply.
    notes: Option<usize>,
    /// Words that the advice must hold.
    #[serde(default)]
    says: Vec<String>,
}

fn main() {
    let args = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let mut logs = Vec::new();
    collect(&root, &mut logs);
    logs.sort();
    let mut tests = Vec::new();
    for path in logs {
        let name = path
            .strip_prefix(&root)
            .unwrap()
            .display()
            .to_string()
            .replace('\\', "/");
        if name.starts_with("ok/") {
            let again = path.clone();
            tests.push(Trial::test(name.clone(), move || silent(&path)));
            tests.push(Trial::test(
                format!("{name} without its verdict"),
                move || modest(&again),
            ));
        } else {
            tests.push(Trial::test(name, move || as_expected(&path)));
        }
    }
    assert!(tests.len() > 100, "the samples are missing");
    libtest_mimic::run(&args, tests).exit();
}

fn collect(dir: &Path, logs: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, logs);
        } else if path.extension().is_some_and(|e| e == "log") {
            logs.push(path);
        }
    }
}

fn read(path: &Path) -> Input {
    let library = library();
    let source = source::open(path, Reading::default()).unwrap();
    let label = path.file_name().unwrap().to_string_lossy().into_owned();
    Input {
        source: label,
        scan: Scanner::new(library).scan(source.reader),
    }
}

fn library() -> &'static Library {
    static LIBRARY: std::sync::LazyLock<Library> = std::sync::LazyLock::new(Library::embedded);
    &LIBRARY
}

fn report(case: &Case) -> LogReport {
    diagnose(case, library(), Lang::En)
}

fn as_expected(path: &Path) -> Result<(), Failed> {
    let text = fs::read_to_string(path.with_extension("toml"))
        .map_err(|e| format!("{}: {e}", path.with_extension("toml").display()))?;
    let want: Expected = toml::from_str(&text)?;
    let mut inputs = vec![read(path)];
    for other in &want.together {
        inputs.push(read(&path.with_file_name(other)));
    }
    let case = if inputs.len() == 1 {
        Case::single(inputs.remove(0))
    } else {
        Case::together(inputs).map_err(|n| format!("{n} of the inputs look like jobs"))?
    };
    let report = report(&case);
    let mut faults = Vec::new();
    let mut check = |what: &str, got: String, want: String| {
        if got != want {
            faults.push(format!("{what}: {got}, not {want}"));
        }
    };
    check(
        "outcome",
        report.outcome.as_str().to_owned(),
        want.outcome.clone(),
    );
    check(
        "exit code",
        format!("{:?}", report.exit_code),
        format!("{:?}", want.exit_code),
    );
    check(
        "section",
        format!("{:?}", report.section),
        format!("{:?}", want.section),
    );
    if let Some(command) = &want.command {
        let got = report.command.clone().unwrap_or_default();
        if !got.starts_with(command) {
            faults.push(format!("command: `{got}`, not `{command}…`"));
        }
    }
    match (&report.cause, want.cause.is_empty()) {
        (None, true) => {}
        (None, false) => faults.push(format!("no cause, not {:?}", want.cause)),
        (Some(cause), _) => {
            if !want.cause.contains(&cause.id) {
                faults.push(format!(
                    "cause: {} (line {}), not {:?}",
                    cause.id, cause.line, want.cause
                ));
            }
            if !want.line.is_empty() && !want.line.contains(&cause.line) {
                faults.push(format!("line: {}, not {:?}", cause.line, want.line));
            }
            for (name, value) in &want.captures {
                let got = cause.captures.get(name).cloned().flatten();
                if got.as_ref() != Some(value) {
                    faults.push(format!("{name}: {got:?}, not {value:?}"));
                }
            }
            if want.notes.is_some_and(|n| n != cause.notes.len()) {
                faults.push(format!("{} notes, not {:?}", cause.notes.len(), want.notes));
            }
            let advice = format!(
                "{} {} {}",
                cause.cause,
                cause.fix.join(" "),
                cause.notes.join(" ")
            );
            for words in want.says.iter().filter(|w| !advice.contains(w.as_str())) {
                faults.push(format!("the advice does not say `{words}`"));
            }
        }
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults.join("\n").into())
    }
}

/// A passing job has no cause.
fn silent(path: &Path) -> Result<(), Failed> {
    let report = report(&Case::single(read(path)));
    match report.cause {
        Some(cause) => Err(format!("{} at line {}: {}", cause.id, cause.line, cause.text).into()),
        None if report.status != Status::Clean => Err(format!("{:?}", report.unexplained).into()),
        None => Ok(()),
    }
}

/// Cut off before its verdict, a passing job may at most be doubted: whatever its last command said.
fn modest(path: &Path) -> Result<(), Failed> {
    let bytes = fs::read(path)?;
    let text = String::from_utf8_lossy(&bytes);
    let cut = text.rfind("Job succeeded").map_or(&*text, |at| &text[..at]);
    let cut = &cut[..cut.rfind('\n').map_or(0, |k| k + 1)];
    let scan = Scanner::new(library()).scan(cut.as_bytes());
    let report = report(&Case::single(Input {
        source: "cut.log".into(),
        scan,
    }));
    if report.outcome == Outcome::Failed {
        return Err("a verdict was found that is not there".into());
    }
    match report.cause {
        Some(cause) if cause.confidence != Confidence::Low => Err(format!(
            "{} at line {} with {} confidence",
            cause.id, cause.line, cause.confidence
        )
        .into()),
        _ => Ok(()),
    }
}
