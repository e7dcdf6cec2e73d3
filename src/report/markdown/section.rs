//! One log of a comment: facts, cause, fix, evidence; the rest folded away.

use std::fmt::Write as _;

use super::escape::{cell, code, fence, html_code, link, text};
use super::status;
use crate::model::{Check, Finding, LogReport, Outcome, Role, Unexplained};
use crate::report::excerpt::{self, Shown};
use crate::report::groups::best_text;
use crate::report::{Style, width};

/// Columns of a path or a line outside of fences.
const SHORT: usize = 160;
/// Columns of any running text; nothing that patterns say is as long.
const LONG: usize = 2_000;
/// Consequences and further findings that are named.
const NAMED: usize = 12;

/// The section of a log, cut to the limit.
pub(super) fn within(report: &LogReport, style: &Style, limit: usize) -> String {
    let whole = section(report, style, 3);
    if whole.len() <= limit {
        return whole;
    }
    let short = format!("{}{}\n\n", opening(report, style), style.labels().too_long);
    // With so small a limit only the name is left.
    let name = format!("### {}\n\n", path(&report.source));
    if short.len() <= limit { short } else { name }
}

/// The folded section of one log among several; the first one is open.
pub(super) fn folded(report: &LogReport, style: &Style, first: bool) -> String {
    let open = if first { " open" } else { "" };
    let log = html_code(&width::cut_middle(&clean(&report.source), SHORT, 30, "…"));
    let what = match &report.cause {
        Some(cause) => html_code(&cause.id),
        None => style.words().unknown.to_owned(),
    };
    format!(
        "<details{open}>\n<summary>{log}: {what}</summary>\n\n{}</details>\n\n",
        section(report, style, 4)
    )
}

/// A row of the table of failures.
pub(super) fn row(report: &LogReport, style: &Style) -> String {
    let words = style.words();
    let (cause, who) = match (&report.cause, &report.unexplained) {
        (Some(cause), _) => (code(&cause.id), words.who(cause.owner)),
        (None, unknown) => {
            let best = unknown.as_ref().and_then(best_text).map(|best| {
                let best = width::cut_middle(&clean(best), SHORT / 2, 60, "…");
                format!(": {}", code(&best))
            });
            (
                format!("{}{}", words.unknown, best.unwrap_or_default()),
                "–",
            )
        }
    };
    let status = status(report, style).to_lowercase();
    format!(
        "| {} | {status} | {} | {who} |\n",
        cell(&path(&report.source)),
        cell(&cause)
    )
}

/// A path as code; a long one loses its middle.
pub(super) fn path(source: &str) -> String {
    code(&width::cut_middle(&clean(source), SHORT, 30, "…"))
}

fn clean(text: &str) -> String {
    crate::report::sanitize::clean(text.trim()).into_owned()
}

fn long(text: &str) -> String {
    super::escape::text(&width::cut_end(text, LONG, "…"))
}

fn section(report: &LogReport, style: &Style, level: usize) -> String {
    let mut out = opening_at(report, style, level);
    let words = style.words();
    if report.truncated {
        let mut cut_short = format!("⚠ {}", words.truncated);
        if let Some(cut) = &report.cut {
            let (title, line) = (long(&cut.title), (words.line)(cut.line));
            let _ = write!(cut_short, " {title} ({}, {line})", code(&cut.id));
        }
        push(&mut out, &cut_short);
        if let Some(cut) = &report.cut {
            fixes(&mut out, &cut.fix, style);
        }
    }
    match (&report.cause, &report.unexplained) {
        (Some(cause), _) => finding(&mut out, report, cause, style),
        (None, Some(unknown)) => {
            unexplained(&mut out, unknown, style);
            also(&mut out, report, style);
        }
        (None, None) => {}
    }
    if let Some(remark) = &report.remark {
        push(&mut out, &format!("**{}:** {}", words.note, long(remark)));
    }
    out
}

fn opening(report: &LogReport, style: &Style) -> String {
    opening_at(report, style, 3)
}

