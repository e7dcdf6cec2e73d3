//! One line as patterns and people see it.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::Wrappers;
use super::escape;
use super::foreign::{codebuild, travis};
use super::hosts;
use super::prefix::{self, Prefix};

/// What a line is, judged by its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Output of a tool.
    Output,
    /// A command that the runner echoed.
    Command,
    /// A copy of source, or a mark: `set -x` echoes, Dockerfile steps, code frames, `[Pipeline] sh`.
    Source,
    /// A test that passed.
    Passing,
}

/// One clean line, or one piece of it.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// The line without stamps and trailing blanks.
    pub text: &'a [u8],
    /// How many bytes of `text` a wrapping tool's prefix takes.
    pub content_at: usize,
    /// Tells parallel outputs apart; 0 if there is only one.
    pub stream: u32,
    /// The line is a command that the runner echoed.
    pub command: bool,
}

impl<'a> Line<'a> {
    /// Splits a clean piece into its parts. `command` says that the runner echoed it.
    pub fn new(piece: &'a [u8], command: bool) -> Self {
        let Prefix {
            stamps,
            content,
            stream,
        } = prefix::split(piece);
        let end = escape::lost_at_end(piece).max(stamps);
        let text = &piece[stamps..end];
        let content_at = content.min(end) - stamps;
        Self {
            text,
            content_at,
            stream,
            command,
        }
    }

    /// Splits off the prefixes of tools that the log has announced.
    #[inline]
    #[must_use]
    pub fn within(mut self, known: &Wrappers) -> Self {
        if known.any() {
            let mut prefix = Prefix {
                stamps: 0,
                content: self.content_at,
                stream: self.stream,
            };
            known.split_off(self.text, &mut prefix);
            self.content_at = prefix.content;
            self.stream = prefix.stream;
        }
        self
    }

    /// The kind of the line, by its form.
    pub fn kind(&self) -> Kind {
        if self.command {
            Kind::Command
        } else {
            kind(self.content())
        }
    }

    /// A window that does not begin at the start of its line. It has no prefix, and `^` does not match there.
    pub fn inside(window: &'a [u8]) -> Self {
        Self {
            text: window.trim_ascii_end(),
            content_at: 0,
            stream: 0,
            command: false,
        }
    }

    /// The innermost tool's output, without prefixes.
    pub fn content(&self) -> &'a [u8] {
        &self.text[self.content_at..]
    }
}

/// The kind of a line that is no echoed command, by its form.
pub fn kind(content: &[u8]) -> Kind {
    if is_source(content) {
        Kind::Source
    } else if is_passing(content) {
        Kind::Passing
    } else {
        Kind::Output
    }
}

/// Whether a line is a copy of source. Last come PowerShell's repetitions, then marks and echoes of Travis
/// CI, AWS CodeBuild, Jenkins and Azure Pipelines.
fn is_source(content: &[u8]) -> bool {
    xtrace(content).is_some()
        || dockerfile_step(content)
        || code_frame(content)
        || inner_command(content)
        || hosts::repeats(content)
        || travis::is_mark(content)
        || codebuild::is_echo(content)
        || content.starts_with(b"[Pipeline] ")
        || content.starts_with(b"##[section]")
}

/// The number of signs in `+ cmd`, `++ cmd` (bash's and dash's `set -x`; also a line that a diff adds). The
/// command follows behind a blank.
pub fn xtrace(content: &[u8]) -> Option<usize> {
    let plus = content.iter().take_while(|&&b| b == b'+').count();
    ((1..=6).contains(&plus) && content.get(plus) == Some(&b' ')).then_some(plus)
}

/// Whether an action of GitHub or a task of Azure Pipelines shows what it runs: `[command]/usr/bin/git fetch
/// …`, `##[command]…`.
fn inner_command(content: &[u8]) -> bool {
    content.starts_with(b"[command]") || content.starts_with(b"##[command]")
}

