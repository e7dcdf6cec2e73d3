//! Collects the lines that prove a finding: the command, what its conditions found, the line itself and its
//! repetitions.

use super::Case;
use super::aside::indent;
use super::candidates::Candidate;
use super::conditions::Settled;
use super::recovered::Where;
use super::telling;
use super::unexplained::shown_text;
use crate::model::{Category, Command, Evidence, Outcome, Place, Role, Section, TailLine};
use crate::pattern::checked::{Condition, Near, names};
use crate::trace::foreign;
use crate::trace::verdict::{Github, github_says};

/// Most lines shown for one finding.
const MOST: usize = 10;
/// Hits of the finding itself among them.
const MOST_HITS: usize = 3;
/// Most lines of detail below the telling line, and how far below they may stand.
const DETAILS: usize = 3;
const BELOW: u64 = 8;
/// Most lines that continue a table's cell, and the least column where they begin: text further left is a list,
/// not a table.
const CELL: usize = 6;
const COLUMN: usize = 16;

/// Collects the lines, in the order of inputs and lines.
pub(super) fn collect(
    case: &Case,
    settled: &[Settled<'_>],
    candidate: &Candidate<'_>,
    replaces: Option<&Candidate<'_>>,
) -> Vec<Evidence> {
    let mut lines: Vec<(Place, String)> = Vec::new();
    let mut add = |place: Place, text: &str| {
        if lines.len() < MOST
            && !lines
                .iter()
                .any(|(p, t)| (p.input, p.line) == (place.input, place.line) && t == text)
        {
            lines.push((place, text.to_owned()));
        }
    };
    let lead = candidate.lead();
    add(lead.hit.place, &lead.hit.text);
    for replaced in replaces.iter().flat_map(|c| c.hits.iter().take(1)) {
        add(replaced.hit.place, &replaced.hit.text);
    }
    for (place, text) in context(lead) {
        add(place, text);
    }
    for other in seen_by_notes(settled, lead) {
        add(other.hit.place, &other.hit.text);
    }
    if candidate.place == Where::Command
        && let Some((place, text)) = command(case, lead)
    {
        add(place, &text);
    }
    for (place, text) in details(case, candidate) {
        add(place, &text);
    }
    for (place, text) in running(case, settled, candidate) {
        add(place, &text);
    }
    for repeated in candidate.hits.iter().skip(1).take(MOST_HITS - 1) {
        add(repeated.hit.place, &repeated.hit.text);
    }
    lines.sort_by_key(|(place, _)| (place.input, place.line));
    lines
        .into_iter()
        .map(|(place, text)| {
            let facts = &case.inputs()[place.input as usize].scan.facts;
            let section = facts
                .sections
                .get(place.section as usize)
                .and_then(|s| s.stage_name());
            Evidence {
                source: case.source(place.input).to_owned(),
                line: place.line,
                text,
                section: section.map(Section::unescape),
            }
        })
        .collect()
}

/// The lines above or below that the conditions and the applying notes found.
fn context<'h>(lead: &'h Settled<'_>) -> Vec<(Place, &'h str)> {
    let pattern = lead.pattern();
    let applies = |k: usize| lead.notes.iter().any(|(note, _)| *note == k);
    let shown = pattern.conditions.iter().map(|c| (c, true)).chain(
        pattern
            .notes
            .iter()
            .enumerate()
            .flat_map(|(k, n)| n.conditions.iter().map(move |c| (c, applies(k)))),
    );
    let mut out = Vec::new();
    let mut number = 0;
    for (condition, holds) in shown {
        let Condition::Near { kind, .. } = condition else {
            continue;
        };
        if holds
            && matches!(kind, Near::Before | Near::After)
            && let Some(Some(other)) = lead.hit.context.get(number)
        {
            let place = Place {
                input: lead.hit.place.input,
                ..other.place
            };
            out.push((place, other.text.as_str()));
        }
        number += 1;
    }
    out
}

/// The hits of patterns that an applying note has seen.
fn seen_by_notes<'s>(settled: &'s [Settled<'s>], lead: &Settled<'_>) -> Vec<&'s Settled<'s>> {
    let mut out: Vec<&Settled<'_>> = Vec::new();
    for (note, _) in &lead.notes {
        for condition in &lead.pattern().notes[*note].conditions {
            if let Condition::Seen(list) = condition {
                out.extend(
                    settled
                        .iter()
                        .filter(|s| names(list, &s.pattern().id))
                        .take(2),
                );
            }
        }
    }
    out
}

