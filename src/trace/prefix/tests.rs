//! Prefixes of single lines.

use super::*;

fn parts(line: &str) -> (&str, &str) {
    let prefix = split(line.as_bytes());
    (&line[prefix.stamps..], &line[prefix.content..])
}

#[test]
fn stamps_are_not_part_of_a_line() {
    let lines = [
        "2026-05-01T10:00:00.123456Z 01E make: *** x",
        "2026-05-01T10:00:00.1234567Z make: *** x",
        "[2026-05-01T10:00:00.123Z] make: *** x",
        "build\tRun make\t2026-05-01T10:00:00.1234567Z make: *** x",
        "build\tUNKNOWN STEP\t\u{feff}2026-05-01T10:00:00.1234567Z make: *** x",
        "build\tUNKNOWN STEP\t\u{b4}\u{2557}\u{2510}2026-05-01T10:00:00.1234567Z make: *** x",
        "build\tRun make\tя╗┐2026-05-01T10:00:00.1234567Z make: *** x",
        "build\tRun make\t・ｻｿ2026-05-01T10:00:00.1234567Z make: *** x",
        "\u{ef}\u{bb}\u{bf}2026-05-01T10:00:00.1234567Z make: *** x",
        "2026-05-01T10:00:00.123456Z 01E 2026-05-01T10:00:00Z make: *** x",
    ];
    for line in lines {
        assert_eq!(parts(line), ("make: *** x", "make: *** x"), "{line}");
    }
}