/// Heading and facts.
fn opening_at(report: &LogReport, style: &Style, level: usize) -> String {
    let (labels, words) = (style.labels(), style.words());
    let title = match (&report.cause, &report.unexplained) {
        (Some(cause), _) => long(&cause.title),
        (None, Some(_)) => words.no_known_cause.to_owned(),
        (None, None) if report.outcome.is_failure() => words.no_known_cause.to_owned(),
        (None, None) => labels.no_failure.to_owned(),
    };
    let mut out = format!("{} {title}\n\n", "#".repeat(level));
    let ended = match (report.exit_code, &report.section) {
        // The words for both at once would put the section's name into running text.
        (Some(exit), Some(section)) => format!("{}, {}", (words.exit_code)(exit), code(section)),
        (Some(exit), None) => (words.exit_code)(exit),
        (None, Some(section)) => code(section),
        (None, None) if report.outcome == Outcome::Unknown => words.ends_early.to_owned(),
        (None, None) => String::new(),
    };
    let mut rows = vec![(status(report, style), ended)];
    let mut place = path(&report.source);
    if let Some(cause) = &report.cause {
        let _ = write!(place, ", {}", (words.line)(cause.line));
        let id = format!(
            "{} · {}",
            code(&cause.id),
            words.confidence(cause.confidence)
        );
        rows.push((labels.cause, id));
        rows.push((labels.who, words.owner(cause.owner).to_owned()));
        rows.push((labels.retry, words.retry_short(cause.retry).to_owned()));
    }
    rows.insert(1, (labels.log, place));
    if let Some(command) = &report.command {
        rows.push((labels.command, path(command)));
    }
    let runner = &report.runner;
    let parts: Vec<String> = [&runner.executor, &runner.version, &runner.image]
        .into_iter()
        .flatten()
        .map(|part| path(part))
        .collect();
    if !parts.is_empty() {
        rows.push((labels.runner, parts.join(" · ")));
    }
    for (at, (name, value)) in rows.iter().enumerate() {
        let _ = writeln!(out, "| {name} | {} |", cell(value));
        if at == 0 {
            out.push_str("|:---|:---|\n");
        }
    }
    out.push('\n');
    out
}

fn finding(out: &mut String, report: &LogReport, finding: &Finding, style: &Style) {
    let (labels, words) = (style.labels(), style.words());
    if finding.role == Role::Symptom {
        push(out, words.symptom);
    }
    if !finding.cause.is_empty() {
        push(out, &format!("**{}:** {}", words.why, long(&finding.cause)));
    }
    for note in &finding.notes {
        push(out, &format!("**{}:** {}", words.note, long(note)));
    }
    fixes(out, &finding.fix, style);
    for check in &finding.checks {
        one_check(out, check, style);
    }
    push(out, &format!("**{}**", labels.evidence));
    let (lines, left_out) = excerpt::of_finding(report, finding, style.all);
    fenced(out, &lines, style);
    if left_out > 0 {
        push(out, &format!("… {}", (labels.lines_left_out)(left_out)));
    }
    details(out, report, finding, style);
}

fn fixes(out: &mut String, steps: &[String], style: &Style) {
    if steps.is_empty() {
        return;
    }
    push(out, &format!("**{}**", style.words().fix));
    for (at, step) in steps.iter().enumerate() {
        let _ = writeln!(out, "{}. {}", at + 1, long(step));
    }
    out.push('\n');
}

fn one_check(out: &mut String, check: &Check, style: &Style) {
    let words = style.words();
    let place = match words.place(&check.on) {
        Some(place) => place.to_owned(),
        None => format!("{}:", text(&check.on)),
    };
    let run = check.run.as_deref().map(|run| format!(" {}", code(run)));
    push(
        out,
        &format!(
            "**{}:** {place} {}{}",
            words.check,
            long(&check.text),
            run.unwrap_or_default()
        ),
    );
    for outcome in &check.outcomes {
        let id = outcome.id.as_deref().map(|id| format!(" → {}", code(id)));
        let _ = writeln!(out, "- {}{}", long(&outcome.text), id.unwrap_or_default());
    }
    if !check.outcomes.is_empty() {
        out.push('\n');
    }
}

