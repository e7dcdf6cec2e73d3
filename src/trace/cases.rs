//! Finds the lines that passing test cases printed. Errors in them belong to the test, not to the job.
//!
//! Runners that print the start and the end of a case are followed line by line: Surefire and Ant (one class
//! at a time), GoogleTest, XCTest, CTest with `-V`, and Gradle where it shows test output. bun prints only
//! the end. Parallel cases form one stretch, which counts only if all of them passed. Sanitizers and Valgrind
//! fail a run whose tests all pass, so a stretch with one of their reports does not count.

use std::ops::RangeInclusive;

/// Most cases open at a time, and most stretches kept; the oldest are dropped.
const MAX_OPEN: usize = 256;
const MAX_STRETCHES: usize = 2000;
/// Longest name of a case, in bytes.
const MAX_NAME: usize = 500;

/// What a line says about a case.
#[derive(Debug, PartialEq, Eq)]
enum Says<'l> {
    /// The case begins or continues.
    Begins(&'l str),
    /// The case has ended. Without a name, it is the one that began last.
    Ends(&'l str, End),
    /// A run of bun begins. bun prints a case only at its end.
    Runs,
    /// A case of bun has ended.
    Ended(End),
    /// A report that fails the run whatever its tests say.
    Spoils,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Passed,
    Failed,
}

/// The state of test cases between two lines.
#[derive(Debug, Default)]
pub(super) struct Cases {
    open: Vec<Box<str>>,
    since: u64,
    spoiled: bool,
    /// The line after which the next case of bun prints.
    result: Option<u64>,
    passed: Vec<RangeInclusive<u64>>,
}

impl Cases {
    /// Reads a line that may start or end a case.
    pub(super) fn read(&mut self, text: &str, line: u64) {
        match says(text.trim_ascii()) {
            None => {}
            Some(Says::Begins(name)) => self.begin(name, line),
            Some(Says::Ends(name, end)) => self.end(name, end, line),
            Some(Says::Runs) => {
                self.spoiled = false;
                self.result = Some(line);
            }
            Some(Says::Ended(end)) => {
                let from = self.result.replace(line);
                let spoiled = std::mem::take(&mut self.spoiled);
                if let Some(from) = from.filter(|_| end == End::Passed && !spoiled) {
                    self.add(from + 1..=line);
                }
            }
            Some(Says::Spoils) => self.spoiled = true,
        }
    }

    /// Whether the next lines may end a case.
    pub(super) fn is_open(&self) -> bool {
        !self.open.is_empty() || self.result.is_some()
    }

    /// Another command or section begins, so open cases will never end.
    pub(super) fn leave(&mut self) {
        self.open.clear();
        self.result = None;
    }

    /// The stretches of passing cases, in order.
    pub(super) fn finish(self) -> Vec<RangeInclusive<u64>> {
        self.passed
    }

    fn begin(&mut self, name: &str, line: u64) {
        if self.open.is_empty() {
            (self.since, self.spoiled) = (line, false);
        }
        let known = self.open.iter().any(|open| **open == *name);
        // With too many cases, or a name too long to keep, the end cannot be matched.
        if self.open.len() == MAX_OPEN || name.len() > MAX_NAME {
            self.spoiled = true;
        } else if !known {
            self.open.push(name.into());
        }
    }

    fn end(&mut self, name: &str, end: End, line: u64) {
        let at = match name {
            "" => self.open.len().checked_sub(1),
            name => self.open.iter().rposition(|open| **open == *name),
        };
        let Some(at) = at else { return };
        self.open.remove(at);
        self.spoiled |= end == End::Failed;
        if self.open.is_empty() && !self.spoiled {
            self.add(self.since..=line);
        }
    }

    fn add(&mut self, stretch: RangeInclusive<u64>) {
        if let Some(last) = self.passed.last_mut()
            && *stretch.start() <= last.end() + 1
        {
            *last = *last.start()..=*stretch.end();
            return;
        }
        if self.passed.len() == MAX_STRETCHES {
            self.passed.remove(0);
        }
        self.passed.push(stretch);
    }
}

fn says(text: &str) -> Option<Says<'_>> {
    // The first byte rules out most lines.
    let own = match text.as_bytes().first()? {
        b'[' => googletest(text).or_else(|| surefire(text)),
        b'T' => xctest(text).or_else(|| surefire(text)),
        b'R' => surefire(text),
        b'0'..=b'9' => ctest(text),
        b'b' | b'(' => bun(text),
        _ => None,
    };
    own.or_else(|| gradle(text))
        .or_else(|| spoils(text).then_some(Says::Spoils))
}

/// `[ RUN      ] Suite.Case`, `[       OK ] Suite.Case (3 ms)` (GoogleTest, googletest/src/gtest.cc).
fn googletest(text: &str) -> Option<Says<'_>> {
    let (mark, case) = text.strip_prefix('[')?.split_at_checked(10)?;
    let case = case.strip_prefix("] ")?;
    let name = case.split([' ', ',']).next()?;
    match mark {
        " RUN      " => Some(Says::Begins(name)),
        "       OK " | "  SKIPPED " => Some(Says::Ends(name, End::Passed)),
        "  FAILED  " => Some(Says::Ends(name, End::Failed)),
        _ => None,
    }
}

