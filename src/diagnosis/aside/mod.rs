//! Lines of what failed that are no evidence all the same, by what stands around them: the source of a script, what a test printed
//! that passed, a failure that a tool says it ignored, a step behind which another one ran.
//!
//! Each rule has words without which there is nothing for it; only a tail that holds some of them is looked at line by line.

use std::borrow::Cow;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use aho_corasick::packed::Searcher;

use super::{Case, script, telling};
use crate::model::TailLine;

mod attempts;
mod console;
mod forgiven;
mod gherkin;
mod github;
mod go;
mod jenkins;
mod marked;
mod named;
mod outside;
mod pytest;
mod remote;
mod retries;
mod steps;
mod tap;
mod tasks;
pub(super) mod tried;
mod warnings;

pub(super) use forgiven::is_traced;
pub(super) use jenkins::mark as mark_of_jenkins;
pub(super) use outside::may_come_from_outside;
pub(super) use pytest::captured as captured_by_pytest;

/// Lines, and why they are no evidence.
#[derive(Debug, Default)]
pub(super) struct Aside(Vec<(RangeInclusive<u64>, &'static str)>);

/// What a rule finds among the lines of a tail.
type Find = fn(&[TailLine]) -> Vec<RangeInclusive<u64>>;

/// A rule about lines that are no evidence.
struct Rule {
    /// Words of which one must stand there.
    words: &'static [&'static str],
    /// A word right behind that byte does not count.
    unless: Option<u8>,
    find: Find,
    why: &'static str,
}

const fn rule(words: &'static [&'static str], find: Find, why: &'static str) -> Rule {
    Rule {
        words,
        unless: None,
        find,
        why,
    }
}

const RULES: &[Rule] = &[
    rule(&["--- PASS: ", "--- SKIP: "], go::captured, PASSED),
    rule(
        &["console.error", "console.warn"],
        console::of_jest,
        PRINTED,
    ),
    rule(&["stderr | ", "stdout | "], console::of_vitest, PRINTED),
    rule(&[" passing ("], marked::of_mocha, PASSED),
    rule(
        &[" STANDARD_OUT\n", " STANDARD_ERROR\n"],
        marked::of_gradle,
        PASSED,
    ),
    rule(&["' panicked at ", ") panicked at "], named::panics, PASSED),
    // By itself in a line, or behind its time; not `test a ... ok`.
    Rule {
        unless: Some(b'.'),
        ..rule(&["\nok\n", " ok\n"], named::captured, PASSED)
    },
    rule(
        &["# Subtest: ", "TAP version 1", "\n1.."],
        tap::comments,
        PASSED,
    ),
    rule(&["- live log "], pytest::live, PASSED),
    // By itself in its line, or behind the stamps of the runner or of GitHub.
    rule(
        &["\nPASSED", " PASSED\n", "O PASSED", "E PASSED", "Z PASSED"],
        pytest::printed,
        PASSED,
    ),
    rule(&["= PASSES ="], pytest::passes, PASSED),
    rule(
        &["CMake Warning", "CMake Deprecation"],
        warnings::of_cmake,
        WARNED,
    ),
    rule(&["\u{2502} Warning: "], warnings::of_terraform, WARNED),
    rule(&["+ true\n", "+ :\n"], forgiven::traced, FORGIVEN),
    rule(
        &["\n+ ", "] + ", "Z + ", "O + ", "E + "],
        forgiven::outrun,
        WENT_ON,
    ),
    rule(&[" DONE ", " CACHED\n"], steps::of_buildkit, STEP),
    rule(
        &["Step 1", "Step 2", "Step 3", "STEP "],
        steps::of_dockerfile,
        STEP,
    ),
    rule(&["Taking snapshot of "], steps::of_kaniko, STEP),
    rule(
        &["Successfully executed commands to all host"],
        remote::passed,
        "the script on the other host passed",
    ),
    rule(&[": OK \u{2714} in "], tasks::of_tox, TASK),
    rule(&["...Passed\n"], tasks::of_pre_commit, TASK),
    rule(&["lerna info run Ran npm script '"], tasks::of_lerna, TASK),
    rule(&["Failed:    "], tasks::of_turbo, TASK),
    rule(
        &["[Pipeline] // stage"],
        jenkins::stages,
        "another stage ran",
    ),
    rule(
        &["[Pipeline] // retry"],
        retries::of_jenkins,
        "it was tried again",
    ),
    rule(
        &["' marked build as failure"],
        jenkins::marked,
        "the build had failed before",
    ),
    rule(
        &["Declarative: Post Actions"],
        jenkins::post,
        "the run had failed before",
    ),
    rule(
        &["|| true", "|| :", "|| echo"],
        forgiven::by_source,
        FORGIVEN,
    ),
    rule(&["(ignored)"], ignored, "make ignored that failure"),
    rule(
        &["ttempt 1", "ttempt #1", "try 1", "Try 1", "try #1"],
        attempts::failed,
        "a later attempt succeeded",
    ),
    rule(&["  File \""], source, "a line of the program's source"),
    rule(
        &["  Given ", "  When ", "  Then "],
        gherkin::steps,
        "the wording of a step",
    ),
];
const WARNED: &str = "a warning";
const PASSED: &str = "a test that passed printed it";
const FORGIVEN: &str = "its command goes on when it fails";
const WENT_ON: &str = "its script went on, and another command failed";
const STEP: &str = "its step passed";
const TASK: &str = "its task passed";
const PRINTED: &str = "a test printed it";

