//! The pattern file: what an author writes, key by key. Unknown keys are refused.
//!
//! `docs/writing-patterns.md` explains each key to people; `schema/pattern.schema.json` to editors.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Category, Confidence, Owner, Retry, Role};

/// One pattern file: one way in which jobs fail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PatternFile {
    /// What a matching line says about the failure.
    pub role: Role,
    /// How sure a match is.
    pub confidence: Confidence,
    /// Who has to act.
    pub owner: Owner,
    /// Does simply running the job again help?
    pub retry: Retry,
    /// The kind of failure.
    pub category: Category,
    /// Life cycle.
    #[serde(default)]
    pub status: PatternStatus,
    /// Which of several hits in one place tells the failure.
    #[serde(default)]
    pub lead: Lead,
    /// Ids of findings that merely follow from this one; a trailing `/*` takes a whole family.
    #[serde(default)]
    pub explains: Vec<String>,
    /// Ids of less specific patterns that give way to this one on the same lines.
    #[serde(default)]
    pub supersedes: Vec<String>,
    /// Where the literal texts come from.
    pub provenance: Provenance,
    /// Alternatives: any of them is a match. One clean line each.
    #[serde(rename = "match")]
    pub matches: Vec<MatchTable>,
    /// Conditions: all must hold.
    #[serde(default)]
    pub when: Vec<ConditionTable>,
    /// Advice for particular situations.
    #[serde(default)]
    pub note: Vec<NoteTable>,
    /// What settles the cause where the log cannot.
    #[serde(default)]
    pub check: Vec<CheckTable>,
    /// The texts people read.
    pub text: Texts,
    /// Official documentation.
    #[serde(default)]
    pub link: Vec<LinkTable>,
    /// One-line tests.
    #[serde(default)]
    pub tests: LineTests,
    /// Longer tests.
    #[serde(default)]
    pub test: Vec<TestTable>,
}

/// Life cycle of a pattern.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PatternStatus {
    /// Matched, shown by `--why`, never the cause.
    Preview,
    /// In force.
    #[default]
    Stable,
    /// Documentation only.
    Retired,
}

/// Which of several hits in one place tells the failure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Lead {
    /// The first: what follows mostly follows from it.
    #[default]
    First,
    /// The last: each names the reason of the one above, as `Caused by:` does.
    Last,
}

/// Where the literal texts of a pattern come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// How well the text is founded.
    pub level: ProvenanceLevel,
    /// The tool that prints it.
    #[serde(default)]
    pub tool: Option<String>,
    /// The tool's version it was seen with.
    #[serde(default)]
    pub version: Option<String>,
}

/// How well a pattern's text is founded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ProvenanceLevel {
    /// Provoked with the real tool.
    Ran,
    /// Read in the tool's source.
    Source,
    /// Seen in a public log.
    Report,
    /// Written from experience.
    Unverified,
}

/// One alternative of a match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MatchTable {
    /// Rust regex over one clean line.
    pub regex: String,
    /// Ignore ASCII case.
    #[serde(default)]
    pub ignore_case: bool,
    /// Unicode classes.
    #[serde(default)]
    pub unicode: bool,
    /// Which lines it looks at.
    #[serde(default)]
    pub on: On,
}

/// Which lines a match looks at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum On {
    /// What tools print.
    #[default]
    Output,
    /// Echoed commands, without their `$ `.
    Command,
}

/// How far a positional condition looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Since the last echoed command, until the next.
    Command,
    /// The runner's stage (or the log, where it has no sections).
    #[default]
    Section,
    /// The whole log.
    Job,
}

/// Which side of the hit an `absent` looks at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Above the hit.
    Before,
    /// Below the hit.
    After,
    /// Both.
    #[default]
    Both,
}

/// The keys of a [`ConditionTable`].
pub const CONDITION_KEYS: &[&str] = &[
    "before",
    "after",
    "absent",
    "within",
    "scope",
    "side",
    "ignore_case",
    "section",
    "dialect",
    "executor",
    "runner",
    "outcome",
    "exit_code",
    "command",
    "seen",
    "unseen",
    "times",
];