/// `Test Case '-[Suite case]' started.`, `Test Case 'Suite.case' passed (0.003 seconds)` (XCTest; XCTestObserver of
/// swift-corelibs-xctest).
fn xctest(text: &str) -> Option<Says<'_>> {
    let (name, said) = text.strip_prefix("Test Case '")?.split_once("' ")?;
    match said.split([' ', '.']).next()? {
        "started" => Some(Says::Begins(name)),
        "passed" | "skipped" => Some(Says::Ends(name, End::Passed)),
        "failed" => Some(Says::Ends(name, End::Failed)),
        _ => None,
    }
}

/// `Running com.example.ATest`, `Tests run: 3, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.1 s - in com.example.ATest`
/// (Surefire's console reporter, with Maven's level before it in newer ones; Ant's junit task).
fn surefire(text: &str) -> Option<Says<'_>> {
    const LEVELS: &[&str] = &["[INFO] ", "[ERROR] ", "[WARNING] ", "[junit] "];
    let level = LEVELS.iter().find_map(|level| text.strip_prefix(level));
    let text = level.unwrap_or(text);
    if let Some(class) = text.strip_prefix("Running ") {
        let letters = |b: u8| b.is_ascii_alphanumeric() || b"._$".contains(&b);
        let named = class.bytes().all(letters) && class.bytes().any(|b| b.is_ascii_uppercase());
        return named.then_some(Says::Begins(class));
    }
    let counts = text.strip_prefix("Tests run: ")?;
    // The overall sum has no time.
    let (counts, behind) = counts.split_once(", Time elapsed: ")?;
    let clean = |of: &str| counts.contains(of);
    let end = match clean("Failures: 0") && clean("Errors: 0") {
        true => End::Passed,
        false => End::Failed,
    };
    let class = behind.rsplit_once(" in ").map_or("", |(_, class)| class);
    Some(Says::Ends(class, end))
}

/// `ATest > works() STANDARD_ERROR`, `ATest > works() PASSED` (Gradle's test logging).
fn gradle(text: &str) -> Option<Says<'_>> {
    let (name, said) = text.rsplit_once(' ')?;
    let known = matches!(
        said,
        "STANDARD_OUT" | "STANDARD_ERROR" | "PASSED" | "FAILED"
    );
    if !known || !name.contains(" > ") {
        return None;
    }
    match said {
        "STANDARD_OUT" | "STANDARD_ERROR" => Some(Says::Begins(name)),
        "PASSED" => Some(Says::Ends(name, End::Passed)),
        "FAILED" => Some(Says::Ends(name, End::Failed)),
        _ => None,
    }
}

/// `12: Test command: /builds/a/test`, `1/3 Test #12: name ....   Passed    0.05 sec` (CTest with `-V`; cmCTestRunTest.cxx).
fn ctest(text: &str) -> Option<Says<'_>> {
    if let Some((number, _)) = text.split_once(": Test command: ") {
        let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        return digits.then_some(Says::Begins(number));
    }
    let (_, said) = text.split_once(" Test ")?;
    let (number, said) = said.trim_start().strip_prefix('#')?.split_once(": ")?;
    let passed = said.contains(" Passed ") && !said.contains("***");
    let end = if passed { End::Passed } else { End::Failed };
    Some(Says::Ends(number, end))
}

/// `bun test v1.2.0 (…)`, `(pass) works [0.12ms]`. The file's name stands above its cases, and a case's
/// output above its own line.
fn bun(text: &str) -> Option<Says<'_>> {
    let ended = |end| Some(Says::Ended(end));
    match text.split(' ').next()? {
        "bun" => text.starts_with("bun test v").then_some(Says::Runs),
        "(pass)" => ended(End::Passed),
        "(fail)" => ended(End::Failed),
        _ => None,
    }
}

