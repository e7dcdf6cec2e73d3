//! How right is it? `cargo run --release --example score -- DIR`: a folder of logs with a `labels.tsv`.
//!
//! Columns are found by name: `file`; `passes` (yes/no) or `family` (`ok` for a passing job); `evidence_line` or
//! `evidence_lines` (1-based, separated by `,` or blanks); `evidence_text`; `ids` (catalogue ids that are right). A cause is right when
//! its line is within one line of a labelled one, or holds the labelled text, or its id is labelled; where no cause is
//! given, the best telling line counts the same way.

mod labels;

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, process};

use jobtriage::diagnosis::{Case, Input, diagnose};
use jobtriage::engine::Scanner;
use jobtriage::library::Library;
use jobtriage::model::{Lang, LogReport};
use jobtriage::source::{self, Reading};
use labels::{Label, labels};

#[derive(Default, Clone, Copy)]
struct Tally {
    failing: usize,
    /// A cause is given and right.
    cause: usize,
    /// No cause is given and the best line is right.
    telling: usize,
    /// The labelled line is among the first three that are shown.
    among_three: usize,
    /// A cause is given and wrong.
    wrong: usize,
    /// A cause is given.
    covered: usize,
    passing: usize,
    /// A cause is given for a passing job.
    false_alarms: usize,
}

fn main() {
    let Some(dir) = env::args().nth(1) else {
        eprintln!("usage: score DIR   (a folder with labels.tsv)");
        process::exit(2);
    };
    let dir = Path::new(&dir);
    let labels = labels(dir);
    let library = Library::embedded();
    let mut scanner = Scanner::new(&library);
    let mut all = Tally::default();
    let mut families: BTreeMap<String, Tally> = BTreeMap::new();
    let mut misses = Vec::new();
    for label in &labels {
        let Ok(source) = source::open(&dir.join(&label.file), Reading::anything()) else {
            eprintln!("{}: cannot be read", label.file);
            continue;
        };
        let scan = scanner.scan(source.reader);
        let report = diagnose(
            &Case::single(Input {
                source: label.file.clone(),
                scan,
            }),
            &library,
            Lang::En,
        );
        let tally = judge(label, &report, &mut misses);
        add(&mut all, tally);
        add(families.entry(label.family.clone()).or_default(), tally);
    }
    for miss in &misses {
        println!("{miss}");
    }
    println!();
    println!(
        "{:<24} {:>4} {:>6} {:>8} {:>6} {:>6} {:>8}",
        "family", "logs", "cause", "telling", "wrong", "alarms", "of pass"
    );
    for (family, t) in &families {
        println!(
            "{family:<24} {:>4} {:>6} {:>8} {:>6} {:>6} {:>8}",
            t.failing, t.cause, t.telling, t.wrong, t.false_alarms, t.passing
        );
    }
    println!();
    let rate = |name: &str, k: usize, n: usize| {
        let (low, high) = wilson(k, n);
        println!(
            "{name:<44} {k:>4} of {n:<4} {:>5.1} %   [{:.1} – {:.1}]",
            percent(k, n),
            low * 100.0,
            high * 100.0
        );
    };
    println!("with 95 % intervals:");
    rate("cause right", all.cause, all.failing);
    rate(
        "cause right, or best telling line right",
        all.cause + all.telling,
        all.failing,
    );
    rate(
        "labelled line among the first three shown",
        all.among_three,
        all.failing,
    );
    rate("a cause is given", all.covered, all.failing);
    rate("a wrong cause is given", all.wrong, all.failing);
    rate("a cause for a passing job", all.false_alarms, all.passing);
}

fn judge(label: &Label, report: &LogReport, misses: &mut Vec<String>) -> Tally {
    let mut t = Tally::default();
    let said = report
        .cause
        .as_ref()
        .map(|c| format!("{} @{} {}", c.id, c.line, short(&c.text)));
    if label.passes {
        t.passing = 1;
        if let Some(said) = said {
            t.false_alarms = 1;
            misses.push(format!("ALARM {}: {said}", label.file));
        }
        return t;
    }
    t.failing = 1;
    let right = |line: u64, text: &str| label.names(line, text);
    if let Some(cause) = &report.cause {
        t.covered = 1;
        let by_id = label.ids.contains(&cause.id);
        let by_line = right(cause.line, &cause.text);
        if by_id || by_line {
            t.cause = 1;
        } else {
            t.wrong = 1;
            misses.push(format!(
                "WRONG {}: {}\n      want @{:?} {}\n      ({})",
                label.file,
                said.unwrap_or_default(),
                label.lines,
                short(&label.text),
                label.about
            ));
        }
        let shown = cause
            .evidence
            .iter()
            .chain(report.also.iter().flat_map(|a| a.evidence.iter().take(1)));
        t.among_three =
            usize::from(by_id || by_line || shown.take(3).any(|e| right(e.line, &e.text)));
    } else {
        let best = report.unexplained.as_ref().and_then(|u| {
            let line = u.line?;
            u.lines.iter().find(|l| l.line == line)
        });
        if best.is_some_and(|b| right(b.line, &b.text)) {
            t.telling = 1;
            t.among_three = 1;
        } else {
            misses.push(format!(
                "MISS  {}: best {}\n      want @{:?} {}\n      ({})",
                label.file,
                best.map_or("none".to_owned(), |b| format!(
                    "@{} {}",
                    b.line,
                    short(&b.text)
                )),
                label.lines,
                short(&label.text),
                label.about
            ));
            let lines = report.unexplained.iter().flat_map(|u| &u.lines);
            t.among_three = usize::from(lines.take(3).any(|l| right(l.line, &l.text)));
        }
    }
    t
}

fn add(sum: &mut Tally, t: Tally) {
    sum.failing += t.failing;
    sum.cause += t.cause;
    sum.telling += t.telling;
    sum.among_three += t.among_three;
    sum.wrong += t.wrong;
    sum.covered += t.covered;
    sum.passing += t.passing;
    sum.false_alarms += t.false_alarms;
}

fn short(text: &str) -> String {
    text.trim().chars().take(150).collect()
}

fn percent(k: usize, n: usize) -> f64 {
    if n == 0 {
        0.0
    } else {
        k as f64 * 100.0 / n as f64
    }
}

/// The Wilson score interval: right also for small counts and rates near 0 or 1.
fn wilson(k: usize, n: usize) -> (f64, f64) {
    if n == 0 {
        return (0.0, 1.0);
    }
    let (n, p, z) = (n as f64, k as f64 / n as f64, 1.96f64);
    let centre = p + z * z / (2.0 * n);
    let spread = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z * z / n;
    (
        ((centre - spread) / scale).max(0.0),
        ((centre + spread) / scale).min(1.0),
    )
}
