//! Logs without a verdict that end in the words of a tool that all went well.
//!
//! Whatever stands above them did not fail what the log shows: a test that fails on purpose, a probe, a retry.

use std::cell::LazyCell;

use super::aside::printed;
use super::{Case, telling};
use crate::model::TailLine;

mod tap;

/// So many lines may stand behind such words: times, counts, a line of advice.
const BEHIND: usize = 5;
/// So many lines at the end must not tell of a failure, or deny what is said: a summary has several of them.
const LAST: usize = 12;

/// How lines begin that speak for everything above them.
const OF_ALL: &[&str] = &[
    // Gradle, Ant, Maven, Xcode, MSBuild
    "BUILD SUCCESSFUL",
    "[INFO] BUILD SUCCESS",
    "** BUILD SUCCEEDED **",
    "** TEST SUCCEEDED **",
    "** ARCHIVE SUCCEEDED **",
    "** EXPORT SUCCEEDED **",
    "Build succeeded.",
    // sbt, PlatformIO, .NET, CPython's own tests
    "[success] Total time: ",
    "Test Run Successful.",
    "Result: SUCCESS",
    // prove, CTest, Catch2, Cypress, Node.js
    "All tests successful.",
    "Result: PASS",
    "100% tests passed, 0 tests failed",
    "All tests passed (",
    "All specs passed!",
    "# fail 0",
    "\u{2139} fail 0",
    // Unity
    "Exiting batchmode successfully now!",
    "Application will terminate with return code 0",
    // drone-ssh, GitHub's ssh-action
    "\u{2705} Successfully executed commands to all host",
    "Successfully executed commands to all host",
    // PHPUnit, Terraform, Helm
    "OK (",
    "Apply complete! Resources: ",
    "STATUS: deployed",
];

/// How lines begin that speak for one of several parts: what stands next to them must not tell of a failure.
const OF_A_PART: &[&str] = &[
    // cargo, Yarn, Ruff, mypy, Angular, Prettier, Terraform
    "test result: ok. ",
    "✨  Done in ",
    "All checks passed!",
    "Success: no issues found in ",
    "All files pass linting.",
    "All matched files use Prettier code style!",
    "Success! The configuration is valid",
];

/// Does the log end so?
pub(super) fn closes(case: &Case) -> bool {
    let tail = &case.inputs()[case.job].scan.tail;
    // What a test printed that passed is no part of what is said of all.
    let printed = LazyCell::new(|| printed(case));
    let mut said = None;
    // A line `OK` has been seen: it is unittest's where the count stands above it.
    let mut ok = false;
    for (behind, line) in tail.from_end(case.facts()).take(LAST).enumerate() {
        let text = line.content().trim();
        if says_code(text) {
            return false;
        }
        if said.is_none() && ok && text.starts_with("Ran ") && text.contains(" test") {
            said = Some(Of::All);
        }
        ok |= text == "OK";
        match says(text) {
            Some(of) => said = said.or(Some(of)),
            None if line.command => break,
            None if said.is_none() && tap::is_part(&line) => {}
            None if said.is_none() && behind >= BEHIND => break,
            // What speaks for all may stand behind an error that was expected, or overcome, but not behind a summary that denies it.
            None if said.is_some() && denies(text) => return false,
            None if said == Some(Of::All) => {}
            None if !line.echo
                && telling::score(text) > 0
                && !printed
                    .iter()
                    .any(|stretch| stretch.contains(&line.place.line)) =>
            {
                return false;
            }
            None => {}
        }
    }
    // It may be the last of several parts, and Playwright lists the tests that failed between two counts.
    let run = || tail.from_end(case.facts()).take_while(|line| !line.command);
    let sums_up = |line: &TailLine| !line.echo && summary_of_failures(line.content().trim());
    // The first is told by a few lines, mostly; the other asks all of them.
    (said.is_some() || tap::all_passed(run())) && !run().any(|line| sums_up(&line))
}

