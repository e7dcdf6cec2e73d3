//! The place in the repository that a finding points to, for formats that show findings beside code.
//!
//! The diagnosis has found the place, but a report can be made from any diagnosis. So a place that leads out of
//! the repository or is no text is left out here too.

use crate::model::{Finding, Spot, Unexplained};

/// The file of a finding.
pub(super) fn of(finding: &Finding) -> Option<&Spot> {
    believed(finding.place.as_ref())
}

/// The file that the best line of an unknown failure names.
pub(super) fn of_unknown(unexplained: Option<&Unexplained>) -> Option<&Spot> {
    believed(unexplained?.place.as_ref())
}

fn believed(place: Option<&Spot>) -> Option<&Spot> {
    place.filter(|place| place.is_within())
}

/// The place in words, to follow a text about it: ` (src/main.rs:1)`; empty if there is none, or if the text
/// names the file.
pub(super) fn behind(text: &str, finding: &Finding) -> String {
    match of(finding) {
        Some(Spot { path, .. }) if text.contains(path.as_str()) => String::new(),
        Some(Spot {
            path,
            line: Some(line),
        }) => format!(" ({path}:{line})"),
        Some(Spot { path, line: None }) => format!(" ({path})"),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing::finding;

    fn at(path: &str, line: Option<u64>) -> Finding {
        let path = path.to_owned();
        Finding {
            place: Some(Spot { path, line }),
            ..finding("a/b", 1, "x")
        }
    }

    #[test]
    fn what_leads_elsewhere_is_no_place() {
        for (path, taken) in [
            ("src/main.c", true),
            ("docs/한국어 문서.md", true),
            ("", false),
            ("/etc/passwd", false),
            ("../x", false),
            ("a/../../x", false),
            ("a//b", false),
            ("C:/x", false),
            ("https://example.com", false),
            ("a\\b", false),
            ("x ##[add-mask]y", false),
            ("</script>", false),
            ("a\nb", false),
            ("a\u{202e}b", false),
            ("a\u{1b}[31m", false),
        ] {
            assert_eq!(of(&at(path, None)).is_some(), taken, "{path:?}");
        }
        assert_eq!(of(&finding("a/b", 1, "x")), None);
    }

    #[test]
    fn the_place_in_words() {
        assert_eq!(behind("x", &at("a.c", Some(3))), " (a.c:3)");
        assert_eq!(behind("x", &at("a.c", None)), " (a.c)");
        assert_eq!(behind("see a.c", &at("a.c", Some(3))), "");
        assert_eq!(behind("x", &at("/a.c", Some(3))), "");
    }
}
