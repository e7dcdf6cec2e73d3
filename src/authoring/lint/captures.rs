//! Lints captures that no text shows.

use std::collections::{BTreeMap, BTreeSet};

use super::Remark;
use crate::authoring::workshop::{Draft, Workshop};
use crate::pattern::checked::{Condition, Near, Pattern, names};
use crate::pattern::text;

pub(super) fn unused(draft: &Draft, workshop: &Workshop) -> Vec<Remark> {
    let pattern = &draft.pattern;
    let mut used = shown_by(pattern);
    // Notes of other patterns may show this one's captures once they have `seen` it.
    for other in workshop.patterns().filter(|p| p.id != pattern.id) {
        let conditions = other
            .conditions
            .iter()
            .chain(other.notes.iter().flat_map(|n| &n.conditions));
        let sees = conditions
            .filter_map(|c| match c {
                Condition::Seen(list) => Some(list),
                _ => None,
            })
            .any(|list| names(list, &pattern.id));
        // A check that points here passes on its texts and captures.
        if sees {
            used.extend(shown_by(other));
        }
    }
    let mut remarks = Vec::new();
    for (name, paths) in named(draft) {
        if used.contains(&name) {
            continue;
        }
        let group = format!("(?P<{name}>");
        let hint = format!("show it in a text as `{{{name}}}`, or write `(?:` for `{group}`");
        let Some(first) = paths.first() else { continue };
        let message = match paths.len() {
            1 => format!("the capture `{name}` is shown nowhere"),
            n => format!("the capture `{name}` of {n} regexes is shown nowhere"),
        };
        remarks.push(Remark::at(first, message).part(group).hint(hint));
    }
    remarks
}

/// The names of captures, with the paths of their regexes.
fn named(draft: &Draft) -> BTreeMap<String, Vec<String>> {
    let pattern = &draft.pattern;
    let mut out: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut add = |names: BTreeSet<String>, path: &str| {
        for name in names {
            out.entry(name).or_default().push(path.to_owned());
        }
    };
    for (k, alternative) in pattern.matches.iter().enumerate() {
        add(
            alternative.regex.capture_names(),
            &format!("match.{k}.regex"),
        );
    }
    let whens = draft
        .written
        .when
        .iter()
        .enumerate()
        .map(|(k, t)| (format!("when.{k}"), t));
    let notes = draft
        .written
        .note
        .iter()
        .enumerate()
        .map(|(k, n)| (format!("note.{k}"), &n.when));
    for (path, table) in whens.chain(notes) {
        let conditions = pattern
            .conditions
            .iter()
            .chain(pattern.notes.iter().flat_map(|n| &n.conditions));
        for condition in conditions {
            let (key, expr) = match condition {
                Condition::Near { kind, watch, .. } => match kind {
                    Near::Before => ("before", watch),
                    Near::After => ("after", watch),
                    Near::Absent(_) => ("absent", watch),
                },
                Condition::Command(expr) => ("command", expr),
                _ => continue,
            };
            let here = match key {
                "before" => &table.before,
                "after" => &table.after,
                "absent" => &table.absent,
                _ => &table.command,
            };
            if here.as_ref() == Some(&expr.source) {
                add(expr.capture_names(), &format!("{path}.{key}"));
            }
        }
    }
    out
}

/// The names that a pattern's texts show.
fn shown_by(pattern: &Pattern) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    let mut add = |template: &str| {
        used.extend(text::placeholders(template).map(|(name, _)| name.to_owned()));
    };
    for text in pattern.texts() {
        add(&text.title);
        add(&text.cause);
        text.fix.iter().for_each(|f| add(f));
        text.verify.iter().for_each(|v| add(v));
    }
    let notes = pattern.notes.iter().map(|n| &n.text);
    let outcomes = pattern
        .checks
        .iter()
        .flat_map(|c| c.outcome.iter().map(|o| &o.text));
    for text in notes
        .chain(pattern.checks.iter().map(|c| &c.text))
        .chain(outcomes)
    {
        add(&text.en);
        text.ko.iter().for_each(|ko| add(ko));
    }
    for check in &pattern.checks {
        check.run.iter().for_each(|run| add(run));
    }
    used
}
