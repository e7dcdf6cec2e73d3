//! Sums up many logs: counts them one by one and returns the sums at the end.
//!
//! Bounded for any input: causes by the size of the library, fingerprints and groups by limits, beyond which
//! logs are only counted.

use std::collections::BTreeMap;
use std::path::Path;

use super::groups::Groups;
use crate::model::{
    CauseCount, Finding, GroupBy, GroupCount, LogReport, Outcome, Retry, Status, Summary, Time,
};

/// Most groups that are told apart.
const MOST_GROUPS: usize = 1_000;

/// Counts logs.
#[derive(Debug, Default)]
pub struct Tally {
    summary: Summary,
    causes: BTreeMap<String, CauseCount>,
    shapes: Groups,
    /// Groups by key; `None` holds the logs without one.
    groups: BTreeMap<Option<String>, Group>,
}

/// A group, and the causes in it.
#[derive(Debug, Default)]
struct Group {
    count: GroupCount,
    causes: BTreeMap<String, usize>,
}

impl Tally {
    /// Creates a tally with groups of this kind.
    pub fn by(group_by: GroupBy) -> Self {
        let mut tally = Self::default();
        tally.summary.group_by = group_by;
        tally
    }

    /// Counts a log.
    pub fn add(&mut self, report: &LogReport) {
        let summary = &mut self.summary;
        summary.logs += 1;
        summary.failed += usize::from(report.outcome.is_failure());
        summary.timed_out += usize::from(report.outcome == Outcome::TimedOut);
        summary.succeeded += usize::from(report.outcome == Outcome::Succeeded);
        summary.canceled += usize::from(report.outcome == Outcome::Canceled);
        summary.no_verdict += usize::from(report.outcome == Outcome::Unknown);
        summary.explained += usize::from(report.status == Status::Explained);
        summary.unexplained += usize::from(report.status == Status::Unexplained);
        let time = report.time();
        summary.undated += usize::from(time.is_none());
        see(&mut summary.first_seen, &mut summary.last_seen, time);
        if let Some(cause) = &report.cause {
            match cause.retry {
                Retry::Usually => summary.retry.usually += 1,
                Retry::Maybe => summary.retry.maybe += 1,
                Retry::Never => summary.retry.never += 1,
            }
            self.cause(report, cause, time);
        }
        if let Some(unexplained) = &report.unexplained {
            self.shapes.add(unexplained, &report.source, time);
        }
        self.group(report, time);
    }

    /// Counts a log whose failure a baseline knows.
    pub fn known(&mut self) {
        self.summary.known += 1;
    }

    /// Counts a log that `--since` and `--until` leave out.
    pub fn outside(&mut self) {
        self.summary.outside += 1;
    }

    /// Records that not all logs were read.
    pub fn partial(&mut self) {
        self.summary.partial = true;
    }

    fn cause(&mut self, report: &LogReport, cause: &Finding, time: Option<Time>) {
        let count = self.causes.entry(cause.id.clone());
        let count = count.or_insert_with(|| CauseCount {
            id: cause.id.clone(),
            logs: 0,
            share: 0.0,
            title: cause.title.clone(),
            category: cause.category,
            owner: cause.owner,
            retry: cause.retry,
            first_seen: None,
            last_seen: None,
            log: report.source.clone(),
            line: cause.line,
        });
        count.logs += 1;
        see(&mut count.first_seen, &mut count.last_seen, time);
    }

    fn group(&mut self, report: &LogReport, time: Option<Time>) {
        let failed = report.status != Status::Clean;
        let cause = report.cause.as_ref();
        let key = match self.summary.group_by {
            GroupBy::Cause => return,
            // These group by the cause, and a log without a failure has none.
            GroupBy::Owner | GroupBy::Category if !failed => return,
            GroupBy::Owner => cause.map(|c| c.owner.as_str().to_owned()),
            GroupBy::Category => cause.map(|c| c.category.as_str().to_owned()),
            GroupBy::Project => report.project.clone().or_else(|| folder(&report.source)),
            GroupBy::Runner => report.runner.name.clone(),
        };
        if self.groups.len() >= MOST_GROUPS && !self.groups.contains_key(&key) {
            self.summary.groups_left += 1;
            return;
        }
        let group = self.groups.entry(key).or_default();
        let count = &mut group.count;
        count.logs += 1;
        count.failures += usize::from(failed);
        count.unexplained += usize::from(report.status == Status::Unexplained);
        see(&mut count.first_seen, &mut count.last_seen, time);
        if let Some(cause) = cause {
            count.retry_helps += usize::from(cause.retry != Retry::Never);
            *group.causes.entry(cause.id.clone()).or_default() += 1;
        }
    }

