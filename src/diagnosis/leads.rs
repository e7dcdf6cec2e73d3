//! Rates lines that lead to a telling one: the reason stands below them.

use super::telling::Says;
use super::unexplained::Rated;
use super::{faint, hollow, record, telling};

/// Longest heading of a list.
const HEADING: usize = 60;
/// Lines below an entry in which its counterpart would stand.
const NEAR: usize = 6;

/// Adjusts the scores of lines by the lines above them.
pub(super) fn rate(rated: &mut [Rated<'_>]) {
    // A traceback may stand below an announcement.
    announcements(rated);
    chains(rated);
    tracebacks(rated);
    build_files(rated);
    quotes(rated);
    headings(rated);
    titles(rated);
    endings(rated);
    side_by_side(rated);
}

/// The score of the line in which the first of several programs said why it ended.
const OF_ENDED: i32 = 16;
/// Lines of one program that are searched.
const OF_ONE: usize = 20;

/// Programs that run side by side, each line with a name before it (`[worker] …`). If one ends with a code
/// first, its own last words say why; the others are only stopped.
fn side_by_side(rated: &mut [Rated<'_>]) {
    let name_of = |text: &str| -> Option<String> {
        let (inside, _) = text.strip_prefix('[')?.split_once(']')?;
        let named = inside.trim();
        (!named.is_empty() && !named.contains(' ')).then(|| named.to_owned())
    };
    let ended = |text: &str| -> Option<String> {
        if !text.starts_with('[') {
            return None;
        }
        let (_, code) = text.trim_end().rsplit_once(" exited with code ")?;
        let code: u32 = code.parse().ok().filter(|code| *code != 0)?;
        // It was stopped from outside.
        if matches!(code, 130 | 137 | 143) {
            return None;
        }
        name_of(text)
    };
    let first = (0..rated.len()).find_map(|k| Some((k, ended(&rated[k].line.text)?)));
    let Some((at, name)) = first else {
        return;
    };
    let of_one = (0..at)
        .rev()
        .filter(|&k| name_of(&rated[k].line.text).as_ref() == Some(&name))
        .filter(|&k| !rated[k].line.command && !rated[k].line.echo)
        .take(OF_ONE);
    // Of equal scores the first one in this order, which is the program's last line, wins.
    let said = of_one.reduce(|a, b| match rated[b].score > rated[a].score {
        true => b,
        false => a,
    });
    if let Some(said) = said.filter(|&k| rated[k].in_baseline != Some(true)) {
        rated[said].score = rated[said].score.max(OF_ENDED);
    }
}

/// The score of the last reason in a chain.
const REASON: i32 = 25;

/// The score of Ant's line about why a target failed. The failed tool's own line is worth more.
const TARGET: i32 = 9;

/// `Caused by:` on a line of its own, with the reasons below, each indented deeper than the one before
/// (anyhow and eyre of Rust, cargo). The last one is the reason.
fn chains(rated: &mut [Rated<'_>]) {
    for r in rated.iter_mut() {
        // Node shows the cause of an error below its frames.
        let cause = r.line.content().trim_start().starts_with("[cause]: ");
        if cause && r.score > 0 && r.in_baseline != Some(true) {
            r.score = r.score.max(REASON);
        }
    }
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

/// A Python traceback: the exception stands behind the indented frames, whatever its name.
fn tracebacks(rated: &mut [Rated<'_>]) {
    let indent = |r: &Rated<'_>| {
        let text = r.line.content();
        text.len() - text.trim_start().len()
    };
    let is_output = |r: &Rated<'_>| !r.line.command && !r.line.echo;
    for heading in 0..rated.len() {
        let text = rated[heading].line.content().trim();
        // rich draws a box around the frames.
        let box_above =
            text.starts_with('\u{256d}') && text.contains(" Traceback (most recent call last) ");
        let plain = text == "Traceback (most recent call last):";
        if rated[heading].score == 0 || !plain && !box_above {
            continue;
        }
        let margin = indent(&rated[heading]);
        let in_box = |r: &Rated<'_>| {
            let text = r.line.content().trim();
            box_above && text.starts_with(['\u{2502}', '\u{2570}'])
        };
        let below = &rated[heading + 1..];
        let frames = below
            .iter()
            .take_while(|r| is_output(r) && (plain && indent(r) > margin || in_box(r)));
        let at = heading + 1 + frames.count();
        let Some(exception) = rated.get(at).filter(|r| is_output(r)) else {
            continue;
        };
        let (name, _) = exception
            .line
            .content()
            .trim()
            .split_once(": ")
            .unwrap_or_default();
        let is_level = ["DEBUG", "INFO", "NOTE", "WARN", "WARNING"].contains(&name);
        let is_name = !is_level
            && !name.is_empty()
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"._".contains(&b));
        if is_name && exception.in_baseline != Some(true) {
            rated[at].score = exception.score.max(rated[heading].score + 1);
        }
    }
}

/// Ant names, below `BUILD FAILED`, the target of a build file that failed, and why. The last of several is the
/// innermost.
fn build_files(rated: &mut [Rated<'_>]) {
    let is_target = |r: &Rated<'_>| {
        let text = r.line.content();
        text.split_once(".xml:").is_some_and(|(_, behind)| {
            let (line, said) = behind.split_once(": ").unwrap_or_default();
            !line.is_empty() && line.bytes().all(|b| b.is_ascii_digit()) && !said.is_empty()
        })
    };
    let mut at = 0;
    while at < rated.len() {
        at += 1;
        if rated[at - 1].line.content() != "BUILD FAILED" {
            continue;
        }
        let targets = rated[at..].iter().take_while(|r| is_target(r)).count();
        at += targets;
        if targets > 0 && rated[at - 1].in_baseline != Some(true) {
            rated[at - 1].score = rated[at - 1].score.max(TARGET);
        }
    }
}

/// Nix quotes the builder's output below `error: builder for … failed`, `last 10 log lines:`. That output says
/// why.
fn quotes(rated: &mut [Rated<'_>]) {
    let mut at = 0;
    while at < rated.len() {
        at += 1;
        let text = rated[at - 1].line.content().trim();
        if at < 2 || !text.starts_with("last ") || !text.ends_with(" log lines:") {
            continue;
        }
        let wrapper = rated[at - 2].score;
        while at < rated.len() && rated[at].line.content_at > 0 {
            if rated[at].score > 0 && rated[at].in_baseline != Some(true) {
                rated[at].score += wrapper;
            }
            at += 1;
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
    give_way(rated, |rated, k| {
        is_heading(rated[k - 1].line.content().trim())
            && is_entry(&rated[k])
            && !begins_difference(&rated[k..])
    });
}

/// Whether a difference begins there: the expected text, then the actual one.
fn begins_difference(rated: &[Rated<'_>]) -> bool {
    let mut near = rated.iter().take(NEAR);
    near.any(|r| r.line.content().trim_start().starts_with("+ "))
}

/// Longest line that only announces what stands below it.
const ANNOUNCEMENT: usize = 200;
/// Lines without a telling word that may stand between the two (a rule, a place in a file).
const BETWEEN: usize = 3;
/// Words that make a line meaningful.
const SAYS: usize = 3;

/// An announcement, with the reason right below: `Turbopack build failed with 1 error:`, `Error: [S-4804]`.
fn announcements(rated: &mut [Rated<'_>]) {
    for k in 1..rated.len() {
        let score = rated[k - 1].score;
        if score == 0 || !announces(rated[k - 1].line.content().trim()) {
            continue;
        }
        let is_between = |r: &Rated<'_>| {
            let text = r.line.content().trim();
            hollow::is_bare(text) || !text.contains(' ') && text.contains(['/', '\\'])
        };
        let below = rated[k..].iter().take(BETWEEN);
        let at = k + below.take_while(|r| is_between(r)).count();
        let Some(next) = rated.get(at) else {
            continue;
        };
        let text = next.line.content().trim();
        let words = text
            .split_whitespace()
            .filter(|word| word.contains(char::is_alphabetic));
        let vain = telling::says(rated[k - 1].line.content()) == Says::Vain;
        let says = next.score > 0 || !vain && words.count() >= SAYS;
        let hollow = hollow::is_npm_field(text)
            || hollow::only_exits(text)
            || hollow::is_general(text)
            || faint::is_advice(text)
            || telling::is_frame(text)
            || telling::is_calm(text.as_bytes())
            || record::is_quiet(text);
        let output = !next.line.command && !next.line.echo;
        if says
            && output
            && next.in_baseline != Some(true)
            && !hollow
            && !begins_difference(&rated[at..])
        {
            rated[at].score = next.score.max(score + 1);
        }
    }
}

/// Whether a line ends in a colon, or holds only a code in brackets, and gives neither a reason nor advice.
fn announces(text: &str) -> bool {
    let code = || {
        let text = text.split_once(": ").map_or(text, |(_, code)| code);
        let inside = text.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
        inside.is_some_and(|code| {
            let digit = code.bytes().any(|b| b.is_ascii_digit());
            digit && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        })
    };
    let said = text.strip_suffix(':').filter(|s| s.len() <= ANNOUNCEMENT);
    let specific = |said: &str| {
        let end = [" found", " command"].iter().any(|end| said.ends_with(end));
        end || said.contains(". ") || telling::says(said) == Says::Specific
    };
    said.is_some_and(|said| !advises(said) && !specific(said)) || code()
}

/// How far above a line about an exit the reason may stand, and its score.
const REACH: usize = 12;
const TELLS: i32 = 8;

/// A line about an exit has the reason shortly above it: `collect2: error: ld returned 1 exit status`, `rsync
/// error: … (code 23)`.
fn endings(rated: &mut [Rated<'_>]) {
    for k in 1..rated.len() {
        let score = rated[k].score;
        let ended = rated[k].line.content();
        if score == 0 || !hollow::names_exit(ended) || telling::says(ended) == Says::Specific {
            continue;
        }
        let above = (k.saturating_sub(REACH)..k).rev();
        let told = above
            .take_while(|&k| !rated[k].line.command)
            .filter(|&k| rated[k].score >= TELLS && rated[k].in_baseline != Some(true))
            .filter(|&k| {
                let text = rated[k].line.content();
                !hollow::names_exit(text) && !telling::is_calm(text.as_bytes())
            })
            .max_by_key(|&k| rated[k].score);
        if let Some(told) = told {
            rated[told].score = rated[told].score.max(score + 1);
        }
    }
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

/// Raises a line's score above that of the telling line right before it, if that one only leads to it. Lines
/// that passing runs print too are left alone.
fn give_way(rated: &mut [Rated<'_>], leads: impl Fn(&[Rated<'_>], usize) -> bool) {
    for k in 1..rated.len() {
        let (before, next) = (&rated[k - 1], &rated[k]);
        if before.score > 0 && next.in_baseline != Some(true) && leads(rated, k) {
            rated[k].score = next.score.max(before.score + 1);
        }
    }
}

/// Whether a text is two to four words of letters, each with a capital first.
fn is_title(text: &str) -> bool {
    let words = || text.split(' ');
    let capital = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_uppercase())
            && word.bytes().all(|b| b.is_ascii_alphabetic())
    };
    (2..=4).contains(&words().count()) && words().all(capital)
}

/// Fewest words of a sentence.
const SENTENCE: usize = 6;

/// Whether a sentence states a fact, not advice.
fn is_sentence(text: &str) -> bool {
    const ADVICE: &[&str] = &["If ", "Please ", "Try ", "See ", "To "];
    let begins = text.starts_with(|c: char| c.is_ascii_uppercase());
    let advice = ADVICE.iter().any(|word| text.starts_with(word));
    begins && !advice && text.ends_with(['.', '!']) && text.split(' ').count() >= SENTENCE
}

/// Whether a line only says that something below is wrong, without saying what or giving advice.
fn is_heading(text: &str) -> bool {
    let text = ["Error: ", "ERROR: "]
        .iter()
        .find_map(|level| text.strip_prefix(level))
        .unwrap_or(text);
    let Some(said) = text.strip_suffix(':') else {
        return false;
    };
    said.len() <= HEADING && !advises(said) && !said.contains(". ") && !said.contains(": ")
}

/// Whether a line gives advice, or compares.
fn advises(said: &str) -> bool {
    const WORDS: &[&str] = &[
        "try", "see", "either", "options", "steps", "could", "can", "should", "differs", "differ",
        "equal", "expected", "mismatch", "usage",
    ];
    let mut words = said.split_whitespace();
    words.any(|w| WORDS.iter().any(|a| a.eq_ignore_ascii_case(w)))
}
