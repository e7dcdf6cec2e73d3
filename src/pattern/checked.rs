//! A pattern that passed every check, ready to be matched and diagnosed with.

use std::collections::BTreeSet;

use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::hir::{Hir, HirKind};
use serde::{Deserialize, Serialize};

use super::literal;
use super::schema::{
    CheckTable, Lead, LineTests, LinkTable, Localized, On, PatternStatus, Provenance, Scope, Side,
    Text,
};
use crate::model::{Category, Confidence, Dialect, Owner, Retry, Role};

/// Most bytes of a compiled regex, since files may come from strangers.
const REGEX_SIZE: usize = 1 << 18;

/// A pattern that passed every check a file must pass to be loaded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pattern {
    /// `family/name`: the file's path.
    pub id: String,
    /// What a matching line says about the failure.
    pub role: Role,
    /// How sure a match is.
    pub confidence: Confidence,
    /// Who has to act.
    pub owner: Owner,
    /// Whether running the job again helps.
    pub retry: Retry,
    /// The kind of failure.
    pub category: Category,
    /// Life cycle.
    pub status: PatternStatus,
    /// Which of several hits in one place explains the failure.
    pub lead: Lead,
    /// Ids (or `family/*`) of failures that follow from this one.
    pub explains: Vec<String>,
    /// Ids (or `family/*`) of less specific patterns.
    pub supersedes: Vec<String>,
    /// Where its literals come from.
    pub provenance: Provenance,
    /// Alternatives.
    pub matches: Vec<Match>,
    /// Conditions; all must hold.
    pub conditions: Vec<Condition>,
    /// Advice for particular situations.
    pub notes: Vec<Note>,
    /// Checks that settle the cause.
    pub checks: Vec<CheckTable>,
    /// What people read, in English.
    pub text: Text,
    /// Official documentation.
    pub links: Vec<LinkTable>,
    /// What few runs ask for. `None` where a library handed the pattern out: it stays packed until
    /// [`Library::more`](crate::library::Library::more) is asked, so that a scan reads a half of what is embedded.
    pub more: Option<Box<More>>,
}

/// The part of a pattern that no diagnosis in English needs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct More {
    /// The texts in Korean.
    pub ko: Option<Text>,
    /// One-line examples, for `explain` and the tests.
    pub examples: LineTests,
}

/// One alternative of a pattern.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Match {
    /// The regex.
    pub regex: Expr,
    /// Which lines it looks at.
    pub on: On,
}

/// A regex with its flags and the literals derived from it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Expr {
    /// Source text.
    pub source: String,
    /// ASCII case is ignored.
    pub ignore_case: bool,
    /// Unicode classes are on.
    pub unicode: bool,
    /// Folded literals, one of which stands in every matching line; empty if there are none.
    pub literals: Vec<Vec<u8>>,
}

impl Expr {
    /// Compiles the regex. It cannot fail for a loaded pattern, since other files are refused.
    pub fn compile(&self) -> Result<Regex, regex::Error> {
        RegexBuilder::new(&self.source)
            .unicode(self.unicode)
            .case_insensitive(self.ignore_case)
            .size_limit(REGEX_SIZE * if self.unicode { 4 } else { 1 })
            .build()
    }

    /// The names of its captures.
    pub fn capture_names(&self) -> BTreeSet<String> {
        self.captures().0
    }

    /// The names of its captures: all of them, and those in every match.
    pub(super) fn captures(&self) -> (BTreeSet<String>, BTreeSet<String>) {
        fn walk(hir: &Hir, sure: bool, all: &mut BTreeSet<String>, always: &mut BTreeSet<String>) {
            match hir.kind() {
                HirKind::Capture(capture) => {
                    if let Some(name) = &capture.name {
                        all.insert(name.to_string());
                        if sure {
                            always.insert(name.to_string());
                        }
                    }
                    walk(&capture.sub, sure, all, always);
                }
                HirKind::Repetition(rep) => walk(&rep.sub, sure && rep.min > 0, all, always),
                HirKind::Concat(parts) => parts.iter().for_each(|p| walk(p, sure, all, always)),
                HirKind::Alternation(branches) => {
                    branches.iter().for_each(|b| walk(b, false, all, always));
                }
                _ => {}
            }
        }
        let (mut all, mut always) = (BTreeSet::new(), BTreeSet::new());
        if let Ok(hir) = literal::parse(&self.source, self.ignore_case, self.unicode) {
            walk(&hir, true, &mut all, &mut always);
        }
        (all, always)
    }
}

/// A note: conditions and advice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// All must hold.
    pub conditions: Vec<Condition>,
    /// The advice.
    pub text: Localized,
}

