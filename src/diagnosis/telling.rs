//! Words that tell of a failure, for lines that no pattern knows.

use std::ops::Range;

use super::record::{self, Level};
use super::{faint, hollow};

/// Words and how much each tells.
const WORDS: &[(&str, i32)] = &[
    ("fatal", 8),
    ("panicked at", 9),
    ("panic:", 8),
    ("exception", 6),
    ("traceback", 5),
    ("segmentation fault", 9),
    ("core dumped", 7),
    ("assertion", 6),
    ("assert", 5),
    ("error:", 8),
    ("error", 6),
    ("err!", 6),
    ("failed", 6),
    ("failure", 5),
    ("fail:", 7),
    ("not ok ", 7),
    ("no such file", 7),
    ("not found", 6),
    ("could not", 6),
    ("couldn't", 6),
    ("cannot ", 6),
    ("can't ", 5),
    ("unable to", 6),
    ("denied", 6),
    ("forbidden", 5),
    ("unauthorized", 5),
    ("refused", 5),
    ("timed out", 6),
    ("timeout", 4),
    ("invalid", 6),
    ("illegal", 5),
    ("undefined", 5),
    ("unresolved", 5),
    ("unexpected", 5),
    ("unrecognized", 6),
    ("unknown", 5),
    ("unsupported", 5),
    ("missing", 5),
    ("required", 3),
    ("must ", 3),
    ("aborted", 5),
    ("aborting", 4),
    ("killed", 5),
    ("terminated", 5),
    ("mismatch", 5),
    ("not match", 6),
    ("conflict", 5),
    ("expected", 4),
    ("violation", 5),
    ("exceeded", 5),
    ("exceeds", 5),
    ("corrupt", 5),
    ("does not exist", 6),
    ("doesn't exist", 6),
    ("is not ", 4),
    ("no matching", 5),
    ("already exists", 5),
    ("out of date", 4),
    ("out of memory", 8),
    ("requires ", 4),
    ("not met", 6),
    ("not allowed", 6),
    ("not permitted", 6),
    ("not supported", 5),
    ("not installed", 6),
    ("not authorized", 6),
    ("not recognized", 6),
    ("not valid", 6),
    ("not enough", 5),
    ("incompatible", 6),
    ("no space left", 8),
    ("too large", 5),
    ("too old", 6),
    ("rate limit", 5),
    ("blocked", 4),
    ("rejected", 5),
    ("expired", 5),
    ("malformed", 6),
    ("crashed", 6),
    ("wrong", 5),
    ("usage:", 2),
    ("exit code", 2),
    ("exit status", 2),
    ("오류", 6),
    ("실패", 6),
    ("fehler", 6),
    ("fehlgeschlagen", 6),
    ("erreur", 6),
    ("échec", 5),
    ("Échec", 5),
    ("errore:", 6),
    ("エラー", 6),
    ("失敗", 6),
    ("失败", 6),
    ("错误", 6),
    ("錯誤", 6),
    ("шибка", 6),
];

/// Words that take the fright out of a line.
const CALMING: &[&str] = &[
    "warning",
    "warn:",
    "warn ",
    "deprecat",
    "errors: 0",
    "failures: 0",
    "failed: 0",
    "no errors",
    "no error",
    "without error",
    "ignored",
    "ignoring",
    "retrying",
    "will retry",
    "will be retried",
    "notice:",
    "info:",
    "info ",
    "debug",
    "skipping",
    "npm warn",
    "optional",
    "timeout set",
    "using default",
    "falling back",
    "layer already exists",
    "keine fehler",
    "ohne fehler",
    "fehlerfrei",
    "fehler: keine",
    "aucune erreur",
    "sans erreur",
    "エラーなし",
    "エラーはありません",
    "没有错误",
    "无错误",
    "沒有錯誤",
    "오류 없",
    "오류가 없",
    // These point at another line.
    "above",
    "log of this run",
    "for more information",
    "for details",
    "see the log",
    "help: ",
];

/// What a line with such a word must be worth all the same.
const LEAST: i32 = 3;

