//! Results: one finding of one log.

use std::collections::BTreeMap;

use super::model::{
    ArtifactLocation, Level, Location, LogicalLocation, PhysicalLocation, Region, ResultProperties,
    SarifResult, Snippet,
};
use super::{message, plain, uri};
use crate::model::{Finding, LogReport, Unexplained};
use crate::report::excerpt::{self, Shown};
use crate::report::{place, source_of, width};

/// Columns of a message; the text report says more.
const LONG: usize = 1_000;

/// The result of a finding.
pub(super) fn of(
    report: &LogReport,
    finding: &Finding,
    id: String,
    index: usize,
    level: Level,
) -> SarifResult {
    let (lines, _) = excerpt::of_finding(report, finding, false);
    let own = lines.iter().find(|line| line.best);
    let text = own.map_or("", |line| line.text.as_str());
    let log = source_of(report, finding);
    let mut first = match place::of(finding) {
        Some(place) => location(&place.path, region(place.line.unwrap_or(1), None)),
        None => location(log, region(finding.line, Some(text))),
    };
    first.logical_locations = logical(report);
    let mut said = finding.title.clone();
    if !finding.cause.is_empty() {
        said = format!("{said}: {}", finding.cause);
    }
    let mut said = width::cut_end(&said, LONG, "…");
    said.push_str(&place::behind(&said, finding));
    SarifResult {
        rule_id: id,
        rule_index: index,
        level,
        message: message(&said),
        locations: vec![first],
        related_locations: related(report, &lines),
        partial_fingerprints: fingerprints(&finding.fingerprint),
        occurrence_count: finding.count.max(1),
        properties: ResultProperties {
            confidence: Some(finding.confidence.as_str()),
            owner: Some(finding.owner.as_str()),
            retry: Some(finding.retry.as_str()),
            ..properties(report)
        },
    }
}

/// The result of a failure that no pattern knows.
pub(super) fn unexplained(
    report: &LogReport,
    unknown: Option<&Unexplained>,
    id: &str,
    index: usize,
) -> SarifResult {
    let lines = unknown.map(excerpt::of_unexplained).unwrap_or_default();
    let best = lines.iter().find(|line| line.best);
    let line = best.map_or(1, |line| line.line);
    let text = best.map(|line| line.text.as_str());
    let mut first = match place::of_unknown(unknown) {
        Some(place) => location(&place.path, region(place.line.unwrap_or(1), None)),
        None => location(&report.source, region(line, text)),
    };
    first.logical_locations = logical(report);
    let meaning = unknown.and_then(|u| u.exit_meaning.as_deref());
    let said = match text.or(meaning) {
        Some(text) => format!("No known cause: {}", text.trim()),
        None => "No known cause, and no line that tells one".to_owned(),
    };
    SarifResult {
        rule_id: id.to_owned(),
        rule_index: index,
        level: Level::Warning,
        message: message(&width::cut_end(&said, LONG, "…")),
        locations: vec![first],
        related_locations: related(report, &lines),
        partial_fingerprints: fingerprints(unknown.map_or("", |u| &u.fingerprint)),
        occurrence_count: 1,
        properties: properties(report),
    }
}

fn properties(report: &LogReport) -> ResultProperties {
    ResultProperties {
        outcome: report.outcome.as_str(),
        exit_code: report.exit_code,
        confidence: None,
        owner: None,
        retry: None,
    }
}

/// GitHub reads only this fingerprint, together with rule and file.
fn fingerprints(fingerprint: &str) -> BTreeMap<&'static str, String> {
    let fingerprint = plain(fingerprint);
    if fingerprint.is_empty() {
        return BTreeMap::new();
    }
    BTreeMap::from([("primaryLocationLineHash", fingerprint)])
}

/// The evidence, line by line.
fn related(report: &LogReport, lines: &[Shown<'_>]) -> Vec<Location> {
    let one = |(at, line): (usize, &Shown<'_>)| {
        let source = line.source.unwrap_or(&report.source);
        Location {
            id: Some(at + 1),
            message: Some(message(if line.text.is_empty() {
                "–"
            } else {
                &line.text
            })),
            ..location(source, region(line.line, Some(&line.text)))
        }
    };
    lines.iter().enumerate().map(one).collect()
}

fn location(source: &str, region: Region) -> Location {
    Location {
        id: None,
        message: None,
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation { uri: uri(source) },
            region,
        },
        logical_locations: Vec::new(),
    }
}

/// A whole line. The columns of a match are left out: SARIF counts them in the raw file, but the text has lost
/// its colours and clocks.
fn region(line: u64, text: Option<&str>) -> Region {
    let line = line.max(1);
    let columns = text.map_or(0, |text| text.chars().count() as u64);
    Region {
        start_line: line,
        start_column: 1,
        end_line: line,
        end_column: columns + 1,
        snippet: text.filter(|text| !text.is_empty()).map(|text| Snippet {
            text: text.to_owned(),
        }),
    }
}

fn logical(report: &LogReport) -> Vec<LogicalLocation> {
    let one = |name: &Option<String>, kind| {
        let name = plain(name.as_deref()?);
        (!name.is_empty()).then_some(LogicalLocation { name, kind })
    };
    let all = [
        one(&report.section, "section"),
        one(&report.command, "command"),
    ];
    all.into_iter().flatten().collect()
}
