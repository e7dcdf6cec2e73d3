//! What pytest shows of a test that failed: its log and its output (`---- Captured log call ----`) say what happened meanwhile, and the
//! lines that begin with `E` say why it failed. Where these speak of something else, what was captured is told as unsure.

use std::ops::RangeInclusive;

use memchr::memmem;

use super::Case;
use super::aside::captured_by_pytest;
use super::candidates::{Candidate, content};
use super::recovered::Where;
use crate::model::{Category, TailLine};

const CAPTURED: &str = "a test printed it, and failed for a reason of its own";
/// How pytest heads what it captured.
const HEADING: &[u8] = b"- Captured ";
/// A shorter capture is found anywhere.
const NAME: usize = 4;

/// Doubts what pytest only captured.
pub(super) fn apply(candidates: &mut [Candidate<'_>], case: &Case) {
    let scan = &case.inputs()[case.job].scan;
    let asked = candidates.iter().any(Candidate::is_reason);
    if !asked || memmem::find(scan.tail.text_from(0), HEADING).is_none() {
        return;
    }
    let lines = scan.tail.lines(&scan.facts);
    let captured = captured_by_pytest(&lines);
    let failures = Failures::of(&lines, &captured);
    if failures.texts.is_empty() || failures.speak_of_a_command() {
        return;
    }
    let doubted: Vec<usize> = (0..candidates.len())
        .filter(|&k| candidates[k].is_reason() && candidates[k].doubt.is_none())
        .filter(|&k| stands_in(&candidates[k], &captured))
        .filter(|&k| !failures.say(&candidates[k], candidates))
        .collect();
    for k in doubted {
        candidates[k].doubt = Some(CAPTURED);
    }
}

/// Does every hit stand in what was captured?
fn stands_in(candidate: &Candidate<'_>, captured: &[RangeInclusive<u64>]) -> bool {
    let mut hits = candidate.hits.iter();
    hits.all(|one| is_within(captured, one.hit.place.line))
}

/// Does a line stand in one of these? They are in order, and none lies within another.
fn is_within(ranges: &[RangeInclusive<u64>], line: u64) -> bool {
    let at = ranges.partition_point(|range| *range.end() < line);
    ranges.get(at).is_some_and(|range| range.contains(&line))
}

/// The lines in which pytest says why tests failed.
struct Failures {
    /// Their numbers, in order.
    lines: Vec<u64>,
    /// What they say, in lower case.
    texts: Vec<String>,
}

impl Failures {
    /// `E   AssertionError: …`, `FAILED a.py::test_b - …`, `ERROR a.py::test_b - …` outside of what was captured.
    fn of(lines: &[TailLine], captured: &[RangeInclusive<u64>]) -> Self {
        let of_summary = |text: &str| {
            let mut words = text.split_whitespace();
            matches!(words.next(), Some("FAILED" | "ERROR"))
                && words.next().is_some_and(|name| name.contains(".py"))
        };
        let says = |text: &str| text.starts_with("E   ") || of_summary(text);
        let (lines, texts) = lines
            .iter()
            .filter(|line| says(line.content()) && !is_within(captured, line.place.line))
            .map(|line| (line.place.line, line.content().to_ascii_lowercase()))
            .unzip();
        Self { lines, texts }
    }

    /// Did a test fail by how a program ended? Then that program says why, and pytest has captured it.
    fn speak_of_a_command(&self) -> bool {
        const ENDED: &[&str] = &[
            "calledprocesserror",
            "exit code",
            "exit status",
            "exit_code",
            "exitcode",
            "returncode",
            "return_code",
            "systemexit",
        ];
        let ended = |text: &String| ENDED.iter().any(|words| text.contains(words));
        self.texts.iter().any(ended)
    }

    /// Do they say the same as a finding: its words, what it captured, or something of its kind?
    fn say(&self, candidate: &Candidate<'_>, all: &[Candidate<'_>]) -> bool {
        let hit = candidate.lead().hit;
        let (from, to) = hit.span;
        let matched = hit.text.get(from as usize..to as usize);
        let matched = matched.unwrap_or_else(|| content(hit)).trim();
        let names = hit.captures.values().map(String::as_str);
        let names = names.filter(|name| name.len() >= NAME);
        let words: Vec<String> = names
            .chain([matched])
            .map(str::to_ascii_lowercase)
            .collect();
        let says = |text: &String| words.iter().any(|word| text.contains(word.as_str()));
        let of_kind = |other: &Candidate<'_>| {
            let kind = Kind::of(other.pattern().category);
            let told = other.place == Where::Command && kind != Kind::Test;
            let on_failure = |line: u64| self.lines.binary_search(&line).is_ok();
            told && kind == Kind::of(candidate.pattern().category)
                && other.hits.iter().any(|one| on_failure(one.hit.place.line))
        };
        self.texts.iter().any(says) || all.iter().any(of_kind)
    }
}

/// Failures that are told in many words, as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Test,
    /// Something that is not reached, or refuses.
    Outside,
    Other(Category),
}

impl Kind {
    fn of(category: Category) -> Self {
        match category {
            Category::Test => Self::Test,
            Category::Network
            | Category::Dns
            | Category::Tls
            | Category::Timeout
            | Category::Service
            | Category::Registry
            | Category::Auth => Self::Outside,
            other => Self::Other(other),
        }
    }
}
