//! Is every part of a pattern needed by a test, and are the tests fit to be published?

use std::sync::LazyLock;

use regex::Regex;

use super::Remark;
use crate::authoring::bench::{self, Bench};
use crate::authoring::selftest;
use crate::authoring::workshop::{Draft, Workshop};
use crate::pattern::schema::Expect;

pub(super) fn missing(draft: &Draft, _: &Workshop) -> Vec<Remark> {
    let (lines, logs) = (&draft.written.tests, &draft.written.test);
    let silent = |expect: Option<Expect>| expect == Some(Expect::None);
    let mut remarks = Vec::new();
    if lines.matches.is_empty() && logs.iter().all(|t| silent(t.expect)) {
        remarks.push(
            Remark::at("tests", "no line that must match")
                .hint("put one under [tests] matches, as the tool prints it"),
        );
    }
    if lines.ignores.is_empty() && !logs.iter().any(|t| silent(t.expect)) {
        remarks.push(
            Remark::at("tests", "no near miss that must not match").hint(
                "put one under [tests] ignores: the same words in a passing log, a neighbour's line, prose about the error",
            ),
        );
    }
    remarks
}

pub(super) fn failing(draft: &Draft, workshop: &Workshop) -> Vec<Remark> {
    let failures = selftest::run(draft, workshop).failures;
    let told = failures.into_iter().map(|f| {
        let message = format!("{}: want {}; got {}", f.test, f.wanted, f.got);
        let hint = f
            .hint
            .unwrap_or_else(|| format!("`jobtriage patterns test {}` shows more", draft.id));
        Remark::at(f.path, message).hint(hint)
    });
    told.collect()
}

pub(super) fn match_untested(draft: &Draft, _: &Workshop) -> Vec<Remark> {
    let pattern = &draft.pattern;
    let lines = &draft.written.tests.matches;
    let logs = draft
        .written
        .test
        .iter()
        .filter(|t| t.expect != Some(Expect::None));
    let logs: Vec<&str> = logs.map(|t| t.log.as_str()).collect();
    if pattern.matches.len() == 1 && !(lines.is_empty() && logs.is_empty()) {
        // Its one alternative is what every test is about.
        return Vec::new();
    }
    let texts = lines.iter().map(String::as_str).chain(logs);
    let hit = bench::alternatives_hit(pattern, texts);
    (0..pattern.matches.len())
        .filter(|k| !hit.contains(k))
        .map(|k| {
            Remark::at(
                format!("match.{k}"),
                format!("no test has a line for [[match]] {}", k + 1),
            )
            .hint("add one under [tests] matches, as the tool prints it")
        })
        .collect()
}

/// Leaves out each condition and each note in turn: some test has to notice.
pub(super) fn condition_untested(draft: &Draft, workshop: &Workshop) -> Vec<Remark> {
    let pattern = &draft.pattern;
    let logs = &draft.written.test;
    if pattern.conditions.is_empty() && pattern.notes.is_empty() {
        return Vec::new();
    }
    let fellows = workshop.fellows(pattern);
    let passes = |mutant| {
        let bench = Bench::new(mutant, fellows.clone());
        logs.iter()
            .all(|test| selftest::mismatch(test, &bench.fires(&test.log)).is_none())
    };
    if !passes(pattern.clone()) {
        // A test that fails anyway notices nothing.
        return Vec::new();
    }
    let mut remarks = Vec::new();
    for k in 0..pattern.conditions.len() {
        if passes(bench::without_condition(pattern, k)) {
            let condition = bench::operator(&pattern.conditions[k]);
            remarks.push(
                Remark::at(
                    path_of(draft, k),
                    format!("every test passes without `{condition}`"),
                )
                .hint("add a [[test]] with `expect = \"none\"` in which only this does not hold"),
            );
        }
    }
    for k in 0..pattern.notes.len() {
        if passes(bench::without_note(pattern, k)) {
            remarks.push(
                Remark::at(
                    format!("note.{k}"),
                    format!("every test passes without [[note]] {}", k + 1),
                )
                .hint("add a [[test]] in which the note is shown, with `notes = N`"),
            );
        }
    }
    remarks
}

/// The path of the table that a condition comes from.
fn path_of(draft: &Draft, condition: usize) -> String {
    let mut left = condition;
    for (k, table) in draft.written.when.iter().enumerate() {
        let operators = [
            table.before.is_some() || table.after.is_some() || table.absent.is_some(),
            table.section.is_some(),
            table.executor.is_some(),
            table.runner.is_some(),
            table.outcome.is_some(),
            table.exit_code.is_some(),
            table.command.is_some(),
            table.seen.is_some(),
            table.unseen.is_some(),
            table.times.is_some(),
        ];
        let count = operators.into_iter().filter(|there| *there).count();
        if left < count {
            return format!("when.{k}");
        }
        left -= count;
    }
    "when".to_owned()
}

