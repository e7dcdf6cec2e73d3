//! What a script says right below a failure that it does without, or got by another try: `no cache image, building from scratch`.

use std::sync::LazyLock;

use aho_corasick::packed::Searcher;

use super::super::candidates::Candidate;
use super::super::recovered::{Region, Where};
use super::super::{Case, telling};
use crate::model::Category;

/// Why what stands above such words counts little.
const WENT_ON: &str = "its script said that it went on";

/// So many lines below a failure are looked at: a script says at once what it does instead.
const NEAR: usize = 3;
/// Longest line that says it.
const LONGEST: usize = 120;

/// How scripts say that they go on, in lower case.
const WORDS: &[&str] = &[
    "falling back",
    "falls back to",
    "using fallback",
    "using the fallback",
    "ing from scratch",
    "starting fresh",
    "start fresh",
    "using defaults",
    "using the default",
    "going on without",
    "going on anyway",
    "continuing without",
    "continuing anyway",
    "carrying on without",
    "proceeding without",
    "retry ok",
    "retry succeeded",
    "retry worked",
    "retry was successful",
    "reconnected",
];

/// Finds the words in a text, whatever the case of their first letter.
static ANY: LazyLock<Searcher> = LazyLock::new(|| {
    let behind_first = WORDS.iter().map(|word| &word[1..]);
    Searcher::new(behind_first).expect("few words, none of them empty")
});

/// Doubts the findings that a script says it went on behind.
pub(super) fn apply(candidates: &mut [Candidate<'_>], case: &Case, region: &Region) {
    let asked = candidates.iter().filter(|c| may_be_overcome(c));
    let Some(first) = asked.map(Candidate::last_line).min() else {
        return;
    };
    let scan = &case.inputs()[case.job].scan;
    // Few logs hold such words, and lines are dear.
    if ANY.find(scan.tail.text_from(first)).is_none() {
        return;
    }
    let lines = scan.tail.lines_from(&scan.facts, first);
    for candidate in candidates.iter_mut().filter(|c| may_be_overcome(c)) {
        let last = candidate.last_line();
        let command = candidate.lead().hit.place.command;
        let from = lines.partition_point(|line| line.place.line <= last);
        let mut below = lines[from..]
            .iter()
            .take_while(|line| line.place.command == command)
            .filter(|line| !line.echo && !telling::is_frame(line.content()))
            .filter(|line| region.locate(case, line.place) == Where::Command);
        let said = below.by_ref().take(NEAR).any(|line| says(line.content()));
        // What nothing follows may have been tried in vain.
        if said && below.next().is_some() {
            candidate.doubt = Some(WENT_ON);
        }
    }
}

/// Did its script say that it went on?
pub(in crate::diagnosis) fn by_its_script(candidate: &Candidate<'_>) -> bool {
    candidate.doubt == Some(WENT_ON)
}

/// Can a script do without what failed there? A test or a check that failed has its say at the end, whatever runs behind it.
fn may_be_overcome(candidate: &Candidate<'_>) -> bool {
    candidate.is_reason()
        && candidate.doubt.is_none()
        && !matches!(
            candidate.pattern().category,
            Category::Test | Category::Lint
        )
}

/// Does a line say that the script goes on?
fn says(text: &str) -> bool {
    const DENIES: &[&str] = &[
        "abort",
        "can't",
        "cannot",
        "consider",
        "could not",
        "error",
        "fail",
        " if ",
        "not ",
        "n't ",
        "refus",
        " try ",
        "unable",
        "?",
    ];
    let text = text.trim();
    if text.len() > LONGEST {
        return false;
    }
    let lower = format!(" {}", text.to_ascii_lowercase());
    WORDS.iter().any(|word| lower.contains(word)) && !DENIES.iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_script_that_goes_on() {
        for text in [
            "no cache image, building from scratch",
            "no previous state, starting fresh",
            "Falling back to the mirror",
            "INFO retry ok, connected to broker",
            "no key found, continuing without signature",
        ] {
            assert!(says(text), "{text}");
            assert!(ANY.find(text.as_bytes()).is_some(), "{text}");
        }
        for text in [
            "failed, falling back to the mirror did not help",
            "cannot fall back",
            "FROM scratch",
            "rebuild it from scratch",
            "consider starting fresh",
            "retry failed",
        ] {
            assert!(!says(text), "{text}");
        }
        assert!(!says(&format!("falling back to {}", "x".repeat(LONGEST))));
    }
}