/// Finds the words of all rules at once, so few that they need no automaton; and the number of each word's rule.
static WORDS: LazyLock<(Searcher, Vec<usize>)> = LazyLock::new(|| {
    let of_rule = |(k, rule): (usize, &'static Rule)| rule.words.iter().map(move |word| (*word, k));
    let (words, rules): (Vec<&str>, _) = RULES.iter().enumerate().flat_map(of_rule).unzip();
    let searcher = Searcher::new(words).expect("few words, none of them empty");
    (searcher, rules)
});

/// The rules of which a text holds a word.
fn concerned(text: &[u8]) -> impl Iterator<Item = &'static Rule> {
    let (searcher, rules) = &*WORDS;
    let mut found = [false; RULES.len()];
    let mut from = 0;
    // Words may overlap.
    while let Some(word) = searcher.find_in(text, (from..text.len()).into()) {
        let rule = rules[word.pattern().as_usize()];
        let before = word.start().checked_sub(1).map(|at| text[at]);
        found[rule] |= RULES[rule].unless.is_none() || before != RULES[rule].unless;
        from = word.start() + 1;
    }
    RULES
        .iter()
        .zip(found)
        .filter(|(_, found)| *found)
        .map(|(rule, _)| rule)
}

/// Lines above a line that may tell of it: a test prints no more, mostly.
pub(super) const ABOVE: u64 = 200;

impl Aside {
    /// Those in the tail of the job's log that matter to lines from `first` on.
    pub(super) fn near(case: &Case, first: u64) -> Self {
        let from = first.saturating_sub(ABOVE);
        Self::found(case, from, || Cow::Owned(lines_from(case, from)))
    }

    /// The same where the lines of the tail from one on are there already.
    pub(super) fn among(case: &Case, from: u64, lines: &[TailLine]) -> Self {
        Self::found(case, from, || Cow::Borrowed(lines))
    }

    fn found<'t>(case: &Case, from: u64, lines: impl Fn() -> Cow<'t, [TailLine]>) -> Self {
        let mut aside = Self(Vec::new());
        aside.add(script::of(case), "a line of the script");
        let passed = case.facts().passed_tests.iter();
        let near = passed.filter(|stretch| *stretch.end() >= from).cloned();
        aside.add(near.collect(), PASSED);
        let text = case.inputs()[case.job].scan.tail.text_from(from);
        let mut made = None;
        for rule in concerned(text) {
            aside.add((rule.find)(made.get_or_insert_with(&lines)), rule.why);
        }
        aside
    }

    fn add(&mut self, ranges: Vec<RangeInclusive<u64>>, why: &'static str) {
        self.0.extend(ranges.into_iter().map(|range| (range, why)));
    }

    /// Why a line is no evidence, if it is none.
    pub(super) fn why(&self, line: u64) -> Option<&'static str> {
        let holds = |(range, _): &&(RangeInclusive<u64>, _)| range.contains(&line);
        self.0.iter().find(holds).map(|(_, why)| *why)
    }
}

/// What tests printed in a job that says of its end that all went well: the consoles that Jest and Vitest show, cases that passed.
pub(super) fn printed(case: &Case) -> Vec<RangeInclusive<u64>> {
    let lines = lines_from(case, 0);
    let mut printed = console::shown(&lines);
    printed.extend(case.facts().passed_tests.iter().cloned());
    printed
}

