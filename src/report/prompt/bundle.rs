//! The bundle of one log, at a level of detail: 0 says everything, the last one only the core.

use std::fmt::Write as _;

use crate::model::{
    Advice, Check, Confidence, Finding, LogReport, Outcome, Role, Status, Unexplained,
};
use crate::report::excerpt::{self, Shown};
use crate::report::markdown::escape;
use crate::report::{sanitize, width};

/// Levels of detail.
pub(super) const LEVELS: usize = 4;

/// Columns of a line of the log, of running text; lines of the log; items of a list.
struct Amount {
    log_columns: usize,
    text: usize,
    log_lines: usize,
    items: usize,
}

const AMOUNTS: [Amount; LEVELS] = [
    Amount {
        log_columns: 400,
        text: 1_200,
        log_lines: excerpt::MOST,
        items: 12,
    },
    Amount {
        log_columns: 240,
        text: 500,
        log_lines: 8,
        items: 6,
    },
    Amount {
        log_columns: 160,
        text: 200,
        log_lines: 3,
        items: 2,
    },
    Amount {
        log_columns: 120,
        text: 80,
        log_lines: 1,
        items: 0,
    },
];

/// The bundle of a log.
pub(super) fn of(report: &LogReport, level: usize, limit: usize) -> String {
    let amount = &AMOUNTS[level.min(LEVELS - 1)];
    let mut out = String::new();
    job(&mut out, report, amount);
    match (&report.cause, &report.unexplained) {
        (Some(cause), _) => known(&mut out, report, cause, amount),
        (None, Some(unknown)) => {
            unexplained(&mut out, unknown, amount);
            others(&mut out, report, amount);
        }
        (None, None) if report.status == Status::Clean => {
            out.push_str("Nothing in this log tells of a failure.\n\n");
        }
        (None, None) => {}
    }
    if let Some(cut) = &report.cut {
        cut_short(&mut out, cut, amount);
    }
    not_known(&mut out, report, amount);
    if level > 0 {
        let _ = writeln!(out, "(Shortened to stay within {limit} bytes.)\n");
    }
    out
}

/// A failed log in one line.
pub(super) fn in_short(report: &LogReport) -> String {
    let what = match (&report.cause, &report.unexplained) {
        (Some(cause), _) => format!("{}, line {}: {}", cause.id, cause.line, cause.title),
        (None, Some(unknown)) => {
            let best = crate::report::groups::best_text(unknown).unwrap_or_default();
            format!("no known cause: {best}")
        }
        (None, None) => report.outcome.as_str().to_owned(),
    };
    let short = |text: &str| width::cut_end(&line(text), 160, "…");
    format!("- {}: {}\n", short(&report.source), short(&what))
}

/// The one place that makes foreign text one line of text.
pub(super) fn line(text: &str) -> String {
    sanitize::clean(&text.trim().replace(['\n', '\t'], " ")).into_owned()
}

fn job(out: &mut String, report: &LogReport, amount: &Amount) {
    out.push_str("## The job\n\n");
    let mut item = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            let value = width::cut_middle(&line(value), amount.text.min(300), 60, "…");
            let _ = writeln!(out, "- {name}: {value}");
        }
    };
    let size = report.inputs.first();
    let size = size.map(|input| format!(" ({} lines)", input.lines));
    let log = format!("{}{}", report.source, size.unwrap_or_default());
    item("log", Some(&log));
    let ended = match report.exit_code {
        Some(code) => format!("{}, exit code {code}", report.outcome.as_str()),
        None => report.outcome.as_str().to_owned(),
    };
    item("outcome", Some(&ended));
    item("section that failed", report.section.as_deref());
    item("last command in it", report.command.as_deref());
    item("executor", report.runner.executor.as_deref());
    item("image", report.runner.image.as_deref());
    item("runner version", report.runner.version.as_deref());
    out.push('\n');
}