/// Whether a line is a build step: `Step 3/8 : RUN …` (classic builder), `[builder 3/8] RUN …` (BuildKit,
/// behind `#12 `).
fn dockerfile_step(content: &[u8]) -> bool {
    if let Some(rest) = content.strip_prefix(b"Step ") {
        return rest.iter().position(|&b| b == b':').is_some_and(|k| {
            k < 12
                && rest[..k]
                    .iter()
                    .all(|b| b.is_ascii_digit() || matches!(b, b'/' | b' '))
        });
    }
    let Some(close) = content
        .strip_prefix(b"[")
        .and_then(|rest| rest.iter().take(80).position(|&b| b == b']'))
    else {
        return false;
    };
    let inside = &content[1..=close];
    let after = content[close + 2..].trim_ascii_start();
    memchr::memrchr(b'/', inside).is_some_and(|slash| {
        let step = inside[..slash]
            .rsplit(|&b| b == b' ')
            .next()
            .unwrap_or_default();
        let count = &inside[slash + 1..];
        let number = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
        number(step) && number(count)
    }) && after.first().is_some_and(u8::is_ascii_uppercase)
}

/// Whether a line quotes source with its gutter: ` 12 | code`, `> 12 | code`, `   |  ^^^`, `12 |  >>> RUN …`.
fn code_frame(content: &[u8]) -> bool {
    let mut rest = content.trim_ascii_start();
    if !matches!(rest.first(), Some(b'>' | b'|' | b'0'..=b'9' | 0xe2)) {
        return false;
    }
    if let Some(inner) = rest.strip_prefix(b">") {
        rest = inner.trim_ascii_start();
    }
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let gutter = rest[digits..].trim_ascii_start();
    let bar = gutter.first() == Some(&b'|') || gutter.starts_with("│".as_bytes());
    // ` 12 | ERROR | …` is a table of findings (PHP_CodeSniffer), not a copy of a file.
    let table =
        bar && {
            let cell = gutter[1..].trim_ascii_start();
            cell.starts_with(b"ERROR ") || cell.starts_with(b"WARNING ")
        } && memchr::memchr(b'|', &gutter[1..]).is_some();
    // Without a number, only an indented bar that points at something is a code frame.
    bar && !table
        && (digits > 0 && digits < 7
            || content.first() == Some(&b' ')
                && gutter[1..]
                    .iter()
                    .all(|b| matches!(b, b' ' | b'^' | b'~' | b'-' | b'|' | b'+')))
}

/// Whether a test passed whose name may contain an error: `ok 3 …`, `✓ …`, `--- PASS: …`, `x PASSED`, `x ...
/// ok`.
fn is_passing(content: &[u8]) -> bool {
    const STARTS: &[&[u8]] = &[
        b"ok ",
        b"--- PASS",
        b"--- SKIP: ",
        b"PASS ",
        b"PASS: ",
        b"PASSED ",
        b"[       OK ]",
        b"[  PASSED  ]",
        b"[ RUN      ]",
        b"=== RUN ",
        b"=== CONT ",
        b"=== PAUSE ",
        // pytest's summary of skipped tests and expected failures.
        b"XFAIL ",
        b"SKIPPED [",
    ];
    const ENDS: &[&[u8]] = &[
        b" ... ok",
        b" ... OK",
        b" PASSED",
        b"... ignored",
        b" ... skipped",
        b" -> passed",
        b" PASS",
    ];
    // The rows below the first have these marks as misread by the code pages 437, 1252, 850, 852 and 866.
    // East Asian code pages are left out, since they turn the marks of passing and failing tests into the
    // same text.
    const TICKS: &[&str] = &[
        "✓ ", "✔ ", "√ ", "✅ ", //
        "Γ£ô ", "Γ£ö ", "ΓêÜ ", "âœ“ ", "âœ” ", "âˆš ", "Ô£ô ", "Ô£ö ", "ÔêÜ ", "Ô£à ", "Ôťô ",
        "Ôťö ", "ÔłÜ ", "Ôťů ", "тЬУ ", "тЬФ ", "тИЪ ", "тЬЕ ",
    ];
    let text = content.trim_ascii();
    let (Some(first), Some(last)) = (text.first(), text.last()) else {
        return false;
    };
    let begins = match first {
        // `ok 3 - name # TODO` passes as well; `ok` alone is no test.
        b'o' | b'-' | b'P' | b'[' | b'=' | b'X' | b'S' => {
            STARTS.iter().any(|s| text.starts_with(s))
        }
        b'n' => expected_not_ok(text),
        b'0'..=b'9' => dart_progress(text),
        0xe2 | 0xce | 0xc3 | 0xd1 => {
            TICKS.iter().any(|t| text.starts_with(t.as_bytes())) || skipped_by_vitest(text)
        }
        _ => false,
    };
    let ends = match last {
        b'k' | b'K' | b'D' | b'd' | b'S' => {
            ENDS.iter().any(|e| text.ends_with(e)) || tasty_passed(text)
        }
        b']' => percent_passed(text),
        b'c' => ant_testcase(text),
        b'\'' | b'"' => skipped(text),
        b'e' => text.ends_with(b" ... expected failure"),
        b')' => memchr::memmem::find(text, b" (PENDING: ").is_some(),
        _ => false,
    };
    // If a test prints no newline, its result follows on the same line.
    begins || ends || GO_PASS.find(text).is_some()
}

