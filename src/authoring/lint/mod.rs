//! What is wrong with a pattern that no test in it shows.
//!
//! One function is one lint is one line in [`LINTS`]. Errors keep a library from being merged, warnings are advice. A
//! pattern that has a reason to do otherwise says so in a comment: `# lint: allow(slug) the reason`.

use std::cell::LazyCell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde::Serialize;

use super::workshop::{Draft, Workshop};
use crate::pattern::PatternError;
use crate::pattern::error::nearest;
use crate::pattern::places::Places;

mod captures;
mod firing;
mod regexes;
mod relations;
mod tests;
mod texts;

pub use firing::Healthy;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Keeps the library from being merged.
    Error,
    /// Advice.
    Warning,
}

impl Level {
    /// The word as the report spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
        }
    }
}

/// Something a lint found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// The pattern file.
    pub path: String,
    /// Line, 1-based; 1 where the file as a whole is meant.
    pub line: usize,
    /// Column, 1-based, in characters.
    pub column: usize,
    /// How bad it is.
    pub level: Level,
    /// Which lint.
    pub slug: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

/// A lint.
#[derive(Debug)]
pub struct Lint {
    /// Its name.
    pub slug: &'static str,
    /// How bad its findings are.
    pub level: Level,
    /// What it looks for, in one line.
    pub about: &'static str,
    check: Check,
}

#[derive(Debug)]
enum Check {
    /// Found while the file is loaded: such a file is not used at all.
    Loading,
    /// About the comments that allow something.
    Allowing,
    /// Looks at one pattern.
    Pattern(fn(&Draft, &Workshop) -> Vec<Remark>),
    /// Looks at the library as a whole.
    Library(fn(&Workshop, &Healthy) -> Vec<(usize, Remark)>),
}

/// What a check has to say about one file.
#[derive(Debug)]
struct Remark {
    /// Path of the value that is meant, as [`Places::span`] takes it.
    path: String,
    /// A part of that value to point at.
    part: Option<String>,
    message: String,
    hint: Option<String>,
}

