//! Lines that sound like a failure and say nothing of it: a prefix with nothing behind it, an exit code alone.

/// Words that only say that what comes behind them is an error, or whose it is.
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

/// Words around it that do not say what ended so.
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

/// Most bytes of a prefix, and of a line that says nothing but an exit code.
const LONGEST_PREFIX: usize = 40;
const LONGEST_EXIT: usize = 100;

/// Is that a prefix with nothing behind it (`npm ERR!`, `error:`, `[ERROR]`)?
pub(super) fn is_bare(line: &str) -> bool {
    line.len() <= LONGEST_PREFIX && words(line).all(|word| is_one_of(PREFIXES, word))
}

/// Does a line say an exit code, and nothing of what ended so?
pub(super) fn only_exits(line: &str) -> bool {
    // Most lines get no further than here.
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

/// The words of a text: what stands between signs and blanks.
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
        ] {
            assert!(is_bare(line), "{line}");
        }
        for line in ["npm ERR! code 1", "FAILED", "fatal: no", "error E5", "오류"] {
            assert!(!is_bare(line), "{line}");
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