/// `  Invalid label character:      OK` (tasty: the name, then the result in its own column).
fn tasty_passed(text: &[u8]) -> bool {
    let name = text.strip_suffix(b"  OK").map(<[u8]>::trim_ascii_end);
    name.is_some_and(|name| name.ends_with(b":"))
}

static GO_PASS: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new(b"--- PASS: "));

/// `00:06 +15 ~1 -2: test/a_test.dart: parses an error` (package:test, flutter test) names the test that runs
/// next. A failed test has ` [E]` behind its name.
fn dart_progress(text: &[u8]) -> bool {
    let (Some(clock), Some(rest)) = (text.first_chunk::<5>(), text.get(5..)) else {
        return false;
    };
    let [h, i, b':', m, n] = clock else {
        return false;
    };
    if ![h, i, m, n].iter().all(|b| b.is_ascii_digit()) || !rest.starts_with(b" +") {
        return false;
    }
    let Some(colon) = memchr::memchr(b':', &rest[..rest.len().min(40)]) else {
        return false;
    };
    let counts = rest[1..colon].iter();
    let mut counts = counts.map(|b| b.is_ascii_digit() || b" +~-".contains(b));
    let said = &rest[colon + 1..];
    counts.all(|fits| fits) && !said.ends_with(b" [E]") && said != b" Some tests failed."
}

/// `test_x (tests.T) ... skipped 'only on Windows'` (unittest).
fn skipped(text: &[u8]) -> bool {
    let reason = memchr::memmem::rfind(text, b" ... skipped ");
    reason.is_some_and(|at| matches!(text[at + " ... skipped ".len()], b'\'' | b'"'))
}

/// `[junit] Testcase: invalid[1] took 0.005 sec` (ant). A failure is reported on the lines below.
fn ant_testcase(text: &[u8]) -> bool {
    text.ends_with(b" sec")
        && memchr::memmem::find(text, b"Testcase: ")
            .is_some_and(|at| memchr::memmem::find(&text[at..], b" took ").is_some())
}

/// `↓ errors > fails with an error`
fn skipped_by_vitest(text: &[u8]) -> bool {
    text.starts_with("↓ ".as_bytes()) && memchr::memmem::find(text, b" > ").is_some()
}

/// `not ok 3 - name # TODO reason`: an expected failure (TAP 13 and 14, directives).
fn expected_not_ok(text: &[u8]) -> bool {
    let directive = text
        .strip_prefix(b"not ok ")
        .and_then(|rest| rest.get(memchr::memmem::rfind(rest, b" # ")? + 3..));
    // In lower case the word may be part of a name.
    let word = directive.and_then(|said| said.split(|b| !b.is_ascii_alphabetic()).next());
    word == Some(b"TODO")
}

