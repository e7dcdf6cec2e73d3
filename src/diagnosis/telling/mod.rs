//! Scores lines that no pattern knows by the words that tell of a failure.
//!
//! The score depends on the [`words`](mod@words), on the text [`around`] them, and on [`forms`] that decide a line by
//! themselves.

use super::record::{self, Level};
use super::{faint, hollow};

mod around;
mod forms;
mod frame;
mod says;
mod words;

use around::{is_none, within_address, within_name};
use forms::{
    advises, behind_cross, is_bad_status, is_commit, is_death, is_failed_row, is_file_name,
    what_failed,
};
use words::words;

pub(super) use forms::is_progress;
pub(super) use frame::is_frame;
pub(super) use says::{Says, says};
pub(super) use words::is_calm;

/// How lines begin that say what is wrong.
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

/// Least score of a line with a calming word; below it the line tells nothing.
const LEAST: i32 = 3;

/// The score of the message with which a Perl or Ruby program died.
const DIED: i32 = 6;

/// The score of a line that begins with `FAIL` and says what failed, or (`FAIL_IN`) only in which file.
const FAIL: i32 = 6;
const FAIL_IN: i32 = 3;

/// The score of a row that only says which check failed, and of a bad end of what runs elsewhere.
const FAILED_ROW: i32 = 3;
const BAD_STATUS: i32 = 7;

/// The score of a line that begins with a cross and says more.
const CROSSED: i32 = 5;

/// What advice takes off a line's score.
const ADVICE: i32 = 5;

/// What speaks for a failure in a line: the sign that tells most, and the next one.
#[derive(Default)]
struct Signs {
    best: i32,
    second: i32,
}

impl Signs {
    /// A telling word.
    fn word(&mut self, worth: i32) {
        self.second = self.second.max(worth.min(self.best));
        self.best = self.best.max(worth);
    }

    /// A form of the whole line: it bears out the words that were found.
    fn form(&mut self, worth: i32) {
        self.second = self.second.max(self.best);
        self.best = self.best.max(worth);
    }
}

/// How much a line tells of a failure; 0 for nothing.
pub(super) fn score(line: &str) -> i32 {
    let text = line.trim_start_matches(|c: char| c.is_whitespace() || "│|>*-".contains(c));
    // rustc's additions to a message.
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
    let mut signs = Signs::default();
    words(text.as_bytes(), |at, worth| {
        let bytes = text.as_bytes();
        if !within_name(bytes, at.clone())
            && !within_address(bytes, at.start)
            && !is_none(bytes, at)
        {
            signs.word(worth);
        }
    });
    // `FAIL T4: rc=0`: a script's own verdict on one of its checks, without another telling word.
    if let Some(what) = what_failed(text) {
        let file = what
            .split_whitespace()
            .next()
            .is_some_and(|w| w.contains(['/', '.']));
        if file && signs.best == 0 {
            return FAIL_IN;
        }
        signs.form(FAIL);
    }
    let crossed = behind_cross(text);
    // Some tools begin a list of reasons with a multiplication sign (miette).
    let own = |said: &str| said.starts_with(char::is_alphabetic) && said.contains(' ');
    if crossed.is_some_and(own) && !text.starts_with('×') {
        signs.form(CROSSED);
    }
    if level == Some(Level::Error) {
        signs.form(record::WORTH);
    }
    if signs.best == 0 && is_failed_row(text) {
        return FAILED_ROW;
    }
    if is_bad_status(text) {
        signs.form(BAD_STATUS);
    }
    if is_death(text) {
        signs.form(DIED);
    }
    if signs.best == 0
        || hollow::is_bare(line)
        || is_commit(text)
        || is_file_name(text)
        || is_progress(text)
        || faint::has_passed(text)
    {
        return 0;
    }
    let mut score = signs.best + signs.second / 3;
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
        // `test result: ok. 12 passed; 0 failed` tells nothing.
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
    fn rows_and_ends_tell() {
        for line in ["CHECK_BASE: FAIL", "lint.sh:  KO"] {
            assert!(
                score(line) > 0 && score(line) < score("cannot read a.txt"),
                "{line}"
            );
        }
        assert_eq!(score("CHECK_BASE: OK"), 0);
        let ended = "I1029 08:05:09.6   204 a.cc:425] workflow status TERMINATED";
        let says = "I1029 08:06:11.2   204 job.cc:107] Job failed, result uploaded";
        assert!(score(ended) > score(says));
        assert_eq!(score("workflow status RUNNING"), 0);
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
        assert_eq!(score("test result: ok. 12 passed; 0 failed; 0 ignored"), 0);
        assert_eq!(score("Tests: 12 passed, 0 failures, 0 errors"), 0);
    }
}
