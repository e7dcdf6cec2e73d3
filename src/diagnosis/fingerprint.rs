//! Equal failures get equal fingerprints, whatever numbers, paths, hashes and times a run prints.

use sha2::{Digest, Sha256};

use crate::model::Captures;
use crate::redact;

/// Version of the rules below: changing them changes it.
const VERSION: &str = "2:";
/// Longest ending of a file's name.
const ENDING: usize = 5;

/// The fingerprint of a finding: its id and what it captured, masked.
pub(super) fn finding(id: &str, captures: &Captures) -> String {
    let mut text = id.to_owned();
    for (name, value) in captures {
        text.push('\0');
        text.push_str(name);
        text.push('=');
        text.push_str(&mask(value));
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

/// Replaces what differs from run to run: `<path>` for directories, `<hex>` for hashes, `<n>` for numbers.
pub(crate) fn mask(text: &str) -> String {
    let text = redact::without_hashes(text);
    let mut out = String::with_capacity(text.len());
    for (k, word) in text.split(' ').enumerate() {
        if k > 0 {
            out.push(' ');
        }
        mask_word(word, &mut out);
    }
    out
}

fn mask_word(word: &str, out: &mut String) {
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
        let mut digits = false;
        for c in core.chars() {
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
    out.push_str(after);
}

/// The name of the file that a path leads to, without the line behind it; `None` for one that may be made up for each run.
fn file_name(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next()?.split(':').next()?;
    let (stem, ending) = name.rsplit_once('.')?;
    let letters = |text: &str| text.bytes().all(|b| b.is_ascii_alphabetic());
    let stays = !stem.is_empty() && !stem.bytes().any(|b| b.is_ascii_digit());
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
        assert!(of("x").starts_with("2:"));
        assert_eq!(of("x").len(), 18);
    }
}
