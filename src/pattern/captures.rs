//! The names that a pattern's texts may use: the captures of its regexes.

use std::collections::BTreeSet;

use super::checked::{Condition, Near, Pattern};

/// Capture names of a pattern.
pub(super) struct CaptureNames {
    /// Names in some alternative or condition.
    pub all: BTreeSet<String>,
    /// Names that every match provides.
    pub sure: BTreeSet<String>,
}

impl CaptureNames {
    pub(super) fn of(pattern: &Pattern) -> Self {
        let mut all = BTreeSet::new();
        let mut sure: Option<BTreeSet<String>> = None;
        for alternative in &pattern.matches {
            let (names, always) = alternative.regex.captures();
            all.extend(names);
            sure = Some(match sure {
                None => always,
                Some(so_far) => so_far.intersection(&always).cloned().collect(),
            });
        }
        let mut sure = sure.unwrap_or_default();
        for condition in &pattern.conditions {
            match condition {
                Condition::Near {
                    kind: Near::Before | Near::After,
                    watch,
                    ..
                } => {
                    let (names, always) = watch.captures();
                    all.extend(names);
                    sure.extend(always);
                }
                Condition::Command(expr) => {
                    let (names, always) = expr.captures();
                    all.extend(names);
                    sure.extend(always);
                }
                _ => {}
            }
        }
        Self { all, sure }
    }
}

/// The names that a condition provides to its note.
pub(super) fn captured_by(condition: &Condition) -> Vec<String> {
    match condition {
        Condition::Near {
            kind: Near::Before | Near::After,
            watch,
            ..
        }
        | Condition::Command(watch) => watch.captures().0.into_iter().collect(),
        _ => Vec::new(),
    }
}