impl Remark {
    fn at(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            part: None,
            message: message.into(),
            hint: None,
        }
    }

    fn part(mut self, part: impl Into<String>) -> Self {
        self.part = Some(part.into());
        self
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

const fn lint(slug: &'static str, level: Level, check: Check, about: &'static str) -> Lint {
    Lint {
        slug,
        level,
        about,
        check,
    }
}

use Check::{Allowing, Library, Loading, Pattern};
use Level::{Error, Warning};

/// Every lint, in the order in which the documentation lists them.
#[rustfmt::skip]
pub static LINTS: &[Lint] = &[
    lint("bad-toml", Error, Loading, "the file is no TOML"),
    lint("bad-id", Error, Loading, "the path makes no id: family/name in lower case, digits and hyphens"),
    lint("unknown-key", Error, Loading, "a key that pattern files do not have"),
    lint("unknown-word", Error, Loading, "a word that is not in its closed list"),
    lint("missing-key", Error, Loading, "a key that every pattern needs"),
    lint("bad-value", Error, Loading, "a value of the wrong type, or a file that cannot be read"),
    lint("bad-regex", Error, Loading, "a regex that does not compile, or is too large"),
    lint("bad-condition", Error, Loading, "a condition that cannot be judged"),
    lint("unknown-placeholder", Error, Loading, "a placeholder that no capture and no fact fills"),
    lint("no-fallback", Error, Loading, "a placeholder whose capture may be absent, without a fallback"),
    lint("no-literal", Warning, Pattern(regexes::no_literal), "an alternative without a fixed text: it only runs on the last lines of a section"),
    lint("common-literal", Warning, Pattern(regexes::common_literal), "a fixed text so common that the regex runs on many lines"),
    lint("leading-wildcard", Warning, Pattern(regexes::leading_wildcard), "a regex that begins with `.*`"),
    lint("suspicious-class", Error, Pattern(regexes::suspicious_class), "`[00|02]` for `(?:00|02)`, `[A-z]`"),
    lint("unescaped-dot", Error, Pattern(regexes::unescaped_dot), "a dot in a host or file name that matches any character"),
    lint("unused-capture", Warning, Pattern(captures::unused), "a named capture that no text shows"),
    lint("tests-missing", Error, Pattern(tests::missing), "no line that matches, or no near miss that does not"),
    lint("test-fails", Error, Pattern(tests::failing), "a test in the file that does not come out"),
    lint("match-untested", Error, Pattern(tests::match_untested), "an alternative that no test line needs"),
    lint("condition-untested", Warning, Pattern(tests::condition_untested), "a condition or note that could be left out and every test would still pass"),
    lint("secret-in-test", Error, Pattern(tests::secret), "a token, password or e-mail address in the file"),
    lint("registry-host", Error, Pattern(tests::registry_host), "a real package registry in a test, where registry.example.com would do"),
    lint("too-loose", Warning, Library(firing::too_loose), "fires on the log of a job that passed"),
    lint("often-wrong", Error, Pattern(firing::often_wrong), "was counted to be wrong more often than right, and may still be the cause"),
    lint("overlap", Warning, Library(firing::overlap), "fires on a line of another pattern, and no relation says which one counts"),
    lint("unknown-id", Error, Pattern(relations::unknown_id), "a relation, condition or check names a pattern that does not exist"),
    lint("relation-cycle", Error, Library(relations::cycles), "patterns that explain, or supersede, each other"),
    lint("unknown-executor", Warning, Pattern(relations::unknown_executor), "an executor that the runner does not have"),
    lint("seen-of-seen", Error, Pattern(relations::seen_of_seen), "`seen` of a pattern that itself depends on `seen`"),
    lint("title-form", Warning, Pattern(texts::title), "a title that is long, ends in a full stop, or is a message"),
    lint("fix-form", Warning, Pattern(texts::fix), "a step that is long, or does not begin like a sentence"),
    lint("code-span", Error, Pattern(texts::code_span), "an odd number of backticks"),
    lint("link-form", Error, Pattern(texts::link), "a link that is not https, tracks its readers, or stands there twice"),
    lint("link-missing", Warning, Pattern(texts::link_missing), "a cause without a link to documentation (only in a checkout of jobtriage)"),
    lint("ko-missing", Warning, Pattern(texts::ko_missing), "no Korean text (only in a checkout of jobtriage)"),
    lint("ko-incomplete", Warning, Pattern(texts::ko_incomplete), "Korean text that says less, or other, than the English one"),
    lint("unfinished", Error, Pattern(texts::unfinished), "what `patterns new` left to be written"),
    lint("bad-allow", Error, Allowing, "a `# lint: allow(…)` without a reason, of an unknown lint, or of nothing"),
];

/// The lint of that name.
pub fn by_slug(slug: &str) -> Option<&'static Lint> {
    LINTS.iter().find(|lint| lint.slug == slug)
}

/// Runs every lint over the chosen drafts; findings come in the order of files and lines.
pub fn run(workshop: &Workshop, healthy: &Healthy) -> Vec<Finding> {
    let mut remarks: Vec<(usize, &Lint, Remark)> = Vec::new();
    for lint in LINTS {
        if let Check::Library(check) = &lint.check {
            let found = check(workshop, healthy);
            remarks.extend(found.into_iter().map(|(k, remark)| (k, lint, remark)));
        }
    }
    remarks.retain(|(k, _, _)| workshop.is_chosen(&workshop.drafts[*k].id));
    remarks.extend(of_each(workshop));
    let mut findings: Vec<Finding> = workshop.faults.iter().map(of_fault).collect();
    for (k, draft) in workshop.drafts.iter().enumerate() {
        if !workshop.is_chosen(&draft.id) {
            continue;
        }
        let own = remarks.iter().filter(|(of, _, _)| *of == k);
        findings.extend(settle(draft, own.map(|(_, lint, remark)| (*lint, remark))));
    }
    findings.sort();
    findings.dedup();
    findings
}

