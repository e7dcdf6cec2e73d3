//! A log in the table of all logs.

use maud::{Markup, html};

use super::text::{Short, Text};
use crate::model::{LogReport, Outcome, Status};
use crate::report::groups::best_text;
use crate::report::{Style, source_of, width};

/// Columns of the best line of an unknown failure.
const BEST: usize = 120;

/// The row; `anchor` is that of the log's section.
pub(super) fn of(report: &LogReport, style: &Style, anchor: Option<&str>) -> Markup {
    let words = style.words();
    let (class, outcome) = outcome(report, style);
    let cause = report.cause.as_ref();
    let unknown = report.unexplained.as_ref();
    // A line of another input has no anchor in the section and no meaning in this table.
    let here = cause.is_none_or(|cause| source_of(report, cause) == report.source);
    let line = cause
        .map(|cause| cause.line)
        .or(unknown.and_then(|u| u.line))
        .filter(|_| here);
    let best = unknown
        .and_then(best_text)
        .map(|best| width::head(best, BEST));
    html! {
        tr {
            td {
                @match anchor {
                    Some(anchor) => a href={ "#" (anchor) } { (Short(&report.source)) },
                    None => (Short(&report.source)),
                }
            }
            td.(class) { (outcome) }
            td {
                @match (cause, report.status) {
                    (Some(cause), _) => code { (Short(&cause.id)) },
                    (None, Status::Clean) => {},
                    (None, _) => {
                        span.doubt { (words.unknown) }
                        @if let Some(best) = best { " " code.faint { (Text(best)) } }
                    }
                }
            }
            td { @if let Some(cause) = cause { (words.who(cause.owner)) } }
            td {
                @match (anchor, line) {
                    (Some(anchor), Some(line)) => a href={ "#" (anchor) "-L" (line) } { (line) },
                    (_, Some(line)) => (line),
                    _ => {},
                }
            }
        }
    }
}

/// How a job ended, with the class of its colour.
pub(super) fn outcome(report: &LogReport, style: &Style) -> (&'static str, &'static str) {
    let labels = style.labels();
    let class = match report.outcome {
        Outcome::Failed | Outcome::TimedOut => "bad",
        Outcome::Succeeded => "good",
        Outcome::Canceled | Outcome::Unknown => "still",
    };
    let name = match report.outcome {
        Outcome::TimedOut => labels.timed_out,
        other => labels.outcome(other),
    };
    (class, name)
}
