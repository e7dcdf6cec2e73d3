//! Equal failures get equal fingerprints, whatever numbers, paths, hashes and times a run prints.

use sha2::{Digest, Sha256};

use crate::model::{Captures, Spot};
use crate::redact;

/// Version of the rules below: changing them changes it.
pub(crate) const VERSION: &str = "3:";
/// Longest ending of a file's name.
const ENDING: usize = 5;
/// Digits that a name or a code may have; longer numbers are of a run (pipelines, times).
const DIGITS: usize = 5;
/// Captures that are told apart by their numbers: statuses of HTTP, codes of errors, parameters of tests.
const CODES: &[&str] = &["code", "status", "test"];
/// Captures in which a version is what failed.
const VERSIONS: &[&str] = &[
    "dependency",
    "have",
    "image",
    "need",
    "package",
    "requirement",
    "spec",
    "tag",
    "version",
    "want",
    "wanted",
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
    /// Those within names (`test_v2`, `E0308`, `CVE-2024-1234`).
    Named,
    /// Versions as well (`1.2.3`).
    Versions,
    /// Every short one.
    Codes,
}

/// The fingerprint of a finding: its id, what it captured, masked, and the file that it is about where no capture says which.
pub(super) fn finding(id: &str, captures: &Captures, place: Option<&Spot>) -> String {
    let mut text = id.to_owned();
    for (name, value) in captures {
        text.push('\0');
        text.push_str(name);
        text.push('=');
        let numbers = match name.as_str() {
            name if CODES.contains(&name) => Numbers::Codes,
            name if VERSIONS.contains(&name) => Numbers::Versions,
            _ => Numbers::Named,
        };
        text.push_str(&masked(value, numbers));
    }
    if let Some(place) = place.filter(|_| asks_for_place(captures)) {
        text.push('\0');
        text.push_str(&place.path);
    }
    digest(&text)
}

/// Does the file that a finding is about tell it from others: does no capture name the file, or the test in it?
pub(super) fn asks_for_place(captures: &Captures) -> bool {
    const NAMED: &[&str] = &["file", "path", "place", "test", "where"];
    !NAMED.iter().any(|name| captures.contains_key(*name))
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
            _ if is_issued => true,
            Numbers::Named => false,
            Numbers::Versions => dotted,
            Numbers::Codes => !dotted,
        };
        if stays && part.len() <= DIGITS {
            out.push_str(part);
            continue;
        }
        is_issued = (2..=6).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_uppercase());
        let mut before = "";
        for (k, segment) in part.split('_').enumerate() {
            if k > 0 {
                out.push('_');
            }
            mask_segment(segment, before, part, out);
            before = segment;
        }
    }
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
fn mask_segment(segment: &str, before: &str, name: &str, out: &mut String) {
    let letters = segment.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &segment[letters.len()..];
    let is_counted = |word: &str| COUNTED.contains(&word.to_ascii_lowercase().as_str());
    let is_named = match letters {
        // Of a name where letters stand before it (`step_2_of`) or behind it (`0042_add`).
        "" => {
            name.contains(|c: char| c.is_ascii_alphabetic())
                && digits.len() < DIGITS
                && !is_counted(before)
        }
        word => {
            word.bytes().all(|b| b.is_ascii_alphabetic())
                && digits.len() <= DIGITS
                && !is_counted(word)
        }
    };
    if is_named || digits.is_empty() && !letters.contains(|c: char| c.is_ascii_digit()) {
        out.push_str(segment);
        return;
    }
    if let Some(hex) = segment.strip_prefix("0x")
        && hex.bytes().all(|b| b.is_ascii_hexdigit())
    {
        out.push_str("<hex>");
        return;
    }
    let mut digits = false;
    for c in segment.chars() {
        if c.is_ascii_digit() {
            if !digits {
                out.push_str("<n>");
            }
            digits = true;
        } else {
            digits = false;
            out.push(c);
        }
    }
}

/// The name of the file that a path leads to, without the line behind it; `None` for one that may be made up for each run.
fn file_name(path: &str) -> Option<&str> {
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
            (
                "test_v1 TestIssue12 test_2_of",
                "test_v1 TestIssue12 test_2_of",
            ),
            (
                "error[E0308]: TS2322, SC2086",
                "error[E0308]: TS2322, SC2086",
            ),
            ("CVE-2024-12345 (AB-7)", "CVE-2024-12345 (AB-7)"),
            ("0042_add_index on db_20260101", "0042_add_index on db_<n>"),
            (
                "job17 gw0 Thread-3 worker_4 in 12s",
                "job<n> gw<n> Thread-<n> worker_<n> in <n>s",
            ),
            ("at 0x7ffd12ab: 0x10", "at <hex>: <hex>"),
            ("pod-7d9f8b6c5-x2x4q", "pod-<n>d<n>f<n>b<n>c<n>-x<n>x<n>q"),
            ("UTF-8 app:4711 1.2.3 12%", "UTF-8 app:<n> <n>.<n>.<n> <n>%"),
            (
                "/b/g/test_v1.py:3 /tmp/x/k3x9f.py",
                "<path>/test_v1.py <path>",
            ),
        ] {
            assert_eq!(mask(text), shown);
        }
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
