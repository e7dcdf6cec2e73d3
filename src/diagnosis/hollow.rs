//! Recognises lines that sound like a failure but say nothing about it: a prefix with nothing behind it, an
//! exit code alone.

use super::telling::{self, Says};

/// Words that only announce an error, or say whose it is.
const PREFIXES: &[&str] = &[
    "npm",
    "yarn",
    "pnpm",
    "bun",
    "err",
    "error",
    "errors",
    "fatal",
    "e",
    "exception",
    "warn",
    "warning",
    "info",
];

/// Words for an exit code.
const EXITS: &[&str] = &[
    "code", "errno", "exit", "exitcode", "exited", "exiting", "rc", "status",
];

/// Words around an exit code that do not name what ended.
const AROUND: &[&str] = &[
    "a",
    "by",
    "child",
    "command",
    "completed",
    "elifecycle",
    "execution",
    "failed",
    "failure",
    "finished",
    "from",
    "has",
    "is",
    "node",
    "non",
    "of",
    "process",
    "program",
    "returned",
    "run",
    "script",
    "shell",
    "step",
    "subprocess",
    "task",
    "terminated",
    "the",
    "was",
    "with",
    "zero",
];

/// Longest line that says only an exit code, in bytes.
const LONGEST_EXIT: usize = 100;

/// Whether a line is a prefix with nothing behind it (`npm ERR!`, `error:`, `[ERROR]`), a rule, or the edge of
/// a box.
pub(super) fn is_bare(line: &str) -> bool {
    words(line).all(|word| is_one_of(PREFIXES, word))
}

/// Words that only count: what was checked, and with what result.
const COUNTED: &[&str] = &[
    "all", "and", "are", "bad", "checked", "checks", "error", "errors", "fail", "failed",
    "failing", "failure", "failures", "files", "findings", "found", "good", "in", "invalid",
    "issue", "issues", "not", "of", "ok", "pass", "passed", "passing", "problem", "problems",
    "result", "results", "skipped", "summary", "test", "tests", "total", "valid", "warning",
    "warnings", "were", "with",
];

/// Whether a line only counts failures (`failed: 1`, `2 problems`, `3 of 40 checks failed`), or only states
/// one (`Result: FAILURE`).
pub(super) fn only_counts(line: &str) -> bool {
    let counts = line.bytes().any(|b| b.is_ascii_digit()) || line.contains(": ");
    if line.len() > LONGEST_EXIT || !counts {
        return false;
    }
    let number = |word: &str| word.bytes().all(|b| b.is_ascii_digit());
    let mut words = words(line).filter(|word| !number(word)).peekable();
    words.peek().is_some() && words.all(|word| is_one_of(COUNTED, word))
}

/// Words that say that or where something failed, but not what; [`COUNTED`] and [`AROUND`] belong to them too.
const GENERAL: &[&str] = &[
    "aborted",
    "aborting",
    "an",
    "at",
    "been",
    "build",
    "building",
    "cannot",
    "check",
    "complete",
    "continue",
    "could",
    "critical",
    "detected",
    "due",
    "during",
    "emitted",
    "encountered",
    "ended",
    "exception",
    "exit",
    "exiting",
    "fatal",
    "for",
    "have",
    "job",
    "logged",
    "more",
    "occurred",
    "occured",
    "on",
    "one",
    "or",
    "out",
    "pipeline",
    "quitting",
    "running",
    "site",
    "some",
    "stopped",
    "stopping",
    "task",
    "tasks",
    "there",
    "to",
    "unsuccessful",
    "when",
    "while",
];

/// Whether a line says only that something failed (`Some errors were emitted while running checks.`).
pub(super) fn is_general(line: &str) -> bool {
    // A colon announces what stands below.
    if line.len() > LONGEST_EXIT || line.ends_with(':') {
        return false;
    }
    let known = |word: &str| {
        let number = word.trim_end_matches(['s', 'm']);
        number.bytes().all(|b| b.is_ascii_digit())
            || [GENERAL, COUNTED, AROUND, PREFIXES]
                .iter()
                .any(|list| is_one_of(list, word))
    };
    // `1 error(s)` counts, `Fatal error: 500` does not.
    let mut pairs = words(line).zip(words(line).skip(1).chain([""]));
    let counts = |(word, next): (&str, &str)| {
        let number = word.bytes().all(|b| b.is_ascii_digit());
        !number || is_one_of(COUNTED, next)
    };
    words(line).count() > 2
        && words(line).all(known)
        && pairs.all(counts)
        && telling::says(line) < Says::Specific
}

/// Whether a line names the exit code of something, whatever else it says.
pub(super) fn names_exit(line: &str) -> bool {
    const WORDS: &[&str] = &[
        "exit code",
        "exit status",
        "exited with",
        "exited with code",
        "(code",
    ];
    let number = |rest: &str| {
        let rest = rest.trim_start_matches([':', ' ']);
        rest.starts_with(|c: char| c.is_ascii_digit())
    };
    let named = |words: &&str| line.split_once(words).is_some_and(|(_, rest)| number(rest));
    // A crash is a reason.
    const CRASHES: &[&str] = &[
        "egmentation",
        "core dumped",
        "illed",
        "bort",
        "memory",
        "verflow",
    ];
    line.bytes().any(|b| b.is_ascii_digit())
        && !CRASHES.iter().any(|crash| line.contains(crash))
        // `ld returned 1 exit status`
        && (line.ends_with(" exit status") || WORDS.iter().any(named))
}

