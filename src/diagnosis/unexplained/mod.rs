//! No pattern knows the failure: the most telling lines of what failed, one of them marked as the best.
//!
//! Step by step: [`lines`] says which lines may tell, [`known`] what patterns say of them, [`rating`] how telling each is, [`quiet`]
//! which say nothing, [`choice`] which one wins and why, [`shown`] which are shown with it, [`ending`] what the exit code means.

use std::collections::HashSet;

use super::aside::{ABOVE, Aside};
use super::candidates::Candidate;
use super::recovered::Region;
use super::{Case, Settled, fingerprint, leads, spot, telling};
use crate::library::Library;
use crate::model::{
    Dialect, JobFacts, Lang, Outcome, Section, TailLine, Unexplained, UnexplainedLine,
};
use crate::redact;
use crate::trace::verdict;

mod choice;
mod ending;
mod known;
mod lines;
mod quiet;
mod rating;
mod shown;

use choice::Choice;
use known::Known;
use lines::Lines;
use quiet::Quiet;
pub(super) use rating::Rated;

/// Without a verdict: how telling a line must be, and how near to the end.
const STRONG: i32 = 11;
const CLOSE: usize = 40;

/// The unexplained part of a report; `None` where nothing says that anything failed.
pub(super) fn extract(
    case: &Case,
    settled: &[Settled<'_>],
    candidates: &[Candidate<'_>],
    library: &Library,
    region: &Region,
    lang: Lang,
) -> Option<Unexplained> {
    let facts = case.facts();
    // What stands above what failed can only say that something in it is no evidence, or a secret.
    let from = region.first_line(facts).saturating_sub(ABOVE);
    let tail = case.inputs()[case.job].scan.tail.lines_from(facts, from);
    let aside = Aside::among(case, from, &tail);
    let reason = reason(facts);
    let lines = Lines::of(case, region, &tail, reason.as_ref());
    let known = Known::of(case, settled, candidates, library, region).with_warnings_of_apt(&lines);
    let rated = rated(case, &lines, &known, &aside);
    let best = match facts.outcome {
        Outcome::Unknown => best_of_fragment(&rated, &lines, &known)?,
        _ => choice::best(&rated, |_| true),
    };
    let quiet = Quiet::new(&lines, &known, &aside, facts.runner.version.is_some());
    let choice = Choice::of(&rated, best, &lines, &quiet);
    let shown = shown::lines(&rated, &choice, &quiet);

    let lines = shown
        .iter()
        .map(|r| UnexplainedLine {
            line: r.line.place.line,
            text: shown_text(case, &tail, r.line),
            section: facts
                .sections
                .get(r.line.place.section as usize)
                .and_then(|s| s.stage_name())
                .map(Section::unescape),
            in_baseline: r.in_baseline,
        })
        .collect();
    let best_text = match (choice.line, facts.last_command()) {
        (Some(line), _) => redact::text(line.content()),
        (None, Some(command)) => redact::text(&command.text),
        (None, None) => "".into(),
    };
    let section = facts.failing_section_name();
    Some(Unexplained {
        line: choice.line.map(|line| line.place.line),
        place: choice
            .line
            .filter(|_| case.places)
            .and_then(|line| spot::of_line(case, line)),
        lines,
        exit_meaning: facts
            .exit_code
            .and_then(|code| ending::meaning(case, region, code, best.is_some(), lang)),
        fingerprint: fingerprint::unknown(section, &best_text, facts.project.as_deref()),
    })
}

/// The most telling line of a log with a verdict, what its script went on behind aside; `None` where none tells of a failure.
pub(super) fn line_that_tells(
    case: &Case,
    settled: &[Settled<'_>],
    candidates: &[Candidate<'_>],
    library: &Library,
    region: &Region,
) -> Option<u64> {
    let facts = case.facts();
    let from = region.first_line(facts).saturating_sub(ABOVE);
    let tail = case.inputs()[case.job].scan.tail.lines_from(facts, from);
    let aside = Aside::among(case, from, &tail);
    let lines = Lines::of(case, region, &tail, None);
    let known = Known::of(case, settled, candidates, library, region).with_warnings_of_apt(&lines);
    let rated = rated(case, &lines, &known, &aside);
    let best = choice::best(&rated, |r| r.score > rating::WRAPPED)?;
    Some(best.line.place.line)
}

/// The lines with how telling each is, by itself and by what stands around it.
fn rated<'t>(case: &Case, lines: &Lines<'t>, known: &Known, aside: &Aside) -> Vec<Rated<'t>> {
    // Where nothing else says that anything failed, the count of what did says so.
    let counts = case.facts().outcome == Outcome::Unknown;
    let usual = |text: &str| case.in_baseline(text);
    let mut rated = rating::of(lines, known, aside, counts, usual);
    leads::rate(&mut rated);
    rating::bound_wrappers(&mut rated, lines, known);
    rated
}

/// The best line of a log without a verdict: a strong one near its end, if any. Outer `None`: nothing says that anything failed.
fn best_of_fragment<'r, 't>(
    rated: &'r [Rated<'t>],
    lines: &Lines<'t>,
    known: &Known,
) -> Option<Option<&'r Rated<'t>>> {
    let near: HashSet<u64> = lines
        .all
        .iter()
        .rev()
        .filter(|line| !telling::is_frame(line.content()))
        .take(CLOSE)
        .map(|line| line.place.line)
        .collect();
    // A wrapper says that something inside of it failed, even if nothing tells what.
    if known.unusual_wrappers().any(|line| near.contains(&line)) {
        return Some(choice::best(rated, |_| true));
    }
    choice::best(rated, |r| {
        r.score >= STRONG && near.contains(&r.line.place.line)
    })
    .map(Some)
}

/// The runner's verdict as a line, where it says why: a failure of the system has its reason there.
fn reason(facts: &JobFacts) -> Option<TailLine> {
    let verdict = facts.verdict.as_ref()?;
    let says = facts.dialect == Dialect::Gitlab && verdict::says_why(&verdict.text);
    says.then(|| facts.verdict_line()).flatten()
}

/// A line of the tail as it may be told.
pub(super) fn shown_text(case: &Case, tail: &[TailLine], line: &TailLine) -> String {
    let at = tail.partition_point(|other| other.place.line < line.place.line);
    let text = |k: usize| tail.get(k).map(|l| l.text.as_str());
    if !case.with_secrets
        && let Some(told) = redact::block::redact_line_at(at, text)
    {
        return told;
    }
    case.redacted(&line.text).into_owned()
}
