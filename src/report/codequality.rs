//! `gitlab-codequality`: an array of findings in the form that GitLab's merge request widget reads.
//!
//! GitLab stops at the first entry that lacks a field, accepts no byte-order mark, and keeps one entry for each
//! fingerprint. So equal failures of several logs share one entry, which says how many logs have it. Entries
//! are kept until the end, within a bound.

use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::groups::best_text;
use super::{Format, Style, Writer, place, sanitize, width};
use crate::model::{
    Confidence, Finding, LogReport, Owner, Problem, Role, Spot, Status, Summary, ToolInfo,
};

/// Most different failures in one report.
const MOST_ENTRIES: usize = 10_000;
/// Columns of a description: the widget shows a line of it.
const LONG: usize = 500;
/// The file of a finding that names none: the job is defined here.
const JOBS: &str = ".gitlab-ci.yml";
/// The name of the check for failures that no pattern knows.
const UNEXPLAINED: &str = "jobtriage/unexplained";

/// The format.
#[derive(Debug)]
pub struct CodeQuality;

impl Format for CodeQuality {
    fn name(&self) -> &'static str {
        "gitlab-codequality"
    }

    fn about(&self) -> &'static str {
        "GitLab's Code Quality report, for the merge request widget"
    }

    fn shows_places(&self) -> bool {
        true
    }

    fn start<'w>(
        &self,
        out: Box<dyn Write + 'w>,
        _style: &Style,
        _tool: &ToolInfo,
    ) -> Box<dyn Writer + 'w> {
        Box::new(QualityWriter {
            out,
            index: HashMap::new(),
            entries: Vec::new(),
            most: MOST_ENTRIES,
            left_out: 0,
        })
    }
}

struct QualityWriter<'w> {
    out: Box<dyn Write + 'w>,
    /// The index of each fingerprint in `entries`.
    index: HashMap<String, usize>,
    entries: Vec<(Entry, usize)>,
    most: usize,
    left_out: usize,
}

/// One finding, with the fields that GitLab's validator requires and the name of the check.
#[derive(Debug, Clone, Serialize)]
struct Entry {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Debug, Clone, Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Debug, Clone, Serialize)]
struct Lines {
    begin: u64,
}

impl Writer for QualityWriter<'_> {
    fn log(&mut self, report: &LogReport) -> io::Result<()> {
        let entry = match (&report.cause, report.status) {
            (Some(cause), _) => entry_of(cause),
            (None, Status::Unexplained) => unexplained(report),
            (None, _) => return Ok(()),
        };
        if let Some(at) = self.index.get(&entry.fingerprint) {
            self.entries[*at].1 += 1;
        } else if self.entries.len() < self.most {
            self.index
                .insert(entry.fingerprint.clone(), self.entries.len());
            self.entries.push((entry, 1));
        } else {
            self.left_out += 1;
        }
        Ok(())
    }

    fn finish(&mut self, _errors: &[Problem], _summary: &Summary) -> io::Result<()> {
        let mut entries: Vec<Entry> = Vec::with_capacity(self.entries.len() + 1);
        for (mut entry, logs) in self.entries.drain(..) {
            if logs > 1 {
                entry.description.push_str(&format!(" (in {logs} logs)"));
            }
            entries.push(entry);
        }
        if self.left_out > 0 {
            let description = format!("{} further failures are left out here", self.left_out);
            entries.push(Entry {
                fingerprint: fingerprint(&["left out"]),
                check_name: "jobtriage/left-out".to_owned(),
                severity: "info",
                description,
                location: jobs(),
            });
        }
        let json = serde_json::to_string_pretty(&entries)?;
        writeln!(self.out, "{}", sanitize::clean_json(json))?;
        self.out.flush()
    }
}

fn entry_of(cause: &Finding) -> Entry {
    let mut said = line(&cause.title);
    if let Some(step) = cause.fix.first() {
        said = format!("{said} — {}", line(step));
    }
    // The lines that texts refer to are not shown here.
    let mut description = described(&said, &cause.id);
    description.push_str(&place::behind(&description, cause));
    Entry {
        description,
        check_name: described(&cause.id, "jobtriage"),
        fingerprint: fingerprint(&[&cause.id, &cause.fingerprint]),
        severity: severity(cause),
        location: place::of(cause).map_or_else(jobs, at),
    }
}

fn unexplained(report: &LogReport) -> Entry {
    let unknown = report.unexplained.as_ref();
    let said = match unknown.and_then(best_text) {
        Some(text) => format!("No known cause: {}", line(text)),
        None => "No known cause".to_owned(),
    };
    let mark = unknown.map_or("", |unknown| &unknown.fingerprint);
    Entry {
        description: described(&said, "No known cause"),
        check_name: UNEXPLAINED.to_owned(),
        fingerprint: fingerprint(&[UNEXPLAINED, mark]),
        severity: "major",
        location: place::of_unknown(unknown).map_or_else(jobs, at),
    }
}