/// Whether a line of npm's report says where and how a script ran, not why it failed.
pub(super) fn is_npm_field(line: &str) -> bool {
    const FIELDS: &[&str] = &["code", "command", "cwd", "location", "path", "workspace"];
    let text = line.trim_start();
    let field = ["npm error ", "npm ERR! "]
        .iter()
        .find_map(|head| text.strip_prefix(head))
        .and_then(|said| said.split_once(' '));
    field.is_some_and(|(field, value)| {
        FIELDS.contains(&field) && (field != "code" || value.bytes().all(|b| b.is_ascii_digit()))
    })
}

/// Whether a line says an exit code but not what ended with it.
pub(super) fn only_exits(line: &str) -> bool {
    // Most lines are ruled out here.
    if line.len() > LONGEST_EXIT || !line.bytes().any(|b| b.is_ascii_digit()) {
        return false;
    }
    let (mut exits, mut code) = (false, false);
    let known = words(line).all(|word| {
        let number = word.bytes().all(|b| b.is_ascii_digit());
        let exit = is_one_of(EXITS, word);
        code |= number;
        exits |= exit;
        number || exit || is_one_of(AROUND, word) || is_one_of(PREFIXES, word)
    });
    known && exits && code
}

/// The words of a text, separated by signs and blanks.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.is_empty())
}

fn is_one_of(list: &[&str], word: &str) -> bool {
    let first = word.as_bytes().first().map(u8::to_ascii_lowercase);
    let begins = |other: &str| other.as_bytes().first().copied() == first;
    list.iter()
        .any(|other| begins(other) && other.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_alone_tells_nothing() {
        for line in [
            "npm ERR!",
            "npm ERR! ",
            "npm error",
            "error:",
            "[ERROR]",
            "ERROR -",
            "fatal:",
            "E  ",
            "> Error",
            "",
            "+----------------------------------------------------+",
            "[INFO] ------------------------------------------------------------",
            "\u{2570}\u{2500}\u{2500}\u{2500}\u{2500}\u{2500}\u{2500}\u{2500}\u{2500}\u{2500}\u{2500}\u{2500}\u{2500}\u{2500}\u{2500}\u{256f}",
        ] {
            assert!(is_bare(line), "{line}");
        }
        for line in ["npm ERR! code 1", "FAILED", "fatal: no", "error E5", "오류"] {
            assert!(!is_bare(line), "{line}");
        }
    }

    #[test]
    fn a_count_alone_is_told_from_what_was_counted() {
        for line in [
            "failed: 1",
            "2 problems",
            "=== 3 of 40 checks failed ===",
            "Tests: 2 failed, 38 passed, 40 total",
            "not valid: 1",
            "Result: FAILURE",
        ] {
            assert!(only_counts(line), "{line}");
        }
        for line in [
            "12",
            "failed",
            "failed: login 1",
            "2 problems in store.yml",
            "error 404",
        ] {
            assert_eq!(only_counts(line), line == "error 404", "{line}");
        }
    }

    #[test]
    fn what_says_only_that_something_failed_is_told_from_what() {
        for line in [
            "  \u{2716} Some errors were emitted while running checks.",
            "==> ERROR: Build failed",
            "[error] Exiting due to errors.",
            "Failed with errors in 0s 195ms",
        ] {
            assert!(is_general(line), "{line}");
        }
        for line in [
            "error Command \"build\" not found.",
            "Error: 2 error(s) occurred:",
            "Installer failed",
            "FAILED",
        ] {
            assert!(!is_general(line), "{line}");
        }
    }

    #[test]
    fn how_something_ended_is_told_from_a_crash() {
        for line in [
            "collect2: error: ld returned 1 exit status",
            "rsync error: some files could not be transferred (code 23) at main.c(996)",
            "ERROR: store exited unexpectedly, with exit code 78",
        ] {
            assert!(names_exit(line), "{line}");
        }
        for line in [
            "Exit Code: 139(Segmentation violation)",
            "exited with code 134 (core dumped)",
            "error (code E12)",
        ] {
            assert!(!names_exit(line), "{line}");
        }
    }

    #[test]
    fn npm_says_where_a_script_was_run() {
        for line in [
            "npm error path /builds/acme/app",
            "npm error command sh -c node size.js",
            "npm error command failed",
            "npm ERR! code 3",
        ] {
            assert!(is_npm_field(line), "{line}");
        }
        for line in [
            "npm error code E404",
            "npm error 404 not found",
            "npm error",
        ] {
            assert!(!is_npm_field(line), "{line}");
        }
    }

    #[test]
    fn an_exit_code_alone_is_told_from_what_failed() {
        for line in [
            "exit code: 5",
            "npm ERR! Exit status 1",
            "Error: Process completed with exit code 1.",
            "error Command failed with exit code 127.",
            " ELIFECYCLE  Command failed with exit code 1.",
            "exitcode '1': failure",
            "rc=2",
            "Node run failed with exit code 1",
            "npm ERR! errno 1",
        ] {
            assert!(only_exits(line), "{line}");
        }
        for line in [
            "lamp exited with code 5",
            "make: *** [all] Error 2",
            "Error: 5 of 7 failed",
            "failed with exit status",
            "error 404: not found",
            "error TS2304",
        ] {
            assert!(!only_exits(line), "{line}");
        }
    }
}
