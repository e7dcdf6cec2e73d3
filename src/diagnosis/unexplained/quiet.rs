//! Recognises lines that say nothing about a failure, although they stand close to it.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use super::super::aside::{Aside, mark_of_jenkins};
use super::super::{hollow, logger, record, telling};
use super::known::Known;
use super::lines::Lines;
use crate::model::TailLine;
use crate::trace::foreign;

/// Lines in which the runner introduces itself.
const OPENING: u64 = 5;
/// How they begin.
const OPENS: &[&str] = &[
    "Running with gitlab-runner ",
    "Running with gitlab-ci-multi-runner ",
    "  on ",
];

/// Lines that differ only in their numbers form a series from this many on: something is done to one thing
/// after another.
const SERIES: usize = 5;

/// Bytes from which a line that begins as a document is one.
const DATA: usize = 1000;

/// Knows which lines say nothing.
pub(super) struct Quiet<'a, 't> {
    lines: &'a Lines<'t>,
    known: &'a Known,
    aside: &'a Aside,
    /// The log begins with a runner's introduction.
    opened: bool,
    /// Computed on demand, since few failures need it.
    series: OnceCell<HashSet<u64>>,
}

impl<'a, 't> Quiet<'a, 't> {
    /// `opened` means that the log begins with a runner's introduction.
    pub fn new(lines: &'a Lines<'t>, known: &'a Known, aside: &'a Aside, opened: bool) -> Self {
        Self {
            lines,
            known,
            aside,
            opened,
            series: OnceCell::new(),
        }
    }

    /// Whether the runner introduces itself in a line.
    pub fn is_opening(&self, line: &TailLine) -> bool {
        // `  on runner-1 abcdefgh` is the runner's second line; Terraform's errors name a file in the same
        // form.
        let begins = |words: &&str| line.text.starts_with(*words);
        self.opened && line.place.line <= OPENING && OPENS.iter().any(begins)
    }

    /// Whether a line can have no part in any failure.
    pub fn is_noise(&self, line: &TailLine) -> bool {
        self.known.is_noise(line.place.line) || self.lines.differs(line) || self.is_opening(line)
    }

    /// Whether a line says nothing about what failed.
    pub fn says_nothing(&self, line: &TailLine) -> bool {
        let content = line.content();
        self.is_noise(line)
            || self.known.is_overcome(line.place.line)
            || self.known.wraps(line.place.line) && !self.lines.is_reason(line)
            || self.aside.why(line.place.line).is_some()
            || is_data(content)
            || hollow::is_bare(content)
            || hollow::only_counts(content)
            || telling::is_frame(content)
            || record::is_quiet(content)
            || logger::is_everyday(content)
            || self.series().contains(&line.place.line)
    }

    fn series(&self) -> &HashSet<u64> {
        self.series.get_or_init(|| series(&self.lines.all))
    }
}

/// Whether a text is a document on one line (JSON, XML, HTML), not meant for people.
fn is_data(content: &str) -> bool {
    content.len() > DATA && content.trim_start().starts_with(['{', '[', '<'])
}

/// Whether a line ends a run or separates its steps, in the words of another system.
pub(super) fn is_end(line: &TailLine) -> bool {
    let content = line.content();
    let node = || content.starts_with("Running on ") && content.contains(" in /");
    mark_of_jenkins(line).is_some() || node() || foreign::closing(content).is_some()
}

/// The lines of series (`removed part 3`, `ok case 17`), except the last line of repeated attempts.
fn series(lines: &[&TailLine]) -> HashSet<u64> {
    const AGAIN: &[&str] = &["attempt", "retr", "try", "wait"];
    let shape = |line: &TailLine, shape: &mut Vec<u8>| {
        shape.clear();
        for byte in line.content().trim().bytes() {
            match byte.is_ascii_digit() {
                false => shape.push(byte.to_ascii_lowercase()),
                true if shape.last() != Some(&b'0') => shape.push(b'0'),
                true => {}
            }
        }
    };
    let mut of_shape: HashMap<Vec<u8>, Vec<u64>> = HashMap::new();
    let mut buffer = Vec::new();
    let numbered = |line: &&&TailLine| line.content().bytes().any(|byte| byte.is_ascii_digit());
    for line in lines.iter().filter(numbered) {
        shape(line, &mut buffer);
        match of_shape.get_mut(&buffer) {
            Some(lines) => lines.push(line.place.line),
            None => {
                of_shape.insert(buffer.clone(), vec![line.place.line]);
            }
        }
    }
    let series = of_shape
        .into_iter()
        .filter(|(_, lines)| lines.len() >= SERIES);
    let told = series.flat_map(|(shape, mut lines)| {
        let shape = String::from_utf8_lossy(&shape);
        if AGAIN.iter().any(|again| shape.contains(again)) {
            lines.pop();
        }
        lines
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::testing;
    use crate::model::Role;

    #[test]
    fn a_series_says_nothing_but_for_the_last_try() {
        let tail = testing::lines(&[
            "removed part 1",
            "removed part 2",
            "removed part 10",
            "removed part 11",
            "removed part 12",
            "attempt 1",
            "attempt 2",
            "attempt 3",
            "attempt 4",
            "attempt 5",
            "lamp 3 is dark",
        ]);
        let lines: Vec<&TailLine> = tail.iter().collect();
        let mut series: Vec<u64> = series(&lines).into_iter().collect();
        series.sort_unstable();
        assert_eq!(series, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }

    #[test]
    fn a_document_on_one_line_is_told_from_what_is_said_of_one() {
        let rows = "{\"id\": 7, \"state\": \"ready\"}, ".repeat(50);
        assert!(is_data(&format!("[{rows}]")) && is_data(&format!("<p>{rows}</p>")));
        assert!(!is_data(&format!("got {rows}")) && !is_data("{\"state\": \"stale\"}"));
    }

    #[test]
    fn noise_wrappers_and_what_stands_aside_say_nothing() {
        let tail = testing::lines(&[
            "Running with gitlab-runner 17.5.3",
            "  on runner-1 abc",
            "3 lamps are on",
            "make: Error 2",
            "lamp is dark",
            "connection refused",
        ]);
        let lines = Lines::new(&tail, None);
        let mut known = Known::default();
        known.hit(3, Role::Noise);
        known.wrapper(4, false, false);
        let aside = Aside::default();
        let nothing = |known: &Known, opened| {
            let quiet = Quiet::new(&lines, known, &aside, opened);
            tail.iter()
                .map(|line| quiet.says_nothing(line))
                .collect::<Vec<_>>()
        };
        known.overcome(6);
        assert_eq!(nothing(&known, true), [true, true, true, true, false, true]);
        assert_eq!(nothing(&known, false)[..2], [false, false]);
    }
}
