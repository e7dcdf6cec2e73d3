//! Failures over time, by cause. They are counted by the hour and drawn in as many columns as fit.

use std::collections::{BTreeMap, HashMap};

use maud::{Markup, html};

use super::text::{Short, Text};
use crate::model::{LogReport, Status, Time};
use crate::report::Style;

/// Most pairs of hour and cause that are told apart; further failures are counted without their cause.
const MOST_CELLS: usize = 50_000;
/// Columns that a page has room for.
const MOST_COLUMNS: i64 = 60;
/// Causes that have a colour of their own.
const COLOURS: [&str; 6] = ["c1", "c2", "c3", "c4", "c5", "c6"];
/// Hours that a column may cover; beyond these, weeks times a power of two.
const STEPS: [i64; 8] = [1, 3, 6, 12, 24, 48, 96, 168];

/// The counts.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    /// Counts by hour since 1970, and cause.
    cells: BTreeMap<(i64, Kind), usize>,
    totals: HashMap<Kind, usize>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Kind {
    Cause(String),
    Other,
    Unexplained,
}

impl Timeline {
    pub fn add(&mut self, report: &LogReport) {
        let (Some(time), true) = (report.time(), report.status != Status::Clean) else {
            return;
        };
        let hour = time.unix().div_euclid(3600);
        let mut kind = match &report.cause {
            Some(cause) => Kind::Cause(cause.id.clone()),
            None => Kind::Unexplained,
        };
        if self.cells.len() >= MOST_CELLS && !self.cells.contains_key(&(hour, kind.clone())) {
            kind = Kind::Other;
        }
        *self.totals.entry(kind.clone()).or_default() += 1;
        *self.cells.entry((hour, kind)).or_default() += 1;
    }

    /// The chart; empty if all failures have the same moment or no time.
    pub fn chart(&self, style: &Style) -> Markup {
        let (Some(first), Some(last)) = (self.cells.keys().next(), self.cells.keys().last()) else {
            return html! {};
        };
        let (first, last) = (first.0, last.0);
        let step = step(last - first);
        let start = first.div_euclid(step) * step;
        let count = usize::try_from((last - start) / step + 1).unwrap_or(1);
        if count < 2 {
            return html! {};
        }
        let bands = self.bands();
        let mut columns = vec![vec![0; bands.len()]; count];
        for ((hour, kind), logs) in &self.cells {
            let column = usize::try_from((hour - start) / step).ok();
            let of = |other: &Kind| bands.iter().position(|(band, _)| band == other);
            let band = of(kind).or_else(|| of(&Kind::Other));
            if let (Some(column), Some(band)) = (column.and_then(|at| columns.get_mut(at)), band) {
                column[band] += logs;
            }
        }
        let classes: Vec<&str> = bands
            .iter()
            .enumerate()
            .map(|(at, (kind, _))| class(kind, at))
            .collect();
        let most = columns
            .iter()
            .map(|c| c.iter().sum::<usize>())
            .max()
            .unwrap_or(1);
        let labels = style.labels();
        let name = |kind: &Kind| match kind {
            Kind::Cause(id) => id.clone(),
            Kind::Other => labels.other_causes.to_owned(),
            Kind::Unexplained => labels.unexplained.to_owned(),
        };
        html! {
            section id="over-time" {
                h2 { (labels.over_time) }
                svg.time viewBox={ "0 0 " (count * 10) " 100" } preserveAspectRatio="none" aria-hidden="true" {
                    @for (at, column) in columns.iter().enumerate() {
                        @for (band, y, height) in stacked(column, most) {
                            rect class=(classes[band]) x=(at * 10 + 1) y=(y) width="8" height=(height) {
                                title { (day(start + step * at as i64, step)) " · " (Text(&name(&bands[band].0))) ": " (column[band]) }
                            }
                        }
                    }
                }
                p.axis.faint {
                    span { (day(start, step)) }
                    span { ((labels.each_column)(step, most)) }
                    span { (day(start + step * (count as i64 - 1), step)) }
                }
                ul.legend {
                    @for (at, (kind, logs)) in bands.iter().enumerate() {
                        li {
                            svg.key viewBox="0 0 8 8" aria-hidden="true" {
                                rect class=(classes[at]) width="8" height="8" rx="2" {}
                            }
                            (Short(&name(kind))) " " b { (logs) }
                        }
                    }
                }
            }
        }
    }

