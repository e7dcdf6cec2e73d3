//! No pattern knows the failure: the most telling lines of what failed, one of them marked as the best.

use std::collections::HashSet;

use super::aside::{ABOVE, Aside};
use super::recovered::{Region, Where};
use super::{Case, Settled, difference, exit, fingerprint, hollow, shell, silence, telling};
use crate::model::{Dialect, Lang, Outcome, Role, Section, TailLine, Unexplained, UnexplainedLine};
use crate::redact;
use crate::trace::{foreign, verdict};

/// Most lines shown.
const MOST: usize = 12;
/// Lines at the end that are shown where nothing tells.
const LAST: usize = 6;
/// Without a verdict: how telling a line must be, and how near to the end.
const STRONG: i32 = 11;
const CLOSE: usize = 40;

/// Lines in which the runner tells of itself.
const OPENING: u64 = 5;

/// Longest heading of a list.
const HEADING: usize = 60;

/// What GitHub's own mark of an error is worth.
const MARKED: i32 = 8;

/// What a line is worth that says only with which code something ended, and one that names what failed, but not why.
const EXIT: i32 = 1;
const WRAPPED: i32 = 2;

/// What it is worth that passing runs do not print a line.
const UNUSUAL: i32 = 4;

struct Rated<'t> {
    line: &'t TailLine,
    score: i32,
    in_baseline: Option<bool>,
}

