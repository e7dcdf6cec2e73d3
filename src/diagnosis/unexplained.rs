//! No pattern knows the failure: the most telling lines of what failed, one of them marked as the best.

use std::cell::LazyCell;
use std::collections::{HashMap, HashSet};

use super::aside::{ABOVE, Aside, is_traced, mark_of_jenkins};
use super::recovered::{Region, Where};
use super::{
    Case, Settled, difference, exit, faint, fingerprint, hollow, leads, logger, record, shell,
    silence, spot, telling,
};
use crate::model::{
    Dialect, JobFacts, Lang, Outcome, Role, Section, TailLine, Unexplained, UnexplainedLine,
};
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

/// What GitHub's own mark of an error is worth.
const MARKED: i32 = 8;

/// What a line is worth that says only with which code something ended, and one that names what failed, but not why.
const EXIT: i32 = 1;
const WRAPPED: i32 = 2;

/// What a line is worth that only counts what failed.
const COUNT: i32 = 2;

/// How tools say right behind an error that they try again.
const RETRIES: &[&str] = &[
    "Will retry in ",
    "will retry in ",
    "Retrying in ",
    "retrying in ",
];

/// What the runner's own reason is worth: why the environment failed, nothing else in the log says as well.
const REASONED: i32 = 40;

/// How near to the end a line must be that may tell.
const NEAR: usize = 12;

/// So many lines that differ only in their numbers are a series: what is done to one thing after another.
const SERIES: usize = 5;

/// What it is worth that passing runs do not print a line.
const UNUSUAL: i32 = 4;

