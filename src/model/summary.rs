//! What many logs add up to: a part of the JSON contract.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Category, GroupBy, Owner, Retry, Time};

/// Totals over all logs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct Summary {
    /// Logs analysed.
    pub logs: usize,
    /// Logs whose outcome is failed or timed out.
    pub failed: usize,
    /// Those of them whose outcome is timed out.
    pub timed_out: usize,
    /// Logs whose outcome is succeeded.
    pub succeeded: usize,
    /// Logs whose outcome is canceled.
    pub canceled: usize,
    /// Logs that end before the verdict.
    pub no_verdict: usize,
    /// Logs with a known cause.
    pub explained: usize,
    /// Failed logs without one.
    pub unexplained: usize,
    /// Somebody stopped the run: not all logs that were there are counted.
    pub partial: bool,
    /// Would running again have helped? Of the explained logs.
    pub retry: RetryCount,
    /// The earliest log, by the last time that it tells.
    pub first_seen: Option<Time>,
    /// The latest log.
    pub last_seen: Option<Time>,
    /// Logs that tell no time.
    pub undated: usize,
    /// Logs that `--since` and `--until` left out; they are counted nowhere else.
    pub outside: usize,
    /// Logs whose failure the baseline knows; they are counted nowhere else.
    pub known: usize,
    /// Causes by number of logs, most first, then by id.
    pub causes: Vec<CauseCount>,
    /// Unexplained failures that look the same, most first.
    pub unexplained_groups: Vec<UnexplainedCount>,
    /// Unexplained logs beyond the groups that are told apart.
    pub unexplained_groups_left: usize,
    /// What `groups` are.
    pub group_by: GroupBy,
    /// Groups by number of failures, most first; empty where `group_by` is `cause`.
    pub groups: Vec<GroupCount>,
    /// Logs beyond the groups that are told apart.
    pub groups_left: usize,
}

/// How many logs a cause was found in.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CauseCount {
    /// Pattern id.
    pub id: String,
    /// Logs.
    pub logs: usize,
    /// Their part of all failures, explained or not, from 0 to 1.
    pub share: f64,
    /// The title, as the first log has it.
    pub title: String,
    /// The kind of failure.
    pub category: Category,
    /// Who has to act.
    pub owner: Owner,
    /// Does running again help?
    pub retry: Retry,
    /// The earliest log that tells a time.
    pub first_seen: Option<Time>,
    /// The latest one.
    pub last_seen: Option<Time>,
    /// The first log with this cause, to stand for all.
    pub log: String,
    /// The line that says it there.
    pub line: u64,
}

/// Unexplained failures that look the same.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct UnexplainedCount {
    /// Equal failures have equal fingerprints.
    pub fingerprint: String,
    /// Logs.
    pub logs: usize,
    /// Their part of all failures, from 0 to 1.
    pub share: f64,
    /// The line that stands for them, or what their exit code means; may be empty.
    pub text: String,
    /// The earliest log that tells a time.
    pub first_seen: Option<Time>,
    /// The latest one.
    pub last_seen: Option<Time>,
    /// The first log, to stand for all.
    pub log: String,
    /// The line there.
    pub line: Option<u64>,
}

/// Logs that have something in common.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct GroupCount {
    /// What they have in common; `null` for those that have none of it.
    pub key: Option<String>,
    /// Logs.
    pub logs: usize,
    /// Failures among them.
    pub failures: usize,
    /// Their part of all failures, from 0 to 1.
    pub share: f64,
    /// Failures without a known cause.
    pub unexplained: usize,
    /// Failures that running again would have mended, or might have.
    pub retry_helps: usize,
    /// The most frequent cause.
    pub top_cause: Option<String>,
    /// The earliest log that tells a time.
    pub first_seen: Option<Time>,
    /// The latest one.
    pub last_seen: Option<Time>,
}

/// Would running again have helped?
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RetryCount {
    /// Mostly.
    pub usually: usize,
    /// Perhaps.
    pub maybe: usize,
    /// No.
    pub never: usize,
}

impl RetryCount {
    /// Failures that running again would have mended, or might have.
    pub fn helps(&self) -> usize {
        self.usually + self.maybe
    }
}