/// The unexplained part of a report; `None` where nothing says that anything failed.
pub(super) fn extract(
    case: &Case,
    settled: &[Settled<'_>],
    region: &Region,
    lang: Lang,
) -> Option<Unexplained> {
    let facts = case.facts();
    // What stands above what failed can only say that something in it is no evidence, or a secret.
    let from = region.first_line(facts).saturating_sub(ABOVE);
    let job = &case.inputs()[case.job].scan;
    let tail = &job.tail.lines_from(facts, from);
    let aside = Aside::among(case, from, tail);
    let failing: Vec<&TailLine> = tail
        .iter()
        .filter(|line| !line.text.trim().is_empty())
        .filter(|line| region.locate(case, line.place) == Where::Command || line.command)
        .collect();
    let of_difference =
        difference::lines(failing.iter().map(|line| (line.place.line, line.content())));
    let differs: HashSet<u64> = failing
        .iter()
        .zip(of_difference)
        .filter(|(_, of)| *of)
        .map(|(line, _)| line.place.line)
        .collect();
    let differs = |line: &TailLine| differs.contains(&line.place.line);
    let mut rated: Vec<Rated<'_>> = failing
        .iter()
        .enumerate()
        .map(|(k, line)| {
            let score = match differs(line) || aside.why(line.place.line).is_some() {
                true => 0,
                false => rate(line, settled, region.harmless, failing.len() - k),
            };
            let in_baseline = case.in_baseline(&line.text);
            let score = match in_baseline {
                Some(false) if !line.echo && !line.command => score + UNUSUAL,
                Some(true) => score.min(1),
                _ => score,
            };
            Rated {
                line,
                score,
                in_baseline,
            }
        })
        .collect();
    chains(&mut rated);
    headings(&mut rated);
    titles(&mut rated);
    let best_of = |telling: &dyn Fn(&Rated<'_>) -> bool| {
        let of_those = rated.iter().filter(|r| r.score > 0 && telling(r));
        of_those.max_by(|a, b| {
            // Among equals the first: what follows it mostly follows from it.
            a.score
                .cmp(&b.score)
                .then(b.line.place.line.cmp(&a.line.place.line))
        })
    };
    let mut best = best_of(&|_| true);
    if facts.outcome == Outcome::Unknown {
        let near: HashSet<u64> = failing
            .iter()
            .rev()
            .filter(|line| !telling::is_frame(line.content()))
            .take(CLOSE)
            .map(|line| line.place.line)
            .collect();
        let close = |line: u64| near.contains(&line);
        // A wrapper says that something inside of it failed, even if nothing tells what.
        let wrapped = settled.iter().any(|s| {
            s.pattern().role == Role::Wrapper
                && !case.is_evidence(s.hit.place)
                && case.in_baseline(&s.hit.text) != Some(true)
                && close(s.hit.place.line)
        });
        if !wrapped {
            best = Some(best_of(&|r| r.score >= STRONG && close(r.line.place.line))?);
        }
    }
    let is_noise = |line: &TailLine| {
        let on_line = |s: &&Settled<'_>| s.hit.place.line == line.place.line;
        let mut hits = settled.iter().filter(on_line);
        let noise = !region.harmless && hits.any(|s| s.pattern().role == Role::Noise);
        // `  on runner-1 abcdefgh`, the second line of the runner's own; Terraform names a file so.
        let own = facts.runner.version.is_some() && line.place.line <= OPENING;
        noise || differs(line) || own && line.text.starts_with("  on ")
    };
    let last_output = || {
        failing
            .iter()
            .rev()
            .find(|line| {
                let said = !line.echo && !line.command && !is_noise(line);
                said && !hollow::is_bare(line.content())
            })
            .copied()
    };
    let said_last = || {
        let wrapper = best.filter(|b| b.score <= WRAPPED)?;
        let at = rated.iter().position(|r| std::ptr::eq(r, wrapper))?;
        before_wrapper(&rated[..at], is_noise)
    };
    let said_last = said_last();
    let first_difference = || failing.iter().copied().find(|line| differs(line));
    let best_line = said_last
        .or(best.map(|b| b.line))
        .or_else(last_output)
        .or_else(first_difference);
    let mut shown: Vec<&Rated<'_>> = rated.iter().filter(|r| r.score > 0).collect();
    shown.sort_by(|a, b| {
        b.score
            .cmp(&a.score)
            .then(a.line.place.line.cmp(&b.line.place.line))
    });
    shown.truncate(MOST - 1 - usize::from(said_last.is_some()));
    if shown.is_empty() {
        shown = rated
            .iter()
            .rev()
            .filter(|r| !r.line.echo)
            .take(LAST)
            .collect();
    }
    let last_command = rated.iter().rev().find(|r| r.line.command);
    let is_best = |r: &&Rated<'_>| best_line.is_some_and(|best| std::ptr::eq(best, r.line));
    for more in [last_command, rated.iter().find(is_best)]
        .into_iter()
        .flatten()
    {
        if !shown
            .iter()
            .any(|s| s.line.place.line == more.line.place.line)
        {
            shown.push(more);
        }
    }
    shown.sort_by_key(|r| r.line.place.line);
    let section = facts.failing_section_name();
    let lines = shown
        .iter()
        .map(|r| UnexplainedLine {
            line: r.line.place.line,
            text: told(case, tail, r.line),
            section: facts
                .sections
                .get(r.line.place.section as usize)
                .and_then(|s| s.stage_name())
                .map(Section::unescape),
            in_baseline: r.in_baseline,
        })
        .collect();
    let best_text = match (best_line, facts.last_command()) {
        (Some(line), _) => redact::text(line.content()),
        (None, Some(command)) => redact::text(&command.text),
        (None, None) => "".into(),
    };
    Some(Unexplained {
        line: best_line.map(|line| line.place.line),
        lines,
        exit_meaning: facts
            .exit_code
            .and_then(|code| exit_meaning(case, region, code, best.is_some(), lang)),
        fingerprint: fingerprint::unknown(section, &best_text),
    })
}

/// What a program said last before the words that it failed: a reason without a telling word, most often.
fn before_wrapper<'t>(
    above: &[Rated<'t>],
    is_noise: impl Fn(&TailLine) -> bool,
) -> Option<&'t TailLine> {
    let unsaid = |r: &&Rated<'_>| hollow::is_bare(r.line.content()) || is_noise(r.line);
    let last = above.iter().rev().find(|r| r.score > 0 || !unsaid(r))?;
    // `> app@1.0.0 test` (npm), `$ jest` (Yarn): the command, which said nothing.
    let command = ["> ", "$ "]
        .iter()
        .any(|mark| last.line.content().starts_with(mark));
    let said = last.score == 0 && !last.line.command && !last.line.echo && !command;
    said.then_some(last.line)
}

