//! Files whose name promises what their bytes are not.
//!
//! A browser or `curl --compressed` unpacks `job.log.gz` on its way and keeps the name: that is a whole log, which is read
//! without a word. Nothing unpacks an archive on its way: text in a `.zip` is most likely the page of an error that was
//! saved in its place, and bytes that are neither packed nor text are damaged.

use super::{Reading, Refusal};
use crate::model::Problem;
use crate::trace::decode::{self, Encoding};

/// Endings, and what they promise. Those of archives are asked first: `.tar.gz` is a packed one.
const ARCHIVES: &[(&str, &str)] = &[
    (".zip", "zip archive"),
    (".tar", "tar archive"),
    (".tgz", "tar archive"),
    (".tar.gz", "tar archive"),
    (".tar.zst", "tar archive"),
    (".tar.xz", "tar archive"),
    (".tar.bz2", "tar archive"),
];
const PACKED: &[(&str, &str)] = &[
    (".gz", "gzip"),
    (".zst", "zstd"),
    (".xz", "xz"),
    (".bz2", "bzip2"),
];

/// What a file's name promises: files of the same bytes are told differently where it does not hold.
pub(super) fn promise(label: &str) -> Option<&'static str> {
    let name = label.to_ascii_lowercase();
    let mut endings = ARCHIVES.iter().chain(PACKED);
    endings
        .find(|(ending, _)| name.ends_with(ending))
        .map(|(_, what)| *what)
}

/// Why a file is not read that is no archive by its first bytes, unpacked; `packed` if it had to be.
pub(super) fn refusal(label: &str, head: &[u8], packed: bool, reading: Reading) -> Option<Refusal> {
    // Without the feature nothing can be said of archives.
    let archives = if cfg!(feature = "archives") {
        ARCHIVES
    } else {
        &[]
    };
    let name = label.to_ascii_lowercase();
    let promised = |endings: &[(&str, &'static str)]| {
        let ending = endings.iter().find(|(ending, _)| name.ends_with(ending));
        ending.map(|(_, what)| *what)
    };
    let (message, hint) = match (promised(archives), promised(PACKED)) {
        _ if reading.text => return None,
        (Some(archive), _) => (
            format!("damaged: it is no {archive}, though its name says so"),
            "look into it: is it the page of an error? `--text` reads it all the same",
        ),
        (None, Some(format)) if !packed && !is_text(head) => (
            format!("damaged: it is not {format}, though its name says so"),
            "fetch it again; `--text` reads it all the same",
        ),
        _ => return None,
    };
    Some(Refusal::Unreadable(Problem {
        source: label.to_owned(),
        message,
        hint: Some(hint.to_owned()),
    }))
}

/// Is there no character that no log has?
fn is_text(head: &[u8]) -> bool {
    let odd = |b: &u8| matches!(b, 0..=6 | 14..=26 | 28..=31);
    decode::detect(head).0 != Encoding::Utf8 || !head.iter().any(odd)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_binds_where_nobody_unpacks_on_the_way() {
        let told = |name: &str, head: &[u8], packed: bool| {
            refusal(name, head, packed, Reading::default()).map(|r| r.problem().message.clone())
        };
        for name in ["a.log", "a.log.gz", "zip", "a.zip.log"] {
            assert_eq!(told(name, b"$ make\n\x1b[0m\r\n", false), None, "{name}");
        }
        assert_eq!(
            told("a.gz", b"\x01\x02", true),
            None,
            "what was packed may hold anything"
        );
        assert_eq!(told("a.gz", b"\xff\xfe$\0 \0", false), None, "UTF-16");
        for name in ["a.gz", "A.XZ", "a.b.zst", "a.bz2"] {
            assert!(told(name, b"\x01\x02", false).is_some(), "{name}");
        }
        assert!(!cfg!(feature = "archives") || told("a.tar.gz", b"text", true).is_some());
    }
}