/// `==1==ERROR: AddressSanitizer: …`, `a.c:3:5: runtime error: …` (UBSan), `==1== Invalid read of size 4` (Valgrind).
fn spoils(text: &str) -> bool {
    let valgrind = || {
        let said = text
            .strip_prefix("==")
            .and_then(|rest| rest.split_once("== "));
        said.is_some_and(|(_, said)| {
            said.starts_with("Invalid ") || said.starts_with("Conditional jump")
        })
    };
    text.contains("Sanitizer: ") || text.contains(": runtime error: ") || valgrind()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of a log that passing cases printed; `$ ` begins a command.
    fn passed(log: &str) -> Vec<u64> {
        let mut cases = Cases::default();
        for (line, text) in (1..).zip(log.lines()) {
            match text.starts_with("$ ") {
                true => cases.leave(),
                false => cases.read(text, line),
            }
        }
        cases.finish().into_iter().flatten().collect()
    }

    #[test]
    fn classes_of_surefire() {
        let log = "[INFO] Running com.example.ATest\nERROR refused\n[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 1, Time elapsed: 1.2 s - in com.example.ATest\n\
             between\n[INFO] Running com.example.BTest\nERROR b\n[ERROR] Tests run: 2, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.02 s <<< FAILURE! -- in com.example.BTest\n\
             [ERROR] Tests run: 5, Failures: 0, Errors: 0, Skipped: 0\nRunning CTest\nerror\nTests run: 1, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.1 sec\n";
        assert_eq!(passed(log), [1, 2, 3, 9, 10, 11]);
        let ant = "    [junit] Running a.B\n    [junit] error\n    [junit] Tests run: 1, Failures: 0, Errors: 10, Time elapsed: 0.1 sec\n\
             Running hooks for A\nerror\nTests run: 1, Failures: 0, Errors: 0, Time elapsed: 0.1 sec\n";
        assert_eq!(passed(ant), [0; 0]);
    }

    #[test]
    fn cases_side_by_side_are_one_stretch() {
        let end = |counts: &str, class: &str| {
            format!("[INFO] Tests run: 1, {counts}, Skipped: 0, Time elapsed: 1 s -- in {class}\n")
        };
        let good = "Failures: 0, Errors: 0";
        let both = |b: &str| {
            let begin = "[INFO] Running a.A\n[INFO] Running a.B\nerror\n";
            begin.to_owned() + &end(good, "a.A") + "error\n" + &end(b, "a.B")
        };
        assert_eq!(passed(&both(good)), [1, 2, 3, 4, 5, 6]);
        assert_eq!(passed(&both("Failures: 0, Errors: 1")), [0; 0]);
    }

    #[test]
    fn cases_of_googletest() {
        let log = "[==========] Running 3 tests\n[ RUN      ] A.b\nerror: refused\n[       OK ] A.b (3 ms)\n[ RUN      ] A.c\nerror\n\
             [  FAILED  ] A.c (0 ms)\n[ RUN      ] A.d/0\n==7==ERROR: AddressSanitizer: heap-use-after-free\n[       OK ] A.d/0 (0 ms)\n[  FAILED  ] A.c\n\
             [ RUN      ] A.e\na.cc:3:5: runtime error: x\n[       OK ] A.e (0 ms)\n[ RUN      ] A.f\n==7== Invalid read of size 4\n[       OK ] A.f (0 ms)\n\
             [ RUN      ] A.g\nSegmentation fault\n";
        assert_eq!(passed(log), [2, 3, 4]);
    }

    #[test]
    fn cases_of_others() {
        let log = "Test Case '-[A.B c]' started.\nerror\nTest Case '-[A.B c]' passed (0.003 seconds).\nTest Case 'B.d' started at 2026-05-01 10:00:00.000\n\
             error\nTest Case 'B.d' failed (0.1 seconds)\n";
        assert_eq!(passed(log), [1, 2, 3]);
        let log = "A > b() STANDARD_ERROR\n    refused\nA > b() STANDARD_OUT\n    x\nA > b() PASSED\n\nA > c() STANDARD_ERROR\n    y\nA > c() FAILED\n    z\n";
        assert_eq!(passed(log), [1, 2, 3, 4, 5]);
        let log = "test 12\n12: Test command: /a/test\n12: error\n1/2 Test #12: a .......   Passed    0.05 sec\n13: Test command: /b\n13: error\n\
             2/2 Test #13: b .......***Failed    0.05 sec\n";
        assert_eq!(passed(log), [2, 3, 4]);
        let log = "bun test v1.2.0 (abc)\n\na.test.ts:\nerror: x\n(pass) a > b [0.1ms]\nerror: y\n(fail) c [0.1ms]\n(pass) d\n$ x\nerror\n(pass) e\n";
        assert_eq!(passed(log), [2, 3, 4, 5, 8]);
    }

    #[test]
    fn what_does_not_end_says_nothing() {
        let log = "[ RUN      ] A.b\nerror\n$ next\n[       OK ] A.b\nRunning a.B\n$ other\nTests run: 1, Failures: 0, Errors: 0, Time elapsed: 1 s\n";
        assert_eq!(passed(log), [0; 0]);
    }

    #[test]
    fn memory_is_bounded() {
        let mut cases = Cases::default();
        for line in 0..10_000u64 {
            cases.read(&format!("[ RUN      ] A.b{line}"), 4 * line);
        }
        assert_eq!(cases.open.len(), MAX_OPEN);
        cases.leave();
        for line in 0..10_000u64 {
            cases.read("[ RUN      ] A.b", 4 * line);
            cases.read("[       OK ] A.b", 4 * line + 1);
        }
        assert_eq!(cases.passed.len(), MAX_STRETCHES);
        assert_eq!(cases.passed.last(), Some(&(39_996..=39_997)));
    }
}
