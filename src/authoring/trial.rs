//! A draft tried on a folder of logs: where it would fire, and which verdicts would change.

use std::collections::{BTreeMap, VecDeque};

use super::workshop::{Draft, Workshop};
use crate::diagnosis::{Case, Input, diagnose, mask, settle};
use crate::engine::Scanner;
use crate::library::Library;
use crate::model::{Lang, LogReport, Outcome, Status};

/// What a trial came to.
#[derive(Debug, Default)]
pub struct Trial {
    /// Logs that were read.
    pub logs: usize,
    /// Logs in which the draft fires.
    pub fires_in: usize,
    /// Those of them that say they passed.
    pub passing: Vec<String>,
    /// Lines on which it fires, alike ones together, most frequent first.
    pub lines: Vec<Lines>,
    /// Verdicts that change, most frequent first.
    pub changes: Vec<Change>,
    /// Logs in which it fires and something else stays the verdict, by that verdict.
    pub stays: BTreeMap<String, usize>,
}

/// Lines that are alike but for numbers, hashes and paths.
#[derive(Debug)]
pub struct Lines {
    /// How many there are.
    pub count: u64,
    /// The first of them.
    pub text: String,
    /// Where that stands: `log:line`.
    pub first: String,
}

/// Logs whose verdict changes in the same way.
#[derive(Debug)]
pub struct Change {
    /// The verdict without the draft.
    pub before: String,
    /// And with it.
    pub after: String,
    /// The logs.
    pub logs: Vec<String>,
}

/// A log as the library with the draft sees it.
struct Seen {
    log: String,
    /// Lines on which the draft fires.
    hits: Vec<(u64, String)>,
    outcome: Outcome,
    verdict: String,
}

/// Compares what is said of logs with a draft, and without it: everything in force but the draft, and the version of it that the
/// program has built in, if there is one.
pub struct Comparison {
    id: String,
    with: Library,
    without: Library,
}

impl Comparison {
    /// Prepares a draft.
    pub fn of(draft: &Draft, workshop: &Workshop) -> Self {
        let embedded = Library::embedded();
        let built_in = embedded.indices().find(|&k| embedded.id(k) == draft.id);
        let rest = workshop.patterns().filter(|p| p.id != draft.id).cloned();
        let built_in = built_in.map(|k| embedded.whole(k));
        Self {
            id: draft.id.clone(),
            with: workshop.library(),
            without: Library::of(rest.chain(built_in).collect()),
        }
    }

    /// Tries the draft on files of logs. `read` is called twice for each: it reads the file with the scanner given, and hands on
    /// its log, or every log and job that it holds, in the same order both times.
    pub fn run<F>(
        &self,
        files: impl IntoIterator<Item = F>,
        mut read: impl FnMut(&F, Turn, &mut Scanner<'_>, &mut dyn FnMut(Input)),
    ) -> Trial {
        let (mut old, mut new) = (Scanner::new(&self.without), Scanner::new(&self.with));
        let mut tally = Tally::default();
        for file in files {
            let mut seen = VecDeque::new();
            read(&file, Turn::First, &mut new, &mut |input| {
                seen.push_back(self.seen(input))
            });
            read(&file, Turn::Second, &mut old, &mut |input| {
                // A file that changed in between may hold more, or fewer.
                if let Some(seen) = seen.pop_front() {
                    let before = diagnose(&Case::single(input), &self.without, Lang::En);
                    tally.add(seen, verdict(&before));
                }
            });
        }
        tally.trial()
    }

    fn seen(&self, input: Input) -> Seen {
        let log = input.source.clone();
        let case = Case::single(input);
        let hits = settle(&case, &self.with)
            .into_iter()
            .filter(|s| s.pattern().id == self.id)
            .map(|s| (s.hit.place.line, s.hit.text.clone()))
            .collect();
        let report = diagnose(&case, &self.with, Lang::En);
        Seen {
            log,
            hits,
            outcome: report.outcome,
            verdict: verdict(&report),
        }
    }
}

/// A file is read twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// With the draft.
    First,
    /// Without it.
    Second,
}

/// What is gathered of all logs.
#[derive(Default)]
struct Tally {
    trial: Trial,
    lines: BTreeMap<String, Lines>,
    changes: BTreeMap<(String, String), Vec<String>>,
}

impl Tally {
    fn add(&mut self, seen: Seen, before: String) {
        let trial = &mut self.trial;
        trial.logs += 1;
        for (line, text) in &seen.hits {
            let entry = self.lines.entry(mask(text)).or_insert_with(|| Lines {
                count: 0,
                text: text.clone(),
                first: format!("{}:{line}", seen.log),
            });
            entry.count += 1;
        }
        if !seen.hits.is_empty() {
            trial.fires_in += 1;
            if seen.outcome == Outcome::Succeeded {
                trial.passing.push(seen.log.clone());
            }
        }
        if before != seen.verdict {
            let change = (before, seen.verdict);
            self.changes.entry(change).or_default().push(seen.log);
        } else if !seen.hits.is_empty() {
            *trial.stays.entry(before).or_default() += 1;
        }
    }

    fn trial(self) -> Trial {
        let mut trial = self.trial;
        trial.lines = self.lines.into_values().collect();
        trial
            .lines
            .sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.first.cmp(&b.first)));
        trial.changes = self
            .changes
            .into_iter()
            .map(|((before, after), logs)| Change {
                before,
                after,
                logs,
            })
            .collect();
        trial
            .changes
            .sort_by_key(|change| std::cmp::Reverse(change.logs.len()));
        trial
    }
}

fn verdict(report: &LogReport) -> String {
    match (&report.cause, report.status) {
        (Some(cause), _) => cause.id.clone(),
        (None, Status::Unexplained) => "unexplained".to_owned(),
        (None, _) => "clean".to_owned(),
    }
}
