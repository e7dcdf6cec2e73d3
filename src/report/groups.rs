//! Unexplained failures by fingerprint, for the formats that sum up many logs.
//!
//! Bounded: beyond [`MOST_GROUPS`] different ones, further logs are only counted.

use std::collections::HashMap;

use super::tally::see;
use crate::model::{Time, Unexplained, UnexplainedCount};

/// Most different unexplained failures that are told apart.
const MOST_GROUPS: usize = 1_000;
/// Characters kept of a path or a line; no format shows more.
const MOST_CHARS: usize = 300;

/// Unexplained failures by fingerprint.
#[derive(Debug, Default)]
pub(super) struct Groups {
    index: HashMap<String, usize>,
    groups: Vec<UnexplainedCount>,
    /// Logs of further failures.
    pub rest: usize,
}

impl Groups {
    pub fn add(&mut self, unexplained: &Unexplained, log: &str, time: Option<Time>) {
        let known = self.index.get(&unexplained.fingerprint).copied();
        let at = match known {
            Some(at) => at,
            None if self.groups.len() < MOST_GROUPS => {
                let at = self.groups.len();
                self.index.insert(unexplained.fingerprint.clone(), at);
                self.groups.push(UnexplainedCount {
                    fingerprint: unexplained.fingerprint.clone(),
                    logs: 0,
                    share: 0.0,
                    text: short(best_text(unexplained).unwrap_or_default()),
                    first_seen: None,
                    last_seen: None,
                    log: log.to_owned(),
                    line: unexplained.line,
                });
                at
            }
            None => {
                self.rest += 1;
                return;
            }
        };
        let group = &mut self.groups[at];
        group.logs += 1;
        see(&mut group.first_seen, &mut group.last_seen, time);
    }

    /// Largest first; groups of equal size in the order of their logs.
    pub fn ranked(self) -> Vec<UnexplainedCount> {
        let mut groups = self.groups;
        groups.sort_by_key(|group| std::cmp::Reverse(group.logs));
        groups
    }
}

/// The most telling line of an unexplained failure.
pub fn best_text(unexplained: &Unexplained) -> Option<&str> {
    let best = unexplained
        .lines
        .iter()
        .find(|line| Some(line.line) == unexplained.line);
    best.map(|line| line.text.trim())
        .or(unexplained.exit_meaning.as_deref())
}

/// The text, cut to what a wide terminal can show; a path keeps both its ends.
pub(super) fn short(text: &str) -> String {
    let chars = text.chars().count();
    if chars <= MOST_CHARS {
        return text.to_owned();
    }
    let (first, last) = (MOST_CHARS / 3, MOST_CHARS - MOST_CHARS / 3 - 1);
    text.chars()
        .take(first)
        .chain(['…'])
        .chain(text.chars().skip(chars - last))
        .collect()
}
