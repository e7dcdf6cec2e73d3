//! Unexplained failures by fingerprint, for the formats that sum up many logs.
//!
//! Bounded: beyond [`MOST_GROUPS`] shapes, logs of further ones are only counted.

use std::collections::HashMap;

use crate::model::Unexplained;

/// Shapes of unexplained failures told apart.
const MOST_GROUPS: usize = 1_000;
/// Characters kept of a path or a line; nobody is shown more.
const MOST_CHARS: usize = 300;

/// Unexplained failures by fingerprint.
#[derive(Debug, Default)]
pub(super) struct Groups {
    index: HashMap<String, usize>,
    groups: Vec<Group>,
    /// Logs of further shapes.
    pub rest: usize,
}

/// Failures that look the same.
#[derive(Debug)]
pub(super) struct Group {
    pub logs: usize,
    /// The line that represents them, or what their exit code means; may be empty.
    pub text: String,
    pub first_log: String,
}

impl Groups {
    pub fn add(&mut self, unexplained: &Unexplained, log: &str) {
        if let Some(&at) = self.index.get(&unexplained.fingerprint) {
            self.groups[at].logs += 1;
        } else if self.groups.len() < MOST_GROUPS {
            self.index
                .insert(unexplained.fingerprint.clone(), self.groups.len());
            self.groups.push(Group {
                logs: 1,
                text: short(best_text(unexplained).unwrap_or_default()),
                first_log: log.to_owned(),
            });
        } else {
            self.rest += 1;
        }
    }

    /// The largest first; those of one size in the order in which they came.
    pub fn ranked(&self) -> Vec<&Group> {
        let mut groups: Vec<&Group> = self.groups.iter().collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.logs));
        groups
    }
}

/// What says most about an unexplained failure in one line.
pub(super) fn best_text(unexplained: &Unexplained) -> Option<&str> {
    let best = unexplained
        .lines
        .iter()
        .find(|line| Some(line.line) == unexplained.line);
    best.map(|line| line.text.trim())
        .or(unexplained.exit_meaning.as_deref())
}

/// The text without what no terminal is wide enough to show; a path keeps both its ends.
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