/// One operator of a `[[when]]` or a `[[note]]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Condition {
    /// `before`, `after`, `absent`: about other lines.
    Near {
        /// Which of the three.
        kind: Near,
        /// What the other line looks like.
        watch: Expr,
        /// Most LF lines away.
        within: Option<u32>,
        /// How far it looks.
        scope: Scope,
    },
    /// `section`
    Section(Vec<String>),
    /// `executor`
    Executor(Vec<String>),
    /// `runner`
    Runner(VersionRange),
    /// `outcome`
    Outcome(Vec<String>),
    /// `exit_code`
    ExitCode(Vec<i64>),
    /// `command`
    Command(Expr),
    /// `seen`
    Seen(Vec<String>),
    /// `unseen`
    Unseen(Vec<String>),
    /// `times`
    Times(u64),
    /// `dialect`
    Dialect(Vec<Dialect>),
}

/// The kinds of positional conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Near {
    /// Such a line stands above.
    Before,
    /// Such a line stands below.
    After,
    /// No such line stands above, below, or on either side.
    Absent(Side),
}

/// Runner versions: lower bound inclusive, upper bound exclusive, compared by major and minor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionRange {
    /// `>=`
    pub from: Option<(u32, u32)>,
    /// `<`
    pub below: Option<(u32, u32)>,
    /// Holds if the version is unknown.
    pub unknown: bool,
}

impl VersionRange {
    /// Reads `>=15.9, <17.0, unknown`; `None` for anything else.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut range = Self {
            from: None,
            below: None,
            unknown: false,
        };
        for part in text.split(',').map(str::trim) {
            if part == "unknown" {
                range.unknown = true;
            } else if let Some(v) = part.strip_prefix(">=") {
                range.from = Some(version(v.trim())?);
            } else if let Some(v) = part.strip_prefix('<') {
                range.below = Some(version(v.trim())?);
            } else {
                return None;
            }
        }
        Some(range)
    }

    /// Whether a version (`14.2.0`, or `None` if unknown) is in the range.
    pub fn holds(&self, found: Option<&str>) -> bool {
        match found.and_then(version) {
            None => self.unknown,
            Some(v) => {
                self.from.is_none_or(|from| v >= from) && self.below.is_none_or(|below| v < below)
            }
        }
    }
}

fn version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split(['.', '-', '~', '+']);
    let major = parts.next()?.parse().ok()?;
    let minor = parts.next().and_then(|p| p.parse().ok()).unwrap_or(0);
    Some((major, minor))
}

impl Pattern {
    /// Its texts in every language that is at hand.
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        let ko = self.more.iter().filter_map(|more| more.ko.as_ref());
        std::iter::once(&self.text).chain(ko)
    }

    /// Its examples, where they are at hand.
    pub fn examples(&self) -> Option<&LineTests> {
        self.more.as_ref().map(|more| &more.examples)
    }

    /// How many regexes it has.
    pub fn regexes(&self) -> usize {
        self.matches.len() + self.near().count() + self.commands().count()
    }

    /// The number of alternatives without a literal for the prefilter.
    pub fn unkeyed(&self) -> usize {
        let unkeyed = |m: &&Match| m.regex.literals.is_empty();
        self.matches.iter().filter(unkeyed).count()
    }

    /// Every positional condition: first those of `[[when]]`, then those of `[[note]]`, in file order.
    /// The order is the order of [`crate::model::Hit::context`].
    pub fn near(&self) -> impl Iterator<Item = &Condition> {
        self.conditions
            .iter()
            .chain(self.notes.iter().flat_map(|n| n.conditions.iter()))
            .filter(|c| matches!(c, Condition::Near { .. }))
    }

    /// The regexes of the `command` conditions: first those of `[[when]]`, then those of `[[note]]`.
    pub fn commands(&self) -> impl Iterator<Item = &Expr> {
        self.conditions
            .iter()
            .chain(self.notes.iter().flat_map(|n| n.conditions.iter()))
            .filter_map(|c| match c {
                Condition::Command(expr) => Some(expr),
                _ => None,
            })
    }

    /// Every regex: alternatives, positional conditions, conditions on commands.
    pub fn exprs(&self) -> impl Iterator<Item = &Expr> {
        let near = self.near().filter_map(|c| match c {
            Condition::Near { watch, .. } => Some(watch),
            _ => None,
        });
        self.matches
            .iter()
            .map(|m| &m.regex)
            .chain(near)
            .chain(self.commands())
    }

    /// Whether any condition or note refers to other patterns.
    pub fn refers_to_others(&self) -> bool {
        self.conditions
            .iter()
            .any(|c| matches!(c, Condition::Seen(_) | Condition::Unseen(_)))
    }
}

/// Whether an id fits one of the names in a relation. A name may end in `/*`.
pub fn names(list: &[String], id: &str) -> bool {
    list.iter().any(|name| match name.strip_suffix('*') {
        Some(family) => id.starts_with(family),
        None => name == id,
    })
}
