//! Runs one pattern in the real engine, with only the patterns it refers to.

use std::collections::BTreeSet;

use crate::diagnosis::{self, Case, Input, settle};
use crate::engine::{Scan, Scanner};
use crate::library::Library;
use crate::model::{Captures, Hit};
use crate::pattern::checked::{Condition, Pattern, VersionRange};
use crate::pattern::schema::On;

/// A place where the pattern fired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fired {
    /// Raw line, 1-based.
    pub line: u64,
    /// The line as it is shown.
    pub text: String,
    /// What the match and the conditions captured.
    pub captures: Captures,
    /// How many notes apply.
    pub notes: usize,
}

/// A match, whatever the conditions say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched {
    /// Raw line, 1-based.
    pub line: u64,
    /// The everyday level at which a logger wrote it: a diagnosis drops it.
    pub everyday: Option<&'static str>,
}

/// A pattern with a library of its own.
#[derive(Debug)]
pub struct Bench {
    library: Library,
    index: u32,
    commands: bool,
}

impl Bench {
    /// Creates a bench for a pattern and those it wants to have `seen`.
    pub fn new(pattern: Pattern, fellows: Vec<Pattern>) -> Self {
        let commands = pattern.matches.iter().any(|m| m.on == On::Command);
        let id = pattern.id.clone();
        let library = Library::of(fellows.into_iter().chain([pattern]).collect());
        let index = library.find(&id).expect("it was put in");
        Self {
            library,
            index,
            commands,
        }
    }

    /// Uses a small buffer, since test logs are short.
    fn scan(&self, log: &str) -> Scan {
        Scanner::new(&self.library).scan_with_buffer(log.as_bytes(), 16 << 10)
    }

    /// The first match in a text, without the conditions: one that counts, if there is any.
    pub fn first_match(&self, log: &str) -> Option<Matched> {
        let hits = self.scan(log).hits.into_iter();
        let own = hits.filter(|hit| hit.pattern == self.index);
        let mut matched = own.map(|hit| Matched {
            everyday: self.everyday(&hit),
            line: hit.place.line,
        });
        let first = matched.next()?;
        let counts = |one: &Matched| one.everyday.is_none();
        Some(match counts(&first) {
            true => first,
            false => matched.find(counts).unwrap_or(first),
        })
    }

    /// The everyday level at which a logger wrote a match, which a diagnosis drops for it.
    fn everyday(&self, hit: &Hit) -> Option<&'static str> {
        diagnosis::everyday(self.library.get(self.index).pattern.role, hit)
    }

    /// Whether a line matches, and counts. A pattern on commands may be given one without its `$ `.
    pub fn matches(&self, line: &str) -> bool {
        let counts = |log: &str| {
            let matched = self.first_match(log);
            matched.is_some_and(|matched| matched.everyday.is_none())
        };
        counts(line) || self.commands && counts(&format!("$ {line}"))
    }

    /// Where the pattern and its conditions hold in a log, in line order.
    pub fn fires(&self, log: &str) -> Vec<Fired> {
        let scan = self.scan(log);
        let case = Case::single(Input {
            source: String::new(),
            scan,
        });
        let settled = settle(&case, &self.library);
        let mut fired: Vec<Fired> = settled
            .into_iter()
            .filter(|s| s.hit.pattern == self.index && self.everyday(s.hit).is_none())
            .map(|s| Fired {
                line: s.hit.place.line,
                text: s.hit.text.clone(),
                notes: s.notes.len(),
                captures: s.captures,
            })
            .collect();
        fired.sort_by_key(|f| f.line);
        fired
    }
}

/// The numbers of the alternatives that these texts need. Each alternative is tried as a pattern of its own.
pub fn alternatives_hit<'t>(
    pattern: &Pattern,
    texts: impl Iterator<Item = &'t str>,
) -> BTreeSet<usize> {
    let all = pattern.matches.len();
    // A library is sorted by id, so the index is the alternative's number.
    let alone = |k| Pattern {
        id: format!("alternative/{k:05}"),
        ..only_alternative(pattern, k)
    };
    let library = Library::of((0..all).map(alone).collect());
    let mut scanner = Scanner::new(&library);
    let mut hit = BTreeSet::new();
    for text in texts {
        for log in [text.to_owned(), format!("$ {text}")] {
            let scan = scanner.scan_with_buffer(log.as_bytes(), 16 << 10);
            hit.extend(scan.hits.iter().map(|h| h.pattern as usize));
        }
        if hit.len() == all {
            break;
        }
    }
    hit
}

/// The pattern without its `k`-th condition.
pub fn without_condition(pattern: &Pattern, k: usize) -> Pattern {
    let mut mutant = pattern.clone();
    mutant.conditions.remove(k);
    mutant
}

/// The pattern without its `k`-th note.
pub fn without_note(pattern: &Pattern, k: usize) -> Pattern {
    let mut mutant = pattern.clone();
    mutant.notes.remove(k);
    mutant
}

/// The pattern with only its `k`-th alternative.
pub fn only_alternative(pattern: &Pattern, k: usize) -> Pattern {
    let mut mutant = pattern.clone();
    mutant.matches = vec![pattern.matches[k].clone()];
    mutant
}

/// The operator of a condition, as files spell it.
pub fn operator(condition: &Condition) -> String {
    use crate::pattern::checked::Near;
    let list = |name: &str, list: &[String]| format!("{name} = {list:?}");
    match condition {
        Condition::Near { kind, watch, .. } => {
            let name = match kind {
                Near::Before => "before",
                Near::After => "after",
                Near::Absent(_) => "absent",
            };
            format!("{name} = '{}'", watch.source)
        }
        Condition::Command(expr) => format!("command = '{}'", expr.source),
        Condition::Section(names) => list("section", names),
        Condition::Dialect(all) => {
            let names: Vec<&str> = all.iter().map(|one| one.as_str()).collect();
            format!("dialect = {names:?}")
        }
        Condition::Executor(names) => list("executor", names),
        Condition::Outcome(names) => list("outcome", names),
        Condition::Seen(names) => list("seen", names),
        Condition::Unseen(names) => list("unseen", names),
        Condition::ExitCode(codes) => format!("exit_code = {codes:?}"),
        Condition::Times(times) => format!("times = {times}"),
        Condition::Runner(range) => format!("runner = \"{}\"", bounds(range)),
    }
}

/// A version range, as files spell it.
pub fn bounds(range: &VersionRange) -> String {
    let from = range
        .from
        .map(|(major, minor)| format!(">={major}.{minor}"));
    let below = range
        .below
        .map(|(major, minor)| format!("<{major}.{minor}"));
    let unknown = range.unknown.then(|| "unknown".to_owned());
    [from, below, unknown]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ")
}