fn known(out: &mut String, report: &LogReport, cause: &Finding, amount: &Amount) {
    out.push_str("## What is known\n\n");
    let role = match cause.role {
        Role::Symptom => "a symptom",
        _ => "a root cause",
    };
    let text = |text: &str| width::cut_end(&line(text), amount.text, "…");
    let _ = writeln!(
        out,
        "- cause: {}, {role} (confidence: {})\n- in short: {}",
        text(&cause.id),
        cause.confidence,
        text(&cause.title)
    );
    if !cause.cause.is_empty() {
        let _ = writeln!(out, "- why: {}", text(&cause.cause));
    }
    let _ = writeln!(
        out,
        "- kind: {}; who has to act: {}; does running again help: {}",
        cause.category, cause.owner, cause.retry
    );
    for note in cause.notes.iter().take(amount.items) {
        let _ = writeln!(out, "- note: {}", text(note));
    }
    out.push_str("\nThe lines that say it (`>` marks the one that matters):\n\n");
    let (lines, left_out) = excerpt::of_finding(report, cause, false);
    fenced(out, &lines, left_out, amount);
    if !cause.fix.is_empty() && amount.items > 0 {
        out.push_str("What mends it:\n\n");
        for (at, step) in cause.fix.iter().take(amount.items).enumerate() {
            let _ = writeln!(out, "{}. {}", at + 1, text(step));
        }
        if let Some(verify) = &cause.verify {
            let _ = writeln!(out, "\nMended when: {}", text(verify));
        }
        out.push('\n');
    }
    others(out, report, amount);
}

/// Further findings, and what must not be taken for the cause.
fn others(out: &mut String, report: &LogReport, amount: &Amount) {
    let text = |text: &str| width::cut_end(&line(text), amount.text, "…");
    if !report.also.is_empty() && amount.items > 0 {
        out.push_str(match report.cause {
            Some(_) => "Independent of it, and next when it is mended:\n\n",
            None => "Said by an earlier step that the job went on behind; it may be why, which the log does not prove:\n\n",
        });
        for other in report.also.iter().take(amount.items) {
            let (id, title) = (text(&other.id), text(&other.title));
            let _ = writeln!(out, "- line {}: {id}: {title}", other.line);
        }
        out.push('\n');
    }
    if !report.consequences.is_empty() && amount.items > 0 {
        out.push_str("Only follows from it, and is no cause:\n\n");
        for consequence in report.consequences.iter().take(amount.items) {
            let _ = writeln!(
                out,
                "- line {}: {}",
                consequence.line,
                text(&consequence.id)
            );
        }
        out.push('\n');
    }
}

fn unexplained(out: &mut String, unknown: &Unexplained, amount: &Amount) {
    out.push_str("## What is known\n\nNo pattern knows this failure.");
    if let Some(meaning) = &unknown.exit_meaning {
        let meaning = width::cut_end(&line(meaning), amount.text, "…");
        let _ = write!(out, " The exit code says: {meaning}.");
    }
    let lines = excerpt::of_unexplained(unknown);
    if lines.is_empty() {
        out.push_str(" No line of the log stands out.\n\n");
        return;
    }
    out.push_str(" The most telling lines (`>` marks the best one):\n\n");
    fenced(out, &lines, 0, amount);
}

/// What cut the log short, and what to do about it.
fn cut_short(out: &mut String, cut: &Advice, amount: &Amount) {
    let text = |text: &str| width::cut_end(&line(text), amount.text, "…");
    let (id, title) = (text(&cut.id), text(&cut.title));
    let _ = writeln!(out, "Line {}: {id}: {title}.\n", cut.line);
    for (at, step) in cut.fix.iter().take(amount.items).enumerate() {
        let _ = writeln!(out, "{}. {}", at + 1, text(step));
    }
    if !cut.fix.is_empty() && amount.items > 0 {
        out.push('\n');
    }
}