/// How a line begins that says what is wrong.
const STARTS: &[&str] = &[
    "error",
    "fatal",
    "e: ",
    "e   ",
    "err:",
    "[error]",
    "[fatal]",
    "failed",
    "fail",
    "panic",
    "exception",
    "traceback",
    "caused by",
    "x [error]",
    "●",
    "not ok",
    "abort",
    "##[error]",
    "err ",
    "[err",
    "assertion",
];

/// Marks before what went wrong; the last six are such marks, written as UTF-8 and read as code page 437 or 850.
const CROSSES: &[&str] = &[
    "✗", "✘", "×", "❌", "✖", "Γ¥î", "Γ£û", "Γ£ù", "ÔØî", "Ô£û", "Ô£ù",
];

/// Which beginnings of three bytes the words have, their letters in whatever case.
static WORD: Starts = Starts::of_words();
static CALM: Starts = Starts::of_calming();

/// A set of beginnings. Of each of three bytes the lower five bits count, so that the case of a letter does not.
struct Starts([u64; 512]);

impl Starts {
    const fn key(text: &[u8], at: usize) -> usize {
        (text[at] as usize & 31) << 10
            | (text[at + 1] as usize & 31) << 5
            | text[at + 2] as usize & 31
    }

    const fn with(mut self, word: &str) -> Self {
        let key = Self::key(word.as_bytes(), 0);
        self.0[key / 64] |= 1 << (key % 64);
        self
    }

    const fn of_words() -> Self {
        let (mut starts, mut k) = (Self([0; 512]), 0);
        while k < WORDS.len() {
            starts = starts.with(WORDS[k].0);
            k += 1;
        }
        starts
    }

    const fn of_calming() -> Self {
        let (mut starts, mut k) = (Self([0; 512]), 0);
        while k < CALMING.len() {
            starts = starts.with(CALMING[k]);
            k += 1;
        }
        starts
    }

    /// The next place, from that one on, where a word may begin.
    fn next(&self, text: &[u8], from: usize) -> Option<usize> {
        (from..text.len().saturating_sub(2)).find(|&at| {
            let key = Self::key(text, at);
            self.0[key / 64] >> (key % 64) & 1 != 0
        })
    }
}

/// Does a word stand there, in whatever case?
fn stands(text: &[u8], at: usize, word: &str) -> bool {
    let word = word.as_bytes();
    // The first byte tells most of them.
    text[at] | 0x20 == word[0] | 0x20
        && text[at..]
            .get(..word.len())
            .is_some_and(|there| there.eq_ignore_ascii_case(word))
}

/// Calls `f` with where each word of a text stands and what it tells: the leftmost ones, and of those that begin at one place
/// the longest.
fn words(text: &[u8], mut f: impl FnMut(Range<usize>, i32)) {
    let mut from = 0;
    while let Some(at) = WORD.next(text, from) {
        let there = WORDS.iter().filter(|(word, _)| stands(text, at, word));
        let longest = there.max_by_key(|(word, _)| word.len());
        if let Some((word, worth)) = longest {
            f(at..at + word.len(), *worth);
        }
        from = at + longest.map_or(1, |(word, _)| word.len());
    }
}

/// Words that say that something failed, and not what.
const GENERAL: &[&str] = &[
    "fatal",
    "exception",
    "error:",
    "error",
    "err!",
    "failed",
    "failure",
    "fail:",
    "panicked at",
    "panic:",
    "aborted",
    "aborting",
    "crashed",
    "exit code",
    "exit status",
    "terminated",
    "wrong",
    // In other languages.
    "오류",
    "실패",
    "fehler",
    "fehlgeschlagen",
    "erreur",
    "échec",
    "errore:",
    "エラー",
    "失敗",
    "失败",
    "错误",
    "錯誤",
    "шибка",
];

/// Words that say that something was not possible, and not why.
const VAIN: &[&str] = &[
    "could not",
    "couldn't",
    "cannot ",
    "can't ",
    "unable to",
    "invalid",
];