/// Does a line sum up that something failed, as a tool does that may also say that all went well?
fn summary_of_failures(text: &str) -> bool {
    const STARTS: &[&str] = &[
        "--- FAIL: ",
        "FAIL\t",
        "FAILED (",
        "Failed!  - ",
        "Test Run Failed.",
        "test result: FAILED",
        "Result: FAIL",
        "FAILED | ",
        "FAIL  ",
        "FAILURES!",
        "Build FAILED",
        "** TEST FAILED",
        "** BUILD FAILED",
        "not ok ",
    ];
    let in_counts = || {
        const COUNTS: &[&str] = &["Tests:", "Tests ", "Test Suites:", "Test Files ", "=="];
        COUNTS.iter().any(|counts| text.starts_with(counts)) && some(text, " failed")
    };
    let counted = || {
        let count = text
            .strip_prefix("# fail ")
            .or_else(|| text.strip_prefix("\u{2139} fail "));
        count.is_some_and(|count| count.trim() != "0")
    };
    text == "FAIL"
        || STARTS.iter().any(|start| text.starts_with(start))
        || some_failed(text)
        || recap(text) == Some(false)
        || failures(text).is_some_and(|(_, failed)| failed)
        || counted()
        || in_counts()
        || some(text, " tests failed out of ")
        || text.starts_with("Found ") && some(text, " error")
        || text.contains(": *** [")
        || text.contains("BUILD FAIL")
}

/// Does a text count some of those, more than none?
pub(super) fn some(text: &str, unit: &str) -> bool {
    text.match_indices(unit).any(|(at, _)| {
        let count = text[..at].rsplit(|c: char| !c.is_ascii_digit()).next();
        count.is_some_and(|count| count.parse::<u64>().is_ok_and(|n| n > 0))
    })
}

/// `2 failed` (Playwright), `2 failing` (Mocha): a count alone on its line.
fn some_failed(text: &str) -> bool {
    const WORDS: &[&str] = &["failed", "failing", "interrupted"];
    let counted = text
        .split_once(' ')
        .filter(|(_, word)| WORDS.contains(word));
    counted.is_some_and(|(count, _)| count.parse::<u32>().is_ok_and(|n| n > 0))
}

/// Does a line say that a tool failed which is not the one that speaks at the end?
fn denies(text: &str) -> bool {
    let counted = text.match_indices(" failed").any(|(at, _)| {
        let count = text[..at].trim_end_matches(|c: char| c.is_ascii_digit());
        let behind = &text[at + " failed".len()..];
        let summary = [",", " in ", " |", " ("]
            .iter()
            .any(|b| behind.starts_with(b));
        summary && count.len() < at && &text[count.len()..at] != "0"
    });
    // What Ansible says of a host counts in its recap.
    let fatal = text.starts_with("fatal: ") && !text.starts_with("fatal: [");
    // What it has to say of coverage.
    let of_jest = text.starts_with("Jest: ");
    counted || of_jest || summary_of_failures(text) || text.contains(": *** ") || fatal
}

/// `exit status 1`: that a command failed (Go's `ExitError`, alone on its line).
fn says_code(text: &str) -> bool {
    let code = text.strip_prefix("exit status ");
    code.is_some_and(|code| code.parse::<u32>().is_ok_and(|code| code != 0))
}

/// What a line speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    All,
    Part,
}

/// Is that such a line?
fn says(text: &str) -> Option<Of> {
    let begins = |list: &[&str]| list.iter().any(|begin| text.starts_with(begin));
    let of_a_run = || rspec(text) || bazel(text) || none_failed(text) || passing(text);
    // What Jest and pytest have to say of coverage stands above their counts.
    let of_tests = || pytest(text) || counted(text) || go(text);
    if begins(OF_ALL) || of_a_run() || tasks(text) || recap(text) == Some(true) {
        Some(Of::All)
    } else if begins(OF_A_PART) || text.ends_with("All tests passed!") || of_tests() {
        Some(Of::Part)
    } else {
        None
    }
}

