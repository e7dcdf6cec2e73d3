//! Equal failures get equal fingerprints, whatever numbers, paths, hashes and times a run prints.

use sha2::{Digest, Sha256};

use crate::model::Captures;
use crate::redact;

/// Version of the rules below: changing them changes it.
pub(crate) const VERSION: &str = "3:";
/// Longest ending of a file's name.
const ENDING: usize = 5;
/// Digits that a number within a name may have; longer ones are of a run, mostly (a merge request, a pipeline, a port).
const SHORT: usize = 2;
/// Digits that the number of a code may have (`E0308`, `CVE-2024-12345`), or one in the name of a test.
const LONG: usize = 5;
/// Captures that are told apart by their numbers: statuses of HTTP, codes of errors.
const CODES: &[&str] = &["code", "status"];
/// Captures that are names which a project has chosen.
const NAMES: &[&str] = &["class", "function", "method", "rule", "symbol", "test"];
/// Captures in which a version is what failed.
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
/// Captures that a run makes up, as likely as not.
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
/// Words behind which a number is of a run, written in one with it (`job17`, `gw0`).
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

/// What of a text is told apart by its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Numbers {
    /// Nothing.
    Masked,
    /// Those of codes, and short ones within names (`test_v2`, `E0308`, `CVE-2024-1234`).
    Named,
    /// Longer ones within names as well.
    Names,
    /// Versions as well (`1.2.3`).
    Versions,
    /// Every one that is not too long.
    Codes,
}

/// The fingerprint of a finding: its id and what it captured, masked. (The place near it is no part: whether one is found hangs on what
/// else was printed there.)
pub(super) fn finding(id: &str, captures: &Captures) -> String {
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
        text.push_str(&masked(value, numbers));
    }
    digest(&text)
}