/// How much a line says of what is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Says {
    /// That something failed.
    General,
    /// That something was not possible.
    Vain,
    /// What is wrong (`not found`, `denied`).
    Specific,
}

/// How much the words of a line say of what is wrong.
pub(super) fn says(line: &str) -> Says {
    let text = line.as_bytes();
    let mut says = Says::General;
    words(text, |at, _| {
        let is = |words: &[&str]| {
            words
                .iter()
                .any(|word| word.len() == at.len() && stands(text, at.start, word))
        };
        says = says.max(match () {
            () if within_name(text, at.clone()) || is(GENERAL) => Says::General,
            () if is(VAIN) => Says::Vain,
            () => Says::Specific,
        });
    });
    says
}

/// Is a word there a part of an address (`https://docs.example.com/errors/missing`)?
fn within_address(text: &[u8], word: usize) -> bool {
    let start = text[..word].iter().rposition(u8::is_ascii_whitespace);
    let before = &text[start.map_or(0, |at| at + 1)..word];
    before.windows(3).any(|signs| signs == b"://")
}

/// Is a word there a part of a name (`libgpg-error`, `Error.swift`, `power_assert`, `build-aux/missing`, `openfailed=0`)? A code that shouts
/// (`PERMISSION_DENIED`) is none, nor is what a colon follows (`configparser.Error: …`).
fn within_name(text: &[u8], word: Range<usize>) -> bool {
    // Some of the words have the colon themselves.
    let said = text[word.start..].iter().find(|b| !b.is_ascii_alphabetic()) == Some(&b':');
    if said || !text[word.clone()].iter().any(u8::is_ascii_lowercase) {
        return false;
    }
    let is_part = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
    let before = text[..word.start].split_last();
    let behind = text[word.end..].split_first();
    let counted = || {
        is_part(before.map(|(last, _)| last))
            && behind.is_some_and(|b| *b.0 == b'=' && b.1.first() == Some(&b'0'))
    };
    counted()
        || before.is_some_and(|(sign, rest)| b"-_./".contains(sign) && is_part(rest.last()))
        || behind.is_some_and(|(sign, rest)| b"-_.".contains(sign) && is_part(rest.first()))
}

/// Is what a word names counted as none there (`0 failed`, `no errors`, `errors: 0`, `failed=0`, `"error": null`)?
fn is_none(text: &[u8], word: Range<usize>) -> bool {
    const BEFORE: &[&[u8]] = &[b"0 ", b"no ", b"zero ", b"keine "];
    const BEHIND: &[&[u8]] = &[
        b"0",
        b"null",
        b"none",
        b"None",
        b"nil",
        b"false",
        b"undefined",
    ];
    // What was expected, and was not so.
    if text[word.clone()].eq_ignore_ascii_case(b"expected") {
        return false;
    }
    let before = &text[..word.start];
    let alone = |head: &[u8]| {
        !head
            .last()
            .is_some_and(|b| b.is_ascii_alphanumeric() || b",.".contains(b))
    };
    let ends = |of: &&[u8]| {
        before.len() >= of.len() && before[before.len() - of.len()..].eq_ignore_ascii_case(of)
    };
    if BEFORE
        .iter()
        .any(|of| ends(of) && alone(&before[..before.len() - of.len()]))
    {
        return true;
    }
    let behind = &text[word.end..];
    if counts_none(behind) {
        return true;
    }
    let sign = behind
        .iter()
        .position(|b| !b"s\" \t".contains(b))
        .unwrap_or(behind.len());
    let assigned = sign <= 4 && behind.get(sign).is_some_and(|b| b":=".contains(b));
    // The colon may belong to the word.
    let colon = text[word.clone()].ends_with(b":");
    let value = match (assigned, colon) {
        (true, _) => &behind[sign + 1..],
        (false, true) => behind,
        (false, false) => return false,
    };
    let value = value.trim_ascii_start();
    let ends = |b: &u8| match colon {
        true => b",;)]}".contains(b),
        false => !b.is_ascii_alphanumeric() && !b".:-_/".contains(b),
    };
    // `Error: undefined` is what Node prints of an error that is none.
    let values = BEHIND.iter().take(if colon { 1 } else { BEHIND.len() });
    let mut rests = values.filter_map(|of| value.strip_prefix(*of));
    rests.any(|rest| rest.first().is_none_or(ends))
}

