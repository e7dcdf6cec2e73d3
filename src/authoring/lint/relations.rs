//! What patterns say about each other.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::Remark;
use crate::authoring::workshop::{Draft, Workshop};
use crate::pattern::checked::{Pattern, names};
use crate::pattern::error::nearest;
use crate::pattern::schema::ConditionTable;

/// Every id that a file names, with its path.
fn named(draft: &Draft) -> Vec<(String, &String)> {
    let file = &draft.written;
    let mut out: Vec<(String, &String)> = Vec::new();
    let list = |path: String, ids: &'_ [String]| -> Vec<(String, usize)> {
        (0..ids.len()).map(|k| (format!("{path}.{k}"), k)).collect()
    };
    for (key, ids) in [
        ("explains", &file.explains),
        ("supersedes", &file.supersedes),
    ] {
        out.extend(
            list(key.to_owned(), ids)
                .into_iter()
                .map(|(p, k)| (p, &ids[k])),
        );
    }
    for (path, table) in conditions(draft) {
        for (key, ids) in [("seen", &table.seen), ("unseen", &table.unseen)] {
            let Some(ids) = ids else { continue };
            let paths = list(format!("{path}.{key}"), ids);
            out.extend(paths.into_iter().map(|(p, k)| (p, &ids[k])));
        }
    }
    for (k, check) in file.check.iter().enumerate() {
        for (n, outcome) in check.outcome.iter().enumerate() {
            let path = format!("check.{k}.outcome.{n}.id");
            out.extend(outcome.id.as_ref().map(|id| (path, id)));
        }
    }
    out
}

fn conditions(draft: &Draft) -> Vec<(String, &ConditionTable)> {
    let whens = draft.written.when.iter().enumerate();
    let notes = draft.written.note.iter().enumerate();
    whens
        .map(|(k, table)| (format!("when.{k}"), table))
        .chain(notes.map(|(k, note)| (format!("note.{k}"), &note.when)))
        .collect()
}

/// What the runner calls its executors (each registers itself below that name in its sources' `executors/`), and what stands for
/// none that is known.
const EXECUTORS: &[&str] = &[
    "custom",
    "docker",
    "docker+machine",
    "docker-autoscaler",
    "docker-ssh",
    "docker-ssh+machine",
    "docker-windows",
    "instance",
    "kubernetes",
    "parallels",
    "shell",
    "ssh",
    "virtualbox",
    "unknown",
];

pub(super) fn unknown_executor(draft: &Draft, _: &Workshop) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for (path, table) in conditions(draft) {
        for (k, name) in table.executor.iter().flatten().enumerate() {
            if EXECUTORS.contains(&name.as_str()) {
                continue;
            }
            let remark = Remark::at(
                format!("{path}.executor.{k}"),
                format!("no executor is called `{name}`"),
            );
            remarks.push(remark.hint(match nearest(name, EXECUTORS) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known: {}", EXECUTORS.join(", ")),
            }));
        }
    }
    remarks
}

pub(super) fn unknown_id(draft: &Draft, workshop: &Workshop) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for (path, id) in named(draft) {
        let family = id.ends_with("/*") && !path.contains("outcome");
        let known = if family {
            let list = std::slice::from_ref(id);
            workshop.patterns().any(|p| names(list, &p.id))
        } else {
            workshop.patterns().any(|p| p.id == *id)
        };
        if known {
            continue;
        }
        let renamed = workshop.redirects.iter().find(|(old, _)| old == id);
        let remark = match renamed {
            Some((_, new)) => {
                Remark::at(path, format!("`{id}` was renamed")).hint(format!("write `{new}`"))
            }
            None => {
                let all: Vec<&str> = workshop.patterns().map(|p| p.id.as_str()).collect();
                let remark = Remark::at(path, format!("no pattern is called `{id}`"));
                match nearest(id, &all) {
                    Some(near) => remark.hint(format!("did you mean `{near}`?")),
                    None => remark.hint("drop it, or write that pattern first"),
                }
            }
        };
        remarks.push(remark);
    }
    remarks
}

