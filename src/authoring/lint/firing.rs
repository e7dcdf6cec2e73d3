//! Runs the library on foreign lines: passing logs, and the test lines of other patterns.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::Remark;
use crate::authoring::workshop::{Draft, Workshop};
use crate::diagnosis::{Case, Input, settle};
use crate::engine::Scanner;
use crate::library::Library;
use crate::model::Role;
use crate::pattern::checked::{Pattern, names};
use crate::pattern::schema::{Expect, PatternStatus};
use crate::source::{self, Reading};

/// Logs of jobs that passed.
#[derive(Debug, Default)]
pub struct Healthy {
    logs: Vec<(String, PathBuf)>,
}

impl Healthy {
    /// Reads every file in these folders.
    pub fn of(folders: &[PathBuf], shown_from: &Path) -> Self {
        let (files, _) = source::walk::files(&source::walk::Root::named(folders));
        let logs = files
            .into_iter()
            .map(|file| file.path())
            .filter(|path| {
                path.extension()
                    .is_none_or(|e| e != "tsv" && e != "md" && e != "json")
            })
            .map(|path| {
                let shown = path.strip_prefix(shown_from).unwrap_or(&path);
                (shown.to_string_lossy().replace('\\', "/"), path)
            })
            .collect();
        Self { logs }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.logs.len()
    }

    /// Are there none?
    pub fn is_empty(&self) -> bool {
        self.logs.is_empty()
    }
}

/// A pattern that fired, and where.
struct Fired<'l> {
    pattern: &'l Pattern,
    line: u64,
    text: String,
}

fn fired<'l>(
    library: &'l Library,
    scanner: &mut Scanner<'_>,
    log: impl std::io::Read,
) -> Vec<Fired<'l>> {
    let scan = scanner.scan(log);
    let case = Case::single(Input {
        source: String::new(),
        scan,
    });
    settle(&case, library)
        .into_iter()
        .map(|s| Fired {
            pattern: &library.get(s.hit.pattern).pattern,
            line: s.hit.place.line,
            text: s.hit.text.clone(),
        })
        .collect()
}

/// Whether a pattern may become the cause.
fn blames(pattern: &Pattern) -> bool {
    matches!(pattern.role, Role::RootCause | Role::Symptom)
        && pattern.status == PatternStatus::Stable
}

/// Root causes that fire in passing logs.
pub(super) fn too_loose(workshop: &Workshop, healthy: &Healthy) -> Vec<(usize, Remark)> {
    if healthy.is_empty() {
        return Vec::new();
    }
    let library = workshop.library_of_chosen();
    let mut scanner = Scanner::new(&library);
    let mut found: BTreeMap<&str, (String, BTreeSet<String>)> = BTreeMap::new();
    for (name, path) in &healthy.logs {
        let Ok(source) = source::open(path, Reading::anything()) else {
            continue;
        };
        for hit in fired(&library, &mut scanner, source.reader) {
            if hit.pattern.role != Role::RootCause || !blames(hit.pattern) {
                continue;
            }
            let (_, logs) = found.entry(hit.pattern.id.as_str()).or_insert_with(|| {
                (
                    format!("{name}:{}: {}", hit.line, short(&hit.text)),
                    BTreeSet::new(),
                )
            });
            logs.insert(name.clone());
        }
    }
    let mut remarks = Vec::new();
    for (k, draft) in workshop.drafts.iter().enumerate() {
        let Some((first, logs)) = found.get(draft.id.as_str()) else {
            continue;
        };
        let more = match logs.len() - 1 {
            0 => String::new(),
            n => format!(" (and in {n} more)"),
        };
        remarks.push((
            k,
            Remark::at("match.0.regex", format!("fires in the log of a job that passed: {first}{more}"))
                .hint("narrow the regex, add a condition, or allow it in a comment that says what keeps the job from being blamed"),
        ));
    }
    remarks
}

/// Patterns that were wrong more often than right.
pub(super) fn often_wrong(draft: &Draft, workshop: &Workshop) -> Vec<Remark> {
    let figure = workshop
        .figures
        .get(&draft.id)
        .filter(|figure| figure.is_poor());
    let Some(figure) = figure.filter(|_| blames(&draft.pattern)) else {
        return Vec::new();
    };
    let hint = "narrow it, or set `status = \"preview\"` so that it is never the cause";
    vec![Remark::at("confidence", format!("{figure}")).hint(hint)]
}

/// Two causes on one line, with no relation that says which counts.
pub(super) fn overlap(workshop: &Workshop, _: &Healthy) -> Vec<(usize, Remark)> {
    let (library, asked_for) = (workshop.library(), workshop.library_of_chosen());
    let mut scanner = Scanner::new(&library);
    let mut sieve = Scanner::new(&asked_for);
    let mut told: BTreeSet<(String, String)> = BTreeSet::new();
    let mut remarks = Vec::new();
    let mut look = |owner: &Pattern, log: &str| {
        // Only the chosen patterns matter, so other lines need not run through the whole library.
        if !workshop.is_chosen(&owner.id) && sieve.scan(log.as_bytes()).hits.is_empty() {
            return;
        }
        let fired = fired(&library, &mut scanner, log.as_bytes());
        // If the owner's own conditions do not hold, the line rightly belongs to another pattern.
        let own: BTreeSet<u64> = fired
            .iter()
            .filter(|f| f.pattern.id == owner.id)
            .map(|f| f.line)
            .collect();
        for other in &fired {
            if other.pattern.id == owner.id
                || !own.contains(&other.line)
                || !blames(other.pattern)
                || related(owner, other.pattern)
            {
                continue;
            }
            let (a, b) = (owner.id.clone(), other.pattern.id.clone());
            if !told.insert((a.clone().min(b.clone()), a.max(b))) {
                continue;
            }
            // The finding concerns both patterns. It is reported at the other one, if that is a draft here.
            let at = |id: &str| {
                workshop
                    .is_chosen(id)
                    .then(|| workshop.drafts.iter().position(|d| d.id == id))
                    .flatten()
            };
            let (home, stranger) = match (at(&other.pattern.id), at(&owner.id)) {
                (Some(k), _) => (k, &owner.id),
                (None, Some(k)) => (k, &other.pattern.id),
                (None, None) => continue,
            };
            let message = format!(
                "fires together with `{stranger}` on: {}",
                short(&other.text)
            );
            remarks.push((
                home,
                Remark::at("match.0.regex", message).hint(
                    "say which one counts: `supersedes` in the more specific one, `explains` in the one that is the reason, or narrow the regex",
                ),
            ));
        }
    };
    let tests: BTreeMap<&str, &Draft> =
        workshop.drafts.iter().map(|d| (d.id.as_str(), d)).collect();
    for pattern in workshop.patterns().filter(|p| blames(p)) {
        for line in pattern.examples().iter().flat_map(|e| &e.matches) {
            look(pattern, line);
        }
        if let Some(draft) = tests.get(pattern.id.as_str()) {
            for test in draft
                .written
                .test
                .iter()
                .filter(|t| t.expect != Some(Expect::None))
            {
                look(pattern, &test.log);
            }
        }
    }
    remarks
}

fn related(a: &Pattern, b: &Pattern) -> bool {
    let says = |a: &Pattern, b: &Pattern| names(&a.supersedes, &b.id) || names(&a.explains, &b.id);
    says(a, b) || says(b, a)
}

fn short(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(120) {
        None => text.to_owned(),
        Some((cut, _)) => format!("{}…", &text[..cut]),
    }
}