/// `=== 12 passed, 1 skipped in 0.31s ===`
fn pytest(text: &str) -> bool {
    let inside = text.trim_matches('=').trim();
    let Some((counts, time)) = inside.rsplit_once(" in ") else {
        return false;
    };
    let timed = time.trim_start().starts_with(|c: char| c.is_ascii_digit());
    timed && all_passed(counts.split(", "))
}

/// `12 examples, 0 failures, 1 pending` (RSpec)
fn rspec(text: &str) -> bool {
    let mut parts = text.split(", ");
    let counts = |part: Option<&str>, word: &str| {
        let (count, unit) = part?.split_once(' ')?;
        (unit.trim_end_matches('s') == word).then(|| count.parse::<u64>().ok())?
    };
    counts(parts.next(), "example").is_some_and(|n| n > 0)
        && counts(parts.next(), "failure") == Some(0)
        && parts.all(|part| part.ends_with(" pending"))
}

/// `Executed 14 out of 14 tests: 14 tests pass.` (Bazel)
fn bazel(text: &str) -> bool {
    let told = || {
        let counts = text.strip_prefix("Executed ")?;
        let (_, said) = counts.split_once(": ")?;
        let said = said.trim_end_matches('.');
        (said.ends_with(" tests pass") || said.ends_with(" test passes")).then_some(())
    };
    told().is_some()
}

/// `Tests:       5 passed, 5 total` (Jest), `Tests  5 passed (5)` (Vitest)
fn counted(text: &str) -> bool {
    let Some(counts) = text.strip_prefix("Tests") else {
        return false;
    };
    let counts = counts.trim_start_matches(':').trim();
    all_passed(counts.split(&[',', '|'][..]).map(str::trim))
}

/// `Tasks:    2 successful, 2 total` (Turborepo)
fn tasks(text: &str) -> bool {
    let told = || {
        let (successful, total) = text.strip_prefix("Tasks:")?.split_once(" successful, ")?;
        let total = total.strip_suffix(" total")?;
        (successful.trim() == total && total != "0").then_some(())
    };
    told().is_some()
}

/// `host  : ok=3  changed=0  unreachable=0  failed=0  …` of Ansible's recap: was all well there?
fn recap(text: &str) -> Option<bool> {
    let (_, counts) = text
        .split_once(" : ok=")
        .or_else(|| text.split_once(": ok="))?;
    let of = |name: &str| {
        let mut words = counts.split_whitespace();
        words.find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
    };
    Some(of("unreachable")? == "0" && of("failed")? == "0")
}

/// `ok  \texample.com/a\t0.123s` (Go)
fn go(text: &str) -> bool {
    let mut columns = text
        .split(&['\t', ' '][..])
        .filter(|column| !column.is_empty());
    let separated = text.starts_with("ok  ") || text.starts_with("ok\t");
    separated
        && columns.next() == Some("ok")
        && columns.next().is_some()
        && columns.next().is_some_and(|time| {
            time == "(cached)"
                || time
                    .strip_suffix('s')
                    .is_some_and(|n| n.parse::<f64>().is_ok())
        })
}

/// `123 passing (2s)` (Mocha), `12 passed (3.2s)` (Playwright), `ok | 12 passed | 0 failed (1s)` (Deno)
fn passing(text: &str) -> bool {
    if let Some(counts) = text.strip_prefix("ok | ") {
        return counts.contains(" passed") && counts.contains(" 0 failed");
    }
    let timed = |text: &str| {
        let (count, time) = text.split_once(' ')?;
        let time = time
            .strip_prefix("passing (")
            .or_else(|| time.strip_prefix("passed ("))?;
        let time = time
            .strip_suffix(')')?
            .trim_end_matches(char::is_alphabetic);
        let number = |text: &str| text.parse::<f64>().is_ok_and(|n| n > 0.0);
        (number(count) && number(time)).then_some(())
    };
    timed(text).is_some()
}

