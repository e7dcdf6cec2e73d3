//! Section markers: `section_start:UNIX:NAME[OPTIONS]` and `section_end:UNIX:NAME`.
//!
//! GitLab Runner ends them with CR and `ESC [0K` (runner: helpers/build_section.go). Damaged markers of a
//! pasted log are read as well: on a line of their own, with the escape lost (`[0K` as text), or with the
//! section's title directly behind.

use super::escape;

/// Opens or closes a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// `section_start`
    Start,
    /// `section_end`
    End,
}

/// A parsed marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marker<'a> {
    /// Opens or closes.
    pub edge: Edge,
    /// Unix time in seconds; 0 if it is out of range.
    pub unix: i64,
    /// The section's name as printed.
    pub name: &'a str,
}

/// Longest marker. Names of real sections have at most about a hundred bytes.
const MAX: usize = 512;
/// Length of `section_end:1:x`, the shortest marker.
pub const SHORTEST: usize = 15;
const START: &[u8] = b"section_start:";
const END: &[u8] = b"section_end:";

/// The runner's names for its stages. Where one name begins another, the longer comes first (runner:
/// common/build.go).
pub const STAGES: &[&str] = &[
    "resolve_secrets",
    "prepare_executor",
    "prepare_script",
    "clear_worktree",
    "get_sources",
    "restore_cache",
    "download_artifacts",
    "build_script",
    "step_script",
    "after_script",
    "archive_cache_on_failure",
    "archive_cache",
    "upload_artifacts_on_success",
    "upload_artifacts_on_failure",
    "upload_artifacts",
    "cleanup_file_variables",
];

/// The marker at the end of `text`, and where it starts.
///
/// The search goes backwards, and usually stops at the last word (a progress bar).
#[inline(always)]
pub fn at_end(text: &[u8]) -> Option<(usize, Marker<'_>)> {
    if may_end(text) {
        at_end_slow(text)
    } else {
        None
    }
}

/// Whether `text` could end in a marker, by its last words.
#[inline(always)]
pub fn may_end(text: &[u8]) -> bool {
    match text.last() {
        Some(&b) if name_byte(b) => ends_in_name(text),
        // A progress bar: `[===>  ]`.
        Some(b']') => memchr::memrchr(b'[', text).is_some_and(|at| ends_in_name(&text[..at])),
        _ => false,
    }
}

/// Whether `text` ends in a time and a name, as in a marker. The clock of a progress bar does not count.
#[inline(always)]
fn ends_in_name(text: &[u8]) -> bool {
    let name = text.iter().rev().take(MAX + 1);
    let len = name.take_while(|b| name_byte(**b)).count();
    match &text[..text.len() - len] {
        before @ [.., b'0'..=b'9', b':'] if len > 0 => ends_in_time(&before[..before.len() - 1]),
        _ => false,
    }
}

#[inline(never)]
fn ends_in_time(text: &[u8]) -> bool {
    let digits = text.iter().rev().take(MAX);
    let digits = digits.take_while(|b| b.is_ascii_digit()).count();
    let before = &text[..text.len() - digits];
    before.ends_with(START) || before.ends_with(END)
}

#[inline(never)]
fn at_end_slow(text: &[u8]) -> Option<(usize, Marker<'_>)> {
    let low = text.len().saturating_sub(MAX);
    let mut window = &text[low..];
    // A name may contain the word too: `section_script_step_0`.
    while let Some(at) = memchr::memmem::rfind(window, b"section_") {
        if let Some((marker, len)) = parse(&text[low + at..]) {
            return (low + at + len == text.len()).then_some((low + at, marker));
        }
        window = &window[..at];
    }
    None
}

/// Parses a marker at the start of `text`; returns also its length with options.
pub fn parse(text: &[u8]) -> Option<(Marker<'_>, usize)> {
    let (marker, end) = head(text)?;
    Some((marker, end + options(&text[end..])))
}

/// Parses a marker without its options.
fn head(text: &[u8]) -> Option<(Marker<'_>, usize)> {
    if text.first() != Some(&b's') {
        return None;
    }
    let (edge, skip) = if text.starts_with(START) {
        (Edge::Start, START.len())
    } else if text.starts_with(END) {
        (Edge::End, END.len())
    } else {
        return None;
    };
    let text_after = &text[skip..];
    let digits = text_after.iter().position(|b| !b.is_ascii_digit())?;
    if digits == 0 || text_after[digits] != b':' {
        return None;
    }
    let unix = std::str::from_utf8(&text_after[..digits])
        .ok()?
        .parse()
        .unwrap_or(0);
    let from = skip + digits + 1;
    let name_len = text[from..]
        .iter()
        .position(|&b| !name_byte(b))
        .unwrap_or(text.len() - from);
    if name_len == 0 || name_len > MAX {
        return None;
    }
    let name = std::str::from_utf8(&text[from..from + name_len]).ok()?;
    Some((Marker { edge, unix, name }, from + name_len))
}

/// Length of `[collapsed=true,hide_duration=true]` at the start of `text`; 0 if there is none.
fn options(text: &[u8]) -> usize {
    let form = |b: u8| name_byte(b) || matches!(b, b'=' | b',' | b' ');
    if text.first() != Some(&b'[') || !text.get(1).is_some_and(u8::is_ascii_alphabetic) {
        return 0;
    }
    let inside = text[1..].iter().take(MAX).take_while(|b| form(**b)).count();
    let is_options = text.get(1 + inside) == Some(&b']') && text[1..=inside].contains(&b'=');
    if is_options { inside + 2 } else { 0 }
}

