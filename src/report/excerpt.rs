//! The lines that prove a finding, in the order of the log.
//!
//! Every format shows the same lines; their look is up to the format.

use std::ops::Range;

use super::{sanitize, source_of, width};
use crate::model::{Evidence, Finding, LogReport, Unexplained};

/// Lines of a finding that are shown unless all are asked for.
pub(super) const MOST: usize = 12;
/// Columns of a line in formats that no terminal wraps.
const COLUMNS: usize = 400;

/// All lines of a finding, and the index of its own.
pub(super) fn proof<'r>(
    report: &'r LogReport,
    finding: &'r Finding,
) -> (Vec<(&'r str, u64, &'r str)>, usize) {
    let source = source_of(report, finding);
    let own = (source, finding.line, finding.text.as_str());
    let mut lines: Vec<(&str, u64, &str)> = finding
        .evidence
        .iter()
        .map(
            |Evidence {
                 source, line, text, ..
             }| (source.as_str(), *line, text.as_str()),
        )
        .collect();
    let at = lines
        .iter()
        .position(|(source, line, _)| *line == own.1 && *source == own.0);
    let at = at.unwrap_or_else(|| {
        // A finding whose own line is not among its evidence: the line is inserted in order.
        let at = lines
            .iter()
            .position(|(_, line, _)| *line > own.1)
            .unwrap_or(lines.len());
        lines.insert(at, own);
        at
    });
    lines[at] = own;
    (lines, at)
}

/// A line that is shown, already clean.
#[derive(Debug)]
pub(super) struct Shown<'r> {
    /// The input, where there are several.
    pub source: Option<&'r str>,
    pub line: u64,
    pub text: String,
    /// The match in the text; empty if there is none.
    pub span: Range<usize>,
    /// It is the line that matters.
    pub best: bool,
}

/// The lines of a finding, and how many were left out.
pub(super) fn of_finding<'r>(
    report: &'r LogReport,
    finding: &'r Finding,
    all: bool,
) -> (Vec<Shown<'r>>, usize) {
    let (lines, at) = proof(report, finding);
    let several = report.inputs.len() > 1 || lines.iter().any(|line| line.0 != report.source);
    let mut shown: Vec<Shown<'_>> = lines
        .iter()
        .enumerate()
        .map(|(k, (source, line, text))| {
            let span = if k == at { finding.span } else { (0, 0) };
            let source = several.then_some(*source);
            shown_line(source, *line, text, span, k == at)
        })
        .collect();
    let left_out = if all { 0 } else { keep(&mut shown, at) };
    (shown, left_out)
}

/// The telling lines of a failure that no pattern knows.
pub(super) fn of_unexplained(unexplained: &Unexplained) -> Vec<Shown<'_>> {
    let lines = unexplained.lines.iter();
    lines
        .map(|line| {
            let best = Some(line.line) == unexplained.line;
            shown_line(None, line.line, &line.text, (0, 0), best)
        })
        .collect()
}

fn shown_line<'r>(
    source: Option<&'r str>,
    line: u64,
    text: &str,
    span: (u32, u32),
    best: bool,
) -> Shown<'r> {
    let (text, span) = sanitize::clean_span(text.trim_end(), span);
    let (text, span) = width::cut_around(&text, span, COLUMNS, "…");
    Shown {
        source,
        line,
        text,
        span,
        best,
    }
}

/// Keeps the first lines and the one that matters; returns how many were dropped.
pub(super) fn keep<T>(lines: &mut Vec<T>, matters: usize) -> usize {
    let all = lines.len();
    if all > MOST {
        lines.swap(MOST - 1, matters.max(MOST - 1));
        lines.truncate(MOST);
    }
    all - lines.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing::*;

    #[test]
    fn the_own_line_joins_the_evidence_in_order() {
        let mut cause = finding("a/b", 5, "own");
        cause.evidence = vec![
            evidence("x.log", 2, "before"),
            evidence("x.log", 9, "after"),
        ];
        cause.span = (0, 3);
        let report = explained("x.log", cause.clone());
        let (shown, left_out) = of_finding(&report, &cause, false);
        let lines: Vec<_> = shown
            .iter()
            .map(|s| (s.line, s.best, s.span.clone()))
            .collect();
        assert_eq!(lines, [(2, false, 0..0), (5, true, 0..3), (9, false, 0..0)]);
        assert!(shown.iter().all(|s| s.source.is_none()) && left_out == 0);
    }

    #[test]
    fn lines_are_bounded_and_the_best_stays() {
        let mut cause = finding("a/b", 40, "own");
        cause.evidence = (1..=40).map(|n| evidence("x.log", n, "line")).collect();
        let report = explained("x.log", cause.clone());
        let (shown, left_out) = of_finding(&report, &cause, false);
        assert_eq!((shown.len(), left_out), (MOST, 40 - MOST));
        assert!(shown.last().is_some_and(|s| s.best && s.line == 40));
        assert_eq!(of_finding(&report, &cause, true).0.len(), 40);
    }
}