/// What the exit code means, and why nothing tells of the command that ended so. `said`: some line does.
fn exit_meaning(case: &Case, region: &Region, code: i64, said: bool, lang: Lang) -> Option<String> {
    let facts = case.facts();
    let meaning = exit::meaning(code, lang);
    let last = facts.last_command();
    let block = last.is_some_and(|c| !said && shell::is_block(&c.text));
    let silent = last.filter(|c| region.is_silent(c.index));
    let tests = || exit::of_test(code, &silent?.text, lang);
    if !block && let Some(tests) = tests() {
        return Some(tests);
    }
    // GitHub shows a whole script at once: which of its commands failed nobody knows.
    let known = facts.dialect != Dialect::Github;
    let gitlab = facts.dialect == Dialect::Gitlab;
    let reason = || {
        if block {
            return Some(silence::of_block(lang).to_owned());
        }
        let command = case.told(&silent?.text);
        let own = silence::of_command(&command, gitlab, lang);
        // Where the code means something, that says enough.
        let any = || silence::of_any(&command, lang).filter(|_| meaning.is_none());
        own.or_else(|| any().map(str::to_owned))
    };
    let reason = known.then(reason).flatten();
    match (meaning, reason) {
        (Some(meaning), Some(reason)) => Some(format!("{meaning}; {reason}")),
        (meaning, reason) => meaning.or(reason),
    }
}

/// What a line is worth that a chain of reasons ends in.
const REASON: i32 = 25;

/// `Caused by:` on a line of its own, and the reasons indented below it, each deeper than the one before (anyhow and eyre of
/// Rust, cargo): the last one is the reason.
fn chains(rated: &mut [Rated<'_>]) {
    let mut at = 0;
    while at < rated.len() {
        at += 1;
        if rated[at - 1].line.content().trim() != "Caused by:" {
            continue;
        }
        let numbered = |text: &str| {
            let text = text.trim_start();
            text.split_once(": ")
                .is_some_and(|(n, _)| n.parse::<u8>().is_ok())
        };
        let mut reason = None;
        while at < rated.len()
            && rated[at].line.content().starts_with(' ')
            && !rated[at].line.command
        {
            let text = rated[at].line.content();
            if reason.is_none() || numbered(text) {
                reason = Some(at);
            }
            at += 1;
        }
        if let Some(reason) = reason.filter(|&k| rated[k].in_baseline != Some(true)) {
            rated[reason].score = rated[reason].score.max(REASON);
        }
    }
}

/// A heading (`2 problems:`, `Invariant violated:`) says less than the first entry of the list below it.
fn headings(rated: &mut [Rated<'_>]) {
    const MARKS: &[&str] = &["- ", "* ", "\u{2022} ", "\u{2013} "];
    let is_entry = |r: &Rated<'_>| {
        let text = r.line.content().trim();
        let marked = MARKS.iter().find_map(|mark| text.strip_prefix(mark));
        // `- name: web` is YAML.
        let dash = text.starts_with('-');
        let key = |entry: &str| entry.split(' ').next().is_some_and(|w| w.ends_with(':'));
        marked.is_some_and(|entry| !dash || !key(entry)) && !r.line.command && !r.line.echo
    };
    let added = |r: &Rated<'_>| r.line.content().trim_start().starts_with("+ ");
    give_way(rated, |rated, k| {
        is_heading(rated[k - 1].line.content().trim())
            && is_entry(&rated[k])
            // A difference: what was, then what is.
            && !rated[k..].iter().take(LAST).any(added)
    });
}

/// A title (`Validation Check Failed`) gives way to the sentence right below it.
fn titles(rated: &mut [Rated<'_>]) {
    give_way(rated, |rated, k| {
        let (title, next) = (rated[k - 1].line, rated[k].line);
        rated[k].score > 0
            && next.place.line == title.place.line + 1
            && is_title(title.content().trim())
            && is_sentence(next.content().trim())
    });
}

/// Rates a line above the telling one right before it, where that only leads to it; what passing runs print as well stays where it is.
fn give_way(rated: &mut [Rated<'_>], leads: impl Fn(&[Rated<'_>], usize) -> bool) {
    for k in 1..rated.len() {
        let (before, next) = (&rated[k - 1], &rated[k]);
        if before.score > 0 && next.in_baseline != Some(true) && leads(rated, k) {
            rated[k].score = next.score.max(before.score + 1);
        }
    }
}

/// Two to four words, each of letters and with a capital one first.
fn is_title(text: &str) -> bool {
    let words = || text.split(' ');
    let capital = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_uppercase())
            && word.bytes().all(|b| b.is_ascii_alphabetic())
    };
    (2..=4).contains(&words().count()) && words().all(capital)
}