/// `Error count: 0`, `fatal errors: 0`, `error rate: 0.0%`: does a text go on with a word or two, and end in a count of none?
fn counts_none(behind: &[u8]) -> bool {
    let Some(sign) = behind.iter().position(|b| b":=".contains(b)) else {
        return false;
    };
    let (words, value) = (&behind[..sign], behind[sign + 1..].trim_ascii());
    let named = words.iter().all(|b| b.is_ascii_alphabetic() || *b == b' ')
        && words
            .split(|b| *b == b' ')
            .filter(|w| !w.is_empty())
            .count()
            <= 2;
    let number = value.strip_suffix(b"%").unwrap_or(value);
    let zero = number.first() == Some(&b'0') && number.iter().all(|b| b"0.".contains(b));
    named && zero
}

pub(super) fn is_calm(text: &[u8]) -> bool {
    let mut from = 0;
    while let Some(at) = CALM.next(text, from) {
        if CALMING.iter().any(|word| stands(text, at, word)) {
            return true;
        }
        from = at + 1;
    }
    false
}

/// Is that a frame of a stack trace, or Lua's heading of one (Java, .NET, JavaScript, Python, PHP, gdb, Ruby, Lua, Elixir), or the count of those that are left out?
pub(super) fn is_frame(line: &str) -> bool {
    let text = line.trim();
    let numbered = |text: &str| {
        let rest = text.strip_prefix('#')?;
        let (number, behind) = rest.split_once(' ')?;
        let digits = number.trim_end_matches(':');
        (!digits.is_empty()
            && digits.bytes().all(|b| b.is_ascii_digit())
            && behind.contains(['/', '(']))
        .then_some(())
    };
    let left_out = |text: &str| {
        let count = text.strip_prefix("... ")?.strip_suffix(" more")?;
        count.bytes().all(|b| b.is_ascii_digit()).then_some(())
    };
    let at = |text: &str| {
        let place = text.strip_prefix("at ")?;
        // `at a.B.c(B.java:3)`, `at file:///a.mjs:3:7`, `at <ScriptBlock>, a.ps1: line 3`; no words with a colon of their own.
        let ends = place.ends_with(|c: char| c == ')' || c == '>' || c.is_ascii_digit());
        let called = place.contains('(') && !place.contains(": ");
        (ends && place.contains(['(', ':', '/', '.']) || called).then_some(())
    };
    // `[C]: in function 'error'`, `a.lua:3: in main chunk` (Lua), `(app 0.1.0) lib/a.ex:3: A.b/1` (Elixir)
    let lua = || {
        text.starts_with("[C]: in ")
            || text.ends_with(['\'', '>', 'k', '?'])
                && text.contains(".lua:")
                && text.contains(": in ")
    };
    let elixir = text.starts_with('(')
        && [".ex:", ".exs:", ".erl:"]
            .iter()
            .any(|ending| text.contains(ending));
    at(text).is_some()
        || text == "stack traceback:"
        || lua()
        || elixir
        || text.starts_with("File \"") && text.contains(", line ")
        || text.starts_with("from ") && text.contains(":in ")
        || numbered(text).is_some()
        || left_out(text).is_some()
}

/// `[main 1a2b3c4] Fix the error` (git commit), `1a2b3c4 Fix the error` (git log --oneline): the message of a commit. The number of a
/// request may stand before a level.
fn is_commit(text: &str) -> bool {
    const LEVELS: &[&str] = &["error", "fatal", "critical", "panic", "failed"];
    let hash = |word: &str| {
        let hex = word.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let mixed = |digit: bool| word.bytes().any(|b| b.is_ascii_digit() == digit);
        hex && matches!(word.len(), 7..=12 | 40) && mixed(true) && mixed(false)
    };
    let (hash_of, message) = match text
        .strip_prefix('[')
        .and_then(|text| text.split_once("] "))
    {
        Some((inside, message)) => (inside.rsplit_once(' ').map(|(_, last)| last), message),
        None => {
            let (first, message) = text.split_once(' ').unwrap_or_default();
            (Some(first), message)
        }
    };
    let first = message.split(|c: char| !c.is_ascii_alphabetic()).next();
    let level = first.is_none_or(|word| LEVELS.iter().any(|l| l.eq_ignore_ascii_case(word)));
    hash_of.is_some_and(hash) && !level
}

