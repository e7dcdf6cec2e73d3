//! Files whose name does not fit their bytes.
//!
//! A browser or `curl --compressed` unpacks `job.log.gz` while loading and keeps the name. Such a file is a
//! whole log and is read without a message. Nothing unpacks an archive while loading, so text in a `.zip` is
//! most likely an error page that was saved in its place. Bytes that are neither packed nor text are damaged.

use super::{Reading, Refusal};
use crate::model::Problem;
use crate::trace::decode::{self, Encoding};

/// Endings and what they promise. Archives come first, since `.tar.gz` is an archive that is also packed.
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

/// What a file's name promises. Two files with the same bytes are reported differently if the promise is
/// broken.
pub(super) fn promise(label: &str) -> Option<&'static str> {
    let name = label.to_ascii_lowercase();
    let mut endings = ARCHIVES.iter().chain(PACKED);
    endings
        .find(|(ending, _)| name.ends_with(ending))
        .map(|(_, what)| *what)
}

/// Why a file is refused that is no archive by its first unpacked bytes. `packed` means that it had to be
/// unpacked.
pub(super) fn refusal(label: &str, head: &[u8], packed: bool, reading: Reading) -> Option<Refusal> {
    // Without the feature, archives cannot be recognised.
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

/// Whether all bytes may stand in a log.
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
