//! Hostile input, generated: the checks of `fuzz/` on a stable toolchain. `PROPTEST_CASES=100000` runs them for longer.

use proptest::prelude::*;

#[path = "hostile/checks.rs"]
mod checks;

/// Pieces that mean something to a reader, a report or a scanner of secrets, so that generated text gets anywhere.
const PIECES: &[&str] = &[
    "\x1b[0K",
    "\x1b[31;1m",
    "\x1b]8;;http://x\x07",
    "\x1b]52;c;aGk=\x07",
    "\r",
    "\n",
    "\r\n",
    "\t",
    "\0",
    "section_start:1700000000:step_script\r\x1b[0K",
    "section_end:1700000001:step_script\r\x1b[0K",
    "section_start:1:a",
    "$ make",
    "ERROR: Job failed: exit code 1\n",
    "Job succeeded",
    "ERROR: Job failed (system failure): ",
    "##[error]",
    "::error file=a::b",
    "##[group]Run a\n",
    "<script>",
    "</script>",
    "```",
    "/close",
    "@all",
    "\u{202e}",
    "\u{200b}",
    "\u{feff}",
    "fatal: unable to access 'https://",
    "@git.example.com/': Could not resolve host: git.example.com\n",
    "error: ",
    "failed",
    "password=",
    "token: ",
    "://a:",
    "@",
    "Authorization: Bearer ",
    "eyJ",
    "glpat-",
    "[redacted:",
    "docker login -p ",
    "echo ",
    " | x --password-stdin",
    "machine a login b password ",
    "login b\n",
    "\"kind\":\"Secret\"",
    "\"data\":{\"a\":\"",
    ".dockerconfigjson: ",
    "npm config set a_token ",
    "kubectl create secret x --from-literal=a=",
    "curl -su a:",
    "mysql '-p",
    "hunter2",
    "##vso[",
    "shell: bash -e {0}\n",
    "##[endgroup]\n",
    "[MASKED]",
    "…",
    "\"",
    "'",
    "é",
    "한",
    "00O ",
    "2024-01-01T00:00:00.000000Z 00O ",
    "#12 3.456 ",
    "Running with gitlab-runner 17.5.0 (abcdef12)\n",
    "{name}",
    "{a|b}",
    "{",
    "}",
    "`",
    "[[match]]\nregex = '",
    "role = \"root_cause\"\n",
    "(?i)",
    "(a*)*",
    "[tests]\n",
    "{1000}{1000}",
    " = ",
    "[",
    "]",
];

/// How packed files and archives begin.
const STARTS: &[&[u8]] = &[
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b\x08\0",
    b"BZh9",
    b"\xfd7zXZ\0",
    b"\x28\xb5\x2f\xfd",
    b"",
];

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(PIECES).prop_map(str::to_owned),
        2 => "[a-zA-Z0-9_/+=.-]{1,30}",
        1 => "\\PC{0,6}",
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => pieces().prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..2000),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reader(bytes in bytes()) {
        checks::reader(&bytes);
    }

    #[test]
    fn pattern_files(file in pieces()) {
        checks::pattern_file(&file);
    }

    #[test]
    fn programs(source in "(\\[\\^?[a-c]{1,2}\\]|[a-c.|() *+?^$]|\\(\\?P<x>|\\{2\\}|\\\\[bBdw]){0,12}", fold: bool, text in "[a-cA-B 1\n]{0,24}") {
        checks::matcher(&source, fold, text.as_bytes());
    }

    #[test]
    fn templates(template in pieces(), value in pieces()) {
        checks::template(&template, &value);
    }

    #[test]
    fn commands(value in "[a-z0-9 '\"$`();|&<>\\\\{}\n#*~!-]{0,24}") {
        checks::command(&value);
    }

    #[test]
    fn reports(bytes in bytes()) {
        checks::report(&bytes);
    }

    #[test]
    fn dialects(bytes in bytes(), dress in 0..checks::DRESSES) {
        checks::dialects(&bytes, dress);
    }

    #[test]
    fn pipeline(bytes in bytes(), secret in any::<u8>(), place in any::<u8>(), at in any::<u16>()) {
        checks::pipeline(&bytes, secret, place, at);
    }

    #[test]
    fn redaction(text in pieces()) {
        checks::redaction(&text);
    }

    #[test]
    fn archives(bytes in bytes(), start in prop::sample::select(STARTS)) {
        let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile-archive");
        checks::archive(&path, &[start, &bytes].concat());
    }
}

/// What a line leaves open takes the beginning of the one that is joined to it.
#[test]
fn an_escape_may_go_on_in_the_line_that_is_joined() {
    let log = b"\x1b\n2027-11-25T15:20:21.088407Z 00O+section_end:7:s\r[";
    checks::dialects(log, 48);
}

/// A control string that has its end on the line that goes on.
#[test]
fn a_control_string_may_span_joined_lines() {
    let log = b"one\x1b_two\t\n2026-11-25T15:18:20.276767Z 00O+\x1b[\xff0K\x1b[3\xff three";
    checks::dialects(log, 0);
}

/// What only looks like the runner's clock joins nothing.
#[test]
fn a_clock_of_another_form_joins_no_lines() {
    let log = b"one\x1b_two0[00K\n2026-11-25T55:19:33.562658Z 00O+\x1b[cu\0\x020K\x1b_three0[00K\n2026-11-2%T55:19:33.562658Z 00O+\x1b[cu\0\x020K\x1b[36;0mfour\n";
    checks::dialects(log, 0);
}

/// A line that would be UTF-16 by itself.
#[test]
fn a_line_that_the_clock_tore_is_no_utf16() {
    let log = b"26\n2026-05-25T15:20:08.390270Z 01O+\x1b\xcc\xcc\xcc\xcc\xcc\xcc\xcc\xcc\xcc\xcc\xcc\xcc\x88\r\0\n\n";
    checks::dialects(log, 0);
}

/// One that the end of its line cuts off, where a line goes on.
#[test]
fn a_control_string_ends_with_its_line() {
    let log = b"one\x1b_two\r\n2026-11-25T15:20:08.390270Z 01O+\x1b[0K\nthree\n";
    checks::dialects(log, 0);
}

/// Every place where the bound on kept text may fall.
#[test]
fn no_half_of_a_secret_is_told() {
    for before in (1780..1960).step_by(5) {
        checks::long_line(before, false);
        checks::long_line(before, true);
    }
}
