//! What a database refused in a run of docker compose whose tests failed: health checks and probes are refused all day long, and a
//! test that cannot log in says so itself.

use memchr::memmem;

use super::super::Case;
use super::super::candidates::Candidate;
use super::super::recovered::Where;
use super::super::success;
use super::FAMILIES;
use crate::model::{Category, Role};
use crate::trace::prefix;

/// What a server that is up says of one client.
const REFUSALS: &[&str] = &[
    "services-databases/mysql-access-denied",
    "services-databases/postgres-auth",
    "services-databases/postgres-database-missing",
    "services-databases/postgres-not-ready",
];

const OF_SERVICE: &str = "a service wrote it, and tests of another one failed";

/// Drops such refusals where some of the tests passed, and doubts them where none did.
pub(super) fn apply(candidates: &mut [Candidate<'_>], case: &Case) {
    let judged: Vec<(usize, bool)> = (0..candidates.len())
        .filter(|&k| is_refusal(&candidates[k]))
        .filter_map(|k| Some((k, some_passed(&candidates[k], candidates, case)?)))
        .collect();
    for (k, passed) in judged {
        if passed {
            candidates[k].dropped = Some(OF_SERVICE.into());
        } else {
            candidates[k].doubt = Some(OF_SERVICE);
        }
    }
}

fn is_refusal(candidate: &Candidate<'_>) -> bool {
    candidate.is_reason()
        && candidate.doubt.is_none()
        && REFUSALS.contains(&candidate.pattern().id.as_str())
}

/// The service that wrote a line; `None` where compose put no name before it.
fn service(text: &str) -> Option<&str> {
    let prefix = prefix::split(text.as_bytes());
    let name = text.get(prefix.stamps..prefix.content)?;
    let name = name.trim_end().strip_suffix('|')?.trim_end();
    (!name.is_empty()).then_some(name)
}

/// Did tests of another service fail below, and say nothing of the refusal? Then whether some of them passed.
fn some_passed(candidate: &Candidate<'_>, all: &[Candidate<'_>], case: &Case) -> Option<bool> {
    let mut names = candidate.hits.iter().map(|one| service(&one.hit.text));
    let own = names.next()??;
    if names.any(|name| name != Some(own)) {
        return None;
    }
    let of_others = |other: &Candidate<'_>| {
        let mut services = other.hits.iter().filter_map(|one| service(&one.hit.text));
        other.place == Where::Command && services.any(|name| name != own)
    };
    // Whoever cannot reach it, or log in, says so.
    let speaks_of_it = |other: &Candidate<'_>| {
        let id = &other.pattern().id;
        FAMILIES.iter().any(|family| id.starts_with(family)) && of_others(other)
    };
    let ended = format!("{own} exited with code ");
    let tail = &case.inputs()[case.job].scan.tail;
    let text = tail.text_from(candidate.last_line());
    if all.iter().any(speaks_of_it) || memmem::find(text, ended.as_bytes()).is_some() {
        return None;
    }
    let fails = |other: &&Candidate<'_>| {
        let pattern = other.pattern();
        pattern.category == Category::Test
            && matches!(pattern.role, Role::RootCause | Role::Symptom)
            && other.last_line() > candidate.last_line()
            && of_others(other)
    };
    let mut failed = all.iter().filter(fails).peekable();
    failed.peek()?;
    let counts = failed.flat_map(|other| &other.hits);
    let mut counts = counts.map(|one| one.hit.text.as_str());
    Some(counts.any(counts_passed))
}

/// Does a summary count tests that passed: `1 failed, 3 passed`, `12 examples, 1 failure`?
fn counts_passed(text: &str) -> bool {
    let before = |unit: &str| {
        let (head, _) = text.split_once(unit)?;
        let digits = head.rsplit(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse::<u64>().ok()
    };
    let examples = before(" example").zip(before(" failure"));
    success::some(text, " passed") || examples.is_some_and(|(all, failed)| all > failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_that_wrote_a_line() {
        assert_eq!(service("db-1  | FATAL:  no"), Some("db-1"));
        assert_eq!(service("FATAL:  no"), None);
        assert_eq!(service("#12 3.456 no"), None);
    }

    #[test]
    fn summaries_that_count_what_passed() {
        for text in [
            "tests-1 | 12 examples, 1 failure",
            "===== 1 failed, 3 passed in 0.1s =====",
            "Tests:       1 failed, 3 passed, 4 total",
        ] {
            assert!(counts_passed(text), "{text}");
        }
        for text in [
            "12 examples, 12 failures",
            "4 failed, 0 passed",
            "4 failed in 0.1s",
        ] {
            assert!(!counts_passed(text), "{text}");
        }
    }
}