/// A condition: every operator in the table must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ConditionTable {
    /// A line like this stands above (nearest first; its captures join).
    pub before: Option<String>,
    /// A line like this stands below (its captures join).
    pub after: Option<String>,
    /// No line like this stands in scope.
    pub absent: Option<String>,
    /// How many LF lines `before`, `after` or `absent` may be away.
    pub within: Option<u32>,
    /// How far `before`, `after` and `absent` look.
    pub scope: Option<Scope>,
    /// Which side `absent` looks at.
    pub side: Option<Side>,
    /// Ignore ASCII case in this table's regex.
    pub ignore_case: bool,
    /// The hit stands in one of these sections; `unknown` for none.
    pub section: Option<Vec<String>>,
    /// Whose log it is: `gitlab`, `github`, `act`, `azure`, `buildkite`, `circleci`, `cloudbuild`, `codebuild`,
    /// `jenkins`, `netlify`, `patchew`, `travis`; `plain` where the log does not say.
    pub dialect: Option<Vec<String>>,
    /// The runner uses one of these executors; `unknown` where it does not say.
    pub executor: Option<Vec<String>>,
    /// Runner versions: `>=15.9`, `<17.0`, or both separated by a comma. Holds where the version is unknown
    /// only if the list says `unknown`.
    pub runner: Option<String>,
    /// The job ended in one of these ways.
    pub outcome: Option<Vec<String>>,
    /// The verdict's exit code is one of these.
    pub exit_code: Option<Vec<i64>>,
    /// The echoed command in force looks like this (its captures join).
    pub command: Option<String>,
    /// One of these patterns fired in the case (captures join, distinct values joined by `, `).
    pub seen: Option<Vec<String>>,
    /// None of these patterns fired in the case.
    pub unseen: Option<Vec<String>>,
    /// The pattern matched at least so often in the section.
    pub times: Option<u64>,
}

/// Advice that is shown only when its operators hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = false))]
pub struct NoteTable {
    /// The operators.
    #[serde(flatten)]
    pub when: ConditionTable,
    /// The advice.
    pub text: Localized,
}

/// A short text in each language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Localized {
    /// English.
    pub en: String,
    /// Korean.
    #[serde(default)]
    pub ko: Option<String>,
}

/// A command whose output settles the cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckTable {
    /// The command; captures are filled in.
    #[serde(default)]
    pub run: Option<String>,
    /// Where to run it.
    pub on: CheckPlace,
    /// What it tells.
    pub text: Localized,
    /// What its output means.
    #[serde(default)]
    pub outcome: Vec<OutcomeTable>,
}

/// Where a check is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum CheckPlace {
    /// The cluster node or the host of the containers.
    #[serde(rename = "node")]
    Node,
    /// The machine or pod of the runner.
    #[serde(rename = "runner")]
    Runner,
    /// Inside the job's container: add it to the job's script.
    #[serde(rename = "job container")]
    JobContainer,
    /// Anywhere with the right credentials.
    #[serde(rename = "workstation")]
    Workstation,
}

impl CheckPlace {
    /// The word as files and reports spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            CheckPlace::Node => "node",
            CheckPlace::Runner => "runner",
            CheckPlace::JobContainer => "job container",
            CheckPlace::Workstation => "workstation",
        }
    }
}

/// One possible result of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutcomeTable {
    /// What the output says, as a regex: in a `--together` case it tells this outcome by itself.
    #[serde(default)]
    pub regex: Option<String>,
    /// What is seen, in words.
    pub text: Localized,
    /// The pattern it points to.
    #[serde(default)]
    pub id: Option<String>,
}

/// The texts of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// English, the source.
    pub en: Text,
    /// Korean.
    #[serde(default)]
    pub ko: Option<Text>,
}

/// The texts of a pattern in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// What failed; at most 72 characters, no full stop.
    pub title: String,
    /// Why.
    pub cause: String,
    /// Steps that mend it, in order.
    pub fix: Vec<String>,
    /// How to see that it is mended.
    #[serde(default)]
    pub verify: Option<String>,
}

/// A link to official documentation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkTable {
    /// Address, https only.
    pub url: String,
    /// What stands there.
    #[serde(default)]
    pub title: Option<String>,
}

/// One-line tests.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LineTests {
    /// Lines that some `[[match]]` must match.
    pub matches: Vec<String>,
    /// Lines that no `[[match]]` may match.
    pub ignores: Vec<String>,
}

/// A longer test: a log through the whole engine, with this pattern's conditions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TestTable {
    /// What it shows.
    pub name: String,
    /// The log.
    pub log: String,
    /// `none` when the pattern must stay silent.
    pub expect: Option<Expect>,
    /// The line of the (first) hit.
    pub line: Option<u64>,
    /// Captures that must have these values.
    pub captures: BTreeMap<String, String>,
    /// How many notes must be shown.
    pub notes: Option<usize>,
}

/// What a longer test expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Expect {
    /// No hit whose conditions hold.
    None,
    /// At least one (the default).
    Hit,
}