/// Every test text of a file, with its path.
fn texts(draft: &Draft) -> Vec<(String, &str)> {
    let (lines, logs) = (&draft.written.tests, &draft.written.test);
    let matches = lines.matches.iter().enumerate();
    let ignores = lines.ignores.iter().enumerate();
    let logs = logs.iter().enumerate();
    matches
        .map(|(k, line)| (format!("tests.matches.{k}"), line.as_str()))
        .chain(ignores.map(|(k, line)| (format!("tests.ignores.{k}"), line.as_str())))
        .chain(logs.map(|(k, test)| (format!("test.{k}.log"), test.log.as_str())))
        .collect()
}

/// Shapes of credentials, and what they are.
static SECRETS: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    [
        ("a GitLab token", r"\bgl(?:pat|ptt|rt|dt|cbt|soat|ft|agent|imt|oas)-[0-9A-Za-z_-]{20,}"),
        ("a GitHub token", r"\b(?:gh[pousr]_[0-9A-Za-z]{36}|github_pat_[0-9A-Za-z_]{40,})"),
        ("an AWS access key", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
        ("a Google key", r"\bAIza[0-9A-Za-z_-]{35}\b"),
        ("a Slack token", r"\bxox[abpors]-[0-9A-Za-z-]{20,}"),
        ("an npm token", r"\bnpm_[0-9A-Za-z]{36}\b"),
        ("a PyPI token", r"\bpypi-[0-9A-Za-z_-]{40,}"),
        ("a signed token (JWT)", r"\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\."),
        ("a private key", r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s*[0-9A-Za-z+/=]{20,}"),
        ("a password in an address", r"\b[a-z][a-z0-9+.-]*://[^\s/:@]+:[^\s/:@\[$<{*x]{3,}@"),
        ("an e-mail address", r"\b[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.(?:com|net|org|io|dev|de|kr|fr|uk|eu)\b"),
    ]
    .into_iter()
    .filter_map(|(what, shape)| Some((what, Regex::new(shape).ok()?)))
    .collect()
});

pub(super) fn secret(draft: &Draft, _: &Workshop) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for (path, text) in texts(draft) {
        for (what, shape) in SECRETS.iter() {
            for found in shape
                .find_iter(text)
                .filter(|f| !harmless(f.as_str(), text, f.end()))
            {
                remarks.push(
                    Remark::at(path.clone(), format!("this looks like {what}"))
                        .part(found.as_str())
                        .hint("put `[MASKED]` there, or a neutral name such as user@example.com"),
                );
            }
        }
    }
    remarks
}

/// `git@host` logs in, `user@host:/path` copies, and example.com belongs to nobody.
fn harmless(found: &str, text: &str, end: usize) -> bool {
    let host = found.rsplit('@').next().unwrap_or_default();
    let example = ["example.com", "example.org", "example.net"];
    let neutral = example
        .iter()
        .any(|e| host == *e || host.ends_with(&format!(".{e}")));
    neutral || found.starts_with("git@") || text[end..].starts_with(':')
}

/// Hosts of public package registries, in pieces: a repository that names them in full looks as if it used them.
static REGISTRIES: LazyLock<Vec<String>> = LazyLock::new(|| {
    [
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("files", "pythonhosted", "org"),
        ("", "pypi", "org"),
        ("index", "crates", "io"),
        ("static", "crates", "io"),
        ("", "crates", "io"),
        ("repo", "maven.apache", "org"),
        ("repo1", "maven", "org"),
        ("", "rubygems", "org"),
        ("repo", "packagist", "org"),
        ("api", "nuget", "org"),
        ("proxy", "golang", "org"),
        ("sum", "golang", "org"),
        ("plugins", "gradle", "org"),
        ("deb", "debian", "org"),
        ("archive", "ubuntu", "com"),
        ("security", "ubuntu", "com"),
        ("dl-cdn", "alpinelinux", "org"),
    ]
    .iter()
    .map(|parts| {
        let (sub, name, top) = *parts;
        let dot = if sub.is_empty() { "" } else { "." };
        format!("{sub}{dot}{name}.{top}")
    })
    .collect()
});

pub(super) fn registry_host(draft: &Draft, _: &Workshop) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for (path, text) in texts(draft) {
        let found = REGISTRIES.iter().filter(|host| {
            text.match_indices(host.as_str()).any(|(at, _)| {
                let before = text[..at].chars().next_back();
                !before.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
            })
        });
        for host in found {
            remarks.push(
                Remark::at(path.clone(), "the address of a real package registry")
                    .part(host.as_str())
                    .hint("write registry.example.com: tests are to be neutral"),
            );
        }
    }
    remarks
}