/// What nobody should claim to know, and what would tell.
fn not_known(out: &mut String, report: &LogReport, amount: &Amount) {
    let mut items: Vec<String> = Vec::new();
    if report.truncated {
        items.push("What the lost part of the log said: it was cut short.".to_owned());
    }
    match report.outcome {
        Outcome::Unknown => items.push("How the job ended: the log has no verdict.".to_owned()),
        Outcome::Canceled => items.push("Who stopped the job, and why.".to_owned()),
        _ => {}
    }
    match &report.cause {
        Some(cause) if cause.role == Role::Symptom => {
            items.push("The reason: the cause given only says how the failure shows.".to_owned());
        }
        Some(cause) if cause.confidence != Confidence::High => {
            let text = "Whether this is the cause: the log does not prove it.";
            items.push(text.to_owned());
        }
        Some(_) => {}
        None if report.status == Status::Unexplained => {
            items.push("The cause. Whatever is said of it is a guess until checked.".to_owned());
        }
        None => {}
    }
    if report.status != Status::Clean {
        items
            .push("The repository, the CI configuration and other jobs: not looked at.".to_owned());
    }
    if items.is_empty() {
        return;
    }
    out.push_str("## What is not known\n\n");
    for item in items {
        let _ = writeln!(out, "- {item}");
    }
    let checks = report.cause.iter().flat_map(|cause| &cause.checks);
    let checks: Vec<&Check> = checks.take(amount.items).collect();
    if !checks.is_empty() {
        out.push_str("\nWhat would settle it:\n\n");
    }
    for check in checks {
        one_check(out, check, amount);
    }
    out.push('\n');
}

fn one_check(out: &mut String, check: &Check, amount: &Amount) {
    let text = |text: &str| width::cut_end(&line(text), amount.text, "…");
    let _ = write!(out, "- On the {}: {}", text(&check.on), text(&check.text));
    match &check.run {
        Some(run) => {
            let _ = writeln!(out, " Command: {}", text(run));
        }
        None => out.push('\n'),
    }
    for outcome in check.outcomes.iter().take(amount.items) {
        let _ = write!(out, "    - {}", text(&outcome.text));
        match &outcome.id {
            Some(id) => {
                let _ = writeln!(out, " Then the cause is {}.", text(id));
            }
            None => out.push('\n'),
        }
    }
}

/// Lines of the log behind their numbers. The one that matters is always among them.
fn fenced(out: &mut String, lines: &[Shown<'_>], left_out: usize, amount: &Amount) {
    let most = amount.log_lines;
    let best = lines.iter().position(|line| line.best).unwrap_or(0);
    // The lines before the best one tell more of it than those behind.
    let start = (best + 1).saturating_sub(most).min(lines.len());
    let shown = &lines[start..lines.len().min(start + most)];
    let left_out = left_out + lines.len() - shown.len();
    let ticks = escape::fence(shown.iter().map(|line| line.text.as_str()));
    let _ = writeln!(out, "{ticks}text");
    let label = |line: &Shown<'_>| {
        let source = line.source.map(|source| {
            let source = width::cut_middle(&self::line(source), 40, 30, "…");
            format!("{source}:")
        });
        format!("{}{}", source.unwrap_or_default(), line.line)
    };
    let wide = shown.iter().map(|line| width::of(&label(line))).max();
    for line in shown {
        let mark = if line.best { ">" } else { " " };
        let label = label(line);
        let blanks = " ".repeat(wide.unwrap_or(0) - width::of(&label));
        let (text, _) = width::cut_around(&line.text, line.span.clone(), amount.log_columns, "…");
        let row = format!("{mark} {blanks}{label} | {text}");
        let _ = writeln!(out, "{}", row.trim_end());
    }
    let _ = writeln!(out, "{ticks}\n");
    if left_out > 0 {
        let _ = writeln!(out, "({left_out} more lines belong to it.)\n");
    }
}