/// `Compiling thiserror v1.0.69` (cargo): what is being done to a package, whatever that is called.
pub(super) fn is_progress(text: &str) -> bool {
    const DOES: &[&str] = &[
        "Compiling",
        "Checking",
        "Documenting",
        "Downloaded",
        "Downloading",
        "Fresh",
        "Adding",
        "Updating",
        "Locking",
        "Installing",
    ];
    // `> Task :app:checkErrors SKIPPED` (Gradle)
    let is_task = text.strip_prefix("Task :").is_some_and(|task| {
        let outcomes = [" SKIPPED", " UP-TO-DATE", " NO-SOURCE", " FROM-CACHE"];
        outcomes.iter().any(|outcome| task.ends_with(outcome))
    });
    if is_task {
        return true;
    }
    let mut words = text.split_whitespace();
    let (does, name, version) = (words.next(), words.next(), words.next());
    let is_version = version.and_then(|v| v.strip_prefix('v'));
    // `(/srv/app)`, `-> v1.2.3`; anything else says how it came out.
    let is_all = words
        .next()
        .is_none_or(|word| word.starts_with('(') || word == "->");
    is_all
        && does.is_some_and(|word| DOES.contains(&word))
        && name.is_some()
        && is_version.is_some_and(|v| v.starts_with(|c: char| c.is_ascii_digit()))
}

/// How Perl and Ruby end and begin what they died of, whatever it is.
const DIED: i32 = 6;

fn is_death(text: &str) -> bool {
    let perl = || {
        let (_, line) = text.strip_suffix('.')?.rsplit_once(" line ")?;
        let place = text.rsplit_once(" at ")?.1;
        (line.bytes().all(|b| b.is_ascii_digit()) && place.split(' ').count() == 3).then_some(())
    };
    let ruby = || {
        let (before, name) = text.strip_suffix(')')?.rsplit_once(" (")?;
        let (place, said) = before
            .split_once(":in ")
            .filter(|(place, _)| place.contains(".rb:"))?;
        let class = name.starts_with(|c: char| c.is_ascii_uppercase()) && !name.contains(' ');
        (class && !place.contains(' ') && said.contains(": ")).then_some(())
    };
    perl().is_some() || ruby().is_some()
}

/// What it is worth that a line begins with `FAIL` and says more, and that it only names a file.
const FAIL: i32 = 6;
const FAIL_IN: i32 = 3;

/// `FAIL name: …`, `[FAIL] name`; `FAIL 0 tests` counts.
fn what_failed(text: &str) -> Option<&str> {
    let behind = text
        .strip_prefix("[FAIL] ")
        .or_else(|| text.strip_prefix("FAIL "))
        .or_else(|| text.strip_prefix("FAIL\t"));
    behind
        .map(str::trim)
        .filter(|what| what.starts_with(|c: char| c.is_alphabetic() || "/.'\"`".contains(c)))
}

/// What it is worth that a line begins with a cross and says more.
const CROSSED: i32 = 5;

