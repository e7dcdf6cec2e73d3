//! Gives equal failures equal fingerprints, whatever numbers, hashes and times a run prints, and wherever its
//! checkout lies.
//!
//! [`made`] masks what a run chooses; this module masks numbers, except those that identify the failure.

use std::ops::Range;

use sha2::{Digest, Sha256};

use crate::model::Captures;
use crate::redact;

mod made;

/// Version of the rules below. Any change of a rule changes it.
pub(crate) const VERSION: &str = "4:";
/// Digits of a number within a name that is kept. Longer ones mostly belong to a run (a merge request, a
/// pipeline, a port).
const SHORT: usize = 2;
/// Digits of a code's number (`E0308`, `CVE-2024-12345`) or of one in a test's name that are kept.
const LONG: usize = 5;
/// Captures whose numbers identify the failure: HTTP statuses, error codes.
const CODES: &[&str] = &["code", "status"];
/// Captures with names that a project chose.
const NAMES: &[&str] = &["class", "function", "method", "rule", "symbol", "test"];
/// Captures in which a version identifies the failure.
const VERSIONS: &[&str] = &[
    "dependency",
    "have",
    "need",
    "package",
    "requirement",
    "spec",
    "version",
    "want",
];
/// Captures with values that a run probably chose.
const MADE: &[&str] = &[
    "branch",
    "container",
    "db",
    "host",
    "node",
    "ns",
    "pod",
    "ref",
    "service",
    "user",
];
/// Words directly before a run's number (`job17`, `gw0`).
const COUNTED: &[&str] = &[
    "attempt",
    "build",
    "concurrent",
    "fork",
    "gw",
    "job",
    "line",
    "pid",
    "pipeline",
    "port",
    "process",
    "project",
    "retry",
    "run",
    "runner",
    "session",
    "shard",
    "thread",
    "tid",
    "tmp",
    "try",
    "worker",
];

/// Which numbers of a text are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Numbers {
    /// None.
    Masked,
    /// Those of codes, and short ones within names (`test_v2`, `E0308`, `CVE-2024-1234`).
    Named,
    /// Longer ones within names too.
    Names,
    /// Versions too (`1.2.3`).
    Versions,
    /// All that are not too long.
    Codes,
}

/// The fingerprint of a finding: its id and its masked captures. The place nearby does not count, since whether
/// one is found depends on other output. `project` is the project's name in the log.
pub(super) fn finding(id: &str, captures: &Captures, project: Option<&str>) -> String {
    let mut text = id.to_owned();
    for (name, value) in captures {
        text.push('\0');
        text.push_str(name);
        text.push('=');
        let numbers = match name.as_str() {
            name if CODES.contains(&name) => Numbers::Codes,
            name if NAMES.contains(&name) => Numbers::Names,
            name if MADE.contains(&name) => Numbers::Masked,
            name if VERSIONS.contains(&name) => Numbers::Versions,
            _ => Numbers::Named,
        };
        text.push_str(&masked(value, numbers, project));
    }
    digest(&text)
}

/// The fingerprint of a failure that no pattern knows: its section and its best line, masked.
pub(super) fn unknown(section: Option<&str>, best: &str, project: Option<&str>) -> String {
    let best = masked(best, Numbers::Named, project);
    digest(&format!("{}\0{best}", section.unwrap_or("")))
}

fn digest(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    hash.iter()
        .take(8)
        .fold(VERSION.to_owned(), |mut out, byte| {
            out.push_str(&format!("{byte:02x}"));
            out
        })
}

/// Masks what differs from run to run: `<root>` for the checkout's folder, `<tmp>` for temporary folders,
/// `<hex>` for hashes, `<n>` for numbers outside of names, and so on.
pub(crate) fn mask(text: &str) -> String {
    masked(text, Numbers::Named, None)
}

