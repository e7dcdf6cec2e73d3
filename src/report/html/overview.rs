//! The overview's own counts, besides the sums of the batch. Bounded by the library and by limits.

use std::collections::{BTreeMap, HashMap};

use super::timeline::Timeline;
use crate::model::{LogReport, Outcome, Owner, Retry, Status};

/// Anchors of unexplained groups that are kept.
const MOST_ANCHORS: usize = 1_000;

/// The counts.
#[derive(Debug, Default)]
pub(super) struct Overview {
    pub logs: usize,
    pub explained: usize,
    pub unexplained: usize,
    pub succeeded: usize,
    pub canceled: usize,
    pub no_verdict: usize,
    /// By id.
    pub causes: BTreeMap<String, Cause>,
    pub owners: [usize; Owner::ALL.len()],
    pub retries: [usize; Retry::ALL.len()],
    /// Failures by the hour.
    pub timeline: Timeline,
    /// Anchors of the first log of each group, by the log's name.
    pub anchors: HashMap<String, String>,
    /// The page's title if there is only one log.
    pub title: Option<String>,
}

/// The counts of one cause.
#[derive(Debug)]
pub(super) struct Cause {
    pub title: String,
    pub owner: Owner,
    pub retry: Retry,
    pub logs: usize,
    /// Section of the first log that has one.
    pub anchor: Option<String>,
}

impl Overview {
    pub fn add(&mut self, report: &LogReport, anchor: Option<&str>) {
        self.logs += 1;
        self.timeline.add(report);
        match (report.status, report.outcome) {
            (Status::Explained, _) => self.explained += 1,
            (Status::Unexplained, _) => self.unexplained += 1,
            (Status::Clean, Outcome::Canceled) => self.canceled += 1,
            (Status::Clean, Outcome::Unknown) => self.no_verdict += 1,
            (Status::Clean, _) => self.succeeded += 1,
        }
        if self.logs == 1 {
            self.title = report.cause.as_ref().map(|cause| cause.title.clone());
        }
        if let Some(cause) = &report.cause {
            self.owners[cause.owner as usize] += 1;
            self.retries[cause.retry as usize] += 1;
            let known = self
                .causes
                .entry(cause.id.clone())
                .or_insert_with(|| Cause {
                    title: cause.title.clone(),
                    owner: cause.owner,
                    retry: cause.retry,
                    logs: 0,
                    anchor: None,
                });
            known.logs += 1;
            if known.anchor.is_none() {
                known.anchor = anchor.map(str::to_owned);
            }
        } else if report.unexplained.is_some()
            && self.anchors.len() < MOST_ANCHORS
            && let Some(anchor) = anchor
        {
            let anchor = anchor.to_owned();
            self.anchors.entry(report.source.clone()).or_insert(anchor);
        }
    }

    /// Failures, known or not.
    pub fn failures(&self) -> usize {
        self.explained + self.unexplained
    }

    /// The most frequent first, then by id.
    pub fn ranked(&self) -> Vec<(&str, &Cause)> {
        let mut causes: Vec<_> = self.causes.iter().map(|(id, c)| (id.as_str(), c)).collect();
        causes.sort_by_key(|(_, cause)| std::cmp::Reverse(cause.logs));
        causes
    }
}