/// pytest's `tests/test_x.py::test_error PASSED   [ 50%]`, and its results for tests that do not count.
fn percent_passed(text: &[u8]) -> bool {
    const RESULTS: &[&[u8]] = &[b" PASSED ", b" XFAIL ", b" SKIPPED "];
    let holds = |result: &&[u8]| memchr::memmem::find(text, result).is_some();
    text.ends_with(b"%]") && RESULTS.iter().any(holds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_of_source_are_told_from_output() {
        for line in [
            "+ docker push x",
            "++ cat error.log",
            "Step 3/8 : RUN exit 1",
            "[3/8] RUN echo error",
            "[builder  3/12] COPY . .",
            "[linux/arm64 builder 3/12] RUN make",
            " 12 | let error = x;",
            ">  3 |   throw new Error()",
            "   |          ^^^^^",
            "  14 | >>> RUN npm ci",
            "[command]/usr/bin/git fetch --no-tags origin error",
            "##[command]docker push registry.example.com/error",
        ] {
            assert_eq!(kind(line.as_bytes()), Kind::Source, "{line}");
        }
        for line in [
            "+1 vote",
            "Step by step: error",
            "[ERROR] COMPILATION ERROR",
            "[3/8] downloading",
            "| table | error |",
            "error: x | y",
            "12 errors | 3 warnings",
            "│ Error: Invalid reference",
            " 12 | ERROR   | [x] Missing doc comment for class App",
            "[1211/093412.123:ERROR:env.cc(257)] The platform failed to initialize",
            "[12:34:0101/1] Missing X server or $DISPLAY",
        ] {
            assert_eq!(kind(line.as_bytes()), Kind::Output, "{line}");
        }
    }

    #[test]
    fn passing_tests_are_no_failures() {
        for line in [
            "ok 3 - handles fatal errors",
            "  ✓ reports error 500 (3 ms)",
            "  тЬУ reports error 500 (3 ms)",
            "  Ô£à reports error 500 (3 ms)",
            "--- PASS: TestError (0.00s)",
            "tests/test_x.py::test_error PASSED                  [ 50%]",
            "test tests::error ... ok",
            "testError (tests.T) ... ok",
            "[       OK ] Suite.Error (0 ms)",
            "    [junit] Testcase: invalid[error] took 0.005 sec",
            "    Invalid header, invalid label character:      OK",
            "    --- SKIP: TestFailedOnWindows (0.00s)",
            "test_error (tests.T.test_error) ... skipped 'fails on Windows'",
            "test_error (tests.T.test_error) ... expected failure",
            "  \u{393}\u{a3}\u{f4} reports error 500 (3 ms)",
            "not ok 2 - fatal crash # TODO bug 77",
            "XFAIL tests/test_x.py::test_crash - bug 1207: Segmentation fault",
            "SKIPPED [1] tests/test_x.py:3: could not import 'error'",
            "tests/test_x.py::test_error XFAIL (bug 3)               [ 50%]",
            "   \u{2193} errors > fails with JavaScript heap out of memory",
            "  fails with a fatal error (PENDING: bug 17)",
            "00:06 +15: test/parse_test.dart: throws an error",
            "01:06 +15 ~1 -2: reports an invalid value",
        ] {
            assert_eq!(kind(line.as_bytes()), Kind::Passing, "{line}");
        }
        for line in [
            "not ok 3 - x",
            "not ok 3 - x # TODOS",
            "00:06 +15 -1: reports an invalid value [E]",
            "00:06 +15 -1: Some tests failed.",
            "00:06 +x: error: y",
            "10:06 error: y",
            "not ok 3 lexer strips # todo comments",
            "not ok 3 b # SKIP no docker",
            "\u{2193} error: coverage fell",
            "the server did not say OK",
            "status: OK",
            "--- FAIL: TestOk",
            "FAILED tests/x.py::ok",
            "oke: error",
        ] {
            assert_eq!(kind(line.as_bytes()), Kind::Output, "{line}");
        }
    }

    #[test]
    fn a_line_is_shown_without_stamps_and_trailing_blanks() {
        let line = Line::new(b"2026-05-01T10:00:00.123456Z 01E #5 0.2 E: no  ", false);
        assert_eq!(line.text, b"#5 0.2 E: no");
        assert_eq!(line.content(), b"E: no");
        let line = Line::new(b"2026-05-01T10:00:00.123456Z 01O ", false);
        assert_eq!(line.text, b"");
    }
}
