//! Runs the tests of a pattern file through the real engine.
//!
//! `[tests]` lines are logs of one line: as in a real log, stamps and wrapping prefixes are removed, and copies
//! of source and passing tests do not match. Conditions are ignored. `[[test]]` logs run with their conditions.
//! In both, what a logger wrote at an everyday level is no match, as in a diagnosis.

use super::bench::{self, Bench, Fired, Matched};
use super::workshop::{Draft, Workshop};
use crate::model::Captures;
use crate::pattern::checked::Pattern;
use crate::pattern::places::Places;
use crate::pattern::schema::{Expect, TestTable};
use crate::trace::line::{Kind, Line};

/// A failed test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Which one: `matches 2`, `test 1 "an undeclared variable"`.
    pub test: String,
    /// Its path in the file, as [`Places::span`] takes it.
    pub path: String,
    /// What was expected.
    pub wanted: String,
    /// What happened.
    pub got: String,
    /// What may help.
    pub hint: Option<String>,
}

/// The result of one pattern's tests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// How many tests ran.
    pub run: usize,
    /// Those that failed.
    pub failures: Vec<Failure>,
}

/// Runs every test in a pattern file.
pub fn run(draft: &Draft, workshop: &Workshop) -> Verdict {
    let pattern = &draft.pattern;
    let fellows = workshop.fellows(pattern);
    let bench = Bench::new(pattern.clone(), fellows.clone());
    let mut verdict = Verdict::default();
    for (k, line) in draft.written.tests.matches.iter().enumerate() {
        verdict.run += 1;
        if !bench.matches(line) {
            verdict.failures.push(Failure {
                test: format!("matches {}", k + 1),
                path: format!("tests.matches.{k}"),
                wanted: format!("a match on | {line}"),
                got: "none".to_owned(),
                hint: why_not(pattern, &bench, line),
            });
        }
    }
    for (k, line) in draft.written.tests.ignores.iter().enumerate() {
        verdict.run += 1;
        if bench.matches(line) {
            let alternative = (0..pattern.matches.len()).find(|&k| {
                Bench::new(bench::only_alternative(pattern, k), Vec::new()).matches(line)
            });
            verdict.failures.push(Failure {
                test: format!("ignores {}", k + 1),
                path: format!("tests.ignores.{k}"),
                wanted: format!("no match on | {line}"),
                got: alternative.map_or_else(
                    || "a match".to_owned(),
                    |k| {
                        format!(
                            "[[match]] {} matches: {}",
                            k + 1,
                            pattern.matches[k].regex.source
                        )
                    },
                ),
                hint: None,
            });
        }
    }
    for (k, test) in draft.written.test.iter().enumerate() {
        verdict.run += 1;
        if let Some((wanted, got)) = mismatch(test, &bench.fires(&test.log)) {
            let name = if test.name.is_empty() {
                format!("test {}", k + 1)
            } else {
                format!("test {} \"{}\"", k + 1, test.name)
            };
            verdict.failures.push(Failure {
                test: name,
                path: format!("test.{k}"),
                hint: why_silent(pattern, &fellows, &bench, test),
                wanted,
                got,
            });
        }
    }
    verdict
}

/// What a longer test expected and what happened, if the two differ.
pub(super) fn mismatch(test: &TestTable, fired: &[Fired]) -> Option<(String, String)> {
    let shown = |line: u64| {
        let text = test.log.lines().nth(line.saturating_sub(1) as usize);
        format!(
            "line {line} | {}",
            text.unwrap_or("(the log has no such line)")
        )
    };
    let got = fired.first();
    if test.expect == Some(Expect::None) {
        return got.map(|f| ("no hit".to_owned(), shown(f.line)));
    }
    let Some(got) = got else {
        let wanted = test.line.map_or_else(|| "a hit".to_owned(), shown);
        return Some((wanted, "no hit".to_owned()));
    };
    if let Some(line) = test.line.filter(|&line| line != got.line) {
        return Some((shown(line), shown(got.line)));
    }
    for (name, wanted) in &test.captures {
        let value = got.captures.get(name);
        if value != Some(wanted) {
            let said = |value: &str| format!("{{{name}}} is `{value}`");
            return Some((
                said(wanted),
                value.map_or_else(|| unknown_capture(name, &got.captures), |v| said(v)),
            ));
        }
    }
    let notes = test.notes.filter(|&notes| notes != got.notes)?;
    let count = |n: usize| format!("{n} note{}", if n == 1 { "" } else { "s" });
    Some((count(notes), count(got.notes)))
}