/// A failure that the author of the change can mend is rated worse than one that others must mend.
fn severity(cause: &Finding) -> &'static str {
    let own = matches!(cause.owner, Owner::Project | Owner::CiConfig);
    match (cause.role, cause.confidence, own) {
        (Role::RootCause, Confidence::High | Confidence::Medium, true) => "critical",
        (Role::RootCause, Confidence::High | Confidence::Medium, false) => "major",
        _ => "minor",
    }
}

fn at(place: &Spot) -> Location {
    Location {
        path: place.path.clone(),
        lines: Lines {
            begin: place.line.unwrap_or(1),
        },
    }
}

fn jobs() -> Location {
    Location {
        path: JOBS.to_owned(),
        lines: Lines { begin: 1 },
    }
}

/// Foreign text on one line. GitLab shows descriptions as plain text.
fn line(text: &str) -> String {
    sanitize::clean(&text.trim().replace(['\n', '\t'], " ")).into_owned()
}

fn described(text: &str, otherwise: &str) -> String {
    let text = if text.trim().is_empty() {
        otherwise
    } else {
        text
    };
    width::cut_end(&line(text), LONG, "…")
}

/// A fingerprint of hexadecimal digits, whatever the parts contain.
fn fingerprint(parts: &[&str]) -> String {
    let digest = Sha256::digest(parts.join("\0").as_bytes());
    digest
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::report::testing::*;

    fn entries(logs: &[LogReport]) -> Vec<Value> {
        let out = written("gitlab-codequality", &Style::default(), logs, &[]);
        assert!(out.starts_with('['), "an array, and nothing before it");
        serde_json::from_str(&out).unwrap()
    }

    /// What GitLab's validator asks of an entry, field by field.
    fn assert_valid(entry: &Value) {
        let text = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
        assert!(text(&entry["description"]), "{entry}");
        assert!(text(&entry["check_name"]), "{entry}");
        assert!(text(&entry["fingerprint"]), "{entry}");
        let severities = ["info", "minor", "major", "critical", "blocker"];
        assert!(severities.contains(&entry["severity"].as_str().unwrap()));
        let path = entry["location"]["path"].as_str().unwrap();
        assert!(!path.is_empty() && !path.starts_with('/') && !path.contains(".."));
        assert!(entry["location"]["lines"]["begin"].as_u64().unwrap() >= 1);
    }

    #[test]
    fn every_entry_is_valid_and_unique() {
        let mut logs = every_shape();
        logs.extend(ATTACKS.iter().map(|attack| saying(attack)));
        let entries = entries(&logs);
        entries.iter().for_each(assert_valid);
        let marks: BTreeSet<_> = entries.iter().map(|e| e["fingerprint"].as_str()).collect();
        assert_eq!(marks.len(), entries.len());
        assert!(
            marks
                .iter()
                .flatten()
                .all(|mark| { mark.len() == 32 && mark.chars().all(|c| c.is_ascii_hexdigit()) })
        );
    }

    #[test]
    fn nothing_to_say_is_an_empty_array() {
        assert!(entries(&[clean("ok.log")]).is_empty());
        assert!(entries(&[]).is_empty());
    }

    #[test]
    fn the_same_failure_is_one_entry_whatever_the_log_is_called() {
        let mut other = from_variable();
        other.source = "job-9.log".into();
        let both = entries(&[from_variable(), other.clone()]);
        assert_eq!(both.len(), 1);
        assert_eq!(both[0]["fingerprint"], entries(&[other])[0]["fingerprint"]);
        let said = both[0]["description"].as_str().unwrap();
        assert!(said.ends_with("group/app` (in 2 logs)"), "{said}");
        assert_eq!(both[0]["severity"], "critical");
        assert_eq!(both[0]["location"]["path"], ".gitlab-ci.yml");
    }

    #[test]
    fn a_finding_that_names_a_file_lies_there() {
        let mut log = from_variable();
        let cause = log.cause.as_mut().unwrap();
        cause.place = Some(Spot {
            path: "app/Dockerfile".into(),
            line: Some(3),
        });
        let entry = &entries(&[log])[0];
        assert_eq!(entry["location"]["path"], "app/Dockerfile");
        assert_eq!(entry["location"]["lines"]["begin"], 3);
        let said = entry["description"].as_str().unwrap();
        assert!(said.ends_with(" (app/Dockerfile:3)"), "{said}");
    }

    #[test]
    fn what_is_left_out_is_an_entry() {
        let mut out = Vec::new();
        let mut writer = QualityWriter {
            out: Box::new(&mut out),
            index: HashMap::new(),
            entries: Vec::new(),
            most: 1,
            left_out: 0,
        };
        let logs = [from_variable(), back_off(), korean()];
        for log in &logs {
            writer.log(log).unwrap();
        }
        writer.finish(&[], &summary(&logs)).unwrap();
        drop(writer);
        let entries: Vec<Value> = serde_json::from_slice(&out).unwrap();
        assert_eq!(entries.len(), 2);
        entries.iter().for_each(assert_valid);
        assert_eq!(
            entries[1]["description"],
            "2 further failures are left out here"
        );
    }
}
