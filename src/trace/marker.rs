//! Section markers: `section_start:UNIX:NAME[OPTIONS]` and `section_end:UNIX:NAME`.
//!
//! GitLab Runner ends them with CR and `ESC [0K` (runner: helpers/build_section.go). We also read what is left of them
//! in a pasted log: on a line of their own, with the escape lost (`[0K` as text), or with the title run on.

/// Opens or closes.
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
    /// Unix time in seconds; 0 where it is out of range.
    pub unix: i64,
    /// The section's name as printed.
    pub name: &'a str,
}

/// Longest marker: the names of real sections have at most some hundred bytes.
const MAX: usize = 512;
const START: &[u8] = b"section_start:";
const END: &[u8] = b"section_end:";

/// Names the runner gives its stages, longest first where one begins another (runner: common/build.go).
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

/// Does `text` end in a marker? Then where it starts and what it says.
///
/// Looks back from the end, and gives up at the last byte in the usual case (a progress bar).
#[inline(always)]
pub fn at_end(text: &[u8]) -> Option<(usize, Marker<'_>)> {
    match text.last() {
        Some(&b) if name_byte(b) || b == b']' => at_end_slow(text),
        _ => None,
    }
}

#[inline(never)]
fn at_end_slow(text: &[u8]) -> Option<(usize, Marker<'_>)> {
    let low = text.len().saturating_sub(MAX);
    let window = &text[low..];
    let at = memchr::memmem::rfind(window, b"section_")?;
    let (marker, len) = parse(&window[at..])?;
    (at + len == window.len()).then_some((low + at, marker))
}

/// Parses a marker at the start of `text`; also how many bytes it takes (options included).
pub fn parse(text: &[u8]) -> Option<(Marker<'_>, usize)> {
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
    let mut end = from + name_len;
    if text.get(end) == Some(&b'[')
        && let Some(close) = text[end..].iter().take(MAX).position(|&b| b == b']')
        && text[end..end + close].contains(&b'=')
    {
        end += close + 1;
    }
    Some((Marker { edge, unix, name }, end))
}

/// Parses a line that is nothing but a marker, whatever a paste made of it; `None` for ordinary text.
pub fn bare(line: &[u8]) -> Option<Marker<'_>> {
    if let Some(marker) = run_on(line) {
        return Some(marker);
    }
    let (marker, len) = parse(line)?;
    let rest = &line[len..];
    if rest.is_empty() || rest.starts_with(b"[0K") || rest.starts_with(b" ") {
        return Some(marker);
    }
    None
}

/// A marker with the title run on: `section_start:1:step_scriptExecuting "step_script" …`.
fn run_on(line: &[u8]) -> Option<Marker<'_>> {
    let (marker, _) = parse(line)?;
    let stage = STAGES.iter().find(|stage| {
        marker
            .name
            .strip_prefix(**stage)
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
    })?;
    Some(Marker {
        name: &marker.name[..stage.len()],
        ..marker
    })
}

fn name_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(line: &str) -> Option<&str> {
        bare(line.as_bytes()).map(|m| m.name)
    }

    #[test]
    fn markers_are_read_in_every_state_of_repair() {
        assert_eq!(name("section_start:1:step_script"), Some("step_script"));
        assert_eq!(
            name("section_end:1627233650:after_script"),
            Some("after_script")
        );
        assert_eq!(
            name("section_start:1:x[collapsed=true, hide_duration=true]"),
            Some("x")
        );
        assert_eq!(
            name("section_start:1:a.b-C[0K[0K[36;1mTitle"),
            Some("a.b-C")
        );
        assert_eq!(
            name("section_start:1:prepare_executorPreparing the \"docker\" executor"),
            Some("prepare_executor")
        );
    }

    #[test]
    fn text_about_markers_is_text() {
        for line in [
            "section_start:1:x\\r\\e[0KHeader",
            "section_start:x:y",
            "section_start::y",
            "section_start:1:",
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
        assert!(at_end(b"50%").is_none());
        assert_eq!(
            at_end(b"section_start:1:a[collapsed=true, x=y]").unwrap().0,
            0
        );
    }
}