fn masked(text: &str, numbers: Numbers, project: Option<&str>) -> String {
    let text = redact::without_hashes(text);
    let text = made::without(&text, project);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (k, word) in text.split(' ').enumerate() {
        if k > 0 {
            out.push(' ');
        }
        mask_word(&text, at..at + word.len(), numbers, &mut out);
        at += word.len() + 1;
    }
    out
}

fn mask_word(text: &str, at: Range<usize>, numbers: Numbers, out: &mut String) {
    let word = &text[at.clone()];
    let core = word.trim_matches(|c: char| "'\"`()[]{},:;".contains(c));
    let start = at.start + word.find(core).unwrap_or(0);
    let end = start + core.len();
    out.push_str(&text[at.start..start]);
    let is_hex = core.len() >= 7
        && core.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
        && core.contains(|c: char| c.is_ascii_digit());
    if is_hex {
        out.push_str("<hex>");
    } else if let Some(scheme) = core.find("://") {
        // Numbers in a host's name belong to a run, unlike those of other names.
        let host = start + scheme + "://".len();
        let len = text[host..end].find(['/', ':', '?']);
        let path = len.map_or(end, |len| host + len);
        mask_numbers(text, start..host, numbers, out);
        mask_numbers(text, host..path, Numbers::Masked, out);
        mask_numbers(text, path..end, numbers, out);
    } else {
        mask_numbers(text, start..end, numbers, out);
    }
    out.push_str(&text[end..at.end]);
}

/// Masks the numbers of a word that are not part of a name.
fn mask_numbers(text: &str, at: Range<usize>, numbers: Numbers, out: &mut String) {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let word = &text[at.clone()];
    let mut rest = word;
    // The issuer's name of a code like `CVE-2024-1234`, whose numbers follow behind hyphens.
    let mut is_issued = false;
    // A name that a cluster or a pool made: parts between hyphens, of which the last ones are random.
    let mut chain = Chain::Name;
    while let Some(first) = rest.chars().next() {
        let end = rest
            .find(|c| is_name(c) != is_name(first))
            .unwrap_or(rest.len());
        let (part, behind) = rest.split_at(end);
        let start = word.len() - rest.len();
        let dotted = ends_in_point(word, start) || begins_with_point(behind);
        let before = &text[..at.start + start];
        rest = behind;
        if !is_name(first) {
            is_issued &= part == "-";
            if part != "-" {
                chain = Chain::Name;
            }
            out.push_str(part);
            continue;
        }
        if numbers != Numbers::Masked && is_code(before, part, behind) {
            out.push_str(part);
            chain = Chain::Name;
            continue;
        }
        if chain.made_up(part, behind) {
            out.push_str("<id>");
            continue;
        }
        let is_number = part.bytes().all(|b| b.is_ascii_digit());
        let stays = match numbers {
            _ if !is_number => false,
            Numbers::Masked => false,
            _ if is_issued => true,
            Numbers::Named | Numbers::Names => false,
            Numbers::Versions => dotted,
            Numbers::Codes => !dotted,
        };
        if stays && part.len() <= LONG {
            out.push_str(part);
            continue;
        }
        let capitals = part.bytes().all(|b| b.is_ascii_uppercase());
        is_issued = capitals && (2..=6).contains(&part.len()) && !is_counted(part);
        if is_hash(part) || is_of_pod(part, behind) {
            out.push_str("<hex>");
            chain = Chain::Hash;
            continue;
        }
        let from = out.len();
        let mut before = "";
        for (k, segment) in part.split('_').enumerate() {
            if k > 0 {
                out.push('_');
            }
            mask_segment(segment, before, part, numbers, out);
            before = segment;
        }
        chain = match &out[from..] {
            "<id>" => Chain::Hash,
            "<n>" if chain == Chain::Concurrent => Chain::Number,
            _ => Chain::behind(part),
        };
    }
}