/// The lines from each heading on that are part of its block, by the heading, the line, and the number of the one before.
fn blocks(
    lines: &[TailLine],
    heads: impl Fn(&str) -> bool,
    is_part: impl Fn(&TailLine, &TailLine, u64) -> bool,
) -> Vec<RangeInclusive<u64>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = lines.get(at) {
        at += 1;
        if first.command || !heads(first.content()) {
            continue;
        }
        let mut last = first.place.line;
        while let Some(line) = lines.get(at)
            && !line.command
            && !heads(line.content())
            && is_part(first, line, last)
        {
            last = line.place.line;
            at += 1;
        }
        found.push(first.place.line..=last);
    }
    found
}

/// What a line is worth that tells for itself.
const TELLS: i32 = 6;

/// Does a line of output tell of a failure?
fn tells(line: &TailLine) -> bool {
    !line.echo && telling::score(line.content()) >= TELLS
}

/// A range of that line alone.
fn alone(line: &TailLine) -> RangeInclusive<u64> {
    line.place.line..=line.place.line
}

/// The lines of a step, or of commands, that passed, but what `apt-get update` says: it passes though it fetched nothing, and what
/// follows fails by that.
fn passed<'t>(lines: impl IntoIterator<Item = &'t TailLine>) -> Vec<RangeInclusive<u64>> {
    const LEFT: &[&str] = &["W: ", "E: ", "Err:"];
    let holds = |line: &&TailLine| !LEFT.iter().any(|left| line.content().starts_with(left));
    let lines = lines.into_iter().filter(holds);
    lines.map(alone).collect()
}

/// Bytes of blanks that a line begins with.
pub(super) fn indent(line: &TailLine) -> usize {
    line.content().len() - line.content().trim_start().len()
}

/// The lines of the tail from one on, and the commands above.
fn lines_from(case: &Case, from: u64) -> Vec<TailLine> {
    let scan = &case.inputs()[case.job].scan;
    scan.tail.lines_from(&scan.facts, from)
}

/// Lines above `make: [Makefile:4: clean] Error 1 (ignored)` that may be of what failed.
const RECIPE: usize = 3;

/// What the command of a recipe printed whose failure make ignores (`-cmd`, `make -i`), and what make says of it. Others may run at the
/// same time: only lines that begin with the name of that command, or a shell's, are of it.
fn ignored(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let says = |line: &TailLine| {
        let text = line.content();
        // make prints its name first, and what the recipe echoes may come between.
        let speaks = text.contains("make") || text.starts_with('[');
        text.ends_with(" (ignored)") && speaks && text.contains("] Error ")
    };
    let mut found = Vec::new();
    for (k, line) in lines.iter().enumerate().filter(|(_, line)| says(line)) {
        found.push(alone(line));
        let near = &lines[k.saturating_sub(RECIPE)..k];
        for (at, above) in near.iter().enumerate() {
            let speaker = above.content().split_once(": ").map(|(speaker, _)| speaker);
            let is_command = |speaker: &str| {
                let shell = ["sh", "/bin/sh", "bash"].contains(&speaker);
                let echoed = near[..at].iter().any(|line| {
                    let word = line.content().split_whitespace().next();
                    word.is_some_and(|word| word == speaker)
                });
                shell || echoed
            };
            if speaker.is_some_and(is_command) || could_not_run(above.content()) {
                found.push(alone(above));
            }
        }
    }
    found
}

/// `make[1]: emacs: Command not found`: what make says itself of a command that it could not run.
fn could_not_run(text: &str) -> bool {
    const REASONS: &[&str] = &[
        ": Command not found",
        ": No such file or directory",
        ": Permission denied",
    ];
    let make = text.starts_with("make: ") || text.starts_with("make[");
    make && !text.contains("***") && REASONS.iter().any(|reason| text.ends_with(reason))
}