/// The fingerprint of a failure that no pattern knows: where it happened and its best line, masked.
pub(super) fn unknown(section: Option<&str>, best: &str) -> String {
    digest(&format!("{}\0{}", section.unwrap_or(""), mask(best)))
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

/// Replaces what differs from run to run: `<path>` for directories, `<hex>` for hashes, `<n>` for numbers
/// that are not part of a name.
pub(crate) fn mask(text: &str) -> String {
    masked(text, Numbers::Named)
}

fn masked(text: &str, numbers: Numbers) -> String {
    let text = redact::without_hashes(text);
    let mut out = String::with_capacity(text.len());
    for (k, word) in text.split(' ').enumerate() {
        if k > 0 {
            out.push(' ');
        }
        mask_word(word, numbers, &mut out);
    }
    out
}

fn mask_word(word: &str, numbers: Numbers, out: &mut String) {
    let core = word.trim_matches(|c: char| "'\"`()[]{},:;".contains(c));
    let start = word.find(core).unwrap_or(0);
    let (before, after) = (&word[..start], &word[start + core.len()..]);
    out.push_str(before);
    let is_hex = core.len() >= 7
        && core.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
        && core.contains(|c: char| c.is_ascii_digit());
    if core.len() > 1
        && core.contains('/')
        && !core.contains("://")
        && core.starts_with(['/', '.', '~'])
    {
        out.push_str("<path>");
        if let Some(name) = file_name(core) {
            out.push('/');
            out.push_str(name);
        }
    } else if is_hex {
        out.push_str("<hex>");
    } else {
        mask_numbers(core, numbers, out);
    }
    out.push_str(after);
}

/// Replaces the numbers of a word that are no part of a name.
fn mask_numbers(word: &str, numbers: Numbers, out: &mut String) {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut rest = word;
    // An issuer's short name in capitals, whose numbers follow behind hyphens: `CVE-2024-1234`.
    let mut is_issued = false;
    while let Some(first) = rest.chars().next() {
        let end = rest
            .find(|c| is_name(c) != is_name(first))
            .unwrap_or(rest.len());
        let (part, behind) = rest.split_at(end);
        let dotted = ends_in_point(word, word.len() - rest.len()) || begins_with_point(behind);
        rest = behind;
        if !is_name(first) {
            is_issued &= part == "-";
            out.push_str(part);
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
        if is_hash(part) {
            out.push_str("<hex>");
            continue;
        }
        let mut before = "";
        for (k, segment) in part.split('_').enumerate() {
            if k > 0 {
                out.push('_');
            }
            mask_segment(segment, before, part, numbers, out);
            before = segment;
        }
    }
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

/// A part of a name between underscores, and what stands before it. Letters and digits in turn are made up for a run.
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
        // Of a name where letters stand before it (`step_2_of`) or behind it (`02_add`).
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
        // `12s` is a number, `x2x4q` was made up.
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

/// The name of the file that a path leads to, without the line behind it; `None` for one that may be made up for each run.
fn file_name(path: &str) -> Option<&str> {
    const TEMPORARY: &[&str] = &["/tmp", "/temp", "/Temp", "/var/folders"];
    if TEMPORARY.iter().any(|folder| path.contains(folder)) {
        return None;
    }
    let name = path.rsplit('/').next()?.split(':').next()?;
    let (stem, ending) = name.rsplit_once('.')?;
    let letters = |text: &str| text.bytes().all(|b| b.is_ascii_alphabetic());
    let mut shown = String::new();
    mask_numbers(stem, Numbers::Named, &mut shown);
    let stays = !stem.is_empty() && shown == stem;
    (stays && (1..=ENDING).contains(&ending.len()) && letters(ending)).then_some(name)
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
            "cp: cannot stat '<path>/x.bin': after <n>.<n>s (pid <n>, commit <hex>)"
        );
        assert_eq!(mask("deadbeef decade"), "deadbeef decade");
        assert_eq!(
            mask("/srv/4711/src/A.java:[3,7] in /tmp/tmpk3x9f.py from /srv/lib"),
            "<path>/A.java] in <path> from <path>"
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
                "job<n> gw<n> Thread-<n> worker_<n> in <n>s",
            ),
            ("at 0x7ffd12ab: 0x10", "at <hex>: <hex>"),
            (
                "pod-7d9f8b6c5-x2x4q app:3aba8370",
                "pod-<hex>-<id> app:<hex>",
            ),
            ("UTF-8 app:4711 1.2.3 12%", "UTF-8 app:<n> <n>.<n>.<n> <n>%"),
            ("/b/g/test_v1.py:3 /tmp/x/a.py", "<path>/test_v1.py <path>"),
            ("tests/test_a.py::test_v[1]", "tests/test_a.py::test_v[<n>]"),
        ] {
            assert_eq!(mask(text), shown);
        }
        let of = |text| masked(text, Numbers::Names);
        assert_eq!(of("TestIssue1234:43"), "TestIssue1234:<n>");
        let of = |text| masked(text, Numbers::Masked);
        assert_eq!(of("node12.example.com"), "node<n>.example.com");
        let of = |text| masked(text, Numbers::Versions);
        assert_eq!(of("app:1.2.3 b@2.0 c:4711"), "app:1.2.3 b@2.0 c:<n>");
        assert_eq!(of("app:1.0.4711234"), "app:1.0.<n>");
        let of = |text| masked(text, Numbers::Codes);
        assert_eq!(of("404 123456"), "404 <n>");
    }

    #[test]
    fn equal_failures_are_equal_and_different_ones_are_not() {
        let of = |line| unknown(Some("step_script"), line);
        assert_eq!(
            of("job 17 failed after 3 s"),
            of("job 18 failed after 12 s")
        );
        assert_ne!(of("job 17 failed"), of("job 17 died"));
        assert_ne!(
            of("/srv/A.java:3: error: ';' expected"),
            of("/srv/Z.java:3: error: ';' expected")
        );
        assert!(of("x").starts_with("3:"));
        assert_eq!(of("x").len(), 18);
    }
}