/// What stands behind a cross: `❌ PR title should start with …`, a script's own words behind its own mark.
fn behind_cross(text: &str) -> Option<&str> {
    let said = CROSSES.iter().find_map(|cross| text.strip_prefix(cross))?;
    Some(said.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{fe0f}'))
}

/// Longest ending of a file's name.
const ENDING: usize = 4;

/// Is that the name of a file and nothing else (`errors.js`, in a listing)?
fn is_file_name(text: &str) -> bool {
    let name = |c: char| c.is_alphanumeric() || "._-/+@".contains(c);
    let ending = text.rsplit_once('.').map_or("", |(_, ending)| ending);
    let in_lower = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    (1..=ENDING).contains(&ending.len()) && ending.bytes().all(in_lower) && text.chars().all(name)
}

/// What it costs a line that it says what can be done.
const ADVICE: i32 = 5;

/// Does a line say what can be done, behind whatever level?
fn advises(text: &str) -> bool {
    const BEGINS: &[&str] = &[
        "If ",
        "To ",
        "Please ",
        "Try ",
        "See ",
        "Make sure ",
        "Consider ",
        "Check ",
        "Ensure ",
        "You may ",
        "You can ",
        "Did you ",
        "Perhaps ",
        "Note: ",
        "Hint: ",
        "hint: ",
    ];
    let levels = [
        "[ERROR] ",
        "Error: ",
        "ERROR: ",
        "error: ",
        "npm error ",
        "npm ERR! ",
    ];
    let said = levels.iter().find_map(|level| text.strip_prefix(level));
    let said = said.unwrap_or(text).trim_start();
    BEGINS.iter().any(|begin| said.starts_with(begin))
}

/// How much a line tells of a failure; 0 for nothing.
pub(super) fn score(line: &str) -> i32 {
    let text = line.trim_start_matches(|c: char| c.is_whitespace() || "│|>*-".contains(c));
    // What rustc says besides a message.
    let aside = ["= help: ", "= note: "]
        .iter()
        .any(|mark| text.starts_with(mark));
    if aside
        || is_frame(text)
        || faint::is_option(line)
        || faint::is_source(line)
        || hollow::is_npm_field(line)
    {
        return 0;
    }
    let level = record::level(text);
    if level == Some(Level::Quiet) {
        return 0;
    }
    let (mut best, mut second) = (0, 0);
    words(text.as_bytes(), |at, worth| {
        let bytes = text.as_bytes();
        if within_name(bytes, at.clone()) || within_address(bytes, at.start) || is_none(bytes, at) {
            return;
        }
        second = second.max(worth.min(best));
        best = best.max(worth);
    });
    // `FAIL T4: rc=0`: a script's own verdict on one of its checks, which says no other word.
    if let Some(what) = what_failed(text) {
        let file = what
            .split_whitespace()
            .next()
            .is_some_and(|w| w.contains(['/', '.']));
        if file && best == 0 {
            return FAIL_IN;
        }
        second = second.max(best);
        best = best.max(FAIL);
    }
    let crossed = behind_cross(text);
    // Some tools head a list of reasons with the sign of a product (miette).
    let own = |said: &str| said.starts_with(char::is_alphabetic) && said.contains(' ');
    if crossed.is_some_and(own) && !text.starts_with('×') {
        second = second.max(best);
        best = best.max(CROSSED);
    }
    if level == Some(Level::Error) {
        second = second.max(best);
        best = best.max(record::WORTH);
    }
    if is_death(text) {
        second = second.max(best);
        best = best.max(DIED);
    }
    if best == 0
        || hollow::is_bare(line)
        || is_commit(text)
        || is_file_name(text)
        || is_progress(text)
        || faint::has_passed(text)
    {
        return 0;
    }
    let mut score = best + second / 3;
    let lower: String = text.chars().take(24).flat_map(char::to_lowercase).collect();
    if crossed.is_some() || STARTS.iter().any(|start| lower.starts_with(start)) {
        score += 5;
    }
    // `tool: message`, `file:line: message`
    if text
        .split_once(": ")
        .is_some_and(|(head, _)| head.len() < 60 && !head.contains("  ") && !head.is_empty())
    {
        score += 2;
    }
    if is_calm(text.as_bytes()) {
        score -= 7;
        // `test result: ok. 12 passed; 0 failed` tells nothing at all.
        if score < LEAST {
            return 0;
        }
    }
    if text.len() > 400 {
        score -= 2;
    }
    if advises(text) {
        score = (score - ADVICE).max(1);
    }
    score.max(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_done_tells_less_than_what_is_wrong() {
        assert!(
            score("[ERROR] To see the full stack trace of the errors, re-run")
                < score("[ERROR] lamp not found")
        );
        assert!(
            score("If the lamp is missing, you may need to order one") < score("lamp not found")
        );
        assert_eq!(score("> Task :app:checkErrors SKIPPED"), 0);
        assert_eq!(score("[Help 1] http://docs.example.com/LampException"), 0);
        assert!(score("Error: fetching https://docs.example.com/lamps: not found") > 0);
    }

    #[test]
    fn what_is_counted_as_none_tells_nothing() {
        for line in [
            "unit: 412 passed, 0 failed, 0 errors",
            "vet: no errors found",
            "checked errors=0 failed=0",
            "Fehler: 0, gepr\u{fc}ft: 12",
            "  ok  {\"error\": null}",
            "Error count: 0",
            "fatal errors: 0",
            "error rate: 0.0%",
            "permission denied test: ok",
            "timeout set to 30 s",
        ] {
            assert_eq!(score(line), 0, "{line}");
        }
        for line in [
            "Error: undefined",
            "error: 0 is no port",
            "Error in step: 0 is no port",
            "error code: 10",
            "10 failed",
            "expected: 0, got 3",
            "no such file: a.txt",
        ] {
            assert!(score(line) > 0, "{line}");
        }
    }

    #[test]
    fn other_languages_and_deaths_tell() {
        for line in [
            "FEHLER: Satz 2071: Feld ist leer",
            "Erreur : cl\u{e9}s manquantes",
            "\u{9519}\u{8bef}: src/pay.py",
            "\u{30a8}\u{30e9}\u{30fc}: config.toml",
            "\u{41e}\u{448}\u{438}\u{431}\u{43a}\u{430}: config.toml",
            "host db3 is listed twice at tools/mk.pl line 30.",
            "check.rb:3:in 'check': pod A: README.md is short (LayoutProblem)",
        ] {
            assert!(score(line) > 0, "{line}");
        }
        for line in [
            "Fertig, 0 Fehler",
            "\u{30a8}\u{30e9}\u{30fc}\u{306a}\u{3057}",
            "looked at line 30.",
        ] {
            assert_eq!(score(line), 0, "{line}");
        }
    }

    #[test]
    fn what_says_the_reason_tells_more() {
        let better =
            |a: &str, b: &str| assert!(score(a) > score(b), "{a} {} / {b} {}", score(a), score(b));
        better(
            "cp: cannot stat 'dist/app.bin': No such file or directory",
            "copying 3 files",
        );
        better(
            "ERROR: release notes are missing",
            "WARNING: release notes are missing",
        );
        better("ValueError: invalid literal", "Finished with 0 errors");
        better(
            "5f3c2a1b ERROR: the database is locked",
            "1a2b3c4 Fix the error",
        );
        better("FAIL T4: rc=0 hash=1f", "TESTS FAILED");
        better("[FAIL] schema: 3 fields", "PASS T3: rc=0");
        better(
            "\u{274c} Title should start with a type",
            "Example: 'feat: add it'",
        );
        better("\u{2716}\u{fe0f} Branch is behind", "\u{2716} 3");
        better(
            "\u{274c} Name is required",
            "\u{274c} Title should start with a type",
        );
        better(
            "Cannot open shop.db: disk image is malformed",
            "FAIL 0 tests",
        );
        better("fixture could not be loaded", "FAIL  src/a.test.js (5.2 s)");
        for nothing in [
            "FAIL",
            "FAIL 0 tests",
            "[main 1a2b3c4] Fix the error",
            "[main (root-commit) 1a2b3c4d] Fix the error",
            "1a2b3c4 Fix the error",
            "   Compiling thiserror v1.0.69",
            "  Downloaded anyhow-error v2.0.0 (registry `internal`)",
            "   = help: to override `-D warnings` add an attribute, if denied",
        ] {
            assert_eq!(score(nothing), 0, "{nothing}");
        }
        for name in ["errors.js", "src/fatal-error.cpp", "failed.log"] {
            assert_eq!(score(name), 0, "{name}");
        }
        for said in ["java.lang.OutOfMemoryError", "error: a.js"] {
            assert!(score(said) > 0, "{said}");
        }
        assert_eq!(score("Compiling app v0.1.0"), 0);
        for name in [
            "Parsing Error.swift (2/21)",
            "(1/2) Installing libgpg-error (1.43-r0)",
            "configure.ac:48: installing 'build-aux/missing'",
            "   Compiling quick-error v1.2.3",
            "loading power_assert",
            "opened=31 openfailed=0 closefailed=0",
        ] {
            assert_eq!(score(name), 0, "{name}");
        }
        assert!(score("src/error_page.rs: error: no such field") > 0);
        assert!(score("PERMISSION_DENIED on resource 7") > 0);
        assert!(score("java.lang.IllegalStateException: closed") > 0);
        for said in [
            "configparser.Error: section given twice",
            "worker-failed: no port",
            "/opt/app/error: no port",
            "at line 5: error: unexpected token",
            "at startup: fatal: no port",
        ] {
            assert!(score(said) > 0, "{said}");
        }
        assert_eq!(
            score("\tat com.example.UnknownElement.run(UnknownElement.java:9)"),
            0
        );
        for frame in [
            "\tat java.base/java.lang.Thread.run(Thread.java:1583)",
            "    at file:///app/index.mjs:3:7",
            "   at App.Program.Main(String[] args) in /src/Program.cs:line 7",
            "  File \"/app/run.py\", line 3, in <module>",
            "#12 /var/www/html/artisan(37): Illuminate\\Foundation\\Console\\Kernel->handle()",
            "\tfrom /usr/lib/ruby/3.2.0/net/http.rb:1018:in `connect'",
            "\t... 27 more",
            "\t[C]: in function 'error'",
            "\tci.lua:14: in main chunk",
            "    (mix 1.17.2) lib/mix/cli.ex:96: Mix.CLI.run_task/2",
        ] {
            assert!(is_frame(frame), "{frame}");
        }
        for other in [
            "at least one error",
            "#12 ERROR: no such step",
            "from the start",
            "... and more",
            "lua: ci.lua:14: level 7 has two exits",
            "File not found",
        ] {
            assert!(!is_frame(other), "{other}");
        }
        assert_eq!(score("test result: ok. 12 passed; 0 failed; 0 ignored"), 0);
        assert_eq!(score("Tests: 12 passed, 0 failures, 0 errors"), 0);
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(2000))]

        #[test]
        fn words_are_found_as_a_regex_finds_them(parts in proptest::collection::vec(
            proptest::sample::select(
                WORDS.iter().map(|(word, _)| *word).chain(CALMING.iter().copied())
                    .chain(["e", "er", "ERR", "Fail", "ASSERTION", "not", " ", "n", "0 ", "오", "실", "류", "no ", "\u{212a}illed"])
                    .collect::<Vec<_>>()
            ),
            0..10,
        )) {
            let text = parts.concat();
            // The longest first: then a regex prefers it as well.
            let regex = |words: &mut Vec<&str>| {
                words.sort_by_key(|word| std::cmp::Reverse(word.len()));
                let words: Vec<String> = words.iter().map(|word| regex::escape(word)).collect();
                regex::bytes::Regex::new(&format!("(?i-u){}", words.join("|"))).unwrap()
            };
            let telling = regex(&mut WORDS.iter().map(|(word, _)| *word).collect());
            let worth = |m: regex::bytes::Match<'_>| {
                WORDS.iter().find(|(word, _)| word.as_bytes().eq_ignore_ascii_case(m.as_bytes())).unwrap().1
            };
            let expected: Vec<i32> = telling.find_iter(text.as_bytes()).map(worth).collect();
            let mut found = Vec::new();
            words(text.as_bytes(), |_, worth| found.push(worth));
            proptest::prop_assert_eq!(found, expected);
            let calming = regex(&mut CALMING.to_vec());
            proptest::prop_assert_eq!(is_calm(text.as_bytes()), calming.is_match(text.as_bytes()));
        }
    }
}