/// Whether a number is the code that the words directly before it announce: `status 404`, `HTTP/1.1 503`, `exit
/// code 2`, `[Errno 13]`, `error 0x80070005`, `SQLSTATE[42P01]`. Counts (`error: 3 files`), times and shares
/// are none.
fn is_code(before: &str, part: &str, behind: &str) -> bool {
    const SIGNS: &[char] = &[' ', '=', ':', '(', '[', '#', '"', '\'', '-'];
    let is_hex = |digits: &str| digits.len() == 8 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    let number = part.len() <= LONG && part.bytes().all(|b| b.is_ascii_digit());
    let code = number || part.strip_prefix("0x").is_some_and(is_hex);
    let state = part.len() == 5
        && part
            .bytes()
            .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    if !code && !state {
        return false;
    }
    let mut next = behind.chars();
    let goes_on = match next.next() {
        Some('.' | ':' | '/' | ',') => next.next().is_some_and(|c| c.is_ascii_digit()),
        Some(c) => c == '%',
        None => false,
    };
    let named = before.trim_end_matches(SIGNS);
    let between = &before[named.len()..];
    if goes_on || !(1..=3).contains(&between.len()) {
        return false;
    }
    let mut names = named.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let name = names.next().unwrap_or_default();
    let is = |words: &[&str]| words.iter().any(|word| name.eq_ignore_ascii_case(word));
    let ends = |words: &[&str]| words.iter().any(|word| name.ends_with(word));
    let version = named.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let blank = between.bytes().all(|b| b == b' ');
    if is(&["sqlstate"]) {
        return state;
    }
    code && (is(&["status", "code", "exit", "errno", "statuscode", "exitcode", "errorcode"])
        // `statusCode`, `exit_code`, but not `barcode`.
        || ends(&["Status", "Code", "_status", "_code", "_CODE", "_STATUS"])
        // A number behind a colon is a count.
        || is(&["error"]) && !between.contains(':')
        || blank && (is(&["http"]) || version.ends_with("HTTP/")))
}

/// What precedes a hyphen, for parts that do not show by themselves that they are random.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chain {
    Name,
    /// One of many: `job-abc12`.
    Many,
    /// `runner-XYZ-project-12-concurrent-0-XYZ`, as GitLab Runner names what it creates.
    Runner,
    Concurrent,
    Number,
    /// A hash, followed by the five characters of a pod: `web-7d9f8b6c5-bcdfg`.
    Hash,
}

impl Chain {
    fn behind(name: &str) -> Self {
        match name {
            "runner" => Self::Runner,
            "concurrent" => Self::Concurrent,
            "job" | "session" | "worker" => Self::Many,
            _ => Self::Name,
        }
    }

    /// Whether a part is random. `behind` is the text behind it.
    fn made_up(self, part: &str, behind: &str) -> bool {
        let number = part.bytes().all(|b| b.is_ascii_digit());
        let digits = part.bytes().any(|b| b.is_ascii_digit());
        let low = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let mixed = digits && !number && part.len() >= 4;
        match self {
            Self::Name => false,
            Self::Many => mixed && !part.starts_with('v'),
            Self::Runner => mixed || behind.starts_with("-project-"),
            // `concurrent-0abcde`, from before the runner put a hyphen in between.
            Self::Concurrent => mixed && part.starts_with(|c: char| c.is_ascii_digit()),
            Self::Number => part.len() >= 5 && part.bytes().all(low),
            Self::Hash => part.len() == 5 && part.bytes().all(is_of_kubernetes),
        }
    }
}

/// Whether Kubernetes uses a character in random names. It avoids vowels and similar characters, so that no
/// words arise.
fn is_of_kubernetes(sign: u8) -> bool {
    b"bcdfghjklmnpqrstvwxz2456789".contains(&sign)
}

/// Whether a part is a deployment's hash, followed by the five characters of a pod: `web-6b7xkc9d-x2x4q`.
fn is_of_pod(part: &str, behind: &str) -> bool {
    let pod = behind
        .strip_prefix('-')
        .and_then(|pod| pod.as_bytes().get(..5));
    let made = |text: &[u8]| text.iter().all(|b| is_of_kubernetes(*b));
    (8..=10).contains(&part.len()) && made(part.as_bytes()) && pod.is_some_and(made)
}