#[test]
fn wrappers_are_shown_but_not_matched() {
    let cases = [
        ("#12 3.456 E: Unable to locate", "E: Unable to locate"),
        ("#7 ERROR: failed", "ERROR: failed"),
        ("#7 [3/5] RUN make", "[3/5] RUN make"),
        ("#12 3.456", ""),
        ("web-1  | panic: x", "panic: x"),
        ("db_1 | FATAL:  x", "FATAL:  x"),
        ("##[error]Process completed", "Process completed"),
        (
            "[17:57:03]: ▸ ld: symbol(s) not found",
            "ld: symbol(s) not found",
        ),
        ("[17:57:03]: Exit status: 65", "Exit status: 65"),
        ("[17:57:03] Exit", "[17:57:03] Exit"),
        ("INFO [2026-05-01 17:57:03.21]: ▸ error: x", "error: x"),
        ("ERROR [2026-05-01 17:57:03]: exit", "exit"),
        ("INFO [main]: x", "INFO [main]: x"),
        (
            "INFO [2026-05-01 17:57:03] x",
            "INFO [2026-05-01 17:57:03] x",
        ),
        ("C/C++: a.cpp:3:5: error: x", "a.cpp:3:5: error: x"),
        ("C/C++ is old", "C/C++ is old"),
        ("     [exec] make: *** x", "make: *** x"),
        ("[   12s] make: *** x", "make: *** x"),
        ("[12345s] [    1.2] x", "[    1.2] x"),
        ("[   12s]", ""),
        ("[12s] x", "[12s] x"),
        ("[   12 s] x", "[   12 s] x"),
        (
            "[task 2026-05-01T10:00:00.123Z] 10:00:00    ERROR -  error: x",
            "error: x",
        ),
        ("[vcs 2026-05-01T10:00:00.123Z] abort: x", "abort: x"),
        ("[task 2026-05-01] x", "[task 2026-05-01] x"),
        (
            "[taskcluster 2026-05-01T10:00:00.123Z] Result: FAILED",
            "[taskcluster 2026-05-01T10:00:00.123Z] Result: FAILED",
        ),
        ("[build : compile] make: *** x", "make: *** x"),
        ("[Build : x] y", "[Build : x] y"),
        ("[a:b] x", "[a:b] x"),
        ("Step #3 - \"unit tests\": error: x", "error: x"),
        ("Step #3: error: x", "Step #3: error: x"),
        ("Step #3 - \"x\" failed", "Step #3 - \"x\" failed"),
        ("10:00:00     INFO - [setup] x", "[setup] x"),
        ("10:00:00 ERROR - x", "ERROR - x"),
        (" 0:01.23 error: x", "error: x"),
        ("112:01.23 x", "112:01.23 x"),
        (" 3:5 error", " 3:5 error"),
        ("              +build | error: x", "error: x"),
        ("     ./api+test *failed* | exit 1", "exit 1"),
        ("+build | x", "+build | x"),
        ("  a + b | c", "  a + b | c"),
        ("   + ls | cat", "   + ls | cat"),
        (
            "remote:        error Command failed",
            "error Command failed",
        ),
        (
            "remote:  !     Push rejected",
            "remote:  !     Push rejected",
        ),
        ("remote:        ", "remote:        "),
        ("     [java]", ""),
        (
            "     [javac] a.java:3: error: x",
            "     [javac] a.java:3: error: x",
        ),
        (" [exec] x", " [exec] x"),
        ("[  +73 ms] Gradle build failed", "Gradle build failed"),
        ("[+12893 ms] e: x", "e: x"),
        ("[        ] e: x", "e: x"),
        ("[ ] e: x", "[ ] e: x"),
        ("[ +73 s] x", "[ +73 s] x"),
        ("::error::no such file", "no such file"),
        (
            "::error file=app.js,line=1::Missing semicolon",
            "Missing semicolon",
        ),
        ("::errors::x", "::errors::x"),
        ("::error no end", "::error no end"),
        ("web-1  | #3 0.1 deep", "deep"),
        ("[CI checks/build]   | panic: x", "panic: x"),
        ("[ci/build  ]   |   indented", "  indented"),
        ("[ci/build]   |", ""),
        ("web:build: error: x", "error: x"),
        ("web:test:unit:  FAIL a.test.ts", " FAIL a.test.ts"),
        ("@acme/web-app:codegen: x", "x"),
        ("web:build:", ""),
        ("apps/web lint:   4:3  error  x", "  4:3  error  x"),
        (
            "packages/db-core test:unit: FAIL a.test.ts",
            "FAIL a.test.ts",
        ),
        ("apps/web build:", ""),
        ("0.345 E: Unable to locate", "E: Unable to locate"),
        ("12.34   indented", "  indented"),
        ("123.4 npm error x", "npm error x"),
        ("15:40:07 ERROR: x", "ERROR: x"),
        ("15:40:07  #12 3.4 E: x", "E: x"),
        ("15:40:07 web.1   | E: x", "E: x"),
        ("15:40:07 a | b", "a | b"),
        ("[@acme/web]: FAIL a.test.ts", "FAIL a.test.ts"),
        ("[@acme/web]:   indented", "  indented"),
        ("[@acme/web]:", ""),
        ("\u{2502}  [plugin vite] x", "[plugin vite] x"),
        ("\u{2502} Error: x", "\u{2502} Error: x"),
        ("\u{2502}   on main.tf", "\u{2502}   on main.tf"),
        ("\u{2502}  name  \u{2502}", "\u{2502}  name  \u{2502}"),
        (
            "\u{2502}  \u{251c}\u{2500} x",
            "\u{2502}  \u{251c}\u{2500} x",
        ),
        ("\u{27a4} YN0000: [web]: error: x", "error: x"),
        ("\u{27a4} YN0000: [@acme/web]: error: x", "error: x"),
        ("@acme/web test:unit: FAIL a.test.ts", "FAIL a.test.ts"),
    ];
    for (line, content) in cases {
        assert_eq!(parts(line), (line, content));
    }
}