fn unknown_capture(name: &str, captures: &Captures) -> String {
    let known: Vec<&str> = captures.keys().map(String::as_str).collect();
    match known.as_slice() {
        [] => format!("{{{name}}} took no part; nothing else did"),
        known => format!("{{{name}}} took no part; these did: {}", known.join(", ")),
    }
}

/// Why a line that should match does not, as far as its form shows.
fn why_not(pattern: &Pattern, bench: &Bench, line: &str) -> Option<String> {
    if let Some(level) = bench.first_match(line).and_then(|matched| matched.everyday) {
        return Some(dropped_at(level));
    }
    let view = Line::new(line.as_bytes(), false);
    let content = String::from_utf8_lossy(view.content()).into_owned();
    let as_it_is = pattern.matches.iter().any(|m| {
        m.regex
            .compile()
            .is_ok_and(|r| r.is_match(line.trim_end().as_bytes()))
    });
    let what = match view.kind() {
        Kind::Source => Some("a copy of source (`+ …`, a Dockerfile step, a code frame)"),
        Kind::Passing => Some("a passing test"),
        Kind::Command => Some("an echoed command"),
        Kind::Output if line.starts_with("$ ") => Some("an echoed command"),
        Kind::Output => None,
    };
    if let Some(what) = what.filter(|_| as_it_is) {
        return Some(format!("the line reads as {what}, which no match looks at"));
    }
    if as_it_is && view.content_at > 0 {
        return Some(format!(
            "the prefix of the line is split off; a regex sees: {content}"
        ));
    }
    // Anchors are the usual reason, so the regex is tried without them.
    let loosely = pattern.matches.iter().position(|m| {
        let mut loose = m.regex.clone();
        loose.source = loose
            .source
            .trim_start_matches('^')
            .trim_end_matches('$')
            .to_owned();
        loose.source != m.regex.source && loose.compile().is_ok_and(|r| r.is_match(view.content()))
    });
    loosely.map(|k| {
        format!(
            "[[match]] {} would match without its anchors; a regex sees: {content}",
            k + 1
        )
    })
}

/// Why a match at an everyday level does not count, and what to do.
fn dropped_at(level: &str) -> String {
    format!(
        "a logger wrote it at the level {level}, and so it is never the cause; if it is one all the same, let the regex begin before the level"
    )
}

/// Why a log that should fire does not: the condition that fails.
fn why_silent(
    pattern: &Pattern,
    fellows: &[Pattern],
    bench: &Bench,
    test: &TestTable,
) -> Option<String> {
    if test.expect == Some(Expect::None) || !bench.fires(&test.log).is_empty() {
        return None;
    }
    let Some(Matched { line, everyday }) = bench.first_match(&test.log) else {
        return Some("no line of the log matches, whatever the conditions".to_owned());
    };
    if let Some(level) = everyday {
        return Some(format!("line {line} matches, but {}", dropped_at(level)));
    }
    let failing: Vec<String> = (0..pattern.conditions.len())
        .filter(|&k| {
            let mut alone = pattern.clone();
            alone.conditions = vec![pattern.conditions[k].clone()];
            Bench::new(alone, fellows.to_vec())
                .fires(&test.log)
                .is_empty()
        })
        .map(|k| bench::operator(&pattern.conditions[k]))
        .collect();
    Some(format!(
        "line {line} matches, but this does not hold: {}",
        failing.join("; ")
    ))
}

impl Failure {
    /// The line of the pattern file where the test stands.
    pub fn line(&self, draft: &Draft) -> usize {
        Places::of(&draft.source).place(&self.path, None).0
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", self.test)?;
        writeln!(f, "  want  {}", self.wanted)?;
        write!(f, "  got   {}", self.got)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  hint  {hint}"),
            None => Ok(()),
        }
    }
}
