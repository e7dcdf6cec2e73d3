//! Every lint finds what it is for, and nothing else: `tests/lint/<slug>/` holds a library with that one mistake, and
//! `expected.txt` what is said about it. The library itself has no errors.
//!
//! `UPDATE=1 cargo test --test lint` writes the expectations anew.

use std::path::{Path, PathBuf};
use std::{env, fs};

use jobtriage::authoring::Workshop;
use jobtriage::authoring::lint::{self, Finding, Healthy, LINTS, Level};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn findings(folder: &Path) -> Vec<Finding> {
    let ok = folder.join("ok");
    let healthy = if ok.is_dir() {
        Healthy::of(&[ok], folder)
    } else {
        Healthy::default()
    };
    lint::run(&Workshop::of_folder(folder), &healthy)
}

fn told(findings: &[Finding]) -> String {
    let one = |f: &Finding| {
        let hint = f
            .hint
            .as_ref()
            .map_or(String::new(), |h| format!("  hint: {h}\n"));
        let (path, level) = (&f.path, f.level.as_str());
        format!(
            "{path}:{}:{}: {level}[{}] {}\n{hint}",
            f.line, f.column, f.slug, f.message
        )
    };
    findings.iter().map(one).collect()
}

#[test]
fn every_lint_finds_its_example() {
    let mut wrong = Vec::new();
    for lint in LINTS {
        let folder = root().join("tests/lint").join(lint.slug);
        assert!(folder.is_dir(), "tests/lint/{} holds no example", lint.slug);
        let findings = findings(&folder);
        let told = told(&findings);
        let expected = folder.join("expected.txt");
        if env::var_os("UPDATE").is_some() {
            fs::write(&expected, &told).expect("the expectation can be written");
        }
        let wanted = fs::read_to_string(&expected).unwrap_or_default();
        let only_its_own = findings.iter().all(|f| f.slug == lint.slug);
        if findings.is_empty() || !only_its_own || told != wanted {
            wrong.push(format!("{}:\n{told}want:\n{wanted}", lint.slug));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_pattern_without_faults_has_no_findings() {
    let findings = findings(&root().join("tests/lint/clean"));
    assert!(findings.is_empty(), "{}", told(&findings));
}

#[test]
fn the_guide_names_every_lint() {
    let guide = fs::read_to_string(root().join("docs/writing-patterns.md")).expect("the guide");
    for lint in LINTS {
        assert!(
            guide.contains(&format!("| `{}` |", lint.slug)),
            "{}",
            lint.slug
        );
    }
}

#[test]
fn the_library_has_no_errors() {
    let workshop = Workshop::of_folder(&root().join("patterns"));
    let healthy = Healthy::of(&[root().join("samples/ok")], &root());
    let mut findings = lint::run(&workshop, &healthy);
    findings.retain(|f| f.level == Level::Error);
    assert!(findings.is_empty(), "{}", told(&findings));
}
