//! The advice of a finding: why, notes, fixes, checks, how to verify, links.

use std::io;

use super::page::{Page, TEXT};
use crate::model::{Advice, Check, Finding, LogReport};
use crate::report::paint::{Ink, Row};
use crate::report::{prose, sanitize, width};

/// Checks shown unless all are asked for.
const CHECKS: usize = 2;
/// Outcomes shown of the first check and of the second.
const OUTCOMES: [usize; CHECKS] = [4, 3];

pub(super) fn write(page: &mut Page<'_>, report: &LogReport, finding: &Finding) -> io::Result<()> {
    let words = page.words;
    if !finding.cause.is_empty() {
        page.blank()?;
        page.labelled(words.why, &finding.cause)?;
    }
    for note in &finding.notes {
        page.blank()?;
        page.labelled(words.note, note)?;
    }
    if !finding.fix.is_empty() {
        page.blank()?;
        fixes(page, &finding.fix)?;
    }
    checks(page, &finding.checks)?;
    page.blank()?;
    if let Some(verify) = &finding.verify {
        page.labelled(words.verify, &format!("{} {verify}", words.mended_when))?;
    }
    for (at, link) in finding.links.iter().enumerate() {
        // An address is copied like a command, so it is never broken.
        let mut row = page.label(if at == 0 { words.docs } else { "" });
        row.push(Ink::Code, link);
        page.row(&row)?;
    }
    let mut row = page.label(words.more);
    row.push(
        Ink::Code,
        &format!("jobtriage explain {}", sanitize::shell_word(&finding.id)),
    );
    page.row(&row)?;
    tip(page, report, finding)
}

/// What cut the log, and what to do about it.
pub(super) fn of_cut(page: &mut Page<'_>, cut: &Advice) -> io::Result<()> {
    page.prose(Row::indented(2), 2, &cut.title, Ink::Strong)?;
    let line = (page.words.line)(cut.line);
    page.facts(2, vec![(Ink::Code, cut.id.clone()), (Ink::Plain, line)])?;
    page.blank()?;
    fixes(page, &cut.fix)
}

fn fixes(page: &mut Page<'_>, steps: &[String]) -> io::Result<()> {
    for (at, step) in steps.iter().enumerate() {
        let label = numbered(page.words.fix, at, steps.len());
        match prose::trailing_command(step) {
            Some((says, command)) => {
                page.labelled(&label, says)?;
                page.command(command)?;
            }
            None => page.labelled(&label, step)?,
        }
    }
    Ok(())
}

/// `Fix 1`, then further numbers below it; a single step has no number.
fn numbered(label: &str, at: usize, of: usize) -> String {
    match (at, of) {
        (_, 0 | 1) => label.to_owned(),
        (0, _) => format!("{label} 1"),
        _ => format!("{}{}", " ".repeat(width::of(label) + 1), at + 1),
    }
}

/// The first checks with the most frequent meanings of their output: the answer must fit a screen.
fn checks(page: &mut Page<'_>, all: &[Check]) -> io::Result<()> {
    let shown = if page.style.all {
        all.len()
    } else {
        CHECKS.min(all.len())
    };
    for (at, check) in all.iter().take(shown).enumerate() {
        page.blank()?;
        let label = numbered(page.words.check, at, shown);
        let outcomes = if page.style.all {
            usize::MAX
        } else {
            OUTCOMES[at.min(OUTCOMES.len() - 1)]
        };
        one_check(page, &label, check, outcomes)?;
    }
    if all.len() > shown {
        page.blank()?;
        left_out(page, all.len() - shown)?;
    }
    Ok(())
}

fn left_out(page: &mut Page<'_>, count: usize) -> io::Result<()> {
    let text = format!("{} {}", page.symbols.ellipsis, (page.words.left_out)(count));
    page.prose(Row::indented(TEXT), TEXT + 2, &text, Ink::Faint)
}

/// Where to run what, and what the output means.
fn one_check(page: &mut Page<'_>, label: &str, check: &Check, outcomes: usize) -> io::Result<()> {
    let place = match page.words.place(&check.on) {
        Some(place) => place.to_owned(),
        None => format!("{}:", check.on),
    };
    page.labelled(label, &format!("{place} {}", check.text))?;
    if let Some(command) = &check.run {
        page.command(command)?;
    }
    // If only one would be left out, it is shown too.
    let shown = if check.outcomes.len() == outcomes.saturating_add(1) {
        outcomes + 1
    } else {
        outcomes
    };
    for outcome in check.outcomes.iter().take(shown) {
        let mut row = Row::indented(TEXT);
        row.push(Ink::Faint, page.symbols.arrow).space(1);
        let hang = row.width();
        let text = match &outcome.id {
            Some(id) => format!("{} ({id})", outcome.text),
            None => outcome.text.clone(),
        };
        page.prose(row, hang, &text, Ink::Plain)?;
    }
    if check.outcomes.len() > shown {
        left_out(page, check.outcomes.len() - shown)?;
    }
    Ok(())
}

/// Says that the output of a check that points to further causes can be read too.
fn tip(page: &mut Page<'_>, report: &LogReport, finding: &Finding) -> io::Result<()> {
    let points = |check: &Check| check.outcomes.iter().any(|outcome| outcome.id.is_some());
    if report.inputs.len() > 1 || !finding.checks.iter().any(points) {
        return Ok(());
    }
    let log = file_of(&report.source);
    page.labelled(page.words.tip, page.words.add_output)?;
    page.command(&format!(
        "jobtriage {} check.txt --together",
        sanitize::shell_word(log)
    ))
}

/// The file for a command to read again, or a name in place of labels such as `<stdin>`.
pub(super) fn file_of(source: &str) -> &str {
    if source.starts_with('<') || source == "-" {
        return "job.log";
    }
    // `gh.txt (build)`: one job of a text with several.
    match source.split_once(" (") {
        Some((file, job)) if job.ends_with(')') => file,
        _ => source,
    }
}
