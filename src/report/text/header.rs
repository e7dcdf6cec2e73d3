//! The first line: how the job ended, where, on what, and in which file.

use std::io;

use super::page::Page;
use crate::model::{InputKind, LogReport, Outcome, Status};
use crate::report::paint::{Ink, Row};
use crate::report::{sanitize, width};

/// Fewest columns between the facts and the file.
const GAP: usize = 2;

pub(super) fn write(page: &mut Page<'_>, report: &LogReport) -> io::Result<()> {
    let (ink, word) = status(page, report);
    let mut row = Row::new();
    row.push(ink, word).space(2);
    let indent = row.width();
    let mut row = page.open_facts(row, facts(page, report))?;
    let mut place = sanitize::clean(&report.source).into_owned();
    if let Some(line) = report.verdict_line {
        place.push_str(&format!(":{line}"));
    }
    // On the right if there is room, else on a line of its own.
    if row.width() + GAP + width::of(&place) <= page.width {
        row.pad_to(page.width - width::of(&place))
            .push(Ink::Plain, &place);
    } else {
        if row.width() > indent {
            page.row(&row)?;
            row = Row::indented(indent);
        }
        let room = page.width.saturating_sub(indent);
        row.push(
            Ink::Plain,
            &width::cut_middle(&place, room, 35, page.symbols.ellipsis),
        );
    }
    page.row(&row)?;
    evidence_inputs(page, report, indent)
}

fn status(page: &Page<'_>, report: &LogReport) -> (Ink, &'static str) {
    match report.outcome {
        Outcome::Failed => (Ink::Bad, page.words.failed),
        Outcome::TimedOut => (Ink::Bad, page.words.timed_out),
        Outcome::Canceled => (Ink::Doubt, page.words.canceled),
        Outcome::Succeeded => (Ink::Good, page.words.ok),
        Outcome::Unknown => (Ink::Doubt, page.words.no_verdict),
    }
}

/// What is said behind the status.
fn facts(page: &Page<'_>, report: &LogReport) -> Vec<(Ink, String)> {
    let words = page.words;
    let mut facts = Vec::new();
    match report.outcome {
        Outcome::Succeeded if report.status == Status::Clean => {
            // Nothing else is of interest then.
            return vec![(
                Ink::Plain,
                format!("{} ({})", words.no_failure, words.job_succeeded),
            )];
        }
        Outcome::Canceled => {
            facts.push(
                report
                    .remark
                    .clone()
                    .unwrap_or_else(|| words.was_canceled.to_owned()),
            );
        }
        Outcome::Unknown => {
            facts.push(words.ends_early.to_owned());
            if report.status == Status::Clean {
                facts.push(words.nothing_telling.to_owned());
            }
        }
        _ => {}
    }
    match (report.exit_code, report.section.as_deref()) {
        (Some(code), Some(section)) => facts.push((words.both)(code, section)),
        (Some(code), None) => facts.push((words.exit_code)(code)),
        (None, Some(section)) => facts.push((words.in_section)(section)),
        (None, None) => {}
    }
    if let Some(executor) = &report.runner.executor {
        facts.push(format!("{executor} {}", words.executor));
    }
    if let Some(version) = &report.runner.version {
        facts.push(format!("{} {version}", words.runner));
    }
    facts.into_iter().map(|fact| (Ink::Plain, fact)).collect()
}

/// Names what was read besides the job's log.
fn evidence_inputs(page: &mut Page<'_>, report: &LogReport, indent: usize) -> io::Result<()> {
    let others: Vec<&str> = report
        .inputs
        .iter()
        .filter(|input| input.kind == InputKind::Evidence)
        .map(|input| input.source.as_str())
        .collect();
    if others.is_empty() {
        return Ok(());
    }
    let text = format!("{} {}", page.words.with, others.join(", "));
    page.prose(Row::indented(indent), indent, &text, Ink::Faint)
}