/// Parses a marker at the start of a line that lost its CR, in any form that a paste leaves; returns also the
/// number of bytes that belong to it. `None` for ordinary text.
///
/// Behind it may stand nothing, remains of escapes, a blank, a command or the next marker; behind the name of
/// one of the runner's stages also its title.
pub fn leading(line: &[u8]) -> Option<(Marker<'_>, usize)> {
    let blanks = line.len() - line.trim_ascii_start().len();
    let text = &line[blanks..];
    let (marker, end) = head(text)?;
    if let Some(name) = run_on(marker.name, text.get(end).copied()) {
        let len = end - (marker.name.len() - name.len());
        return Some((Marker { name, ..marker }, blanks + len));
    }
    let options = options(&text[end..]);
    let len = end + options;
    let rest = &text[len..];
    let lost = escape::lost(rest);
    let ends = lost > 0
        || rest.is_empty()
        || rest[0] == b' '
        || rest.starts_with(b"$ ")
        || options > 0 && rest[0] != b'\\';
    let blank = usize::from(rest.first() == Some(&b' '));
    ends.then_some((marker, blanks + len + lost.max(blank)))
}

/// Whether the line holds only markers.
pub fn alone(mut line: &[u8]) -> bool {
    let mut any = false;
    while let Some((_, len)) = leading(line) {
        any = true;
        line = &line[len..];
    }
    any && line.trim_ascii().is_empty()
}

/// The section's name, if the next marker or the title of a stage directly follows it
/// (`step_scriptExecuting "step_script" …`).
fn run_on(name: &str, behind: Option<u8>) -> Option<&str> {
    if behind == Some(b':') {
        let before = ["section_start", "section_end"]
            .iter()
            .find_map(|word| name.strip_suffix(word));
        if let Some(before) = before {
            return (!before.is_empty()).then_some(before);
        }
    }
    let stage = STAGES.iter().find(|stage| {
        name.strip_prefix(**stage)
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
    })?;
    Some(&name[..stage.len()])
}

#[inline(always)]
fn name_byte(b: u8) -> bool {
    NAME_BYTES[usize::from(b)]
}

/// A table, because long words before a lone CR are checked byte by byte.
const NAME_BYTES: [bool; 256] = {
    let mut table = [false; 256];
    let mut b = 0u8;
    loop {
        table[b as usize] = b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
        if b == u8::MAX {
            break table;
        }
        b += 1;
    }
};

#[cfg(test)]
mod tests {
    use super::*;

    fn name(line: &str) -> Option<(&str, &str)> {
        leading(line.as_bytes()).map(|(marker, len)| (marker.name, &line[len..]))
    }

    #[test]
    fn markers_are_read_in_every_state_of_repair() {
        for (line, want, rest) in [
            ("section_start:1:step_script", "step_script", ""),
            ("  section_end:1627233650:after_script", "after_script", ""),
            (
                "section_start:1:x[collapsed=true, hide_duration=true]",
                "x",
                "",
            ),
            ("section_start:1:x[collapsed=true]$ make", "x", "$ make"),
            ("section_start:1:x Title", "x", "Title"),
            ("section_start:1:a.b-C[0K[0K[36;1mTitle", "a.b-C", "Title"),
            ("section_start:1:x[0Ka=b ]", "x", "a=b ]"),
            (
                "section_start:1:prepare_executorPreparing the \"docker\" executor",
                "prepare_executor",
                "Preparing the \"docker\" executor",
            ),
            ("section_end:1:xsection_start:2:y", "x", "section_start:2:y"),
            (
                "section_end:1:cleanup_file_variablesERROR: Job failed: x",
                "cleanup_file_variables",
                "ERROR: Job failed: x",
            ),
        ] {
            assert_eq!(name(line), Some((want, rest)), "{line}");
        }
    }

    #[test]
    fn text_about_markers_is_text() {
        for line in [
            "section_start:1:x\\r\\e[0KHeader",
            "section_start:1:x[collapsed=true]\\r\\e[0KHeader",
            "section_start:x:y",
            "section_start::y",
            "section_start:1:",
            "section_start:1:section_start:2:x",
            "see section_start:1:y",
        ] {
            assert_eq!(name(line), None, "{line}");
        }
    }

    #[test]
    fn a_marker_is_found_at_the_end_of_a_line() {
        let (at, marker) = at_end(b"50% section_end:5:step_script").unwrap();
        assert_eq!(
            (at, marker.edge, marker.unix, marker.name),
            (4, Edge::End, 5, "step_script")
        );
        assert!(at_end(b"section_start:1:a title").is_none());
        let (at, marker) = at_end(b"x section_start:1:section_script_step_0[a=b]").unwrap();
        assert_eq!((at, marker.name), (2, "section_script_step_0"));
        assert!(at_end(b"50%").is_none());
        assert_eq!(
            at_end(b"section_start:1:a[collapsed=true, x=y]").unwrap().0,
            0
        );
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig { cases: 4000, failure_persistence: None, ..Default::default() })]

        #[test]
        fn the_quick_look_misses_no_marker(parts in proptest::collection::vec(
            proptest::sample::select(vec![
                "section_start:", "section_end:", "section_", "1", "12", ":", "a_b", "x-1.2", "[", "]", "[a=b]", "[a=b, c=d]",
                "[=>  ]", " ", "0:00:01", "\n", "1234567890123456789012345678901234567890",
            ]),
            0..9,
        )) {
            let text = parts.concat();
            proptest::prop_assert_eq!(at_end(text.as_bytes()), at_end_slow(text.as_bytes()));
        }
    }
}