/// `12 runs, 30 assertions, 0 failures, 0 errors, 0 skips` (minitest), `3 doctests, 12 tests, 0 failures` (ExUnit),
/// `Executed 12 tests, with 0 failures (0 unexpected) in 0.1 seconds` (XCTest), `Passed!  - Failed:     0, Passed:    12, …` (.NET),
/// `12 successes / 0 failures / 0 errors / 0 pending` (busted), `Total: 12 tests, 0 failures, 0 errors and 0 skipped` (zope)
fn none_failed(text: &str) -> bool {
    if let Some(counts) = text.strip_prefix("Passed!  - Failed:") {
        return counts.trim_start().starts_with("0,");
    }
    failures(text) == Some((true, false))
}

/// Whether tests ran, and whether some failed, by such counts.
fn failures(text: &str) -> Option<(bool, bool)> {
    let text = text.strip_prefix("Executed ").unwrap_or(text);
    let text = text.strip_prefix("Total: ").unwrap_or(text);
    let (mut ran, mut failed, mut counted) = (false, false, false);
    for part in text.split(&[',', '/'][..]).map(str::trim) {
        let part = part.strip_prefix("with ").unwrap_or(part);
        let mut words = part.split_whitespace();
        let (Some(count), Some(unit)) = (words.next(), words.next()) else {
            return None;
        };
        let count = count.parse::<u64>().ok()?;
        match unit.trim_end_matches('s') {
            "failure" => (counted, failed) = (true, failed | (count > 0)),
            "error" => failed |= count > 0,
            "test" | "run" | "successe" => ran |= count > 0,
            _ => {}
        }
    }
    counted.then_some((ran, failed))
}