/// A line and how telling it is.
pub(super) struct Rated<'t> {
    pub line: &'t TailLine,
    pub score: i32,
    pub in_baseline: Option<bool>,
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
    let reason = reason(facts);
    let is_reason = |line: &TailLine| {
        let reason = reason.as_ref();
        reason.is_some_and(|reason| reason.place.line == line.place.line)
    };
    let failing: Vec<&TailLine> = tail
        .iter()
        .filter(|line| !line.text.trim().is_empty() && !is_reason(line))
        .filter(|line| region.locate(case, line.place) == Where::Command || line.command)
        .chain(&reason)
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
    // What is tried again right below decides nothing yet (curl's `Warning: Problem : …. Will retry in 1 seconds.`).
    let retried = |k: usize| {
        let next = failing.get(k + 1).map(|line| line.content());
        next.is_some_and(|next| RETRIES.iter().any(|words| next.contains(words)))
    };
    // Where nothing else says that anything failed, the count of what did says so.
    let counts = facts.outcome == Outcome::Unknown;
    let mut rated: Vec<Rated<'_>> = failing
        .iter()
        .enumerate()
        .map(|(k, line)| {
            let quiet = || aside.why(line.place.line).is_some() || retried(k);
            let score = match differs(line) || quiet() {
                true => 0,
                false if is_reason(line) => REASONED,
                false => rate(line, settled, region.harmless, failing.len() - k, counts),
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
    leads::rate(&mut rated);
    // What only says that something inside failed leads nowhere, though it be the first of a list.
    let wrapping: HashSet<u64> = settled
        .iter()
        .filter(|s| s.pattern().role == Role::Wrapper && !case.is_evidence(s.hit.place))
        // Some tell the reason as well.
        .filter(|s| {
            !["detail", "reason", "why"]
                .iter()
                .any(|name| s.captures.contains_key(*name))
        })
        .map(|s| s.hit.place.line)
        .collect();
    let wraps = |line: &TailLine| wrapping.contains(&line.place.line) && !is_reason(line);
    for rated in rated.iter_mut().filter(|rated| wraps(rated.line)) {
        rated.score = rated.score.min(WRAPPED);
    }
    let best_of = |telling: &dyn Fn(&Rated<'_>) -> bool| {
        let of_those = rated
            .iter()
            .filter(|r| r.score > 0 && telling(r) && !is_end(r.line));
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
    // Few failures ask for it.
    let series = LazyCell::new(|| series(&failing));
    let says_nothing = |line: &TailLine| {
        let content = line.content();
        is_noise(line)
            || wraps(line)
            || aside.why(line.place.line).is_some()
            || hollow::is_bare(content)
            || hollow::only_counts(content)
            || telling::is_frame(content)
            || record::is_quiet(content)
            || logger::is_everyday(content)
            || series.contains(&line.place.line)
    };
    // What a shell traced last said what stands below it, or nothing.
    let traced = failing.iter().rposition(|line| is_traced(line));
    let last_output = || {
        let below = &failing[traced.map_or(0, |at| at + 1)..];
        let mut last = below.iter().rev().filter(|line| {
            let said = !line.echo && !line.command && !is_noise(line) && !is_end(line);
            said && !hollow::is_bare(line.content())
        });
        let any = last.clone().next();
        let near = last.clone().filter(|line| {
            let content = line.content();
            !says_nothing(line) && !faint::is_advice(content) && !faint::is_end(content)
        });
        let may_tell = |line: &&&TailLine| faint::may_tell(line.content());
        let telling = near.clone().take(NEAR).find(may_tell);
        let said = telling.or_else(|| near.clone().next());
        said.or_else(|| last.find(|line| !says_nothing(line)))
            .or(any)
            .or(traced.map(|at| &failing[at]))
            .copied()
    };
    let said_last = || {
        let wrapper = best.filter(|b| b.score <= WRAPPED)?;
        let at = rated.iter().position(|r| std::ptr::eq(r, wrapper))?;
        before_wrapper(&rated[..at], says_nothing)
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
    // Before words that say only that something failed stands why.
    if let Some(said) = said_last {
        let before = rated
            .iter()
            .rev()
            .filter(|r| r.line.place.line < said.place.line && !r.line.echo && !r.line.command)
            .filter(|r| r.score == 0 && !says_nothing(r.line));
        let room = (MOST - 2).saturating_sub(shown.len()).min(LAST - 1);
        shown.extend(before.take(room));
    }
    if shown.is_empty() {
        let last = || rated.iter().rev().filter(|r| !r.line.echo);
        shown = last()
            .filter(|r| !says_nothing(r.line))
            .take(LAST)
            .collect();
        if shown.is_empty() {
            shown = last().take(LAST).collect();
        }
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
        place: best_line
            .filter(|_| case.places)
            .and_then(|line| spot::of_line(case, line)),
        lines,
        exit_meaning: facts
            .exit_code
            .and_then(|code| exit_meaning(case, region, code, best.is_some(), lang)),
        fingerprint: fingerprint::unknown(section, &best_text, facts.project.as_deref()),
    })
}

/// The runner's verdict as a line, where it says why: a failure of the system has its reason there.
fn reason(facts: &JobFacts) -> Option<TailLine> {
    let verdict = facts.verdict.as_ref()?;
    let says = facts.dialect == Dialect::Gitlab && verdict::says_why(&verdict.text);
    says.then(|| facts.verdict_line()).flatten()
}

/// Is that the end of a run, or a mark between its steps, in the words of another system?
fn is_end(line: &TailLine) -> bool {
    let content = line.content();
    let node = || content.starts_with("Running on ") && content.contains(" in /");
    mark_of_jenkins(line).is_some() || node() || foreign::closing(content).is_some()
}

/// The lines of series (`removed part 3`, `ok case 17`), but the last of what was tried again.
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

/// What a program said last before the words that it failed: a reason without a telling word, most often.
fn before_wrapper<'t>(
    above: &[Rated<'t>],
    says_nothing: impl Fn(&TailLine) -> bool,
) -> Option<&'t TailLine> {
    let unsaid = |r: &&Rated<'_>| {
        let content = r.line.content();
        says_nothing(r.line) || telling::is_progress(content) || faint::is_advice(content)
    };
    let last = above
        .iter()
        .rev()
        .filter(|r| !is_end(r.line) && !(1..=WRAPPED).contains(&r.score))
        .find(|r| r.score > 0 || !unsaid(r))?;
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

/// A line of the tail as it may be told.
pub(super) fn told(case: &Case, tail: &[TailLine], line: &TailLine) -> String {
    let at = tail.partition_point(|other| other.place.line < line.place.line);
    let text = |k: usize| tail.get(k).map(|l| l.text.as_str());
    if !case.with_secrets
        && let Some(told) = redact::block::told(at, text)
    {
        return told;
    }
    case.told(&line.text).into_owned()
}

/// How telling a line of the tail is: its words, what patterns say of it, and how near to the end it stands. `counts`: also
/// where it only counts what failed.
fn rate(
    line: &TailLine,
    settled: &[Settled<'_>],
    harmless: bool,
    from_end: usize,
    counts: bool,
) -> i32 {
    if line.echo || line.command {
        return 0;
    }
    let content = line.content();
    let mut score = telling::score(content);
    // GitHub marks what an action says was wrong; the exit code behind it says nothing.
    if line.text.starts_with("##[error]")
        && verdict::github(content).is_none()
        && !hollow::is_bare(content)
        && !hollow::names_exit(content)
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
    if !known
        && !counts
        && score > 0
        && (hollow::only_counts(content) || hollow::is_general(content))
    {
        return COUNT;
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
