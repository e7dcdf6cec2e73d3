//! Judges what tests print about networks and servers while they run, if the list of failed tests further
//! below has no such failure.

use super::candidates::Candidate;
use super::recovered::Where;
use super::{Case, aside};
use crate::model::Category;

/// Families of patterns whose words tests print when they check how a program handles such failures.
const FAMILIES: &[&str] = &["network-dns-tls/", "services-databases/"];

/// Drops findings above the list if the list holds nothing of their kind.
pub(super) fn apply(candidates: &mut [Candidate<'_>], case: &Case) {
    let of_network = |c: &Candidate<'_>| {
        let id = &c.pattern().id;
        c.place == Where::Command && FAMILIES.iter().any(|family| id.starts_with(family))
    };
    let told = |c: &&Candidate<'_>| c.is_live() && of_network(c);
    let of_tests = |c: &Candidate<'_>| c.is_live() && c.pattern().category == Category::Test;
    if !candidates.iter().any(|c| told(&c)) || !candidates.iter().any(of_tests) {
        return;
    }
    let Some(list) = heading(case) else {
        return;
    };
    if may_tell(case) {
        return;
    }
    let last = |c: &Candidate<'_>| c.hits[c.hits.len() - 1].hit.place.line;
    let has_test = candidates.iter().any(|c| of_tests(c) && last(c) >= list);
    if !has_test || candidates.iter().any(|c| of_network(c) && last(c) >= list) {
        return;
    }
    let above = candidates
        .iter_mut()
        .filter(|c| c.is_live() && of_network(c));
    for candidate in above {
        candidate.dropped = Some("printed while tests ran; those that failed do not say it".into());
    }
}

/// Whether a finding above the list may be the reason after all: something failed outside of all tests, or a
/// listed failure may come from it.
fn may_tell(case: &Case) -> bool {
    let tail = &case.inputs()[case.job].scan.tail;
    let mut run = tail.from_end(case.facts()).take_while(|line| !line.command);
    run.any(|line| {
        let text = line.content();
        text.starts_with("An error occurred ") || aside::may_come_from_outside(text)
    })
}

/// The line above the list of failed tests with their reasons, in the output of the last command.
fn heading(case: &Case) -> Option<u64> {
    let tail = &case.inputs()[case.job].scan.tail;
    let found = tail
        .from_end(case.facts())
        .take_while(|line| !line.command)
        .filter(|line| heads_a_list(line.content()))
        .last();
    found.map(|line| line.place.line)
}

/// `There was 1 failure:` (PHPUnit), `Failures:` (RSpec), `  2 failing` (Mocha).
fn heads_a_list(text: &str) -> bool {
    let counted = |text: &str, units: &[&str]| {
        let (count, unit) = text.split_once(' ')?;
        (count.parse::<u32>().ok()? > 0 && units.contains(&unit)).then_some(())
    };
    let phpunit = text
        .strip_prefix("There was ")
        .or_else(|| text.strip_prefix("There were "));
    text == "Failures:"
        || phpunit.is_some_and(|count| {
            counted(count, &["failure:", "failures:", "error:", "errors:"]).is_some()
        })
        || text.starts_with("  ") && counted(text.trim(), &["failing"]).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_lists_are_known() {
        for text in [
            "There was 1 failure:",
            "There were 3 errors:",
            "Failures:",
            "  2 failing",
        ] {
            assert!(heads_a_list(text), "{text}");
        }
        for text in [
            "There were 2 warnings:",
            "Failures: 0",
            "2 failing",
            "  0 failing",
            "  failing",
        ] {
            assert!(!heads_a_list(text), "{text}");
        }
    }
}