/// So many words make a sentence.
const SENTENCE: usize = 6;

/// A sentence that says what is, not what can be done.
fn is_sentence(text: &str) -> bool {
    const ADVICE: &[&str] = &["If ", "Please ", "Try ", "See ", "To "];
    let begins = text.starts_with(|c: char| c.is_ascii_uppercase());
    let advice = ADVICE.iter().any(|word| text.starts_with(word));
    begins && !advice && text.ends_with(['.', '!']) && text.split(' ').count() >= SENTENCE
}

/// Does a line only say that what follows is wrong? Not what it is, nor what can be done.
fn is_heading(text: &str) -> bool {
    const ADVICE: &[&str] = &[
        "try", "see", "either", "options", "steps", "could", "can", "should", "differs", "differ",
    ];
    let text = ["Error: ", "ERROR: "]
        .iter()
        .find_map(|level| text.strip_prefix(level))
        .unwrap_or(text);
    let Some(said) = text.strip_suffix(':') else {
        return false;
    };
    let mut words = said.split_whitespace();
    let advice = words.any(|w| ADVICE.iter().any(|a| a.eq_ignore_ascii_case(w)));
    said.len() <= HEADING && !advice && !said.contains(". ") && !said.contains(": ")
}

/// A line of the tail as it may be told.
fn told(case: &Case, tail: &[TailLine], line: &TailLine) -> String {
    let at = tail.partition_point(|other| other.place.line < line.place.line);
    let text = |k: usize| tail.get(k).map(|l| l.text.as_str());
    if !case.with_secrets
        && let Some(told) = redact::block::told(at, text)
    {
        return told;
    }
    case.told(&line.text).into_owned()
}

/// How telling a line of the tail is: its words, what patterns say of it, and how near to the end it stands.
fn rate(line: &TailLine, settled: &[Settled<'_>], harmless: bool, from_end: usize) -> i32 {
    if line.echo || line.command {
        return 0;
    }
    let content = line.content();
    let mut score = telling::score(content);
    // GitHub marks what an action says was wrong; the exit code behind it says nothing.
    if line.text.starts_with("##[error]")
        && verdict::github(content).is_none()
        && !hollow::is_bare(content)
    {
        score += MARKED;
    }
    let mut known = false;
    for hit in settled
        .iter()
        .filter(|s| s.hit.place.line == line.place.line)
    {
        match hit.pattern().role {
            Role::Noise if harmless => score += 4,
            Role::Noise => return 0,
            Role::Wrapper if score > 0 && hollow::only_exits(content) => return EXIT,
            Role::Wrapper => return if score > 0 { WRAPPED } else { 0 },
            Role::RootCause | Role::Symptom => {
                known = true;
                score += 4;
            }
        }
    }
    let says_how = || hollow::only_exits(content) || foreign::closing(content).is_some();
    if !known && score > 0 && says_how() {
        return EXIT;
    }
    if score > 0 {
        score += match from_end {
            0..=5 => 3,
            6..=20 => 2,
            21..=100 => 1,
            _ => 0,
        };
    }
    score
}
