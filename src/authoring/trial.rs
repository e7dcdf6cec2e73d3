//! A draft tried on a folder of logs: where it would fire, and which verdicts would change.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::workshop::{Draft, Workshop};
use crate::diagnosis::{Case, Input, diagnose, mask, settle};
use crate::engine::Scanner;
use crate::library::Library;
use crate::model::{Lang, LogReport, Outcome, Problem, Status};
use crate::source::{self, Reading};

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
    /// What could not be read.
    pub problems: Vec<Problem>,
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

/// Tries a draft on logs. What it is compared with: everything in force but the draft, and the version of it that the
/// program has built in, if there is one.
pub fn run(draft: &Draft, workshop: &Workshop, folders: &[PathBuf]) -> Trial {
    let with = workshop.library();
    let embedded = Library::embedded();
    let built_in = embedded.indices().find(|&k| embedded.id(k) == draft.id);
    let rest = workshop.patterns().filter(|p| p.id != draft.id).cloned();
    let without = Library::of(rest.chain(built_in.map(|k| embedded.whole(k))).collect());
    let (mut old, mut new) = (Scanner::new(&without), Scanner::new(&with));
    let (files, problems) = source::walk::files(&source::walk::Root::named(folders));
    let mut trial = Trial {
        problems,
        ..Trial::default()
    };
    let mut lines: BTreeMap<String, Lines> = BTreeMap::new();
    let mut changes: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for file in files {
        let path = file.path();
        let name = path.to_string_lossy().into_owned();
        let open = || source::open(&path, Reading::default());
        let (mut first, second) = match (open(), open()) {
            (Ok(first), Ok(second)) => (first, second),
            // Files met on a walk need not be logs.
            (Err(refusal), _) | (_, Err(refusal)) => {
                if file.named {
                    trial.problems.push(refusal.problem().clone());
                }
                continue;
            }
        };
        trial.logs += 1;
        let case = Case::single(Input {
            source: name.clone(),
            scan: new.scan(&mut first.reader),
        });
        let hits: Vec<(u64, String)> = settle(&case, &with)
            .into_iter()
            .filter(|s| s.pattern().id == draft.id)
            .map(|s| (s.hit.place.line, s.hit.text.clone()))
            .collect();
        for (line, text) in &hits {
            let entry = lines.entry(mask(text)).or_insert_with(|| Lines {
                count: 0,
                text: text.clone(),
                first: format!("{name}:{line}"),
            });
            entry.count += 1;
        }
        let after = diagnose(&case, &with, Lang::En);
        let before = diagnose(
            &Case::single(Input {
                source: name.clone(),
                scan: old.scan(second.reader),
            }),
            &without,
            Lang::En,
        );
        if !hits.is_empty() {
            trial.fires_in += 1;
            if after.outcome == Outcome::Succeeded {
                trial.passing.push(name.clone());
            }
        }
        let (before, after) = (verdict(&before), verdict(&after));
        if before != after {
            changes.entry((before, after)).or_default().push(name);
        } else if !hits.is_empty() {
            *trial.stays.entry(after).or_default() += 1;
        }
    }
    trial.lines = lines.into_values().collect();
    trial
        .lines
        .sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.first.cmp(&b.first)));
    trial.changes = changes
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

fn verdict(report: &LogReport) -> String {
    match (&report.cause, report.status) {
        (Some(cause), _) => cause.id.clone(),
        (None, Status::Unexplained) => "unexplained".to_owned(),
        (None, _) => "clean".to_owned(),
    }
}