/// Further help, and findings that are not the cause.
fn details(out: &mut String, report: &LogReport, finding: &Finding, style: &Style) {
    let (labels, words) = (style.labels(), style.words());
    let mut inner = String::new();
    if let Some(verify) = &finding.verify {
        let label = words.verify;
        push(
            &mut inner,
            &format!("**{label}:** {} {}", words.mended_when, long(verify)),
        );
    }
    for url in &finding.links {
        push(&mut inner, &format!("**{}:** {}", words.docs, link(url)));
    }
    also(&mut inner, report, style);
    if !report.consequences.is_empty() {
        let count = report.consequences.len();
        push(&mut inner, &format!("**{}:**", labels.consequences));
        for consequence in report.consequences.iter().take(NAMED) {
            let line = (words.line)(consequence.line);
            let _ = writeln!(inner, "- {line}: {}", code(&consequence.id));
        }
        left_out(&mut inner, count, style);
    }
    if inner.is_empty() {
        return;
    }
    let _ = write!(
        out,
        "<details>\n<summary>{}</summary>\n\n{inner}</details>\n\n",
        labels.details
    );
}

/// Findings besides the cause; or what an earlier step said, where no cause is known.
fn also(out: &mut String, report: &LogReport, style: &Style) {
    if report.also.is_empty() {
        return;
    }
    let words = style.words();
    let (label, says) = words.of_others(report);
    push(out, &format!("**{label}:** {says}"));
    for other in report.also.iter().take(NAMED) {
        let line = (words.line)(other.line);
        let (title, id) = (long(&other.title), code(&other.id));
        let _ = writeln!(out, "- {title} ({id}, {line})");
    }
    left_out(out, report.also.len(), style);
}

fn left_out(out: &mut String, all: usize, style: &Style) {
    if all > NAMED {
        let more = (style.labels().more_left_out)(all - NAMED);
        let _ = writeln!(out, "- … {more}");
    }
    out.push('\n');
}

fn unexplained(out: &mut String, unknown: &Unexplained, style: &Style) {
    let words = style.words();
    let lines = excerpt::of_unexplained(unknown);
    if lines.is_empty() {
        push(out, words.no_telling_lines);
    } else {
        push(out, words.telling_lines);
        fenced(out, &lines, style);
    }
    if let Some(meaning) = &unknown.exit_meaning {
        push(out, &format!("**{}:** {}", words.exit_label, long(meaning)));
    }
    let mark = code(&unknown.fingerprint);
    push(
        out,
        &format!("**{}:** {mark} {}", words.mark, words.mark_means),
    );
}

/// Log lines in a fence. Behind number and gutter no line can start a quick action or close the fence, whatever
/// a reader takes for one.
fn fenced(out: &mut String, lines: &[Shown<'_>], style: &Style) {
    let ticks = fence(lines.iter().map(|line| line.text.as_str()));
    let label = |line: &Shown<'_>| match line.source {
        Some(source) => {
            let source = width::cut_middle(&clean(source), 24, 30, "…");
            format!("{source}:{}", line.line)
        }
        None => line.line.to_string(),
    };
    let wide = lines.iter().map(|line| width::of(&label(line))).max();
    let _ = writeln!(out, "{ticks}text");
    for line in lines {
        let label = label(line);
        let blanks = " ".repeat(wide.unwrap_or(0) - width::of(&label));
        let mark = if line.best { ">" } else { " " };
        let gutter = style.symbols().gutter;
        let row = format!("{mark} {blanks}{label} {gutter} {}", line.text);
        let _ = writeln!(out, "{}", row.trim_end());
    }
    let _ = writeln!(out, "{ticks}\n");
}

/// A paragraph.
fn push(out: &mut String, paragraph: &str) {
    out.push_str(paragraph);
    out.push_str("\n\n");
}