/// The lints that look at one pattern, on all processors.
fn of_each(workshop: &Workshop) -> Vec<(usize, &'static Lint, Remark)> {
    let threads = thread::available_parallelism().map_or(1, Into::into);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut remarks = Vec::new();
        loop {
            let k = next.fetch_add(1, Ordering::Relaxed);
            let Some(draft) = workshop.drafts.get(k) else {
                return remarks;
            };
            if !workshop.is_chosen(&draft.id) {
                continue;
            }
            for lint in LINTS {
                if let Check::Pattern(check) = &lint.check {
                    remarks.extend(check(draft, workshop).into_iter().map(|r| (k, lint, r)));
                }
            }
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .flat_map(|w| w.join().expect("lints do not panic"))
            .collect()
    })
}

/// Findings of one file, without what its comments allow; and what is wrong with those comments.
fn settle<'r>(
    draft: &Draft,
    remarks: impl Iterator<Item = (&'r Lint, &'r Remark)>,
) -> Vec<Finding> {
    let allowed = allowed(&draft.source);
    let places = LazyCell::new(|| Places::of(&draft.source));
    let mut used = vec![false; allowed.len()];
    let mut findings = Vec::new();
    for (lint, remark) in remarks {
        let granted = allowed
            .iter()
            .position(|a| a.slug == lint.slug && !a.reason.is_empty());
        match granted {
            Some(k) => used[k] = true,
            None => findings.push(finding(draft, &places, lint, remark)),
        }
    }
    for (allow, used) in allowed.iter().zip(used) {
        let slugs: Vec<&str> = LINTS.iter().map(|lint| lint.slug).collect();
        let (message, hint) = if by_slug(allow.slug).is_none() {
            let hint = nearest(allow.slug, &slugs).map(|near| format!("did you mean `{near}`?"));
            (format!("no lint is called `{}`", allow.slug), hint)
        } else if allow.reason.is_empty() {
            let hint = format!("write `# lint: allow({}) because …`", allow.slug);
            (
                format!("`{}` is allowed without a reason", allow.slug),
                Some(hint),
            )
        } else if !used {
            let hint = Some("drop the comment".to_owned());
            (
                format!("nothing here needs `{}` to be allowed", allow.slug),
                hint,
            )
        } else {
            continue;
        };
        findings.push(Finding {
            path: draft.file.clone(),
            line: allow.line,
            column: 1,
            level: Level::Error,
            slug: "bad-allow",
            message,
            hint,
        });
    }
    findings
}

fn finding(draft: &Draft, places: &Places<'_>, lint: &Lint, remark: &Remark) -> Finding {
    let (line, column) = places.place(&remark.path, remark.part.as_deref());
    Finding {
        path: draft.file.clone(),
        line,
        column,
        level: lint.level,
        slug: lint.slug,
        message: remark.message.clone(),
        hint: remark.hint.clone(),
    }
}

/// A file that could not be loaded.
fn of_fault(fault: &PatternError) -> Finding {
    let lint = by_slug(fault.slug);
    Finding {
        path: fault.file.clone(),
        line: fault.line.unwrap_or(1),
        column: fault.column.unwrap_or(1),
        level: Level::Error,
        slug: lint.map_or("bad-value", |lint| lint.slug),
        message: fault.message.clone(),
        hint: fault.hint.clone(),
    }
}

struct Allow<'s> {
    line: usize,
    slug: &'s str,
    reason: &'s str,
}

/// The comments `# lint: allow(slug) reason`.
fn allowed(source: &str) -> Vec<Allow<'_>> {
    let mut out = Vec::new();
    for (k, line) in source.lines().enumerate() {
        let Some(rest) = line.trim_start().strip_prefix("# lint: allow(") else {
            continue;
        };
        let (slug, reason) = rest.split_once(')').unwrap_or((rest, ""));
        out.push(Allow {
            line: k + 1,
            slug: slug.trim(),
            reason: reason.trim_start_matches([':', '-', '–', '—']).trim(),
        });
    }
    out
}