fn is_hash(text: &str) -> bool {
    text.len() >= 7
        && text.bytes().all(|b| b.is_ascii_hexdigit())
        && text.bytes().any(|b| b.is_ascii_digit())
        && text.bytes().any(|b| b.is_ascii_alphabetic())
}

fn is_counted(word: &str) -> bool {
    COUNTED.contains(&word.to_ascii_lowercase().as_str())
}

fn ends_in_point(word: &str, end: usize) -> bool {
    let mut before = word[..end].bytes().rev();
    before.next() == Some(b'.') && before.next().is_some_and(|b| b.is_ascii_digit())
}

fn begins_with_point(text: &str) -> bool {
    let mut behind = text.bytes();
    behind.next() == Some(b'.') && behind.next().is_some_and(|b| b.is_ascii_digit())
}

/// Masks a part of a name between underscores, given the text before it. Alternating letters and digits are
/// random.
fn mask_segment(segment: &str, before: &str, name: &str, numbers: Numbers, out: &mut String) {
    let letters = segment.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &segment[letters.len()..];
    let plain = letters.bytes().all(|b| b.is_ascii_alphabetic());
    let most = match numbers {
        Numbers::Masked => 0,
        Numbers::Names => LONG,
        // The code of an error.
        _ if segment == name && letters.bytes().all(|b| b.is_ascii_uppercase()) => LONG,
        _ => SHORT,
    };
    let is_named = match letters {
        // Part of a name if letters precede (`step_2_of`) or follow it (`02_add`).
        "" => name.contains(|c: char| c.is_ascii_alphabetic()) && !is_counted(before),
        word => plain && !is_counted(word),
    };
    if digits.is_empty() && plain || is_named && digits.len() <= most {
        out.push_str(segment);
    } else if segment
        .strip_prefix("0x")
        .is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()))
    {
        out.push_str("<hex>");
    } else if plain {
        out.push_str(letters);
        out.push_str("<n>");
    } else {
        // `12s` is a number, `x2x4q` is random.
        let unit = segment.trim_start_matches(|c: char| c.is_ascii_digit());
        match unit.len() < segment.len() && unit.bytes().all(|b| b.is_ascii_alphabetic()) {
            true => {
                out.push_str("<n>");
                out.push_str(unit);
            }
            false => out.push_str("<id>"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_from_run_to_run_is_masked() {
        assert_eq!(
            mask(
                "cp: cannot stat '/builds/g/app-12/dist/x.bin': after 12.5s (pid 4711, commit 3aba8370)"
            ),
            "cp: cannot stat '<root>/dist/x.bin': after <time> (pid <n>, commit <hex>)"
        );
        assert_eq!(mask("deadbeef decade"), "deadbeef decade");
        assert_eq!(
            mask("/srv/4711/src/A.java:[3,7] in /tmp/tmpk3x9f.py from /srv/lib"),
            "/srv/<n>/src/A.java:[<n>,<n>] in <tmp> from /srv/lib"
        );
    }

    #[test]
    fn numbers_of_names_stay() {
        for (text, shown) in [
            ("test_v1 Check12 step_2_of", "test_v1 Check12 step_2_of"),
            (
                "error[E0308]: TS2322, SC2086",
                "error[E0308]: TS2322, SC2086",
            ),
            (
                "CVE-2024-12345 (AB-7) JOB-4711",
                "CVE-2024-12345 (AB-7) JOB-<n>",
            ),
            (
                "02_add_index on db_20260101 user_482",
                "02_add_index on db_<n> user_<n>",
            ),
            (
                "job17 gw0 Thread-3 worker_4 in 12s",
                "job<n> gw<n> Thread-<n> worker_<n> in <time>",
            ),
            ("at 0x7ffd12ab: 0x10", "at <hex>: <hex>"),
            (
                "pod-7d9f8b6c5-x2x4q app:3aba8370",
                "pod-<hex>-<id> app:<hex>",
            ),
            ("UTF-8 app:4711 1.2.3 12%", "UTF-8 app:<n> <n>.<n>.<n> <n>%"),
            (
                "/b/g/test_v1.py:3 /tmp/x/a.py",
                "/b/g/test_v1.py:<n> <tmp>/a.py",
            ),
            (
                "http://web1.example.com:80/v1",
                "http://web<n>.example.com:<n>/v1",
            ),
            ("job-abc12 job-v2 job-lint", "job-<id> job-v2 job-lint"),
            (
                "web-7d9f8b6c5-bcdfg a-7d9f8b6c5-linux",
                "web-<hex>-<id> a-<hex>-linux",
            ),
            (
                "runner-tabcdexyz-project-12-concurrent-0-x7k2p",
                "runner-<id>-project-<n>-concurrent-<n>-<id>",
            ),
            ("tests/test_a.py::test_v[1]", "tests/test_a.py::test_v[<n>]"),
        ] {
            assert_eq!(mask(text), shown);
        }
        let of = |text| masked(text, Numbers::Names, None);
        assert_eq!(of("TestIssue1234:43"), "TestIssue1234:<n>");
        let of = |text| masked(text, Numbers::Masked, None);
        assert_eq!(of("node12.example.com"), "node<n>.example.com");
        let of = |text| masked(text, Numbers::Versions, None);
        assert_eq!(of("app:1.2.3 b@2.0 c:4711"), "app:1.2.3 b@2.0 c:<n>");
        assert_eq!(of("app:1.0.4711234"), "app:1.0.<n>");
        let of = |text| masked(text, Numbers::Codes, None);
        assert_eq!(of("404 123456"), "404 <n>");
    }

    fn of(line: &str) -> String {
        unknown(Some("step_script"), line, Some("group/app"))
    }

    #[test]
    fn equal_failures_of_two_runs_are_equal() {
        for (one, other) in [
            ("job 17 failed after 3 s", "job 18 failed after 12 s"),
            (
                "cannot sign /builds/x/0/group/app/a/b.ts",
                "cannot sign /builds/y/group/app/a/b.ts",
            ),
            (
                "cannot sign /srv/agent/_work/app/app/a/b.ts",
                "cannot sign /opt/ci-7/_work/app/app/a/b.ts",
            ),
            (
                r"cannot sign C:\actions-runner\_work\app\app\a\b.ts",
                r"cannot sign D:\a\app\app\a\b.ts",
            ),
            (
                "request id=550e8400-ab12-41d4-a716-446655440000 refused",
                "request id=12345678-cd34-4f5e-9b1c-0123456789ab refused",
            ),
            (
                "request trace/550e8400-e29b-41d4-a716-446655440000 refused",
                "request trace/a1b2c3d4-cafe-beef-8e21-aabbccddeeff refused",
            ),
            (
                "cannot read file=/tmp/tmp.QwErTyUiOp/x.bin",
                "cannot read file=/tmp/tmp.AsDfGhJkLz/x.bin",
            ),
            (
                r"cannot read C:\Users\ci\AppData\Local\Temp\tmpab12\x.bin",
                r"cannot read C:\Users\ci\AppData\Local\Temp\tmpzq77\x.bin",
            ),
            ("took 12.5ms at 10:22:33", "took 9ms at 11:00:01"),
            ("at 2026-01-02T03:04:05Z bad", "at 2026-11-12T13:14:15Z bad"),
            (
                "at Fri Nov 27 10:00:00 2026 bad",
                "at Mon Dec  1 10:00:00 2026 bad",
            ),
            ("job-abc12 gone", "job-xyz99 gone"),
            (
                "pod web-7d9f8b6c5-bcdfg gone",
                "pod web-58xkc9d7b4-x2x4q gone",
            ),
            (
                "no https://db1.example.com:5432/x",
                "no https://db2.example.com:5433/x",
            ),
            ("src/a.c:3:5: expected ;", "src/a.c:17:51: expected ;"),
            // Counts, times, shares, and numbers of a run.
            ("error: 3 files", "error: 12 files"),
            ("error 10:22:33 bad", "error 11:02:07 bad"),
            ("status 12% done", "status 37% done"),
            ("error in request 4711", "error in request 4712"),
            ("exit of process 4711", "exit of process 4712"),
            ("barcode 4711 gone", "barcode 4712 gone"),
            ("status code 1234567", "status code 7654321"),
        ] {
            assert_eq!(of(one), of(other), "{one} | {other}");
        }
    }

    #[test]
    fn odd_texts_are_no_harm() {
        for text in [
            "",
            " ",
            "가 3",
            "status가 3",
            "가: 404",
            "0x",
            "://",
            "://가",
            "a://가:3",
            "가-가1-2",
            "runner-가",
            "concurrent-",
            "\u{a0}3",
            "'",
            "web-bcdfgh24-가bcdf",
        ] {
            of(text);
        }
    }

    #[test]
    fn different_failures_are_not_equal() {
        for (one, other) in [
            ("job 17 failed", "job 17 died"),
            ("cannot sign //svc/pay:app", "cannot sign //svc/cart:lib"),
            ("cannot sign ./gradlew", "cannot sign ./mvnw"),
            (
                "cannot sign /builds/group/app/Dockerfile",
                "cannot sign /builds/group/app/Makefile",
            ),
            // Of a project that the log does not name.
            (
                "cannot sign /builds/g/b/Dockerfile",
                "cannot sign /builds/g/b/Makefile",
            ),
            (
                "cannot sign /builds/g/b/a/index.ts",
                "cannot sign /builds/g/b/b/index.ts",
            ),
            ("cannot sign ./a/index.ts", "cannot sign ./b/index.ts"),
            (
                "cannot sign /builds/g/b/a.gradle",
                "cannot sign /builds/g/b/b.gradle",
            ),
            (
                "/builds/g/b/src/a.f90:3:5: Error",
                "/builds/g/b/src/b.f90:3:5: Error",
            ),
            (
                "cp: cannot stat '/builds/group/app/dist'",
                "cp: cannot stat '/builds/group/app/coverage'",
            ),
            ("/opt/sdk/bin/foo: gone", "/opt/other/baz: gone"),
            (
                r"D:\a\app\app\a\x.cs(3,4): bad",
                r"D:\a\app\app\b\x.cs(3,4): bad",
            ),
            ("/srv/A.java:3: error", "/srv/Z.java:3: error"),
            ("ledger: ORA-00942", "ledger: ORA-01017"),
            ("ledger: Error 1005 from db", "ledger: Error 1045 from db"),
            ("ledger: status 404 from api", "ledger: status 500 from api"),
            ("ledger: {\"status\":404}", "ledger: {\"status\":500}"),
            ("ledger: statusCode=404", "ledger: statusCode=500"),
            ("ledger: HTTP 401 x", "ledger: HTTP 503 x"),
            ("ledger: HTTP/1.1 401 x", "ledger: HTTP/1.1 503 x"),
            ("ledger: exit code 2", "ledger: exit code 137"),
            ("ledger: exit status: 2", "ledger: exit status: 3"),
            ("ledger: [Errno 13] no", "ledger: [Errno 111] no"),
            ("ledger: error 0x80070005", "ledger: error 0x80070002"),
            ("ledger: SQLSTATE[42P01] x", "ledger: SQLSTATE[42P02] x"),
        ] {
            assert_ne!(of(one), of(other), "{one} | {other}");
            let captured = |value: &str| {
                let captures = Captures::from([("file".to_owned(), value.to_owned())]);
                finding("a/b", &captures, Some("group/app"))
            };
            assert_ne!(captured(one), captured(other), "{one} | {other}");
        }
        assert!(of("x").starts_with(VERSION));
        assert_eq!(of("x").len(), 18);
    }
}