/// The details below a line that only says which test failed, or how. If it ends in a colon or begins with an
/// error, those are the line below it and further indented ones (Rust, Go, RSpec, Gradle, .NET, Vitest).
/// Below a table's row, the lines that continue its last cell (the events of `sam deploy`).
fn details(case: &Case, candidate: &Candidate<'_>) -> Vec<(Place, String)> {
    let lead = candidate.lead();
    let pattern = lead.pattern();
    let only_names = pattern.role == Role::Symptom || pattern.category == Category::Test;
    let own = usize::from(lead.hit.place.input) == case.job;
    let row = has_columns(&lead.hit.text);
    if !(only_names || row) || !own || candidate.place != Where::Command {
        return Vec::new();
    }
    let scan = &case.inputs()[case.job].scan;
    let line = lead.hit.place.line;
    let near = scan.tail.lines_between(&scan.facts, line, line + BELOW);
    let Some((first, below)) = near
        .split_first()
        .filter(|(first, _)| first.place.line == line)
    else {
        return Vec::new();
    };
    let announces = first.content().trim_end().ends_with(':');
    let deeper = |line: &TailLine| indent(line) > indent(first);
    let of_cell = below.first().is_some_and(|line| goes_on(first, line));
    if !only_names && !of_cell {
        return Vec::new();
    }
    let said = below.iter().enumerate().take_while(|(k, line)| {
        let next = *k == 0 && (announces || names_error(line.content()));
        let belongs = if of_cell {
            goes_on(first, line)
        } else {
            deeper(line) || next
        };
        !line.command && !line.echo && belongs
    });
    let tells = said.filter(|(_, line)| !telling::is_frame(line.content()));
    // Lines that a condition found are already shown.
    let shown: Vec<u64> = context(lead).iter().map(|(place, _)| place.line).collect();
    let hits = || candidate.hits.iter().map(|one| one.hit.place.line);
    tells
        .filter(|(_, line)| {
            let number = line.place.line;
            !shown.contains(&number) && !hits().any(|hit| hit == number)
        })
        .take(if of_cell { CELL } else { DETAILS })
        .map(|(_, line)| {
            let place = Place {
                input: lead.hit.place.input,
                ..line.place
            };
            (place, shown_text(case, &near, line))
        })
        .collect()
}

/// Whether a line only continues a cell of the row above: it begins below the start of a column.
fn goes_on(row: &TailLine, line: &TailLine) -> bool {
    is_column(row.content(), indent(line))
}

/// Whether a line may be the row of a table.
fn has_columns(row: &str) -> bool {
    let gaps = row.match_indices("  ");
    gaps.into_iter().any(|(gap, _)| gap + 2 >= COLUMN)
}

/// Whether a column begins at that byte of a row, behind two blanks.
fn is_column(row: &str, at: usize) -> bool {
    let start = at
        .checked_sub(2)
        .and_then(|gap| row.as_bytes().get(gap..=at));
    at >= COLUMN && start.is_some_and(|c| c[..2] == *b"  " && !c[2].is_ascii_whitespace())
}

/// `AssertionError: expected 1 to be 2`, `java.lang.IllegalStateException: no`
fn names_error(text: &str) -> bool {
    let name = text.trim_start().split_once(": ").map(|(name, _)| name);
    name.is_some_and(|name| {
        (name.ends_with("Error") || name.ends_with("Exception")) && !name.contains(' ')
    })
}

/// What was running when the time was up: the last command, and its last output.
fn running(
    case: &Case,
    settled: &[Settled<'_>],
    candidate: &Candidate<'_>,
) -> Vec<(Place, String)> {
    let facts = case.facts();
    let lead = candidate.lead();
    let is_stopped = matches!(candidate.place, Where::Command | Where::Verdict)
        && facts.outcome == Outcome::TimedOut;
    if !is_stopped {
        return Vec::new();
    }
    let tail = case.inputs()[case.job].scan.tail_lines();
    // The runner's own lines about the end are no output.
    let is_own = |line: &TailLine| {
        let mut on_line = settled
            .iter()
            .filter(|s| s.hit.place.line == line.place.line);
        let is_known = on_line.any(|s| {
            s.hit.pattern == lead.hit.pattern || names(&lead.pattern().explains, &s.pattern().id)
        });
        let content = line.content();
        is_known || github_says(content) != Github::Something || foreign::closing(content).is_some()
    };
    let said = |line: &&TailLine| !line.command && !line.echo && !is_own(line);
    let last = tail.iter().rev().find(said);
    let mut out = Vec::new();
    // Output follows that line, so it was not the end.
    if last.is_some_and(|last| last.place.line > lead.hit.place.line) {
        return out;
    }
    if let Some(command) = facts.last_command() {
        out.push(at_command(case, command, lead));
    }
    if let Some(last) = last {
        let place = Place {
            input: lead.hit.place.input,
            ..last.place
        };
        out.push((place, shown_text(case, &tail, last)));
    }
    out
}

/// The echoed command in force.
fn command(case: &Case, lead: &Settled<'_>) -> Option<(Place, String)> {
    let facts = &case.inputs()[lead.hit.place.input as usize].scan.facts;
    let command = facts.command(lead.hit.place.command)?;
    Some(at_command(case, command, lead))
}

fn at_command(case: &Case, command: &Command, lead: &Settled<'_>) -> (Place, String) {
    let place = Place {
        line: command.line,
        section: command.section,
        ..lead.hit.place
    };
    (place, format!("$ {}", case.redacted(&command.text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_begins_behind_two_blanks() {
        let row = "UPDATE_FAILED   AWS::Lambda::Function   ApiFunction   Resource handler";
        assert!(is_column(row, 54) && is_column(row, 16));
        for elsewhere in [0, 4, 15, 17, 53, 55, 63, 200] {
            assert!(!is_column(row, elsewhere), "column {elsewhere}");
        }
    }
}