/// The line of source below each frame of a Python traceback, and the marks below that (traceback.py).
fn source(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let is_frame = |line: &TailLine| {
        let text = line.content().trim_start();
        text.starts_with("File \"") && text.contains(", line ")
    };
    let marks = |line: &TailLine| line.content().bytes().all(|b| b" ~^".contains(&b));
    let mut found = Vec::new();
    for (k, frame) in lines.iter().enumerate().filter(|(_, line)| is_frame(line)) {
        let below = lines[k + 1..].iter().enumerate();
        let of_frame = below
            .take_while(|(nth, line)| {
                let next = line.place.line == frame.place.line + 1 + *nth as u64;
                next && indent(line) == indent(frame) + 2 && (*nth == 0 || marks(line))
            })
            .last();
        if let Some((_, last)) = of_frame {
            found.push(frame.place.line + 1..=last.place.line);
        }
    }
    found
}

/// Lines as a tail has them, and the numbers of those that a rule finds.
#[cfg(test)]
pub(super) fn found_in(find: Find, text: &str) -> Vec<u64> {
    let lines: Vec<TailLine> = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.is_empty())
        .map(|(k, line)| {
            let view = crate::trace::Line::new(line.as_bytes(), line.starts_with("$ "));
            TailLine {
                place: crate::model::Place {
                    input: 0,
                    line: k as u64 + 1,
                    section: 0,
                    command: 0,
                },
                text: line.to_owned(),
                content_at: view.content_at,
                command: view.command,
                echo: view.kind() != crate::trace::Kind::Output,
            }
        })
        .collect();
    let mut found: Vec<u64> = find(&lines).into_iter().flatten().collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(2000))]

        #[test]
        fn a_rule_is_asked_where_one_of_its_words_stands(parts in proptest::collection::vec(
            proptest::sample::select(
                RULES.iter().flat_map(|rule| rule.words).copied()
                    .chain(["\n", " ", ".", " ok", "PASSED", "|| ", "true", "|", "'", ")", "+", "std", "a"])
                    .collect::<Vec<_>>()
            ),
            0..10,
        )) {
            let text = parts.concat();
            let stands = |rule: &Rule| rule.words.iter().any(|word| {
                text.match_indices(word).any(|(at, _)| {
                    rule.unless.is_none() || text[..at].bytes().last() != rule.unless
                })
            });
            let expected: Vec<&str> = RULES.iter().filter(|rule| stands(rule)).map(|rule| rule.words[0]).collect();
            let found: Vec<&str> = concerned(text.as_bytes()).map(|rule| rule.words[0]).collect();
            proptest::prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_recipe_that_make_ignores() {
        let log = "cc -c a.c\ncat nothing.txt\ncat: nothing.txt: No such file or directory\n\
             make: [Makefile:4: clean] Error 1 (ignored)\n./gen.sh\nmake: ./gen.sh: No such file or directory\n\
             make: *** [Makefile:7: gen] Error 127\n";
        assert_eq!(found_in(ignored, log), [3, 4]);
        let log = "make: *** [a] Error 1\nmake: [b] Error 1 (ignored)\n$ cat x\nmake[1]: [c] Error 2 (ignored)\n3 warnings (ignored)\n";
        assert_eq!(found_in(ignored, log), [2, 4]);
        let log = "/usr/bin/ld: cannot find -lx\n./check\nsh: 1: ./check: not found\nmake: [b] Error 127 (ignored)\n";
        assert_eq!(found_in(ignored, log), [3, 4]);
        let log = "a.c:3:5: error: x\nrm nothing.txt\nmake: [Makefile:9: clean] Error 1 (ignored)\nmake: *** [Makefile:4: a.o] Error 1\n";
        assert_eq!(found_in(ignored, log), [3]);
        let log = "mv a/b c\nmv: cannot stat 'a/b'\nmake: cp b a/\n[doinstall] Error 1 (ignored)\n[x] Error 1\n";
        assert_eq!(found_in(ignored, log), [2, 4]);
        let log = "make: emacs: Command not found\nmake: [a.elc] Error 127 (ignored)\nmake: vi: Command not found\nmake: *** [b] Error 127\n";
        assert_eq!(found_in(ignored, log), [1, 2]);
    }

    #[test]
    fn the_source_in_a_traceback() {
        let log = "Traceback (most recent call last):\n  File \"a.py\", line 3, in f\n    raise Refused(\"connection refused\")\n\
             \x20 File \"b.py\", line 3, in g\n    f(error)\n    ~^^^^^^^\n  File \"c.py\", line 1, in h\nRefused: no\n\
               \x20   indented\n";
        assert_eq!(found_in(source, log), [3, 5, 6]);
        assert_eq!(
            found_in(source, "  File \"a\", line 1\n\n    x = (\n"),
            [0; 0]
        );
    }
}