pub(super) fn seen_of_seen(draft: &Draft, workshop: &Workshop) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for (path, table) in conditions(draft) {
        for (key, ids) in [("seen", &table.seen), ("unseen", &table.unseen)] {
            let Some(ids) = ids else { continue };
            let dependent = workshop
                .patterns()
                .find(|p| p.refers_to_others() && names(ids, &p.id));
            if let Some(other) = dependent {
                remarks.push(
                    Remark::at(
                        format!("{path}.{key}"),
                        format!("`{}` itself depends on `seen` or `unseen`", other.id),
                    )
                    .part(other.id.clone())
                    .hint("both are judged at once: name the patterns that it depends on"),
                );
            }
        }
    }
    remarks
}

/// Rings of `explains`, and rings of `supersedes`: nobody is left to speak.
pub(super) fn cycles(workshop: &Workshop, _: &super::Healthy) -> Vec<(usize, Remark)> {
    let mut remarks = Vec::new();
    for key in ["explains", "supersedes"] {
        let list = |p: &'_ Pattern| -> Vec<String> {
            if key == "explains" {
                p.explains.clone()
            } else {
                p.supersedes.clone()
            }
        };
        let patterns: Vec<&Pattern> = workshop.patterns().collect();
        let exact: BTreeMap<&str, usize> = patterns
            .iter()
            .enumerate()
            .map(|(k, p)| (p.id.as_str(), k))
            .collect();
        let edges: Vec<Vec<usize>> = patterns
            .iter()
            .enumerate()
            .map(|(k, pattern)| {
                let mut to = BTreeSet::new();
                for name in list(pattern) {
                    if name.ends_with('*') {
                        let one = std::slice::from_ref(&name);
                        to.extend((0..patterns.len()).filter(|&n| names(one, &patterns[n].id)));
                        // A pattern is no part of a family that it names.
                        to.remove(&k);
                    } else {
                        to.extend(exact.get(name.as_str()));
                    }
                }
                to.into_iter().collect()
            })
            .collect();
        let mut told: BTreeSet<Vec<usize>> = BTreeSet::new();
        for from in 0..workshop.drafts.len() {
            let Some(ring) = ring(from, &edges) else {
                continue;
            };
            let mut sorted = ring.clone();
            sorted.sort_unstable();
            if !told.insert(sorted) {
                continue;
            }
            let draft = &workshop.drafts[from];
            let next = &patterns[ring[1 % ring.len()]].id;
            let names = if key == "explains" {
                &draft.pattern.explains
            } else {
                &draft.pattern.supersedes
            };
            let at = names
                .iter()
                .position(|n| names_one(n, next))
                .map_or_else(|| key.to_owned(), |k| format!("{key}.{k}"));
            let message = match ring.as_slice() {
                [_] => format!("{key} itself"),
                [_, other] => format!("`{}` {key} this pattern as well", patterns[*other].id),
                ring => {
                    let ids: Vec<&str> = ring.iter().map(|&k| patterns[k].id.as_str()).collect();
                    format!("{key} in a ring: {} → {}", ids.join(" → "), ids[0])
                }
            };
            let hint = "keep the direction in which the one that says more comes first";
            remarks.push((from, Remark::at(at, message).hint(hint)));
        }
    }
    remarks
}

fn names_one(name: &String, id: &str) -> bool {
    names(std::slice::from_ref(name), id)
}

/// The shortest way from a node back to itself.
fn ring(from: usize, edges: &[Vec<usize>]) -> Option<Vec<usize>> {
    let mut came: BTreeMap<usize, usize> = BTreeMap::new();
    let mut queue = VecDeque::from([from]);
    while let Some(here) = queue.pop_front() {
        for &next in &edges[here] {
            if next == from {
                let mut ring = vec![here];
                while let Some(&before) = ring
                    .last()
                    .filter(|k| **k != from)
                    .and_then(|k| came.get(k))
                {
                    ring.push(before);
                }
                ring.reverse();
                return Some(ring);
            }
            if let std::collections::btree_map::Entry::Vacant(free) = came.entry(next) {
                free.insert(here);
                queue.push_back(next);
            }
        }
    }
    None
}
