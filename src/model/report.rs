//! The JSON contract: what every output format is written from.
//!
//! Field names are stable. A value that is not known is `null`, never left out. Lines are 1-based
//! in the raw input.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Category, Confidence, Dialect, Lang, Outcome, Owner, Retry, Role, Summary, Time, is_hostile,
};

/// Version of the JSON contract.
pub const SCHEMA_VERSION: u32 = 1;

/// Many logs: the whole result of one run.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Batch {
    /// Version of this contract.
    pub schema_version: u32,
    /// Who wrote the report.
    pub tool: ToolInfo,
    /// One entry a log (or a case of several inputs), in input order.
    pub logs: Vec<LogReport>,
    /// What could not be read.
    pub errors: Vec<Problem>,
    /// Totals.
    pub summary: Summary,
}

/// Who wrote the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ToolInfo {
    /// `jobtriage`.
    pub name: String,
    /// Release.
    pub version: String,
    /// Patterns in force.
    pub patterns: usize,
}

/// Something that could not be read or used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// File or input.
    pub source: String,
    /// What is wrong, one line.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// Is the cause known?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// A cause is known.
    Explained,
    /// The job failed and no cause is known.
    Unexplained,
    /// Nothing failed, as far as the log tells.
    Clean,
}

/// Is an input the job's log or a further piece of evidence?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InputKind {
    /// The log of the job.
    Job,
    /// Output of a check, or anything else that bears on the case.
    Evidence,
}

/// One input of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InputInfo {
    /// File name or label.
    pub source: String,
    /// Job log or evidence.
    pub kind: InputKind,
    /// LF-counted lines.
    pub lines: u64,
    /// Bytes after decompression.
    pub bytes: u64,
}

/// What the runner says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunnerInfo {
    /// Runner release.
    pub version: Option<String>,
    /// Runner name.
    pub name: Option<String>,
    /// Executor, lower case.
    pub executor: Option<String>,
    /// Job image.
    pub image: Option<String>,
}

/// The answer for one log, or for one case of several inputs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LogReport {
    /// The job log's file name or label.
    pub source: String,
    /// Every input of the case.
    pub inputs: Vec<InputInfo>,
    /// Whose conventions frame the log.
    pub dialect: Dialect,
    /// Language of the texts.
    pub lang: Lang,
    /// The log was cut by an output limit, or ends without a verdict in the middle of a line.
    pub truncated: bool,
    /// How the job ended.
    pub outcome: Outcome,
    /// Exit code of the verdict.
    pub exit_code: Option<i64>,
    /// The first time that the log tells, and the last one: stamps of lines and section markers.
    pub started: Option<Time>,
    /// See `started`.
    pub ended: Option<Time>,
    /// The project whose job it was, if the log names it.
    pub project: Option<String>,
    /// What the runner says of itself.
    pub runner: RunnerInfo,
    /// Section that failed the job.
    pub section: Option<String>,
    /// Last command echoed in it.
    pub command: Option<String>,
    /// Is the cause known?
    pub status: Status,
    /// The cause.
    pub cause: Option<Finding>,
    /// Further, independent findings, which may fail the job as well. Where no cause is known: what an earlier step said that the job went
    /// on behind, and that may be why.
    pub also: Vec<Finding>,
    /// What merely follows from the cause.
    pub consequences: Vec<Consequence>,
    /// Where no cause is known: the most telling lines.
    pub unexplained: Option<Unexplained>,
    /// How the verdict was reached, best candidate first. Not part of the JSON contract.
    #[serde(skip)]
    pub why: Vec<WhyRow>,
    /// Line of the verdict, for people. Not part of the JSON contract.
    #[serde(skip)]
    pub verdict_line: Option<u64>,
    /// A closing remark for people: who canceled the job, what the log lacks. Not part of the JSON contract.
    #[serde(skip)]
    pub remark: Option<String>,
    /// What to do about a log without a verdict that was cut at a limit. Not part of the JSON contract.
    #[serde(skip)]
    pub cut: Option<Advice>,
    /// Failures in the race that are neither the cause nor among `also`: compared with a baseline, and not told. Not part of the JSON
    /// contract.
    #[serde(skip)]
    pub untold: Vec<Untold>,
}

/// What a pattern advises that is no cause: why the log is as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advice {
    /// Pattern id.
    pub id: String,
    /// The line that says it.
    pub line: u64,
    /// What happened, one line.
    pub title: String,
    /// Steps that mend it, in order.
    pub fix: Vec<String>,
}

impl LogReport {
    /// The cause and the further findings.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.cause.iter().chain(&self.also)
    }

    /// When the job failed, or ended otherwise: the last time that the log tells.
    pub fn time(&self) -> Option<Time> {
        self.ended.or(self.started)
    }
}

/// The diagnosis before it is dressed as a report.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Diagnosis {
    /// The cause.
    pub cause: Option<Finding>,
    /// Independent further findings.
    pub also: Vec<Finding>,
    /// What merely follows.
    pub consequences: Vec<Consequence>,
    /// Where no cause is known.
    pub unexplained: Option<Unexplained>,
    /// Every candidate with its terms.
    pub why: Vec<WhyRow>,
    /// What is compared with a baseline besides.
    pub untold: Vec<Untold>,
}

