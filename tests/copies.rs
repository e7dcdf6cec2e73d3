//! A log that was quoted, numbered, stamped or shown by a page before it came to us is told like the log itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use jobtriage::diagnosis::{Case, Input, diagnose};
use jobtriage::engine::Scanner;
use jobtriage::library::Library;
use jobtriage::model::Lang;

static LIBRARY: LazyLock<Library> = LazyLock::new(Library::embedded);
static SAMPLES: LazyLock<Vec<(String, String)>> = LazyLock::new(samples);

/// Names and texts of the samples.
fn samples() -> Vec<(String, String)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")];
    let mut found: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "log") {
                found.push(path);
            }
        }
    }
    found.sort();
    let text = |path: &PathBuf| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
    found
        .iter()
        .map(|path| (path.display().to_string(), text(path)))
        .collect()
}

/// What is said of a log: its verdict, and what it is blamed on.
fn told(text: &str) -> String {
    let case = Case::single(Input {
        source: "copy.log".into(),
        scan: Scanner::new(&LIBRARY).scan(text.as_bytes()),
    });
    let report = diagnose(&case, &LIBRARY, Lang::En);
    let cause = report.cause.map(|c| (c.id, c.line, c.text));
    let line = report.unexplained.map(|u| u.line);
    format!("{} {cause:?} {line:?}", report.outcome.as_str())
}

/// Copies each sample line by line and asks whether it is told the same.
fn each(copy: impl Fn(usize, &str) -> String) {
    let mut tried = 0;
    let mut wrong = Vec::new();
    for (name, text) in SAMPLES.iter() {
        let copied: String = text
            .lines()
            .enumerate()
            .map(|(k, line)| copy(k, line) + "\n")
            .collect();
        tried += 1;
        let (copied, own) = (told(&copied), told(text));
        if copied != own {
            wrong.push(format!("{name}: {copied}\n    not {own}"));
        }
    }
    assert!(tried > 200, "the samples are missing");
    assert!(
        wrong.is_empty(),
        "{} of {tried}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn quoted_in_a_mail() {
    // The blank at the end of a line is a sign of where PowerShell broke it.
    each(|_, line| match line {
        "" => ">".to_owned(),
        line => format!("> {line}"),
    });
}

#[test]
fn in_a_block_of_code() {
    each(|_, line| {
        if line.is_empty() {
            String::new()
        } else {
            format!("    {line}")
        }
    });
}

#[test]
fn with_the_numbers_of_cat() {
    each(|k, line| format!("{:>6}\t{line}", k + 1));
}

#[test]
fn with_the_numbers_of_an_editor() {
    each(|k, line| format!("{:>4} | {line}", k + 1));
}

#[test]
fn with_the_time_of_day_of_a_page() {
    each(|k, line| format!("[10:{:02}:{:02}] {line}", k / 60 % 60, k % 60));
}

#[test]
fn with_the_date_and_the_node() {
    each(|_, line| format!("2026-05-01 10:00:00.123456 | ubuntu-noble | {line}"));
}

#[test]
fn from_the_journal() {
    each(|_, line| format!("May 01 10:00:00 host gitlab-runner[812]: {line}"));
}

#[test]
fn from_the_files_of_a_container_runtime() {
    each(|_, line| format!("2026-05-01T10:00:00.123456789Z stdout F {line}"));
}

#[test]
fn without_the_escape_of_its_colours() {
    each(|_, line| line.replace('\u{1b}', ""));
}

#[test]
fn with_blanks_that_do_not_break() {
    each(|_, line| line.replace("  ", "\u{a0} "));
}

#[test]
fn as_the_source_of_a_page() {
    each(|_, line| {
        line.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;")
    });
}

#[test]
fn with_a_link_to_each_line() {
    let page = "https://gitlab.example.com/group/app/-/jobs/7";
    each(|k, line| format!("[{0}]({page}#L{0}){line}", k + 1));
}

#[test]
fn with_links_that_show_nothing() {
    let page = "https://github.com/group/app/actions/runs/1/job/2#step:4";
    each(|k, line| format!("[]({page}:{}){line}", k + 1));
}

#[test]
fn with_links_around_digits_of_the_text() {
    let page = "https://github.com/group/app/actions/runs/1/job/2#step:4";
    each(|k, line| {
        // Behind a letter, so that it does not begin the line.
        let digit = |pair: &[u8]| pair[0].is_ascii_alphabetic() && pair[1].is_ascii_digit();
        match line.as_bytes().windows(2).position(digit) {
            Some(at) => {
                let (before, rest) = line.split_at(at + 1);
                format!("{before}[{}]({page}:{}){}", &rest[..1], k + 1, &rest[1..])
            }
            None => line.to_owned(),
        }
    });
}

/// A log of GitHub Actions as its page shows it: no marks, groups indented.
fn page_of_github(log: &str) -> String {
    let mut page = String::new();
    let mut indent = "";
    for line in log.lines() {
        let text = line.split_once("Z ").map_or("", |(_, text)| text);
        if let Some(title) = text.strip_prefix("##[group]") {
            page += title;
            indent = "  ";
        } else if text == "##[endgroup]" {
            indent = "";
            continue;
        } else if let Some(error) = text.strip_prefix("##[error]") {
            page = format!("{page}{indent}Error: {error}");
        } else {
            page = format!("{page}{indent}{}", text.trim_start_matches("[command]"));
        }
        page += "\n";
    }
    page
}

#[test]
fn from_the_page_of_github() {
    let log = fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("samples/github-actions/setup-node-no-lock-file.log"),
    )
    .unwrap();
    let page = page_of_github(&log);
    assert!(!page.contains("##["));
    let told = told(&page);
    assert!(
        told.starts_with("failed Some((\"github-actions/lock-file-missing\""),
        "{told}"
    );
    // The step alone, as people quote it.
    let step = &page[page.find("Run actions/setup-node").unwrap()..];
    let step = &step[..step.find("Post job").unwrap()];
    let told = self::told(step);
    assert!(told.starts_with("failed Some((\"github-actions/lock-file-missing\""));
    assert!(
        told.contains("\"Error: Dependencies lock file"),
        "as it was copied: {told}"
    );
}

#[test]
fn a_cleaned_page_of_github_has_no_marks() {
    let step = "Run org/action@v1\n  with:\n    run: x\nError: no\n";
    let mut page = jobtriage::trace::page::Page::as_printed(step.as_bytes());
    let mut text = String::new();
    std::io::Read::read_to_string(&mut page, &mut text).unwrap();
    assert_eq!(text, step);
}

#[test]
fn inputs_of_a_step_on_the_page_of_github_are_no_evidence() {
    let step = "Run org/action@v1\n  with:\n    run: npm ERR! code EUSAGE\n    error: no space left on device\nDone\n\
         Post job cleanup.\nCleaning up orphan processes\n";
    assert_eq!(told(step), "succeeded None None");
    let fails = step.replace("Done\n", "Error: the thing is not there\n");
    assert_eq!(told(&fails), "failed None Some(Some(5))");
}