    /// The bands of the chart from the bottom up, with their logs: the most frequent causes, the others, the
    /// unknown.
    fn bands(&self) -> Vec<(Kind, usize)> {
        let mut causes: Vec<(Kind, usize)> = Vec::new();
        let (mut other, mut unexplained) = (0, 0);
        for (kind, logs) in &self.totals {
            match kind {
                Kind::Cause(_) => causes.push((kind.clone(), *logs)),
                Kind::Other => other += logs,
                Kind::Unexplained => unexplained += logs,
            }
        }
        causes.sort_by(|(a, n), (b, m)| m.cmp(n).then_with(|| a.cmp(b)));
        let rest = causes.split_off(causes.len().min(COLOURS.len()));
        other += rest.iter().map(|(_, logs)| logs).sum::<usize>();
        causes.extend((other > 0).then_some((Kind::Other, other)));
        causes.extend((unexplained > 0).then_some((Kind::Unexplained, unexplained)));
        causes
    }
}

fn class(kind: &Kind, at: usize) -> &'static str {
    match kind {
        Kind::Cause(_) => COLOURS.get(at).copied().unwrap_or("quiet"),
        Kind::Other => "quiet",
        Kind::Unexplained => "doubt",
    }
}

/// Hours of a column, chosen to limit the number of columns.
fn step(hours: i64) -> i64 {
    let fits = |step: &i64| hours / step < MOST_COLUMNS;
    if let Some(step) = STEPS.iter().copied().find(fits) {
        return step;
    }
    let mut step = 168;
    while !fits(&step) {
        step *= 2;
    }
    step
}

/// The parts of a column: band, upper edge and height, in hundredths.
fn stacked(column: &[usize], most: usize) -> Vec<(usize, String, String)> {
    let mut below = 0;
    let mut parts = Vec::new();
    for (band, logs) in column.iter().enumerate().filter(|(_, logs)| **logs > 0) {
        below += logs;
        let tenths = |logs: usize| (logs * 1000 + most / 2) / most.max(1);
        let (top, height) = (1000 - tenths(below), tenths(below) - tenths(below - logs));
        let number = |tenths: usize| format!("{}.{}", tenths / 10, tenths % 10);
        parts.push((band, number(top), number(height)));
    }
    parts
}

/// The day of an hour, and the hour itself if columns are shorter than days.
fn day(hour: i64, step: i64) -> String {
    let time = Time::from_unix(hour * 3600)
        .map(|time| time.to_string())
        .unwrap_or_default();
    let until = if step < 24 { 16 } else { 10 };
    time.get(..until).unwrap_or_default().replace('T', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing::*;

    fn at(hour: i64, log: LogReport) -> LogReport {
        LogReport {
            ended: Time::from_unix(1_700_000_000 + hour * 3600),
            ..log
        }
    }

    fn chart(logs: &[LogReport]) -> String {
        let mut timeline = Timeline::default();
        logs.iter().for_each(|log| timeline.add(log));
        timeline.chart(&Style::default()).into_string()
    }

    #[test]
    fn failures_stand_in_columns_by_cause() {
        let svg = chart(&[
            at(0, from_variable()),
            at(0, unexplained("a")),
            at(2, from_variable()),
            at(2, clean("b")),
            unexplained("no time"),
        ]);
        assert!(svg.contains("viewBox=\"0 0 30 100\""), "{svg}");
        assert!(
            svg.contains(r#"<rect class="c1" x="1" y="50.0" width="8" height="50.0">"#),
            "{svg}"
        );
        assert!(
            svg.contains(r#"<rect class="doubt" x="1" y="0.0" width="8" height="50.0">"#),
            "{svg}"
        );
        assert!(svg.contains(r#"<rect class="c1" x="21" y="50.0""#), "{svg}");
        assert!(svg.contains("2023-11-14 22:00"), "{svg}");
    }

    #[test]
    fn one_moment_is_no_time_line() {
        assert_eq!(
            chart(&[at(0, from_variable()), at(0, back_off()), unexplained("a")]),
            ""
        );
        assert_eq!(chart(&[]), "");
    }

    #[test]
    fn years_fit_as_well_as_hours() {
        for (hours, expected) in [
            (0, 1),
            (59, 1),
            (60, 3),
            (24 * 59, 24),
            (24 * 400, 168),
            (24 * 4000, 2688),
        ] {
            assert_eq!(step(hours), expected, "{hours}");
            assert!(hours / step(hours) < MOST_COLUMNS);
        }
        let logs = [at(0, from_variable()), at(24 * 4000, back_off())];
        assert!(chart(&logs).matches("<rect").count() < 10);
    }
}
