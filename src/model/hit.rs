//! What the engine hands to the diagnosis: matches and kept text, no judgement.

use std::collections::BTreeMap;
use std::sync::Arc;

/// Named captures; a name that took no part in the match is absent.
pub type Captures = BTreeMap<String, String>;

/// Where a line stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Index of the input the line was read from (0 unless several make one case).
    pub input: u16,
    /// Raw line number, 1-based, counted in LF.
    pub line: u64,
    /// Index of the span in [`super::JobFacts::sections`].
    pub section: u32,
    /// How many commands had been echoed before this line.
    pub command: u32,
}

/// A match of a condition regex that a hit relies on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchHit {
    /// Where it stood.
    pub place: Place,
    /// The line, clean and bounded.
    pub text: String,
    /// What it captured.
    pub captures: Captures,
}

/// One line that one pattern matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Index of the pattern in the library.
    pub pattern: u32,
    /// Where the line stands.
    pub place: Place,
    /// The line as printed, clean; at most 2,000 bytes around the match, and it says so when cut.
    pub text: String,
    /// Byte range of the match within `text`.
    pub span: (u32, u32),
    /// What the match captured.
    pub captures: Captures,
    /// For each positional condition of the pattern (conditions first, then notes, in file order):
    /// the line that satisfies `before` / `after`, or breaks `absent`.
    pub context: Vec<Option<WatchHit>>,
    /// The echoed command in force.
    pub command: Option<Arc<str>>,
    /// How many more lines of the same section matched but were dropped.
    pub dropped: u64,
}

/// A line kept because it stands near the end of its section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TailLine {
    /// Where it stands.
    pub place: Place,
    /// The line as printed, clean and bounded.
    pub text: String,
    /// How many bytes of `text` a wrapping tool's prefix takes.
    pub content_at: usize,
    /// The line is an echoed command.
    pub command: bool,
    /// The line is no output of its own: a command, an `+ xtrace` echo or another copy of source, a passing test.
    pub echo: bool,
}

impl TailLine {
    /// What the innermost tool printed.
    pub fn content(&self) -> &str {
        // Bytes that were no UTF-8 have become longer signs: the offset may stand within one.
        &self.text[self.text.floor_char_boundary(self.content_at)..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_within_a_sign_is_none() {
        let line = TailLine {
            place: Place::default(),
            text: "a\u{fffd}b".to_owned(),
            content_at: 2,
            command: false,
            echo: false,
        };
        assert_eq!(line.content(), "\u{fffd}b");
        assert_eq!(
            TailLine {
                content_at: 99,
                ..line
            }
            .content(),
            ""
        );
    }
}