#[test]
fn the_name_of_a_job_may_stand_alone() {
    let cut = "build (ubuntu, 1)\t2026-05-01T10:00:00.1234567Z make: *** x";
    assert_eq!(parts(cut), ("make: *** x", "make: *** x"));
    for line in [
        "ERROR\t2026-05-01T10:00:00.1234567Z connection refused",
        "fatal: no route\t2026-05-01T10:00:00Z",
        "fatal: no route\t2026-05-01T10:00:00Z since",
        "api-7d9f\t2026-05-01T10:00:00.123Z restarted",
        "certificate has expired\t2026-05-01T10:00:00+00:00 (now)",
    ] {
        assert_eq!(parts(line), (line, line));
    }
}

#[test]
fn tables_and_headings_have_no_prefix() {
    for line in [
        "# 12 things",
        "name | size",
        "app-x | y",
        "12 | let x",
        "#12",
        "a\tb\tc",
        "#1234567 x",
        "-1 | x",
        // Not act's: other counts in brackets, its own words.
        "[3/8]  | x",
        "[build]   | x",
        "[ci/build] [DEBUG] x",
        "[ci/build]   ❌  Failure - Main x",
        "[/build]   | x",
        // Not turbo's: a compiler, a logger, an image, a path, a step of something else.
        "main.c:12: error: x",
        "main.go:12:3: x",
        "main.c:test: x",
        "Makefile:build: x",
        "error: x",
        "error:build: x",
        "fatal: test: x",
        "core::test: x",
        "python:3.12: x",
        "redis:alpine: x",
        "c:build: x",
        "web:build:x",
        "web:Build: x",
        "@acme:build: x",
        "@acme/web@1.0.0: x",
        "@acme/web:12: x",
        // Not pnpm's: its own heading of a script, a file, a path from the root, a sentence, an image.
        "apps/web build$ tsc -p .",
        "src/a.test.ts lint: x",
        "/builds/a test: x",
        "./web build: x",
        "web build: x",
        "either/or tests fail: x",
        "acme/web not found: x",
        "lib//a test: x",
        "apps/web build:x",
        // Not BuildKit's: versions, sums, columns.
        "1.2 x",
        "0.34 x",
        "12.345 x",
        "1.2.3 x",
        "0.345s x",
        "0.345",
        // Not yarn's, bun's: a tool's own, a level, a logger, an address.
        "[error]: x",
        "[vite]: x",
        "[@acme/web] x",
        "[@acme/web]:x",
        "\u{27a4} YN0000: x",
        "\u{27a4} YN0001: [web]: x",
        "@acme/web is deprecated: x",
        "@acme: x",
        "@acme/web: x",
        "@acme/web build:x",
        // Not Jenkins': a tool's own.
        "3:40:07 PM x",
        "11:40:07 AM x",
        "15:40:07.123 x",
        "15:40:07",
    ] {
        assert_eq!(parts(line), (line, line));
    }
}

#[test]
fn parallel_outputs_have_different_streams() {
    let stream = |line: &str| split(line.as_bytes()).stream;
    assert_eq!(stream("#12 3.4 a"), stream("#12 9.9 b"));
    assert_ne!(stream("#12 3.4 a"), stream("#13 3.4 a"));
    assert_ne!(stream("web-1 | a"), stream("db-1 | a"));
    assert_ne!(stream("[ci/a]   | x"), stream("[ci/b]   | x"));
    assert_eq!(stream("web:build: a"), stream("web:build: b"));
    assert_ne!(stream("web:build: a"), stream("web:test: a"));
    assert_eq!(stream("apps/web build: a"), stream("apps/web build: b"));
    assert_eq!(stream("apps/web e2e: a"), stream("apps/web e2e: b"));
    assert_ne!(stream("apps/web build: a"), stream("apps/api build: a"));
    assert_ne!(stream("[@acme/web]: a"), stream("[@acme/api]: a"));
    assert_ne!(stream("@acme/web dev: a"), stream("@acme/api dev: a"));
    assert_ne!(stream("15:40:07 web.1 | a"), stream("15:40:07 db.1 | a"));
    assert_eq!(stream("15:40:07 a"), 0);
    assert_eq!(stream("plain"), 0);
}
