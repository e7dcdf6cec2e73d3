//! Words that tell of a failure, for lines that no pattern knows.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};

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
    ("corrupt", 5),
    ("does not exist", 6),
    ("doesn't exist", 6),
    ("is not ", 4),
    ("no matching", 5),
    ("already exists", 5),
    ("out of memory", 8),
    ("requires ", 4),
    ("not met", 6),
    ("not allowed", 6),
    ("not permitted", 6),
    ("not supported", 5),
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
];

/// Words that take the fright out of a line.
const CALMING: &[&str] = &[
    "warning",
    "warn:",
    "warn ",
    "deprecat",
    "0 errors",
    "0 error",
    "0 failed",
    "0 failures",
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
    "layer already exists",
    // These point at another line.
    "above",
    "for more information",
    "for details",
    "see the log",
    "help: ",
];

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
    "✗",
    "✘",
    "×",
    "❌",
    "✖",
    "●",
    "not ok",
    "abort",
    "##[error]",
    "err ",
    "[err",
    // The marks above, written as UTF-8 and read as code page 437 or 850.
    "Γ¥î",
    "Γ£û",
    "Γ£ù",
    "ÔØî",
    "Ô£û",
    "Ô£ù",
    "assertion",
];

static TELLING: LazyLock<AhoCorasick> =
    LazyLock::new(|| automaton(WORDS.iter().map(|(word, _)| *word)));
static CALM: LazyLock<AhoCorasick> = LazyLock::new(|| automaton(CALMING.iter().copied()));

fn automaton<'w>(words: impl Iterator<Item = &'w str>) -> AhoCorasick {
    AhoCorasickBuilder::new()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .build(words)
        .expect("a short list of words")
}

/// How much a line tells of a failure; 0 for nothing.
pub(super) fn score(line: &str) -> i32 {
    let text = line.trim_start_matches(|c: char| c.is_whitespace() || "│|>*-".contains(c));
    let mut words: Vec<i32> = TELLING
        .find_iter(text)
        .map(|m| WORDS[m.pattern().as_usize()].1)
        .collect();
    words.sort_unstable_by(|a, b| b.cmp(a));
    let Some(&best) = words.first() else { return 0 };
    let mut score = best + words.get(1).map_or(0, |second| second / 3);
    let lower: String = text.chars().take(24).flat_map(char::to_lowercase).collect();
    if STARTS.iter().any(|start| lower.starts_with(start)) {
        score += 5;
    }
    // `tool: message`, `file:line: message`
    if text
        .split_once(": ")
        .is_some_and(|(head, _)| head.len() < 60 && !head.contains("  ") && !head.is_empty())
    {
        score += 2;
    }
    if CALM.is_match(text) {
        score -= 7;
    }
    if text.len() > 400 {
        score -= 2;
    }
    score.max(0)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(score("Compiling app v0.1.0"), 0);
    }
}