    /// The sums.
    pub fn summary(self) -> Summary {
        let mut summary = self.summary;
        let failures = summary.explained + summary.unexplained;
        let share = |logs: usize| share(logs, failures);
        summary.causes = self.causes.into_values().collect();
        summary
            .causes
            .sort_by_key(|cause| std::cmp::Reverse(cause.logs));
        for cause in &mut summary.causes {
            cause.share = share(cause.logs);
        }
        summary.unexplained_groups_left = self.shapes.rest;
        summary.unexplained_groups = self.shapes.ranked();
        for shape in &mut summary.unexplained_groups {
            shape.share = share(shape.logs);
        }
        summary.groups = self.groups.into_iter().map(Group::into_count).collect();
        let order = |group: &GroupCount| std::cmp::Reverse((group.failures, group.logs));
        summary.groups.sort_by_key(order);
        for group in &mut summary.groups {
            group.share = share(group.failures);
        }
        summary
    }
}

impl Group {
    fn into_count((key, group): (Option<String>, Self)) -> GroupCount {
        // The most frequent cause; of equals the first by id.
        let top = group.causes.into_iter().rev().max_by_key(|(_, logs)| *logs);
        GroupCount {
            key,
            top_cause: top.map(|(id, _)| id),
            ..group.count
        }
    }
}

/// Extends a range of times.
pub(super) fn see(first: &mut Option<Time>, last: &mut Option<Time>, time: Option<Time>) {
    let Some(time) = time else { return };
    *first = Some(first.map_or(time, |known| known.min(time)));
    *last = Some(last.map_or(time, |known| known.max(time)));
}

/// A part of a whole, with four decimals.
fn share(part: usize, of: usize) -> f64 {
    if of == 0 {
        return 0.0;
    }
    (part as f64 / of as f64 * 10_000.0).round() / 10_000.0
}

/// The folder of a log, since exports have a folder for each project.
fn folder(source: &str) -> Option<String> {
    let folder = Path::new(source).parent()?.to_string_lossy().into_owned();
    (!folder.is_empty()).then_some(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing::*;

    fn summed(by: GroupBy, logs: &[LogReport]) -> Summary {
        let mut tally = Tally::by(by);
        logs.iter().for_each(|log| tally.add(log));
        tally.summary()
    }

    fn at(seconds: i64, log: LogReport) -> LogReport {
        LogReport {
            ended: Time::from_unix(1_700_000_000 + seconds),
            ..log
        }
    }

    #[test]
    fn causes_are_ranked_with_their_times_and_a_log() {
        let logs = [
            at(9, from_variable()),
            at(3, back_off()),
            at(5, from_variable()),
            unexplained("u.log"),
        ];
        let summary = summed(GroupBy::Cause, &logs);
        let cause = &summary.causes[0];
        assert_eq!(
            (cause.logs, cause.share, cause.log.as_str()),
            (2, 0.5, logs[0].source.as_str())
        );
        assert_eq!(cause.first_seen, Time::from_unix(1_700_000_005));
        assert_eq!(cause.last_seen, Time::from_unix(1_700_000_009));
        assert_eq!(
            (summary.undated, summary.retry.helps(), summary.retry.never),
            (1, 1, 2)
        );
        assert_eq!(summary.first_seen, Time::from_unix(1_700_000_003));
        assert_eq!(summary.unexplained_groups[0].log, "u.log");
        assert!(summary.groups.is_empty(), "causes are the groups");
    }

    #[test]
    fn groups_tell_what_fails_most_in_them() {
        let named = |source: &str, project: Option<&str>, log: LogReport| LogReport {
            source: source.into(),
            project: project.map(str::to_owned),
            ..log
        };
        let logs = [
            named("a/1.log", Some("group/app"), from_variable()),
            named("a/2.log", Some("group/app"), clean("")),
            named("b/3.log", None, back_off()),
            named("b/4.log", None, unexplained("")),
        ];
        let summary = summed(GroupBy::Project, &logs);
        let told: Vec<_> = summary
            .groups
            .iter()
            .map(|g| (g.key.as_deref(), g.logs, g.failures))
            .collect();
        assert_eq!(told, [(Some("b"), 2, 2), (Some("group/app"), 2, 1)]);
        assert_eq!(
            summary.groups[0].top_cause.as_deref(),
            Some("kubernetes/image-pull-backoff")
        );
        assert_eq!(summary.groups[0].unexplained, 1);
        let summary = summed(GroupBy::Owner, &logs);
        let keys: Vec<_> = summary.groups.iter().map(|g| g.key.as_deref()).collect();
        assert_eq!(keys, [None, Some("ci-config"), Some("platform")]);
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let logs: Vec<LogReport> = (0..MOST_GROUPS + 5)
            .map(|n| LogReport {
                project: Some(format!("p/{n}")),
                ..clean("a.log")
            })
            .collect();
        let summary = summed(GroupBy::Project, &logs);
        assert_eq!(
            (summary.groups.len(), summary.groups_left),
            (MOST_GROUPS, 5)
        );
    }
}