/// Do counts tell of tests that passed, and of none that did not?
fn all_passed<'t>(counts: impl Iterator<Item = &'t str>) -> bool {
    const HARMLESS: &[&str] = &[
        "passed",
        "total",
        "skipped",
        "deselected",
        "xfailed",
        "warning",
        "warnings",
        "todo",
        "rerun",
        "subtests",
    ];
    let mut passed = false;
    for count in counts {
        let mut words = count.split_whitespace();
        let (Some(number), Some(word)) = (words.next(), words.next()) else {
            return false;
        };
        if number.parse::<u64>().is_err() || !HARMLESS.contains(&word) {
            return false;
        }
        passed |= word == "passed" && number != "0";
    }
    passed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_of_others_deny_it() {
        for text in [
            "make: *** [Makefile:5: lib] Error 1",
            "make: *** Waiting for unfinished jobs....",
            "=== 1 failed in 2s ===",
            "fatal: could not read Username for 'https://git.example.com'",
            "2 failing",
            "1 failed",
            "web1 : ok=3    changed=0    unreachable=1    failed=0",
            "Jest: \"global\" coverage threshold for lines (80%) not met: 12%",
            "Test Suites: 1 failed, 3 passed, 4 total",
        ] {
            assert!(denies(text), "{text}");
        }
        for text in [
            "0 failed, 3 passed",
            "attempt 1 failed",
            "12 passed in 2s",
            "0 failing",
            "Tests run: 4, Failures: 0",
            "fatal: [web1]: FAILED! => {\"msg\": \"no\"}",
        ] {
            assert!(!denies(text), "{text}");
        }
    }

    #[test]
    fn one_part_of_several_may_have_failed() {
        for text in [
            "--- FAIL: TestX (0.00s)",
            "FAIL",
            "FAIL\texample.com/a\t0.1s",
            "Failed!  - Failed:     1, Passed:    12, Skipped:     0",
            "12 tests, 1 failure",
            "FAILED (failures=1)",
            "# fail 1",
            "Executed 3 tests, with 1 failure (0 unexpected) in 0.1 (0.2) seconds",
            "12 examples, 2 failures",
            "web1 : ok=3    changed=0    unreachable=0    failed=1",
            "FAILED | 2 passed | 1 failed (1s)",
            "=== 1 failed, 2 passed in 2.1s ===",
            "Found 3 errors in 2 files",
            "50% tests passed, 1 tests failed out of 2",
            "make: *** [a.o] Error 1",
            "  1 failed",
        ] {
            assert!(summary_of_failures(text.trim()), "{text}");
        }
        for text in [
            "# fail 0",
            "12 tests, 0 failures",
            "FAIL-SAFE mode",
            "0 failed",
            "3 tests",
        ] {
            assert!(!summary_of_failures(text), "{text}");
        }
    }

    #[test]
    fn tools_say_that_all_went_well() {
        for text in [
            "BUILD SUCCESSFUL in 12s",
            "======== 12 passed, 1 skipped, 3 warnings in 0.31s ========",
            "12 passed in 0.31s",
            "1280 examples, 0 failures, 8 pending",
            "1 example, 0 failures",
            "Executed 14 out of 14 tests: 14 tests pass.",
            "Tests:       5 passed, 5 total",
            "Tests  12 passed (12)",
            "Tests  12 passed | 1 skipped (13)",
            "OK (12 tests, 30 assertions)",
            "ok  \texample.com/a/b\t0.123s\tcoverage: 12.3% of statements",
            "ok  \texample.com/a/b\t(cached)",
            "123 passing (2s)",
            "12 passed (3.2s)",
            "ok | 12 passed | 0 failed (1s)",
            "12 runs, 30 assertions, 0 failures, 0 errors, 0 skips",
            "3 doctests, 12 tests, 0 failures, 2 excluded",
            "Executed 12 tests, with 0 failures (0 unexpected) in 0.123 (0.125) seconds",
            "Passed!  - Failed:     0, Passed:    12, Skipped:     0, Total:    12, Duration: 3 s",
            "12 successes / 0 failures / 0 errors / 0 pending : 0.01 seconds",
            "Total: 12 tests, 0 failures, 0 errors and 0 skipped in 0.1 seconds.",
            "100% tests passed, 0 tests failed out of 29",
            "Tasks:    2 successful, 2 total",
            "localhost                  : ok=3    changed=0    unreachable=0    failed=0    skipped=0",
        ] {
            assert!(says(text).is_some(), "{text}");
        }
        for text in [
            "BUILD FAILED in 12s",
            "=== 1 failed, 12 passed in 0.31s ===",
            "=== 12 passed, 1 error in 0.31s ===",
            "=== no tests ran in 0.31s ===",
            "12 examples, 1 failure",
            "0 examples, 0 failures",
            "12 examples, 0 failures, 1 error occurred outside of examples",
            "Executed 14 out of 14 tests: 13 tests pass and 1 fails locally.",
            "Tests:       1 failed, 5 passed, 6 total",
            "Tests  1 failed | 12 passed (13)",
            "Tests passed",
            "12 passed",
            "ok  then go on",
            "0 passing (2s)",
            "passing (2s)",
            "ok | 12 passed | 1 failed (1s)",
            "12 runs, 30 assertions, 1 failures, 0 errors, 0 skips",
            "12 runs, 30 assertions, 0 failures, 2 errors, 0 skips",
            "0 tests, 0 failures",
            "Failed!  - Failed:     1, Passed:    12, Skipped:     0",
            "Executed 12 tests, with 1 failure (0 unexpected) in 0.123 (0.125) seconds",
            "tests, 0 failures",
            "Tasks:    1 successful, 2 total",
            "localhost                  : ok=3    changed=0    unreachable=0    failed=1    skipped=0",
        ] {
            assert_eq!(says(text), None, "{text}");
        }
    }
}