/// One failure that a pattern knows, found in this log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Pattern id.
    pub id: String,
    /// What failed, one line.
    pub title: String,
    /// Kind of failure.
    pub category: Category,
    /// The pattern's role; `symptom` says that no root cause is known.
    pub role: Role,
    /// How sure.
    pub confidence: Confidence,
    /// Who has to act.
    pub owner: Owner,
    /// Does running again help?
    pub retry: Retry,
    /// The line that says it.
    pub line: u64,
    /// How often it was said.
    pub count: u64,
    /// The line's text.
    pub text: String,
    /// The lines that prove it, in order.
    pub evidence: Vec<Evidence>,
    /// What the lines say in particular; a capture that took no part is `null`.
    pub captures: BTreeMap<String, Option<String>>,
    /// Why it failed.
    pub cause: String,
    /// Steps that mend it, in order.
    pub fix: Vec<String>,
    /// Advice for this situation only.
    pub notes: Vec<String>,
    /// What settles the cause where the log cannot.
    pub checks: Vec<Check>,
    /// How to see that it is mended.
    pub verify: Option<String>,
    /// Official documentation.
    pub links: Vec<String>,
    /// Sum of the ranking's terms.
    pub score: i64,
    /// Stable over runs: equal failures have equal fingerprints.
    pub fingerprint: String,
    /// Other failures that the pattern found beside it (a second test, another file), in line order; at most 100.
    pub further: Vec<Further>,
    /// The file of the repository that it is about; `null` where the log tells none, and in `jsonl`.
    #[serde(serialize_with = "within")]
    #[schemars(with = "Option<Spot>")]
    pub place: Option<Spot>,
    /// Byte range of the match in `text`. Not part of the JSON contract.
    #[serde(skip)]
    pub span: (u32, u32),
}

/// A failure that the pattern of a finding found beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Further {
    /// Line in the input that the finding stands in.
    pub line: u64,
    /// Its text, clean.
    pub text: String,
    /// Its own fingerprint.
    pub fingerprint: String,
}

/// A failure that no report tells: others stand closer to the end of the job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Untold {
    /// Pattern id.
    pub id: String,
    /// The text of its line, clean.
    pub text: String,
    /// Its own fingerprint.
    pub fingerprint: String,
}

/// A place in the repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Spot {
    /// From the checkout's folder on, with slashes.
    pub path: String,
    /// Which line, 1-based.
    pub line: Option<u64>,
}

impl Spot {
    /// Does the path stay within the repository, and have only signs that paths have? The diagnosis sees to it; a report can be made of
    /// any finding, though.
    pub fn is_within(&self) -> bool {
        let odd = |c: char| is_hostile(c) || "\\:*?\"<>|$`{}'%#&;".contains(c);
        let leads_out = |part: &str| matches!(part, "" | "." | "..");
        !self.path.contains(odd) && !self.path.split('/').any(leads_out)
    }
}

/// Writes a place only where it is one in the repository.
fn within<S: serde::Serializer>(place: &Option<Spot>, out: S) -> Result<S::Ok, S::Error> {
    place
        .as_ref()
        .filter(|place| place.is_within())
        .serialize(out)
}

/// A line that proves something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// Which input.
    pub source: String,
    /// Which line.
    pub line: u64,
    /// Its text, clean, at most 2,000 bytes.
    pub text: String,
    /// Section it stands in.
    pub section: Option<String>,
}

/// A command that settles the cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// What to run.
    pub run: Option<String>,
    /// Where to run it: `node`, `runner`, `job container` or `workstation`.
    pub on: String,
    /// What it tells.
    pub text: String,
    /// What its output means.
    pub outcomes: Vec<CheckOutcome>,
}

/// What a check's output means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckOutcome {
    /// What is seen.
    pub text: String,
    /// The pattern it points to.
    pub id: Option<String>,
}

/// A finding that the cause accounts for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Consequence {
    /// Pattern id.
    pub id: String,
    /// Line.
    pub line: u64,
    /// Its text. Not part of the JSON contract.
    #[serde(skip)]
    pub text: String,
}

/// The best that can be said without a pattern.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unexplained {
    /// The best line.
    pub line: Option<u64>,
    /// The most telling lines, in log order, at most 12.
    pub lines: Vec<UnexplainedLine>,
    /// What the exit code means.
    pub exit_meaning: Option<String>,
    /// Stable over runs: equal failures have equal fingerprints.
    pub fingerprint: String,
    /// The file of the repository that the best line names; `null` where it names none, and in `jsonl`.
    #[serde(serialize_with = "within")]
    #[schemars(with = "Option<Spot>")]
    pub place: Option<Spot>,
}

/// A telling line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnexplainedLine {
    /// Line.
    pub line: u64,
    /// Text.
    pub text: String,
    /// Section it stands in.
    pub section: Option<String>,
    /// A passing run prints it as well; `null` where none was given.
    pub in_baseline: Option<bool>,
}

/// One candidate of the ranking, for `--why`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhyRow {
    /// Pattern id.
    pub id: String,
    /// Its line.
    pub line: u64,
    /// Its role.
    pub role: Role,
    /// Why it is out of the race; `None` for a live candidate.
    pub dropped: Option<String>,
    /// The terms of its score, in order.
    pub terms: Vec<WhyTerm>,
    /// Conditions that held, in words.
    pub conditions: Vec<String>,
}

impl WhyRow {
    /// Sum of the terms.
    pub fn score(&self) -> i64 {
        self.terms.iter().map(|t| t.points).sum()
    }
}

/// One term of a score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhyTerm {
    /// What it is for.
    pub name: &'static str,
    /// Its points.
    pub points: i64,
}
